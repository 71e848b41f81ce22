// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/har/har_tape.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL HarTape::HarTape(std::vector<HarEntry> entries)
    : entries_(std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end())) {}

HAWSER_DECL bool same_har_body(const HarEntry& entry,
                               std::optional<std::string_view> body) noexcept {
    if (!body || entry.body_unknown) {
        return true;
    }
    if (!entry.request_body) {
        return body->empty();
    }
    const HarBody& recorded = *entry.request_body;
    return recorded.size == body->size() && body->starts_with(recorded.text);
}

HAWSER_DECL std::optional<HarEntry> HarTape::take(std::string_view method,
                                                  std::string_view url,
                                                  std::optional<std::string_view> body) {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const HarEntry& entry) {
        return entry.method == method && entry.url == url && same_har_body(entry, body);
    });
    if (found == entries_.end()) {
        return std::nullopt;
    }
    HarEntry entry = std::move(*found);
    entries_.erase(found);
    return entry;
}

}  // namespace hawser::inline HAWSER_ABI::detail
