// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Decides what becomes of a cookie (RFC 6265bis sections 5.1.3, 5.1.4 and 5.7) and which request it
// goes with (section 5.8.3). Must not know of the jar, its lock or its clock.

#include <hawser/config.hpp>
#include <hawser/cookie.hpp>
#include <hawser/detail/cookies/public_suffix.hpp>
#include <hawser/detail/cookies/set_cookie.hpp>
#include <hawser/url.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::detail {

/// No cookie is kept longer than this from the time the jar got it.
inline constexpr std::chrono::seconds max_cookie_age = std::chrono::hours{24 * 400};
/// A request carries no more cookies, and no more bytes of them.
inline constexpr std::size_t max_sent_cookies = 150;
inline constexpr std::size_t max_cookie_header = 8 * 1024;

/// What cookies need to know of a URL, as views into it.
struct CookieOrigin {
    std::string_view host;  // lower case, without its final dot
    std::string_view path;
    bool is_address = false;
    /// https, or this machine, whose traffic nobody else sees. Browsers and curl agree.
    bool secure = false;
};

[[nodiscard]] CookieOrigin cookie_origin(const Url& url) noexcept;

/// Whether a domain of a cookie is an IPv4 or IPv6 address, which has no domains above it.
[[nodiscard]] bool is_address(std::string_view domain) noexcept;

/// Whether they are the same, or `host` is a name below `domain`. Both in lower case.
[[nodiscard]] bool domain_matches(std::string_view host, std::string_view domain) noexcept;

/// The path of a cookie that names none: that of the URL up to its last '/', without it.
[[nodiscard]] std::string_view default_cookie_path(std::string_view path) noexcept;

/// Whether they are the same, or `path` lies below `cookie_path`.
[[nodiscard]] bool path_matches(std::string_view path, std::string_view cookie_path) noexcept;

/// Sets `domain` and `host_only` of the cookie from a Domain attribute (empty: there is none).
/// Returns kept, wrong_domain or public_suffix. A name of one label, even of this machine, is a
/// public suffix, and its own host may name it: that makes a host-only cookie.
[[nodiscard]] CookieVerdict choose_domain(std::string_view attribute,
                                          const CookieOrigin& origin,
                                          const PublicSuffixTest& is_public_suffix,
                                          Cookie& cookie);

/// Whether the bytes of a cookie can go into a header field and into a line of the cookie file, and
/// whether it keeps the promise of its prefix: kept, or why not.
[[nodiscard]] CookieVerdict check_cookie(const Cookie& cookie) noexcept;

/// When the cookie is over: Max-Age counts more than Expires; none of both: with the session.
[[nodiscard]] std::optional<std::chrono::sys_seconds> cookie_expiry(
    const SetCookie& said, std::chrono::sys_seconds now) noexcept;

/// Whether its time is over.
[[nodiscard]] bool is_expired(const Cookie& cookie, std::chrono::sys_seconds now) noexcept;

/// Makes the cookie that a Set-Cookie field of this origin means: kept, or why it is ignored.
[[nodiscard]] CookieVerdict make_cookie(const SetCookie& said,
                                        const CookieOrigin& origin,
                                        std::chrono::sys_seconds now,
                                        const PublicSuffixTest& is_public_suffix,
                                        Cookie& cookie);

/// Whether a request to this origin carries the cookie.
[[nodiscard]] bool is_sent(const Cookie& cookie,
                           const CookieOrigin& origin,
                           std::chrono::sys_seconds now) noexcept;

/// Whether a cookie that came over plain http would replace or hide `kept`, which is Secure: it has
/// the same name to a server's eyes, a domain that meets that of `kept`, and lies at its path or
/// below.
[[nodiscard]] bool hides_secure(const Cookie& cookie, const Cookie& kept) noexcept;

/// The value of a Cookie field: "a=1; b=2".
[[nodiscard]] std::string cookie_header(const std::vector<Cookie>& cookies);

/// What the cookie adds to that value.
[[nodiscard]] inline std::size_t sent_size(const Cookie& cookie) noexcept {
    return cookie.name.size() + cookie.value.size() + 3;
}

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/cookie_rules.ipp>
#endif
