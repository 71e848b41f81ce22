// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A request for a RoundTripper that is not a Transport: middleware or a mock.

#include <hawser/config.hpp>
#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/transport/startable_trip.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {
class RoundTripper;
}

namespace hawser::inline HAWSER_ABI::detail {

/// The outcome of a blocking call on middleware. Middleware may complete it after its caller has
/// given up; that result is ignored.
class MiddlewareOutcome final : public RefCounted, public Awaited {
public:
    MiddlewareOutcome(BlockingLoop& loop,
                      BlockingLoop::Caller& caller,
                      std::chrono::milliseconds limit)
        : loop_(loop), caller_(caller) {
        if (limit.count() > 0) {
            ends_by_ = std::chrono::steady_clock::now() + bounded(limit);
        }
    }

    TimePoint ends_by() const noexcept override { return ends_by_; }
    void give_up(std::error_code cause) override { settle(cause, nullptr); }

    /// Only the first call counts.
    void settle(std::error_code ec, Response* response) {
        std::lock_guard lock(mutex_);  // held until the caller has been notified; it waits for this
                                       // in take()
        if (std::exchange(settled_, true)) {
            return;
        }
        ec_ = ec;
        if (response != nullptr) {
            response_ = std::move(*response);
        }
        loop_.finish(caller_);
    }
    Response take(std::error_code& ec) {
        std::lock_guard lock(mutex_);
        ec = ec_;
        return std::move(response_);
    }

private:
    BlockingLoop& loop_;
    BlockingLoop::Caller& caller_;
    TimePoint ends_by_ = TimePoint::max();
    std::mutex mutex_;
    bool settled_ = false;
    std::error_code ec_;
    Response response_;
};

class MiddlewareCompletion final : public Completion<Response> {
public:
    explicit MiddlewareCompletion(IntrusivePtr<MiddlewareOutcome> outcome)
        : outcome_(std::move(outcome)) {}

    void run(CalledFrom) override {
        const std::unique_ptr<MiddlewareCompletion> self(this);
        outcome_->settle(ec, slot.empty() ? nullptr : &slot.get());
    }
    void discard() noexcept override {
        ec = error::client_closed;
        run(CalledFrom::user);
    }
    asio::cancellation_slot cancellation_slot() const noexcept override { return {}; }

private:
    const IntrusivePtr<MiddlewareOutcome> outcome_;
};

/// A request for middleware, passed by value.
class MiddlewareTrip final : public StartableTrip {
public:
    explicit MiddlewareTrip(RoundTripper& round_tripper);

    HAWSER_DECL void start(CompletionPtr<Response> completion) override;
    void give_back() noexcept override { delete this; }
    HAWSER_DECL LoopUse use_loop() const override;
    HAWSER_DECL Response wait(BlockingLoop& loop, std::error_code& ec) override;

private:
    RoundTripper& round_tripper_;
    const asio::any_io_executor executor_;
    Request request_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/transport/impl/middleware_trip.ipp>
#endif
