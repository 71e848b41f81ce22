// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Percent-encoding of single bytes (RFC 3986 section 2.1): '%' and two hex digits.

#include <hawser/detail/grammar.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// Whether an escape begins at `at`.
inline bool is_escape(std::string_view text, std::size_t at) noexcept {
    return text[at] == '%' && text.size() - at > 2 && is(hex_char, text[at + 1]) &&
           is(hex_char, text[at + 2]);
}

/// Decodes the escape that begins at `at`.
inline char unescaped(std::string_view text, std::size_t at) noexcept {
    return static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
}

/// Appends `c` as an escape.
inline void append_escape(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', digits[byte / 16], digits[byte % 16]});
}

}  // namespace hawser::inline HAWSER_ABI::detail
