// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/client/request_chain.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/time_left.hpp>
#include <hawser/failure.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL TimePoint end_of_call(const RequestOptions& options) noexcept {
    const auto timeout = bounded(options.timeout.value_or(std::chrono::milliseconds{0}));
    return timeout.count() > 0 ? std::chrono::steady_clock::now() + timeout : TimePoint::max();
}

HAWSER_DECL RequestChain::RequestChain(IntrusivePtr<ClientCore> core,
                                       Request&& request,
                                       TimePoint ends_by)
    : core_(std::move(core)), ends_by_(ends_by), request_(std::move(request)) {
    Access::share(request_.body);
}

HAWSER_DECL void RequestChain::next(Request& out) const {
    out = request_;
    core_->add_cookies(out);
    if (!authorization_field_.empty()) {
        out.headers.set("Authorization", authorization_field_);
    }
    set_time_left(out.options, ends_by_, std::chrono::steady_clock::now());
}

HAWSER_DECL bool RequestChain::leads_on(Outcome<Response>& got) {
    if (!got.ec) {
        core_->store_cookies(request_, got.result.headers);
        if (answers(got.result) || follows(got)) {
            return true;
        }
    }
    if (got.ec && !got.result.failure) {
        Fault fault;
        if (got.ec == error::total_timeout && request_.options.timeout) {
            fault.reason = after_time(*request_.options.timeout);
        }
        fail(got, got.ec, Failure::Phase::head, std::move(fault));
    }
    got.result.history = std::move(history_);
    return false;
}

HAWSER_DECL bool RequestChain::follows(Outcome<Response>& got) {
    RedirectDecision decision = decide_redirect(got.result.status,
                                                got.result.headers,
                                                request_,
                                                redirects_,
                                                core_->redirects(request_.options));
    if (decision.answer == RedirectAnswer::fail) {
        fail(got, decision.error, Failure::Phase::head, {.reason = std::move(decision.reason)});
    }
    if (decision.answer != RedirectAnswer::follow || !agreed(got, decision)) {
        return false;
    }
    history_.push_back({got.result.status, request_.url});
    left_https_ |= request_.url.is_https() && !decision.target.is_https();
    redirect_request(request_, decision, redirects_);
    if (core_->uses_jar(request_)) {
        drop_renewed_cookies(request_.headers, got.result.headers);
    }
    return authorize(got);
}

// After a redirect from https to http there are none, whatever the client's options say (C03).
HAWSER_DECL bool RequestChain::authorize(Outcome<Response>& got) {
    authorization_ = {};
    authorization_field_.clear();
    if (left_https_ || !core_->auth().concerns(request_)) {
        return true;
    }
    std::error_code ec;
    Fault fault;
    authorization_ = core_->auth().authorize(request_, ec, fault);
    if (ec) {
        fail(got, ec, Failure::Phase::request, std::move(fault));
        return false;
    }
    authorization_field_ = authorization_.first(request_.method);
    return true;
}

// Whether the same request goes once more, in reply to a challenge. The challenge is remembered
// even if the body cannot be sent again: the caller may send another one.
HAWSER_DECL bool RequestChain::answers(const Response& response) {
    if (response.status != 401) {
        authorization_.accepted(response.headers);
        return false;
    }
    authorization_field_ = authorization_.answer(response.headers, request_.method);
    if (authorization_field_.empty() || !request_.body.replayable()) {
        return false;
    }
    if (core_->uses_jar(request_)) {
        drop_renewed_cookies(request_.headers, response.headers);
    }
    return true;
}

// Asks the caller's hook, if there is one.
HAWSER_DECL bool RequestChain::agreed(Outcome<Response>& got,
                                      const RedirectDecision& decision) const {
    if (!core_->on_redirect()) {
        return true;
    }
    try {
        return core_->on_redirect()({got.result.status,
                                     request_.url,
                                     decision.target,
                                     decision.method,
                                     got.result.headers,
                                     redirects_.followed}) == RedirectAction::follow;
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (const std::system_error& e) {
        fail(got,
             e.code(),
             Failure::Phase::head,
             {.reason = "on_redirect threw: " + printable(e.what())});
    }
    catch (const std::exception& e) {
        fail(got,
             error::redirect_refused,
             Failure::Phase::head,
             {.reason = "on_redirect threw: " + printable(e.what())});
    }
    catch (...) {
        fail(got, error::redirect_refused, Failure::Phase::head, {.reason = "on_redirect threw"});
    }
    return false;
}

// Replaces the response by an error, which closes its body.
HAWSER_DECL void RequestChain::fail(Outcome<Response>& got,
                                    std::error_code ec,
                                    Failure::Phase phase,
                                    Fault fault) const {
    FailureData data;
    data.code = ec;
    data.phase = phase;
    data.fault = std::move(fault);
    data.method = printable(request_.method, 64);
    data.url = failing_url(request_.url);
    got.ec = ec;
    got.result = Response();
    got.result.failure = FailureData::try_make(std::move(data));
}

HAWSER_DECL bool RequestChain::drains(Response& response) noexcept {
    if (Access::rest(response.body) == nullptr ||
        response.content_length.value_or(0) > max_drained) {
        return false;
    }
    Access::hurry(response.body);
    Access::mute(response.body);
    return true;
}

}  // namespace hawser::inline HAWSER_ABI::detail
