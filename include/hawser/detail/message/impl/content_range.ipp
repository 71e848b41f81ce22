// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/content_range.hpp>

#include <charconv>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// Removes "bytes", in any case, and the blanks after it.
HAWSER_DECL bool skip_bytes_unit(std::string_view& text) noexcept {
    constexpr std::string_view unit = "bytes";
    if (text.size() <= unit.size()) {
        return false;
    }
    for (std::size_t i = 0; i != unit.size(); ++i) {
        if ((text[i] | 0x20) != unit[i]) {
            return false;
        }
    }
    text.remove_prefix(unit.size());
    const std::size_t blanks = text.find_first_not_of(' ');
    text.remove_prefix(blanks == std::string_view::npos ? text.size() : blanks);
    return blanks != 0;
}

/// Removes a number and the character after it.
HAWSER_DECL bool skip_number(std::string_view& text, std::uint64_t& number, char end) noexcept {
    const auto [at, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{}) {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(at - text.data()));
    if (end == '\0') {
        return text.empty();
    }
    if (!text.starts_with(end)) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

HAWSER_DECL std::optional<ContentRange> parse_content_range(std::string_view text) noexcept {
    ContentRange range;
    if (!skip_bytes_unit(text) || !skip_number(text, range.first, '-') ||
        !skip_number(text, range.last, '/') || range.last < range.first) {
        return std::nullopt;
    }
    if (text != "*") {
        std::uint64_t size = 0;
        if (!skip_number(text, size, '\0') || range.last >= size) {
            return std::nullopt;
        }
        range.size = size;
    }
    return range;
}

HAWSER_DECL std::optional<std::uint64_t> parse_unsatisfied_range(std::string_view text) noexcept {
    std::uint64_t size = 0;
    if (!skip_bytes_unit(text) || !text.starts_with("*/")) {
        return std::nullopt;
    }
    text.remove_prefix(2);
    return skip_number(text, size, '\0') ? std::optional(size) : std::nullopt;
}

}  // namespace hawser::inline HAWSER_ABI::detail
