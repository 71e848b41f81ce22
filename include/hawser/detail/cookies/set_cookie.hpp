// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Parses a Set-Cookie field (RFC 6265bis section 5.6). Knows neither the host that sent it nor the
// time: cookie_rules.hpp decides what happens to the cookie.

#include <hawser/config.hpp>
#include <hawser/cookie.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// For the name and value together.
inline constexpr std::size_t max_cookie_size = 4096;
/// An attribute with a longer value is ignored.
inline constexpr std::size_t max_cookie_attribute = 1024;

/// The field's contents, as views into it. If an attribute is repeated, the last one counts.
struct SetCookie {
    std::string_view name;
    std::string_view value;
    /// As written, with its leading dot; empty: there is none.
    std::string_view domain;
    /// Empty: there is none, or the last one did not begin with '/'.
    std::string_view path;
    std::optional<std::int64_t> max_age;  // seconds; clamped to the range of the type
    std::optional<std::chrono::sys_seconds> expires;
    bool has_path = false;  // there is a Path attribute, whatever its value
    bool secure = false;
    bool http_only = false;
    SameSite same_site = SameSite::unspecified;
};

/// CookieVerdict::kept, or the reason to ignore the whole field: bad_byte, empty, too_long.
[[nodiscard]] CookieVerdict parse_set_cookie(std::string_view field, SetCookie& cookie) noexcept;

/// Digits, perhaps after a '-'. Nothing for any other text.
[[nodiscard]] std::optional<std::int64_t> parse_max_age(std::string_view text) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/set_cookie.ipp>
#endif
