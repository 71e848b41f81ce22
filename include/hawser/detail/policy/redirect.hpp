// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether a response is a redirect to follow, and what the next request is (RFC 9110 §15.4; Go's
// http.Client, but stricter: credentials and every field off a safelist stay at their origin). Each
// request is made from the one just sent, so what a hop dropped never comes back. Knows neither
// cookie jars nor connections.

#include <hawser/config.hpp>
#include <hawser/headers.hpp>
#include <hawser/request.hpp>
#include <hawser/url.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// What the caller allows.
struct RedirectRules {
    std::size_t max = 10;                  // 0: no redirect is followed
    bool allow_downgrade = false;          // from https to http
    bool allow_cross_origin_body = false;  // a 307 or 308 sends the body to another origin
};

/// What one call has done so far.
struct RedirectChain {
    std::size_t followed = 0;
    bool own_referer = false;  // the request's Referer is ours, not the caller's
};

enum class RedirectAnswer {
    deliver,  // the response is the caller's: no redirect, or none that can be followed
    follow,
    fail,  // a redirect that must not be followed
};

struct RedirectDecision {
    RedirectAnswer answer = RedirectAnswer::deliver;
    /// To fail with: bad_response, redirect_refused or too_many_redirects.
    std::error_code error{};
    /// Why it fails; printable, without credentials.
    std::string reason{};

    // To follow:
    Url target{};
    std::string method{};
    bool keeps_body = false;   // false: neither body nor trailers, nor fields that describe them
    bool keeps_host = false;   // Request::host still applies
    bool same_origin = false;  // the same scheme, host and port
};

/// Whether a response with this status is a redirect if it has a Location.
constexpr bool is_redirect(int status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// `fields` are those of the response; `sent` is the request that it answers.
[[nodiscard]] RedirectDecision decide_redirect(int status,
                                               const Headers& fields,
                                               const Request& sent,
                                               const RedirectChain& chain,
                                               const RedirectRules& rules);

/// Turns the request just sent into the next one, by a decision to follow.
void redirect_request(Request& request, const RedirectDecision& decision, RedirectChain& chain);

/// For a client with a cookie jar: removes from the Cookie fields that the caller set those which
/// the response set, too. From then on the jar sends them (Go issue 17494).
void drop_renewed_cookies(Headers& request, const Headers& response);

/// The target of a redirect: its reference resolved against `from`. A fragment is inherited.
/// Userinfo in the reference is ignored: that of `from` stays at its origin. Empty if it is
/// invalid, with Url::refusal().
[[nodiscard]] Url redirect_target(const Url& from, std::string_view location);

[[nodiscard]] bool same_origin(const Url& a, const Url& b) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/redirect.ipp>
#endif
