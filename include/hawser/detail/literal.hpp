// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Comparison with literals. The compiler knows their size and needs no call to memcmp(). Comparison
// without case is in grammar.hpp.

#include <hawser/config.hpp>

#include <cstddef>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

template <std::size_t N>
constexpr bool begins_with(std::string_view text, const char (&literal)[N]) noexcept {
    return text.size() >= N - 1 &&
           std::char_traits<char>::compare(text.data(), literal, N - 1) == 0;
}

template <std::size_t N>
constexpr bool is_exactly(std::string_view text, const char (&literal)[N]) noexcept {
    return text.size() == N - 1 && begins_with(text, literal);
}

}  // namespace hawser::inline HAWSER_ABI::detail
