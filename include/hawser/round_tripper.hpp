// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/rt/error_signature.hpp>
#include <hawser/error.hpp>
#include <hawser/request.hpp>
#include <hawser/response.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/async_result.hpp>

#include <memory>
#include <system_error>
#include <utility>

namespace hawser {

namespace detail {

class BlockingLoop;

/// A response is large: it stays with the round trip that made it until the handler takes it.
template <>
class ResultSlot<Response> {
public:
    Response& get() noexcept { return *response_; }
    Failure& failure() noexcept { return response_->failure; }
    bool empty() const noexcept { return response_ == nullptr; }
    void point_to(Response& response, IntrusivePtr<RefCounted> owner) noexcept {
        response_ = &response;
        owner_ = std::move(owner);
    }

private:
    Response* response_ = nullptr;
    IntrusivePtr<RefCounted> owner_;
};

struct OwnedResponse final : RefCounted {
    explicit OwnedResponse(Response&& from) noexcept : response(std::move(from)) {}
    Response response;
};

}  // namespace detail

/// Completes one round trip, once: the handler of whoever asked, erased. Move-only; destroyed
/// without a call it completes with error::client_closed.
class RoundTripHandler {
public:
    explicit RoundTripHandler(detail::Completion<Response>* completion) noexcept
        : completion_(completion) {}
    RoundTripHandler(RoundTripHandler&& other) noexcept = default;
    RoundTripHandler& operator=(RoundTripHandler&& other) noexcept {
        drop();
        completion_ = std::move(other.completion_);
        return *this;
    }
    ~RoundTripHandler() { drop(); }

    /// Through the handler's executor, never within this call.
    void operator()(std::error_code ec, Response response) && {
        completion_->ec = ec;
        auto* owned = new detail::OwnedResponse(std::move(response));
        completion_->slot.point_to(owned->response, owned);
        completion_.release()->run(detail::CalledFrom::user);
    }

    /// Emits when the round trip should be given up.
    asio::cancellation_slot get_cancellation_slot() const noexcept {
        return completion_->cancellation_slot();
    }

    /// For the transport.
    detail::CompletionPtr<Response> release() noexcept { return std::move(completion_); }

private:
    HAWSER_DECL void drop() noexcept;

    detail::CompletionPtr<Response> completion_;
};

namespace detail {

/// A request in its final place, to be filled in and started: what an initiating function passes on
/// instead of the request itself, which is large.
class PendingTrip {
public:
    explicit PendingTrip(Request& place) noexcept : to_send(place) {}

    Request& to_send;

    /// Starts it; then it is gone.
    virtual void start(CompletionPtr<Response> completion) = 0;
    /// Starts it and waits on `loop` for its end; then it is gone.
    virtual Response wait(BlockingLoop& loop, std::error_code& ec) = 0;
    /// Forgets it: nobody started it.
    virtual void drop() noexcept = 0;

protected:
    ~PendingTrip() = default;
};

struct DropTrip {
    void operator()(PendingTrip* trip) const noexcept { trip->drop(); }
};
using PendingTripPtr = std::unique_ptr<PendingTrip, DropTrip>;

}  // namespace detail

/// One request → one response: the seam where middleware and mocks plug in. Transport is one.
/// Go: http.RoundTripper.
///
/// Derive and implement start_round_trip(), or derive from CoroutineRoundTripper
/// (<hawser/coroutine_round_tripper.hpp>) and write one coroutine.
///
/// @par Thread safety
/// Implementations must allow concurrent calls if the clients that share them make such.
class RoundTripper {
public:
    using executor_type = asio::any_io_executor;

    virtual ~RoundTripper() = default;

    /// Where handlers run that have no executor of their own.
    virtual executor_type get_executor() const noexcept = 0;

    /// Starts one round trip and calls the handler once, later, with a response or an error; never
    /// with both, and not interpreting the status.
    virtual void start_round_trip(Request request, RoundTripHandler handler) = 0;

    /// Closes connections that serve nobody; nothing by default.
    virtual void close_idle_connections() {}

    /// start_round_trip() with a completion token.
    ///
    /// @par Completion signature
    /// `void(std::error_code, Response)`
    template <class Token>
    auto async_round_trip(Request request, Token&& token) {
        auto trip = new_trip();
        trip->to_send = std::move(request);
        return async_start(std::move(trip), std::forward<Token>(token));
    }

    // For Client.

    /// A place for a request.
    HAWSER_DECL virtual detail::PendingTripPtr new_trip();
    /// What minds the executor's loop, if nobody runs it but those who call.
    HAWSER_DECL virtual detail::LoopMinder* minder() const;
    /// async_round_trip() of the request in `trip`.
    template <class Token>
    auto async_start(detail::PendingTripPtr trip, Token&& token) {
        constexpr bool fits = detail::TokenFor<Token, Response>;
        static_assert(fits, "hawser: the handler must take (std::error_code, hawser::Response)");
        if constexpr (fits) {
            return asio::async_initiate<Token, detail::ErrorSignature<Token, Response>>(
                StartRoundTrip{this}, token, std::move(trip));
        }
    }

private:
    struct StartRoundTrip {
        using executor_type = asio::any_io_executor;
        executor_type get_executor() const noexcept { return self->get_executor(); }

        template <class Handler>
        void operator()(Handler handler, detail::PendingTripPtr trip) const {
            using Completion = detail::HandlerCompletion<Response, Handler>;
            auto* made = Completion::create(std::move(handler), self->get_executor());
            detail::CompletionPtr<Response> completion(made);
            made->use(self->minder(), detail::Pending::trip);
            trip.release()->start(std::move(completion));
        }

        RoundTripper* self;
    };
};

}  // namespace hawser

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/round_tripper.ipp>
#endif
