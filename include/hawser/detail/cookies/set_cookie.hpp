// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Takes a Set-Cookie field apart (RFC 6265bis section 5.6). It knows neither the host that sent it
// nor the time: what becomes of it is decided in cookie_rules.hpp.

#include <hawser/config.hpp>
#include <hawser/cookie.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hawser::detail {

/// Of name and value together.
inline constexpr std::size_t max_cookie_size = 4096;
/// An attribute with a longer value is ignored.
inline constexpr std::size_t max_cookie_attribute = 1024;

/// What the server wrote, as views into the field. Of an attribute that is there twice, the last
/// one counts.
struct SetCookie {
    std::string_view name;
    std::string_view value;
    /// As written, with its leading dot; empty: there is none.
    std::string_view domain;
    /// Empty: there is none, or the last one did not begin with '/'.
    std::string_view path;
    std::optional<std::int64_t> max_age;  // seconds; what does not fit is the nearest that does
    std::optional<std::chrono::sys_seconds> expires;
    bool has_path = false;  // there is a Path, whatever its value
    bool secure = false;
    bool http_only = false;
    SameSite same_site = SameSite::unspecified;
};

/// CookieVerdict::kept, or why the whole field is to be ignored: bad_byte, empty, too_long.
[[nodiscard]] CookieVerdict parse_set_cookie(std::string_view field, SetCookie& cookie) noexcept;

/// Digits, after a '-' for a number below zero; nothing for any other text.
[[nodiscard]] std::optional<std::int64_t> parse_max_age(std::string_view text) noexcept;

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/set_cookie.ipp>
#endif
