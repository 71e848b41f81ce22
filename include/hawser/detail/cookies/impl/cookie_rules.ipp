// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/cookie_rules.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/policy/localhost.hpp>

#include <algorithm>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL CookieOrigin cookie_origin(const Url& url) noexcept {
    CookieOrigin origin{url.host(), url.path(), url.host_is_ip(), url.is_https()};
    if (origin.host.ends_with('.')) {
        origin.host.remove_suffix(1);
    }
    const bool loopback =
        origin.is_address && (origin.host == "::1" || origin.host.starts_with("127."));
    origin.secure = origin.secure || loopback || is_localhost(origin.host);
    return origin;
}

// Url accepts no name whose last label is a number, so only an address ends in one.
HAWSER_DECL bool is_address(std::string_view domain) noexcept {
    const std::string_view last = domain.substr(domain.rfind('.') + 1);
    return domain.find(':') != std::string_view::npos ||
           (!last.empty() && all_of(digit_char, last));
}

HAWSER_DECL bool domain_matches(std::string_view host, std::string_view domain) noexcept {
    if (host == domain) {
        return true;
    }
    return !domain.empty() && host.size() > domain.size() && host.ends_with(domain) &&
           host[host.size() - domain.size() - 1] == '.' && !is_address(host);
}

HAWSER_DECL std::string_view default_cookie_path(std::string_view path) noexcept {
    const std::size_t last = path.rfind('/');
    const bool top = !path.starts_with('/') || last == 0;
    return top ? std::string_view("/") : path.substr(0, last);
}

HAWSER_DECL bool path_matches(std::string_view path, std::string_view cookie_path) noexcept {
    return path.starts_with(cookie_path) &&
           (path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
            path[cookie_path.size()] == '/');
}

HAWSER_DECL CookieVerdict choose_domain(std::string_view attribute,
                                        const CookieOrigin& origin,
                                        const PublicSuffixTest& is_public_suffix,
                                        Cookie& cookie) {
    cookie.domain = origin.host;
    cookie.host_only = true;
    if (origin.is_address) {  // no leading dot: browsers do not accept it here, either
        if (attribute.starts_with('[') && attribute.ends_with(']')) {
            attribute = attribute.substr(1, attribute.size() - 2);
        }
        return attribute.empty() || iequals(attribute, origin.host) ? CookieVerdict::kept
                                                                    : CookieVerdict::wrong_domain;
    }
    if (attribute.starts_with('.')) {
        attribute.remove_prefix(1);
    }
    if (attribute.empty()) {
        return CookieVerdict::kept;
    }
    std::string domain(attribute);
    std::transform(domain.begin(), domain.end(), domain.begin(), to_lower);
    if (!domain_matches(origin.host, domain)) {
        return CookieVerdict::wrong_domain;
    }
    if (is_public_suffix(domain)) {
        return domain == origin.host ? CookieVerdict::kept : CookieVerdict::public_suffix;
    }
    cookie.domain = std::move(domain);
    cookie.host_only = false;
    return CookieVerdict::kept;
}

/// A host as `Url::host()` returns it, without a final dot: a name, or an address, perhaps with a
/// zone.
HAWSER_DECL bool is_cookie_domain(std::string_view domain) noexcept {
    const auto is_lower = [](char c) { return to_lower(c) == c; };
    if (domain.find(':') != std::string_view::npos) {
        const std::size_t percent = std::min(domain.find('%'), domain.size());
        const std::string_view address = domain.substr(0, percent);
        return all_of(zone_char, domain.substr(std::min(percent + 1, domain.size()))) &&
               std::all_of(address.begin(), address.end(), [&](char c) {
                   return c == ':' || c == '.' || (is(hex_char, c) && is_lower(c));
               });
    }
    return !domain.empty() && !domain.starts_with('.') && !domain.ends_with('.') &&
           all_of(host_char, domain) && std::all_of(domain.begin(), domain.end(), is_lower);
}

HAWSER_DECL bool begins_iequal(std::string_view text, std::string_view prefix) noexcept {
    return iequals(text.substr(0, prefix.size()), prefix);
}

/// A cookie without a name must not look like one with a prefix: servers cannot tell them apart.
HAWSER_DECL bool keeps_prefix(const Cookie& cookie) noexcept {
    const std::string& text = cookie.name.empty() ? cookie.value : cookie.name;
    if (begins_iequal(text, "__Host-")) {
        return !cookie.name.empty() && cookie.secure && cookie.host_only && cookie.path == "/";
    }
    return !begins_iequal(text, "__Secure-") || (!cookie.name.empty() && cookie.secure);
}

