// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/cookie.hpp>
#include <hawser/detail/cookies/cookie_store.hpp>
#include <hawser/headers.hpp>
#include <hawser/url.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hawser {

/// How a CookieJar differs from the usual one.
struct CookieJarOptions {
    /// The time of day, by which cookies expire. Empty: the system's clock.
    std::function<std::chrono::sys_seconds()> now{};

    /// Whether a lower-case domain, such as "co.uk", is one under which strangers have theirs, and
    /// so must not have cookies of its own. Empty: the Public Suffix List of libpsl, if the library
    /// was built with it (CMake: HAWSER_LIBPSL). Without it, and for domains that are not on the
    /// list, every name of one label is one, and no other.
    std::function<bool(std::string_view)> is_public_suffix{};

    /// The most cookies with the same domain. The ones evicted first are those that are expired,
    /// then those not Secure, then those not used for longest.
    std::size_t max_per_domain = 180;

    /// The most cookies in all. The ones evicted first are expired or not used for longest.
    std::size_t max_total = 3000;
};

/// Keeps the cookies that servers set and gives back those that a request to a URL carries, by the
/// rules of browsers (RFC 6265bis).
///
///     auto jar = std::make_shared<hawser::CookieJar>();
///     jar->set("https://example.com/login", "sid=1; Path=/; Secure");
///     jar->header("https://example.com/");  // "sid=1"
///     jar->save("cookies.txt");             // curl -b cookies.txt reads it
///
/// What it decides where servers and standards differ:
///  - A Secure cookie goes over https only, or to this machine (localhost, 127.0.0.0/8, ::1). Only
///    such an origin can set, replace or hide one. Ports make no difference.
///  - SameSite and HttpOnly are kept and never acted on: there are no sites and no scripts here.
///  - No cookie is kept for more than 400 days from when the jar got it.
///  - Bytes that a server sent go back as they are, quotes and UTF-8 too. A cookie is refused for a
///    control character, and for a tab in its name or path, which the cookie file cannot hold.
///  - A request carries at most 150 cookies and 8 KiB of them; those with the longest path come
///    first.
///
/// Thread safety: everything may be called from any thread at any time. Each call sees all cookies
/// at one moment. No lock is held while a function of the options runs, nor while a file is read or
/// written.
class CookieJar {
public:
    CookieJar();
    explicit CookieJar(CookieJarOptions options);
    CookieJar(const CookieJar&) = delete;
    CookieJar& operator=(const CookieJar&) = delete;

    /// Does what a Set-Cookie field in a response from `url` says. Whatever a server may send, this
    /// throws nothing: the verdict says what became of it.
    CookieVerdict set(const Url& url, std::string_view set_cookie);

    /// Puts a cookie into the jar as it is. The verdict tells if it is one that no server could
    /// have set for its domain; then the jar is unchanged. Its domain must be lower case.
    CookieVerdict set(Cookie cookie);

    /// The first 50 Set-Cookie fields of a response from `url`, in their order.
    void set_all(const Url& url, const Headers& response);

    /// What a request to `url` carries, in the order of its Cookie field: longer paths first, then
    /// older cookies. They become the last ones to be evicted.
    [[nodiscard]] std::vector<Cookie> cookies(const Url& url);

    /// The same as the value of a Cookie field, "a=1; b=2"; empty if there are none.
    [[nodiscard]] std::string header(const Url& url);

    /// A copy of all cookies that are not expired, the oldest first.
    [[nodiscard]] std::vector<Cookie> all() const;

    /// Removes the cookie with the same name, domain, host_only and path. Returns whether there was
    /// one.
    bool erase(const Cookie& cookie);

    /// Removes the cookies that last as long as the session. Returns how many.
    std::size_t end_session();

    void clear();

    /// Writes all cookies that are not expired, those of the session too, in the format of
    /// Netscape, which curl, wget and browsers' tools read. The file appears whole or not at all:
    /// it is written under another name first. Only its owner may read it (mode 0600).
    ///
    /// `load` of what `save` wrote gives the same cookies in the same order. The format has no
    /// place for SameSite, which is unspecified afterwards, nor for when a cookie was last used.
    /// curl does not read cookies without a name and values with a tab.
    ///
    /// Throws `std::system_error` that names the file and says what the system said.
    void save(const std::string& path) const;
    /// The same; sets `ec` instead, or clears it.
    void save(const std::string& path, std::error_code& ec) const;

    /// Adds the cookies of a file in this format to those in the jar. One with the name, domain,
    /// host_only and path of another replaces it. Cookies that are expired or that the jar would
    /// refuse are left out.
    ///
    /// Throws `std::system_error` that names the file and says what the system said, or which line
    /// is none (`std::errc::bad_message`). Then the jar is unchanged, so that a later `save` into
    /// the file would lose what is in it.
    void load(const std::string& path);
    /// The same; sets `ec` instead, or clears it.
    void load(const std::string& path, std::error_code& ec);

private:
    std::chrono::sys_seconds now() const { return options_.now(); }
    CookieVerdict judge(const Cookie& cookie) const;
    std::error_code try_load(const std::string& path, std::string& where);

    const CookieJarOptions options_;  // none of its functions is empty
    mutable std::mutex mutex_;
    detail::CookieStore store_;  // guarded by mutex_
};

}  // namespace hawser

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/cookie_jar.ipp>
#endif
