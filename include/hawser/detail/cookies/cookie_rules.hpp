// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Decides what happens to a cookie (RFC 6265bis sections 5.1.3, 5.1.4 and 5.7) and which requests
// carry it (section 5.8.3). Must not know about the jar, its lock or its clock.

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

namespace hawser::inline HAWSER_ABI::detail {

/// No cookie is kept longer than this after the jar received it.
inline constexpr std::chrono::seconds max_cookie_age = std::chrono::hours{24 * 400};
/// A request carries no more cookies than this, and no more bytes of them.
inline constexpr std::size_t max_sent_cookies = 150;
inline constexpr std::size_t max_cookie_header = 8 * 1024;

/// The parts of a URL that matter to cookies, as views into it.
struct CookieOrigin {
    std::string_view host;  // lower case, without its final dot
    std::string_view path;
    bool is_address = false;
    /// https, or this machine, whose traffic nobody else sees. Browsers and curl agree.
    bool secure = false;
};

[[nodiscard]] CookieOrigin cookie_origin(const Url& url) noexcept;

/// Whether a cookie's domain is an IPv4 or IPv6 address, which has no parent domains.
[[nodiscard]] bool is_address(std::string_view domain) noexcept;

/// Whether they are equal, or `host` is a subdomain of `domain`. Both in lower case.
[[nodiscard]] bool domain_matches(std::string_view host, std::string_view domain) noexcept;

/// The path of a cookie without a Path attribute: the URL's path up to its last '/', which is
/// dropped.
[[nodiscard]] std::string_view default_cookie_path(std::string_view path) noexcept;

/// Whether they are equal, or `path` is below `cookie_path`.
[[nodiscard]] bool path_matches(std::string_view path, std::string_view cookie_path) noexcept;

/// Sets `domain` and `host_only` of the cookie from a Domain attribute (empty: there is none).
/// Returns kept, wrong_domain or public_suffix. A name with a single label, even this machine's, is
/// a public suffix. The host of that name may still send it: the cookie is then host-only.
[[nodiscard]] CookieVerdict choose_domain(std::string_view attribute,
                                          const CookieOrigin& origin,
                                          const PublicSuffixTest& is_public_suffix,
                                          Cookie& cookie);

/// Whether the bytes of a cookie fit into a header field and into a line of the cookie file, and
/// whether it keeps the promise of its prefix: kept, or the reason why not.
[[nodiscard]] CookieVerdict check_cookie(const Cookie& cookie) noexcept;

/// When the cookie expires: Max-Age wins over Expires; with neither, at the end of the session.
[[nodiscard]] std::optional<std::chrono::sys_seconds> cookie_expiry(
    const SetCookie& said, std::chrono::sys_seconds now) noexcept;

[[nodiscard]] bool is_expired(const Cookie& cookie, std::chrono::sys_seconds now) noexcept;

/// Makes the cookie that a Set-Cookie field from this origin describes: kept, or the reason why it
/// is ignored.
[[nodiscard]] CookieVerdict make_cookie(const SetCookie& said,
                                        const CookieOrigin& origin,
                                        std::chrono::sys_seconds now,
                                        const PublicSuffixTest& is_public_suffix,
                                        Cookie& cookie);

/// Whether a request to this origin carries the cookie.
[[nodiscard]] bool is_sent(const Cookie& cookie,
                           const CookieOrigin& origin,
                           std::chrono::sys_seconds now) noexcept;

/// Whether a cookie that arrived over plain http would replace or hide `kept`, which is Secure: to
/// a server it has the same name, its domain matches that of `kept` either way, and its path is the
/// same or below.
[[nodiscard]] bool hides_secure(const Cookie& cookie, const Cookie& kept) noexcept;

/// The value of a Cookie field: "a=1; b=2".
[[nodiscard]] std::string cookie_header(const std::vector<Cookie>& cookies);

/// The bytes that the cookie adds to that value.
[[nodiscard]] inline std::size_t sent_size(const Cookie& cookie) noexcept {
    return cookie.name.size() + cookie.value.size() + 3;
}

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/cookie_rules.ipp>
#endif
