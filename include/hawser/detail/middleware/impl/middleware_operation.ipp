// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/middleware/middleware_operation.hpp>
#include <hawser/detail/time_left.hpp>
#include <hawser/error.hpp>

#include <algorithm>
#include <new>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void start_trip(const std::shared_ptr<RoundTripper>& next,
                            Request&& request,
                            CompletionPtr<Response> completion) {
    if (!next) {
        completion->ec = error::client_closed;
        completion.release()->run(CalledFrom::user);
        return;
    }
    auto trip = Access::new_trip(*next);
    trip->to_send = std::move(request);
    trip.release()->start(std::move(completion));
}

HAWSER_DECL void pass_on(RoundTripper& next, Request&& request, RoundTripHandler&& handler) {
    auto trip = Access::new_trip(next);
    trip->to_send = std::move(request);
    trip.release()->start(Access::take_completion(handler));
}

HAWSER_DECL TimePoint middleware_deadline(const RequestOptions& options) noexcept {
    const auto limit = options.timeout.value_or(std::chrono::milliseconds{0});
    return limit.count() > 0 ? std::chrono::steady_clock::now() + bounded(limit) : TimePoint::max();
}

HAWSER_DECL MiddlewareOperation::MiddlewareOperation(CompletionPtr<Response> completion,
                                                     const WrappingRoundTripper& by,
                                                     Request&& sent)
    : ClientOperation(by.get_executor(), std::move(completion)),
      next_(by.next()),
      pauses_(by.pauses()),
      deadline_(middleware_deadline(sent.options)),
      request_(std::move(sent)) {
    set_deadline(deadline_);
    watch(request_.options.stop);
}

/// A step: sends the next request.
struct MiddlewareOperation::Send {
    void operator()(Completion<Response>& completion) const {
        start_trip(
            operation.next_.lock(), operation.next_request(), CompletionPtr<Response>(&completion));
    }
    MiddlewareOperation& operation;
};

HAWSER_DECL OperationCore::Steps MiddlewareOperation::run() {
    prepare();
    Outcome<Response> got;
    do {
        std::optional<Duration> wait = pause();
        while (wait && *wait > Duration::zero()) {
            const Pauses::Guard guard(*pauses_, *this);
            const std::error_code ec = (co_await sleep(*wait)).ec;
            if (ec) {
                interrupted(ec);
                co_return;
            }
            wait = pause();
        }
        if (!wait) {
            co_return;
        }
        got = co_await step<Completion<Response>>(Send{*this});
    } while (!answered(got));
    finish(got.ec, std::move(got.result));
}

HAWSER_DECL Request MiddlewareOperation::timed(Request to_send) const {
    set_time_left(to_send.options, deadline_, std::chrono::steady_clock::now());
    return to_send;
}

HAWSER_DECL void MiddlewareOperation::fail(std::error_code ec, const char* reason) {
    Response response;
    response.failure =
        middleware_failure(ec, Failure::Phase::queue, reason, request_.method, request_.url);
    finish(ec, std::move(response));
}

HAWSER_DECL Failure middleware_failure(std::error_code ec,
                                       Failure::Phase phase,
                                       std::string reason,
                                       const std::string& method,
                                       const Url& url) noexcept {
    try {
        FailureData data;
        data.code = ec;
        data.phase = phase;
        data.fault.reason = std::move(reason);
        data.method = printable(method, 64);
        data.url = failing_url(url);
        return FailureData::make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