HAWSER_DECL CookieVerdict check_cookie(const Cookie& cookie) noexcept {
    const std::string_view name = cookie.name;
    const std::string_view value = cookie.value;
    if (name.empty() && value.empty()) {
        return CookieVerdict::empty;
    }
    if (name.size() + value.size() > max_cookie_size) {
        return CookieVerdict::too_long;
    }
    const bool plain =
        is_field_value(name) && is_field_value(value) && is_field_value(cookie.path) &&
        name.find_first_of("=;\t") == std::string_view::npos &&
        value.find(';') == std::string_view::npos && cookie.path.find('\t') == std::string::npos;
    if (!plain || trim_ows(name) != name || trim_ows(value) != value ||
        !cookie.path.starts_with('/')) {
        return CookieVerdict::bad_byte;
    }
    if (!is_cookie_domain(cookie.domain) || (is_address(cookie.domain) && !cookie.host_only)) {
        return CookieVerdict::wrong_domain;
    }
    return keeps_prefix(cookie) ? CookieVerdict::kept : CookieVerdict::bad_prefix;
}

HAWSER_DECL std::optional<std::chrono::sys_seconds> cookie_expiry(
    const SetCookie& said, std::chrono::sys_seconds now) noexcept {
    if (said.max_age) {
        const std::chrono::seconds age(
            std::clamp<std::int64_t>(*said.max_age, 0, max_cookie_age.count()));
        return now + age;  // an age of 0 has expired already
    }
    return said.expires ? std::min(*said.expires, now + max_cookie_age) : said.expires;
}

HAWSER_DECL bool is_expired(const Cookie& cookie, std::chrono::sys_seconds now) noexcept {
    return cookie.expires && *cookie.expires <= now;
}

HAWSER_DECL CookieVerdict make_cookie(const SetCookie& said,
                                      const CookieOrigin& origin,
                                      std::chrono::sys_seconds now,
                                      const PublicSuffixTest& is_public_suffix,
                                      Cookie& cookie) {
    const CookieVerdict verdict = choose_domain(said.domain, origin, is_public_suffix, cookie);
    if (verdict != CookieVerdict::kept) {
        return verdict;
    }
    cookie.name = said.name;
    cookie.value = said.value;
    cookie.path = said.path.empty() ? default_cookie_path(origin.path) : said.path;
    cookie.expires = cookie_expiry(said, now);
    cookie.secure = said.secure;
    cookie.http_only = said.http_only;
    cookie.same_site = said.same_site;
    if (cookie.secure && !origin.secure) {
        return CookieVerdict::not_secure;
    }
    if (!said.has_path && begins_iequal(said.name, "__Host-")) {
        return CookieVerdict::bad_prefix;  // the path must be stated, not derived from the URL
    }
    return check_cookie(cookie);
}

HAWSER_DECL bool is_sent(const Cookie& cookie,
                         const CookieOrigin& origin,
                         std::chrono::sys_seconds now) noexcept {
    return (cookie.host_only ? origin.host == cookie.domain
                             : domain_matches(origin.host, cookie.domain)) &&
           (origin.secure || !cookie.secure) && path_matches(origin.path, cookie.path) &&
           !is_expired(cookie, now);
}

/// The name as the server reads it: without a name, the part of the value before a '='.
HAWSER_DECL std::string_view sent_name(const Cookie& cookie) noexcept {
    const std::string_view value = cookie.value;
    const std::size_t equals = value.find('=');
    return cookie.name.empty() && equals != std::string_view::npos ? value.substr(0, equals)
                                                                   : std::string_view(cookie.name);
}

HAWSER_DECL bool hides_secure(const Cookie& cookie, const Cookie& kept) noexcept {
    return kept.secure && sent_name(kept) == sent_name(cookie) &&
           (domain_matches(kept.domain, cookie.domain) ||
            domain_matches(cookie.domain, kept.domain)) &&
           path_matches(cookie.path, kept.path);
}

HAWSER_DECL std::string cookie_header(const std::vector<Cookie>& cookies) {
    std::string out;
    for (const Cookie& cookie : cookies) {
        if (!out.empty()) {
            out.append("; ");
        }
        out.append(cookie.name).append(cookie.name.empty() ? "" : "=").append(cookie.value);
    }
    return out;
}

}  // namespace hawser::inline HAWSER_ABI::detail
