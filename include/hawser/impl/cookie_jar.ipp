// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/cookie_jar.hpp>
#include <hawser/detail/cookies/cookie_file.hpp>
#include <hawser/detail/cookies/cookie_rules.hpp>
#include <hawser/detail/cookies/netscape_format.hpp>
#include <hawser/detail/cookies/public_suffix.hpp>
#include <hawser/detail/cookies/set_cookie.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/time_of_day.hpp>
#include <hawser/failure.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {

inline constexpr std::size_t max_cookies_of_response = 50;

HAWSER_DECL CookieJarOptions complete(CookieJarOptions options) {
    if (!options.now) {
        options.now = [] { return std::chrono::floor<std::chrono::seconds>(time_of_day()); };
    }
    if (!options.is_public_suffix) {
        options.is_public_suffix = is_public_suffix;
    }
    return options;
}

[[noreturn]] HAWSER_DECL void throw_file_error(std::error_code ec,
                                               const char* doing,
                                               const std::string& path,
                                               const std::string& where) {
    throw std::system_error(ec, std::string(doing) + " \"" + printable(path) + '"' + where);
}

}  // namespace detail

HAWSER_DECL CookieJar::CookieJar() : CookieJar(CookieJarOptions()) {}

HAWSER_DECL CookieJar::CookieJar(CookieJarOptions options)
    : options_(detail::complete(std::move(options))),
      store_(options_.max_per_domain, options_.max_total) {}

HAWSER_DECL CookieVerdict CookieJar::set(const Url& url, std::string_view set_cookie) {
    detail::SetCookie said;
    const CookieVerdict parsed = detail::parse_set_cookie(set_cookie, said);
    if (parsed != CookieVerdict::kept) {
        return parsed;
    }
    const detail::CookieOrigin origin = detail::cookie_origin(url);
    const std::chrono::sys_seconds time = now();
    Cookie cookie;
    const CookieVerdict made =
        detail::make_cookie(said, origin, time, options_.is_public_suffix, cookie);
    if (made != CookieVerdict::kept) {
        return made;
    }
    const std::lock_guard lock(mutex_);
    return store_.put(std::move(cookie), origin.secure, time);
}

/// Checks a cookie that was not made from a Set-Cookie field of its domain: kept, or the reason why
/// the jar refuses it.
HAWSER_DECL CookieVerdict CookieJar::judge(const Cookie& cookie) const {
    const CookieVerdict checked = detail::check_cookie(cookie);
    if (checked != CookieVerdict::kept) {
        return checked;
    }
    return !cookie.host_only && options_.is_public_suffix(cookie.domain)
               ? CookieVerdict::public_suffix
               : CookieVerdict::kept;
}

HAWSER_DECL CookieVerdict CookieJar::set(Cookie cookie) {
    const CookieVerdict verdict = judge(cookie);
    if (verdict != CookieVerdict::kept) {
        return verdict;
    }
    const std::chrono::sys_seconds time = now();
    const std::lock_guard lock(mutex_);
    return store_.put(std::move(cookie), true, time);
}

HAWSER_DECL void CookieJar::set_all(const Url& url, const Headers& response) {
    std::size_t count = 0;
    for (const Headers::Field& field : response) {
        if (detail::is_named(field.name, "set-cookie")) {
            if (++count > detail::max_cookies_of_response) {
                return;
            }
            set(url, field.value);
        }
    }
}

HAWSER_DECL std::vector<Cookie> CookieJar::cookies(const Url& url) {
    const std::chrono::sys_seconds time = now();
    const std::lock_guard lock(mutex_);
    return store_.select(detail::cookie_origin(url), time);
}

HAWSER_DECL std::string CookieJar::header(const Url& url) {
    return detail::cookie_header(cookies(url));
}

HAWSER_DECL std::vector<Cookie> CookieJar::all() const {
    const std::chrono::sys_seconds time = now();
    const std::lock_guard lock(mutex_);
    return store_.all(time);
}

HAWSER_DECL bool CookieJar::erase(const Cookie& cookie) {
    const std::lock_guard lock(mutex_);
    return store_.erase(cookie);
}

HAWSER_DECL std::size_t CookieJar::end_session() {
    const std::lock_guard lock(mutex_);
    return store_.erase_session();
}

HAWSER_DECL void CookieJar::clear() {
    const std::lock_guard lock(mutex_);
    store_.clear();
}

HAWSER_DECL void CookieJar::save(const std::string& path, std::error_code& ec) const {
    ec = detail::replace_whole_file(path, detail::write_netscape(all()));
}

HAWSER_DECL void CookieJar::save(const std::string& path) const {
    std::error_code ec;
    save(path, ec);
    if (ec) {
        detail::throw_file_error(ec, "writing cookies to", path, "");
    }
}

/// On failure, `where` names the line and what is wrong with it, if a line is to blame.
HAWSER_DECL std::error_code CookieJar::try_load(const std::string& path, std::string& where) {
    std::string text;
    if (const std::error_code ec = detail::read_whole_file(path, text)) {
        return ec;
    }
    std::vector<Cookie> cookies;
    const detail::NetscapeFault fault = detail::read_netscape(text, cookies);
    if (fault.line != 0) {
        where = ", line " + std::to_string(fault.line) + ": " + fault.reason;
        return std::make_error_code(std::errc::bad_message);
    }
    std::erase_if(cookies,
                  [this](const Cookie& cookie) { return judge(cookie) != CookieVerdict::kept; });
    const std::chrono::sys_seconds time = now();
    const std::lock_guard lock(mutex_);
    for (Cookie& cookie : cookies) {
        (void)store_.put(std::move(cookie), true, time);
    }
    return {};
}

HAWSER_DECL void CookieJar::load(const std::string& path, std::error_code& ec) {
    std::string where;
    ec = try_load(path, where);
}

HAWSER_DECL void CookieJar::load(const std::string& path) {
    std::string where;
    if (const std::error_code ec = try_load(path, where)) {
        detail::throw_file_error(ec, "reading cookies from", path, where);
    }
}

}  // namespace hawser::inline HAWSER_ABI
