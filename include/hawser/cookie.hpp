// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace hawser::inline HAWSER_ABI {

/// The SameSite attribute, as the server sent it. Browsers use it to decide which other sites'
/// requests carry a cookie. A client has no sites, so the value is kept but never acted on.
enum class SameSite { unspecified, none, lax, strict };

/// One cookie as a CookieJar keeps it (RFC 6265bis section 5.7). Name, value and path hold the
/// bytes that the server sent, unquoted and undecoded.
struct Cookie {
    /// May be empty: then the request carries the value alone, without a '='.
    std::string name;
    /// As the server sent it.
    std::string value;
    /// Lower case, without a leading dot; an IPv6 address without brackets.
    std::string domain;
    /// Sent to this path and to those below it.
    std::string path = "/";
    /// When the cookie expires. Without a value it lasts as long as the session: until
    /// `CookieJar::end_session()`.
    std::optional<std::chrono::sys_seconds> expires{};
    /// Sent to `domain` only, not to the hosts below it.
    bool host_only = true;
    /// Sent only over https, or to this machine.
    bool secure = false;
    /// Hidden from scripts. A client runs none, so the value is kept but never acted on.
    bool http_only = false;
    /// As the server said; kept, but not acted on.
    SameSite same_site = SameSite::unspecified;

    friend bool operator==(const Cookie&, const Cookie&) = default;
};

/// What a CookieJar did with a cookie that it was given.
enum class CookieVerdict {
    kept,           ///< it is in the jar, in place of one with the same name, domain and path
    erased,         ///< it has expired: the cookie that it would have replaced, if any, was removed
    empty,          ///< it has neither a name nor a value
    too_long,       ///< name and value have more than 4096 bytes
    bad_byte,       ///< a byte that would break a header field or a line of the cookie file
    wrong_domain,   ///< its domain is neither the host nor a parent of it, or no domain at all
    public_suffix,  ///< its domain is shared by many owners, like "com" and "co.uk"
    not_secure,     ///< it is Secure, or would hide a Secure cookie, but arrived over plain http
    bad_prefix,     ///< its attributes break the promise of its prefix, "__Secure-" or "__Host-"
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

}  // namespace hawser::inline HAWSER_ABI
