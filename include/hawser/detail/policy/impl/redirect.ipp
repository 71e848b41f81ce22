// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/cookie_field.hpp>
#include <hawser/detail/cookies/set_cookie.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/detail/policy/redirect.hpp>
#include <hawser/error.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool same_origin(const Url& a, const Url& b) noexcept {
    return a.is_https() == b.is_https() && a.port() == b.port() && a.host() == b.host();
}

/// The scheme of a reference; empty if it is relative.
HAWSER_DECL std::string_view reference_scheme(std::string_view reference) noexcept {
    const std::string_view name = reference.substr(0, reference.find_first_of(":/?#"));
    const bool scheme = name.size() < reference.size() && reference[name.size()] == ':' &&
                        !name.empty() && is(token_char, name[0]) && !is(digit_char, name[0]) &&
                        std::all_of(name.begin(), name.end(), [](char c) {
                            return is(host_char, c) ? c != '_' : c == '+';
                        });
    return scheme ? name : std::string_view();
}

/// Whether a reference names its own host.
HAWSER_DECL bool has_authority(std::string_view reference) noexcept {
    return begins_with(reference, "//") || !reference_scheme(reference).empty();
}

HAWSER_DECL Url redirect_target(const Url& from, std::string_view location) {
    std::error_code ec;
    Url to = from.resolve(location, ec);
    if (ec) {
        return to;
    }
    const bool inherits = location.find('#') == std::string_view::npos && !from.fragment().empty();
    const std::string_view userinfo = same_origin(from, to) ? from.userinfo() : std::string_view();
    if (!inherits && to.userinfo() == userinfo) {
        return to;
    }
    std::string text(to.scheme());
    text.append("://").append(userinfo).append(userinfo.empty() ? "" : "@");
    text.append(to.origin().substr(to.scheme().size() + 3)).append(to.target());
    const std::string_view fragment = inherits ? from.fragment() : to.fragment();
    if (!fragment.empty()) {
        text.append("#").append(fragment);
    }
    return Url::parse(text, ec);
}

/// The value of Location: empty for none, and for fields that differ, which sets `differ`. A server
/// that sent two was perhaps made to: clients would go to different places.
HAWSER_DECL std::string_view find_location(const Headers& fields, bool& differ) noexcept {
    std::string_view found;
    bool any = false;
    for (const auto& [name, raw] : fields) {
        if (is_named(name, "location")) {
            const std::string_view value = trim_ows(raw);
            differ |= any && value != found;
            found = value;
            any = true;
        }
    }
    return differ ? std::string_view() : found;
}

/// Whether the request asked for something other than a response: a tunnel or another protocol.
HAWSER_DECL bool wants_connection(const Request& request) noexcept {
    return is_exactly(request.method, "CONNECT") || request.headers.contains("Upgrade");
}

HAWSER_DECL bool has_content(const Request& request) noexcept {
    return !request.body.empty() && request.body.length() != std::uint64_t{0};
}

/// Of a 301, 302 and 303, as in Go: the next request is a GET, also after PUT and DELETE.
HAWSER_DECL std::string_view redirect_method(int status, std::string_view method) noexcept {
    const bool keeps = status == 307 || status == 308 || is_exactly(method, "HEAD") ||
                       (is_exactly(method, "QUERY") && status != 303);  // RFC 10008
    return keeps ? method : std::string_view("GET");
}

HAWSER_DECL RedirectDecision redirect_failure(error value,
                                              std::string_view why,
                                              std::string_view what = {}) {
    RedirectDecision failure{.answer = RedirectAnswer::fail, .error = value};
    failure.reason.append(why).append(what);
    return failure;
}

/// Why the redirect must not be followed, if so.
HAWSER_DECL RedirectDecision check_target(const Request& sent,
                                          const RedirectDecision& next,
                                          const RedirectChain& chain,
                                          const RedirectRules& rules) {
    if (sent.url.is_https() && !next.target.is_https() && !rules.allow_downgrade) {
        return redirect_failure(error::redirect_refused,
                                "from https to http, without ClientOptions::allow_https_to_http: ",
                                next.target.to_string());
    }
    if (next.keeps_body && has_content(sent) && !next.same_origin &&
        !rules.allow_cross_origin_body) {
        return redirect_failure(error::redirect_refused,
                                "the body would go to another origin, without "
                                "ClientOptions::allow_cross_origin_body: ",
                                next.target.to_string());
    }
    if (chain.followed >= rules.max) {
        return redirect_failure(
            error::too_many_redirects, "after max_redirects, ", std::to_string(chain.followed));
    }
    return next;
}

HAWSER_DECL RedirectDecision decide_redirect(int status,
                                             const Headers& fields,
                                             const Request& sent,
                                             const RedirectChain& chain,
                                             const RedirectRules& rules) {
    if (!is_redirect(status) || rules.max == 0 || wants_connection(sent)) {
        return {};
    }
    bool differ = false;
    const std::string_view location = find_location(fields, differ);
    if (differ) {
        return redirect_failure(error::bad_response, "several Location fields that differ");
    }
    RedirectDecision next{.answer = RedirectAnswer::follow};
    next.method = redirect_method(status, sent.method);
    next.keeps_body =
        status == 307 || status == 308 || (status != 303 && is_exactly(sent.method, "QUERY"));
    if (location.empty() || (next.keeps_body && has_content(sent) && !sent.body.replayable())) {
        return {};
    }
    const std::string_view scheme = reference_scheme(location);
    if (!scheme.empty() && !iequals(scheme, "http") && !iequals(scheme, "https")) {
        return redirect_failure(error::redirect_refused, "to the scheme ", printable(scheme, 32));
    }
    next.target = redirect_target(sent.url, location);
    if (next.target.empty()) {
        return redirect_failure(error::bad_response, "Location: ", next.target.refusal());
    }
    next.same_origin = same_origin(sent.url, next.target);
    next.keeps_host = next.same_origin && !has_authority(location);
    return check_target(sent, next, chain, rules);
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) noexcept {
    return std::any_of(std::begin(names), std::end(names), [&](std::string_view one) {
        return iequals(one, name);
    });
}

