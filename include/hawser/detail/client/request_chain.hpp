// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The requests of one call of a client: the caller's, those that redirects lead to, and those that
// answer a 401. Floor 1 decides (policy/redirect.hpp, policy/authorization.hpp); this adds cookies
// and credentials, asks the caller's hook and keeps the time limit of the whole call. It sends
// nothing: ClientCall does so asynchronously, and a blocking call one request after another.

#include <hawser/config.hpp>
#include <hawser/detail/client/client_core.hpp>
#include <hawser/detail/policy/authorization.hpp>
#include <hawser/detail/policy/redirect.hpp>
#include <hawser/detail/rt/operation_core.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/failure.hpp>
#include <hawser/redirect.hpp>
#include <hawser/request.hpp>
#include <hawser/response.hpp>

#include <string>
#include <system_error>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class RequestChain {
public:
    /// `request` is yet to be sent, or was sent without what a client adds. TimePoint::max(): the
    /// call has no time limit.
    RequestChain(IntrusivePtr<ClientCore> core, Request&& request, TimePoint ends_by);

    const IntrusivePtr<ClientCore>& core() const noexcept { return core_; }

    /// Chooses the credentials of the first request. False: they cannot be sent; `got` is what the
    /// caller gets.
    bool begin(Outcome<Response>& got) { return authorize(got); }

    /// Copies the next request to `out`, with the time that is left for it.
    void next(Request& out) const;

    /// A request ended. True: its response leads to another one; drain and drop it. False: `got` is
    /// what the caller gets.
    bool leads_on(Outcome<Response>& got);
    /// Whether to read the rest of this response's body, which nobody wants, so that its connection
    /// can be reused. That then takes no longer than TransportOptions::drain_timeout.
    static bool drains(Response& response) noexcept;
    static constexpr std::size_t max_drained = 16 * 1024;

private:
    bool follows(Outcome<Response>& got);
    bool agreed(Outcome<Response>& got, const RedirectDecision& decision) const;
    bool authorize(Outcome<Response>& got);
    bool answers(const Response& response);
    void fail(Outcome<Response>& got, std::error_code ec, Failure::Phase phase, Fault fault) const;

    const IntrusivePtr<ClientCore> core_;
    const TimePoint ends_by_;
    Request request_;  // the last one sent, without what the client adds
    RedirectChain redirects_;
    std::vector<Hop> history_;
    Authorization authorization_;      // of request_
    std::string authorization_field_;  // its current value; empty: none
    bool left_https_ = false;          // by a redirect
};

/// The end of a call with these options that starts now.
[[nodiscard]] TimePoint end_of_call(const RequestOptions& options) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/impl/request_chain.ipp>
#endif
