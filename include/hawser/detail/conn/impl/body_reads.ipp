// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_reads.hpp>
#include <hawser/detail/conn/exchange.hpp>

#include <algorithm>
#include <exception>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void BodyRead::explain(Exchange& exchange) noexcept {
    set_failure(exchange.tell(error(), reason()));
}

// Memory grows with the bytes received, not with the announced length. If memory is short, the read
// fails, and its connection is closed.
HAWSER_DECL std::span<char> ReadAll::space() {
    try {
        if (size_ == result().size()) {
            result().resize(std::max(result().capacity(), std::max(size_ * 2, first_step)));
        }
    } catch (const std::exception&) {
        fatal = hawser::error::resource_exhausted;
        return {};
    }
    return {result().data() + size_, result().size() - size_};
}

HAWSER_DECL Task* ReadAll::received(std::size_t n, std::error_code code) {
    size_ += n;
    if (size_ > max_) {
        code = hawser::error::body_too_large;
    }
    code = fatal ? fatal : code;
    if (!code) {
        return nullptr;
    }
    result().resize(std::min(size_, max_));
    ec = code == asio::error::eof ? std::error_code{} : code;
    failed = static_cast<bool>(ec);
    return this;
}

}  // namespace hawser::inline HAWSER_ABI::detail