/// Fields that describe a body, or say how to send it.
HAWSER_DECL bool describes_body(std::string_view name) noexcept {
    static constexpr std::string_view names[] = {"Content-Type",
                                                 "Content-Encoding",
                                                 "Content-Language",
                                                 "Content-Location",
                                                 "Content-Disposition",
                                                 "Content-Range",
                                                 "Content-Length",
                                                 "Content-MD5",
                                                 "Content-Digest",
                                                 "Repr-Digest",
                                                 "Digest",
                                                 "Expect",
                                                 "Trailer",
                                                 "Transfer-Encoding"};
    return is_one_of(name, names);
}

/// Fields that go along to another origin: they say what the client can read and already has, and
/// nothing about its user. Conditions go with Range: without If-Range, parts of two versions would
/// be joined. Referer is decided apart.
HAWSER_DECL bool is_harmless(std::string_view name) noexcept {
    static constexpr std::string_view names[] = {"Accept",
                                                 "Accept-Charset",
                                                 "Accept-Encoding",
                                                 "Accept-Language",
                                                 "Cache-Control",
                                                 "Connection",
                                                 "If-Match",
                                                 "If-Modified-Since",
                                                 "If-None-Match",
                                                 "If-Range",
                                                 "If-Unmodified-Since",
                                                 "Pragma",
                                                 "Range",
                                                 "Referer",
                                                 "User-Agent"};
    return is_one_of(name, names);
}

/// A URL as Referer shows it (RFC 9110 §10.1.3): without userinfo and fragment.
HAWSER_DECL std::string referer_text(const Url& url) {
    std::string text(url.scheme());
    return text.append("://").append(url.host_header()).append(url.target());
}

/// What the caller set as Referer, for another origin. Empty: it must not go there.
HAWSER_DECL std::string referer_for_stranger(std::string_view referer, const Url& target) {
    std::error_code ec;
    const Url url = Url::parse(referer, ec);
    if (ec || (url.is_https() && !target.is_https())) {
        return {};
    }
    return url.userinfo().empty() && url.fragment().empty() ? std::string(referer)
                                                            : referer_text(url);
}

/// The Referer of the next request: the caller's, or else the URL just asked; empty for none.
HAWSER_DECL std::string next_referer(const Request& sent,
                                     const RedirectDecision& next,
                                     bool own_referer) {
    if (sent.url.is_https() && !next.target.is_https()) {
        return {};
    }
    const auto referer = sent.headers.get("Referer");
    if (!referer || own_referer) {
        return referer_text(sent.url);
    }
    return next.same_origin ? std::string(*referer) : referer_for_stranger(*referer, next.target);
}

/// Those of the fields that the next request keeps.
HAWSER_DECL Headers kept_fields(const Headers& fields, bool drops_body, bool same_origin) {
    Headers kept;
    for (const auto& [name, value] : fields) {
        if (describes_body(name) ? !drops_body : same_origin || is_harmless(name)) {
            kept.add(name, value);
        }
    }
    return kept;
}

HAWSER_DECL void redirect_request(Request& request,
                                  const RedirectDecision& decision,
                                  RedirectChain& chain) {
    const std::string referer = next_referer(request, decision, chain.own_referer);
    chain.own_referer |= !request.headers.contains("Referer");
    const bool drops_body =
        !decision.keeps_body && (!request.body.empty() || request.method != decision.method);
    request.headers = kept_fields(request.headers, drops_body, decision.same_origin);
    if (referer.empty()) {
        request.headers.erase("Referer");
    } else {
        request.headers.set("Referer", referer);
    }
    if (decision.keeps_body) {
        request.trailers = kept_fields(request.trailers, false, decision.same_origin);
    } else {
        request.trailers.clear();
        request.body = {};
    }
    if (!decision.keeps_host) {
        request.host.reset();
    }
    if (!decision.same_origin) {
        request.options.credentials = {};
    }
    request.options.asterisk_form = false;
    request.method = decision.method;
    request.url = decision.target;
    ++chain.followed;
}

HAWSER_DECL bool sets_cookie(const Headers& response, std::string_view name) noexcept {
    return std::any_of(response.begin(), response.end(), [&](const Headers::Field& field) {
        SetCookie cookie;
        return is_named(field.name, "set-cookie") &&
               parse_set_cookie(field.value, cookie) == CookieVerdict::kept && cookie.name == name;
    });
}

HAWSER_DECL void drop_renewed_cookies(Headers& request, const Headers& response) {
    if (!request.contains("Cookie") || !response.contains("Set-Cookie")) {
        return;
    }
    Headers kept;
    for (const auto& [name, value] : request) {
        if (!is_named(name, "cookie")) {
            kept.add(name, value);
            continue;
        }
        std::string pairs;
        for (std::string_view rest = value; !rest.empty();) {
            const std::string_view pair = next_cookie_pair(rest);
            if (!sets_cookie(response, cookie_pair_name(pair))) {
                append_cookie_pair(pairs, pair);
            }
        }
        if (!pairs.empty()) {
            kept.add(name, pairs);
        }
    }
    request = std::move(kept);
}

}  // namespace hawser::inline HAWSER_ABI::detail
