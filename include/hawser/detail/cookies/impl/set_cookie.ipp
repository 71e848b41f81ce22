// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/cookie_date.hpp>
#include <hawser/detail/cookies/set_cookie.hpp>
#include <hawser/detail/grammar.hpp>

#include <algorithm>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::optional<std::int64_t> parse_max_age(std::string_view text) noexcept {
    const bool negative = text.starts_with('-');
    if (negative) {
        text.remove_prefix(1);
    }
    if (text.empty() || !all_of(digit_char, text)) {
        return std::nullopt;
    }
    std::uint64_t seconds = 0;
    if (!parse_decimal(text, seconds)) {
        seconds = INT64_MAX;  // too many digits
    }
    const auto value = static_cast<std::int64_t>(seconds);
    return negative ? -value : value;
}

HAWSER_DECL SameSite same_site_of(std::string_view text) noexcept {
    return iequals(text, "strict") ? SameSite::strict
           : iequals(text, "lax")  ? SameSite::lax
           : iequals(text, "none") ? SameSite::none
                                   : SameSite::unspecified;
}

HAWSER_DECL void read_cookie_attribute(std::string_view name,
                                       std::string_view value,
                                       SetCookie& cookie) noexcept {
    if (value.size() > max_cookie_attribute) {
        return;
    }
    if (iequals(name, "domain")) {
        cookie.domain = value;
    } else if (iequals(name, "path")) {
        cookie.has_path = true;
        cookie.path = value.starts_with('/') ? value : std::string_view();
    } else if (iequals(name, "max-age")) {
        const std::optional<std::int64_t> seconds = parse_max_age(value);
        cookie.max_age = seconds ? seconds : cookie.max_age;
    } else if (iequals(name, "expires")) {
        const std::optional<std::chrono::sys_seconds> date = parse_cookie_date(value);
        cookie.expires = date ? date : cookie.expires;
    } else if (iequals(name, "secure")) {
        cookie.secure = true;
    } else if (iequals(name, "httponly")) {
        cookie.http_only = true;
    } else if (iequals(name, "samesite")) {
        cookie.same_site = same_site_of(value);
    }
}

/// Reads the name and the value; a pair without a '=' is a value.
HAWSER_DECL CookieVerdict read_cookie_pair(std::string_view pair, SetCookie& cookie) noexcept {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) {
        cookie.value = trim_ows(pair);
    } else {
        cookie.name = trim_ows(pair.substr(0, equals));
        cookie.value = trim_ows(pair.substr(equals + 1));
    }
    const std::size_t size = cookie.name.size() + cookie.value.size();
    return size == 0                ? CookieVerdict::empty
           : size > max_cookie_size ? CookieVerdict::too_long
                                    : CookieVerdict::kept;
}

/// Takes the text up to `end`, which is dropped; takes everything if there is no `end`.
HAWSER_DECL std::string_view take_until(std::string_view& text, char end) noexcept {
    const std::size_t at = std::min(text.find(end), text.size());
    const std::string_view taken = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return taken;
}

HAWSER_DECL CookieVerdict parse_set_cookie(std::string_view field, SetCookie& cookie) noexcept {
    cookie = {};
    if (!is_field_value(field)) {
        return CookieVerdict::bad_byte;
    }
    const CookieVerdict verdict = read_cookie_pair(take_until(field, ';'), cookie);
    while (verdict == CookieVerdict::kept && !field.empty()) {
        std::string_view value = take_until(field, ';');
        const std::string_view name = take_until(value, '=');
        read_cookie_attribute(trim_ows(name), trim_ows(value), cookie);
    }
    return verdict;
}

}  // namespace hawser::inline HAWSER_ABI::detail
