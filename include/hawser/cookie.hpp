// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace hawser {

/// The SameSite attribute as the server sent it. Browsers decide by it which other sites' requests
/// carry a cookie. A client has no sites: the value is kept and never acted on.
enum class SameSite { unspecified, none, lax, strict };

/// One cookie as a CookieJar keeps it (RFC 6265bis section 5.7). Name, value and path hold the
/// bytes that the server sent, unquoted and undecoded.
struct Cookie {
    /// May be empty: then the request carries the value alone, without a '='.
    std::string name;
    std::string value;
    /// Lower case, without a leading dot; an IPv6 address without brackets.
    std::string domain;
    std::string path = "/";
    /// When the cookie is over. Without a value it lasts as long as the session: until
    /// `CookieJar::end_session()`.
    std::optional<std::chrono::sys_seconds> expires{};
    /// Sent to `domain` only, not to the hosts below it.
    bool host_only = true;
    /// Sent over https only, or to this machine.
    bool secure = false;
    /// Hidden from scripts, which a client has none of: kept and never acted on.
    bool http_only = false;
    SameSite same_site = SameSite::unspecified;

    friend bool operator==(const Cookie&, const Cookie&) = default;
};

/// What a CookieJar did with a cookie that it was given.
enum class CookieVerdict {
    kept,           ///< it is in the jar, in place of one with the same name, domain and path
    erased,         ///< its time is over: such a cookie, if there was one, is gone
    empty,          ///< it has neither name nor value
    too_long,       ///< name and value have more than 4096 bytes
    bad_byte,       ///< a byte that would break a header field or a line of the cookie file
    wrong_domain,   ///< its domain is neither the host nor above it, or no domain at all
    public_suffix,  ///< its domain is one that many owners share, as "com" and "co.uk" are
    not_secure,     ///< it is Secure or would hide a Secure one, and came over plain http
    bad_prefix,     ///< "__Secure-" or "__Host-" promises what its attributes do not say
    no_room,        ///< its domain is full of Secure cookies, which are evicted last
};

/// In words, for logs: "kept", "bad byte".
[[nodiscard]] constexpr const char* to_string(CookieVerdict verdict) noexcept {
    switch (verdict) {
        case CookieVerdict::kept:
            return "kept";
        case CookieVerdict::erased:
            return "erased";
        case CookieVerdict::empty:
            return "empty";
        case CookieVerdict::too_long:
            return "too long";
        case CookieVerdict::bad_byte:
            return "bad byte";
        case CookieVerdict::wrong_domain:
            return "wrong domain";
        case CookieVerdict::public_suffix:
            return "public suffix";
        case CookieVerdict::not_secure:
            return "not secure";
        case CookieVerdict::bad_prefix:
            return "bad prefix";
        case CookieVerdict::no_room:
            return "no room";
    }
    return "unknown";
}

}  // namespace hawser
