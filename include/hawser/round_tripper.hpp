// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/access.hpp>
#include <hawser/detail/rt/initiation.hpp>
#include <hawser/detail/transport/startable_trip.hpp>
#include <hawser/error.hpp>
#include <hawser/full_response.hpp>
#include <hawser/request.hpp>
#include <hawser/response.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/use_awaitable.hpp>

#include <cstddef>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

class RoundTripHandler;

/// What can start an operation that completes with a response: a handler, asio::use_awaitable,
/// asio::use_future and so on.
template <class Token>
concept ResponseToken = asio::completion_token_for<Token, void(std::error_code, Response)>;
/// The same for an operation that completes with a FullResponse.
template <class Token>
concept FullResponseToken = asio::completion_token_for<Token, void(std::error_code, FullResponse)>;

/// One request → one response: the seam for middleware and mocks. Transport is one. Go:
/// http.RoundTripper.
///
/// Derive and implement start_round_trip(), or derive from CoroutineRoundTripper
/// (<hawser/coroutine_round_tripper.hpp>) and write one coroutine.
///
/// @par Thread safety
/// Must be safe to call concurrently if it is shared by clients on different threads.
class RoundTripper {
public:
    using executor_type = asio::any_io_executor;

    virtual ~RoundTripper() = default;

    /// Runs the handlers that have no executor of their own.
    virtual executor_type get_executor() const noexcept = 0;

    /// Starts one round trip. Calls the handler exactly once, now or later, with a response or an
    /// error; does not interpret the status.
    virtual void start_round_trip(Request request, RoundTripHandler handler) = 0;

    /// Closes idle connections. Does nothing by default.
    virtual void close_idle_connections() {}

    /// start_round_trip() with a completion token.
    ///
    /// @par Completion signature
    /// `void(std::error_code, Response)`
    /// @par Errors and cancellation
    /// Those of start_round_trip(). Cancellation of every type reaches
    /// RoundTripHandler::get_cancellation_slot().
    template <ResponseToken Token = asio::use_awaitable_t<>>
    auto async_round_trip(Request request, Token&& token = {}) {
        auto trip = new_trip();
        trip->to_send = std::move(request);
        return detail::initiate<detail::Completion<Response>>(
            *trip, std::forward<Token>(token), std::move(trip));
    }

private:
    friend struct detail::Access;

    /// Prepared storage for a request.
    HAWSER_DECL virtual detail::StartableTripPtr new_trip();
};

/// The caller's completion handler, type-erased. Invoke it exactly once. Move-only. If it is
/// destroyed without having been invoked, the round trip completes with error::client_closed.
///
/// @par Thread safety
/// May be invoked and destroyed on any thread, but only on one at a time.
class RoundTripHandler {
public:
    /// Leaves `other` empty.
    RoundTripHandler(RoundTripHandler&& other) noexcept = default;
    RoundTripHandler& operator=(RoundTripHandler&& other) noexcept {
        cancel();
        completion_ = std::move(other.completion_);
        return *this;
    }
    ~RoundTripHandler() { cancel(); }

    /// Completes the round trip, through the caller's executor and never within this call. With an
    /// error, only `response.failure` is used.
    void operator()(std::error_code ec, Response response) &&;

    /// Emits when the caller cancels the round trip. Then complete with
    /// asio::error::operation_aborted.
    asio::cancellation_slot get_cancellation_slot() const noexcept;

private:
    friend struct detail::Access;

    explicit RoundTripHandler(detail::Completion<Response>* completion) noexcept
        : completion_(completion) {}
    void cancel() noexcept;

    detail::CompletionPtr<Response> completion_;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/round_tripper.ipp>
#endif
