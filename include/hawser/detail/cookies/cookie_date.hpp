// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The dates that servers put into cookies, which follow no single format: RFC 6265bis section 5.1.1
// looks for a time, a day, a month and a year, in any order, and skips everything else.

#include <hawser/config.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// Nothing if a part is missing or out of range, or if there is no such day. Years begin at 1601;
/// those with two digits are 1970 to 2069. Every time is in UTC, whatever zone the text names.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_cookie_date(
    std::string_view text) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/cookie_date.ipp>
#endif
