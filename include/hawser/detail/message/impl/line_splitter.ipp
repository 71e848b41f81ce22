// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/line_splitter.hpp>

#include <algorithm>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::size_t LineSplitter::feed(std::string_view bytes) {
    if (ready_ || failed_) {
        return 0;
    }
    const std::size_t at = bytes.find('\n');
    const std::string_view part = bytes.substr(0, at);
    if (part.size() > max_bytes_ - std::min(max_bytes_, line_.size())) {
        failed_ = true;
        return 0;
    }
    line_.append(part);
    ready_ = at != std::string_view::npos;
    return part.size() + (ready_ ? 1 : 0);
}

HAWSER_DECL std::string LineSplitter::take() {
    ready_ = false;
    if (line_.ends_with('\r')) {
        line_.pop_back();
    }
    return std::exchange(line_, {});
}

}  // namespace hawser::inline HAWSER_ABI::detail
