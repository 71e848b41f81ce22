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

namespace hawser::inline HAWSER_ABI {

/// How a CookieJar differs from the default.
struct CookieJarOptions {
    /// The current time, by which cookies expire. Empty: the system clock.
    std::function<std::chrono::sys_seconds()> now{};

    /// Whether a lower-case domain, such as "co.uk", is one that unrelated owners share, so that it
    /// must not have cookies of its own. Empty: the Public Suffix List of libpsl decides, if the
    /// library was built with it (CMake: HAWSER_LIBPSL). Without libpsl, and for domains that are
    /// not on the list, the names with a single label are the shared ones.
    std::function<bool(std::string_view)> is_public_suffix{};

    /// The most cookies with the same domain. Expired cookies are evicted first, then those that
    /// are not Secure, then the least recently used.
    std::size_t max_per_domain = 180;

    /// The most cookies in all. Expired cookies are evicted first, then the least recently used.
    std::size_t max_total = 3000;
};

/// Keeps the cookies that servers set and returns those that belong in a request to a URL, by the
/// rules of browsers (RFC 6265bis).
///
///     auto jar = std::make_shared<hawser::CookieJar>();
///     jar->set("https://example.com/login", "sid=1; Path=/; Secure");
///     jar->header("https://example.com/");  // "sid=1"
///     jar->save("cookies.txt");             // curl -b cookies.txt reads it
///
/// Where servers and standards differ:
///  - A Secure cookie is sent only over https, or to this machine (localhost, 127.0.0.0/8, ::1).
///    Only such an origin can set, replace or hide one. Ports make no difference.
///  - SameSite and HttpOnly are kept but never acted on: a client has no sites and no scripts.
///  - No cookie is kept for more than 400 days after the jar received it.
///  - The bytes that a server sent are sent back unchanged, including quotes and UTF-8. The jar
///    refuses a cookie that has a control character, or a tab in its name or path, which the cookie
///    file cannot hold.
///  - A request carries at most 150 cookies and 8 KiB of them. The cookies with the longest paths
///    are sent first.
///
/// Thread safety: everything may be called from any thread at any time. Each call sees all cookies
/// at a single moment. No lock is held while a function of the options runs, or while a file is
/// read or written.
class CookieJar {
public:
    /// An empty jar.
    CookieJar();
    explicit CookieJar(CookieJarOptions options);
    CookieJar(const CookieJar&) = delete;
    CookieJar& operator=(const CookieJar&) = delete;
    virtual ~CookieJar() = default;

    /// Acts on one Set-Cookie field of a response from `url`. Nothing that a server sends makes
    /// this throw: the verdict tells what happened to the cookie.
    CookieVerdict set(const Url& url, std::string_view set_cookie);

    /// Puts a cookie into the jar as it is. The verdict tells whether a server could have set it
    /// for its domain; if not, the jar is unchanged. The domain must be in lower case.
    CookieVerdict set(Cookie cookie);

    /// Acts on the first 50 Set-Cookie fields of a response from `url`, in order.
    /// Virtual, like header(), so that programs without a jar need not compile it.
    HAWSER_DECL virtual void set_all(const Url& url, const Headers& response);

    /// The cookies of a request to `url`, in the order of its Cookie field: longer paths first,
    /// then older cookies. They now count as the most recently used.
    [[nodiscard]] std::vector<Cookie> cookies(const Url& url);

    /// The same as the value of a Cookie field, "a=1; b=2"; empty if there are none.
    [[nodiscard]] HAWSER_DECL virtual std::string header(const Url& url);

    /// A copy of all cookies that have not expired, the oldest first.
    [[nodiscard]] std::vector<Cookie> all() const;

    /// Removes the cookie with the same name, domain, host_only and path. Returns whether there was
    /// one.
    bool erase(const Cookie& cookie);

    /// Removes the cookies that last as long as the session. Returns how many.
    std::size_t end_session();

    /// Removes all cookies.
    void clear();

    /// Writes all cookies that have not expired, including session cookies, in Netscape's format,
    /// which curl, wget and browser tools read. The file appears whole or not at all: it is written
    /// under another name first. Only its owner may read it (mode 0600).
    ///
    /// Loading a file that `save` wrote gives the same cookies in the same order. The format cannot
    /// hold SameSite, which is unspecified afterwards, or the time when a cookie was last used.
    /// curl does not read cookies without a name, or values with a tab.
    ///
    /// Throws `std::system_error` that names the file and gives the system's error.
    void save(const std::string& path) const;
    /// The same; sets `ec` instead, or clears it.
    void save(const std::string& path, std::error_code& ec) const;

    /// Adds the cookies of a file in this format to those in the jar. A cookie replaces the one
    /// with the same name, domain, host_only and path. Cookies that have expired, or that the jar
    /// would refuse, are skipped.
    ///
    /// Throws `std::system_error` that names the file and gives the system's error, or the line
    /// that is malformed (`std::errc::bad_message`). The jar is then unchanged; a later `save` to
    /// the same file would lose its contents.
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

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/cookie_jar.ipp>
#endif
