// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One request on its way through our middleware: the steps that its kinds need, and one deadline
// over all of them.

#include <hawser/config.hpp>
#include <hawser/detail/client/client_operation.hpp>
#include <hawser/detail/middleware/wrapping_round_tripper.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/request.hpp>
#include <hawser/response.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Sends `request` as a round trip of its own, through a round tripper that may be gone.
void start_trip(const std::shared_ptr<RoundTripper>& next,
                Request&& request,
                CompletionPtr<Response> completion);

/// Passes a request on as it is.
void pass_on(RoundTripper& next, Request&& request, RoundTripHandler&& handler);

/// Waits, sends the request, looks at the outcome; then perhaps once more. The kinds of middleware
/// differ in what these functions do, and share the coroutine that calls them: for each coroutine,
/// used or not, g++ compiles at -O0 everything that it calls.
///
/// An operation does not keep its round tripper: if that is destroyed, with its client, pauses end,
/// and what is in progress ends with the transport.
class MiddlewareOperation : public ClientOperation<Response> {
protected:
    MiddlewareOperation(CompletionPtr<Response> completion,
                        const WrappingRoundTripper& by,
                        Request&& sent);

    using Duration = std::chrono::steady_clock::duration;

    /// Called first.
    virtual void prepare() {}
    /// How long to wait before the next request. Called again after that wait, until it says zero.
    /// Nothing: the operation failed (see fail()).
    virtual std::optional<Duration> pause() { return Duration::zero(); }
    /// A pause was interrupted, with this error.
    virtual void interrupted(std::error_code ec) { fail(ec); }
    /// The request to send now.
    virtual Request next_request() { return take_request(); }
    /// Whether this outcome is the result; if not, there is another request.
    virtual bool answered(Outcome<Response>&) { return true; }

    /// The request, with the time that is left for it.
    Request timed(Request to_send) const;

    TimePoint deadline() const noexcept { return deadline_; }
    const Request& request() const noexcept { return request_; }
    /// The last use of the request: moves it.
    Request take_request() noexcept { return std::move(request_); }

    /// Completes with an error of this operation's own.
    void fail(std::error_code ec, const char* reason = "");

private:
    struct Send;
    HAWSER_DECL Steps run() final;

    const std::weak_ptr<RoundTripper> next_;
    const std::shared_ptr<Pauses> pauses_;
    const TimePoint deadline_;
    Request request_;
};

/// Starts an operation of this kind for a round trip.
template <class Operation, class... Args>
void begin_middleware(RoundTripHandler& handler, Args&&... args) {
    begin_operation<Operation>(
        Access::take_completion(handler), CalledFrom::user, std::forward<Args>(args)...);
}

/// A failure that middleware reports: `method` and `url` are those of its request.
Failure middleware_failure(std::error_code ec,
                           Failure::Phase phase,
                           std::string reason,
                           const std::string& method,
                           const Url& url) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/middleware_operation.ipp>
#endif
