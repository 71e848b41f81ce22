// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/client/request_chain.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/failure.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace hawser::detail {

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
    if (ends_by_ != TimePoint::max()) {
        using std::chrono::milliseconds;
        const auto left = ends_by_ - std::chrono::steady_clock::now();
        out.options.timeout = std::max(std::chrono::ceil<milliseconds>(left), milliseconds{1});
    }
}

HAWSER_DECL bool RequestChain::leads_on(Outcome<Response>& got) {
    if (!got.ec) {
        core_->store_cookies(request_.url, got.result.headers);
        if (follows(got)) {
            return true;
        }
    }
    if (got.ec && !got.result.failure) {
        fail(got, got.ec, {});
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
        fail(got, decision.error, std::move(decision.reason));
    }
    if (decision.answer != RedirectAnswer::follow || !agreed(got, decision)) {
        return false;
    }
    history_.push_back({got.result.status, request_.url});
    redirect_request(request_, decision, redirects_);
    if (core_->has_cookies()) {
        drop_renewed_cookies(request_.headers, got.result.headers);
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
        fail(got, e.code(), "on_redirect threw: " + printable(e.what()));
    }
    catch (const std::exception& e) {
        fail(got, error::redirect_refused, "on_redirect threw: " + printable(e.what()));
    }
    catch (...) {
        fail(got, error::redirect_refused, "on_redirect threw");
    }
    return false;
}

// Replaces the response by an error, which closes its body.
HAWSER_DECL void RequestChain::fail(Outcome<Response>& got,
                                    std::error_code ec,
                                    std::string reason) const {
    FailureData data;
    data.code = ec;
    data.phase = Failure::Phase::head;
    data.fault.reason = std::move(reason);
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
    return true;
}

}  // namespace hawser::detail
