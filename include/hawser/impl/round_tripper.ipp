// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/round_tripper.hpp>

#include <mutex>
#include <optional>
#include <stop_token>

namespace hawser {

namespace detail {

/// What became of a blocking call on middleware, which may answer when its caller has given up long
/// ago: then nobody listens any more.
class BoxedOutcome final : public RefCounted, public Awaited {
public:
    BoxedOutcome(BlockingLoop& loop, BlockingLoop::Caller& caller, std::chrono::milliseconds limit)
        : loop_(loop), caller_(caller) {
        if (limit.count() > 0) {
            ends_by_ = std::chrono::steady_clock::now() + bounded(limit);
        }
    }

    TimePoint ends_by() const noexcept override { return ends_by_; }
    void give_up(std::error_code cause) override { settle(cause, nullptr); }

    /// The first one counts.
    void settle(std::error_code ec, Response* response) {
        std::lock_guard lock(mutex_);  // until the caller was told, who waits for it in take()
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

class BoxedCompletion final : public Completion<Response> {
public:
    explicit BoxedCompletion(IntrusivePtr<BoxedOutcome> outcome) : outcome_(std::move(outcome)) {}

    void run(CalledFrom) override {
        const std::unique_ptr<BoxedCompletion> self(this);
        outcome_->settle(ec, slot.empty() ? nullptr : &slot.get());
    }
    void discard() noexcept override {
        ec = error::client_closed;
        run(CalledFrom::user);
    }
    asio::cancellation_slot cancellation_slot() const noexcept override { return {}; }

private:
    const IntrusivePtr<BoxedOutcome> outcome_;
};

/// A request for middleware, which takes it by value.
class BoxedTrip final : public PendingTrip {
public:
    explicit BoxedTrip(RoundTripper& round_tripper)
        : PendingTrip(request_), round_tripper_(round_tripper) {}

    void start(CompletionPtr<Response> completion) override {
        const std::unique_ptr<BoxedTrip> self(this);
        round_tripper_.start_round_trip(std::move(to_send), RoundTripHandler(completion.release()));
    }
    void drop() noexcept override { delete this; }
    HAWSER_DECL Response wait(BlockingLoop& loop, std::error_code& ec) override;

private:
    RoundTripper& round_tripper_;
    Request request_;
};

HAWSER_DECL Response BoxedTrip::wait(BlockingLoop& loop, std::error_code& ec) {
    PendingTripPtr self(this);
    const RequestOptions& options = to_send.options;
    const std::stop_token stop = options.stop;
    BlockingLoop::Caller caller;
    const IntrusivePtr<BoxedOutcome> outcome(
        new BoxedOutcome(loop, caller, options.timeout.value_or(std::chrono::milliseconds{0})));
    struct Leave {
        ~Leave() {  // also when the thread is being ended while it waits
            outcome.give_up(error::canceled);
            loop.wait(caller, outcome);
        }
        BlockingLoop& loop;
        BlockingLoop::Caller& caller;
        BoxedOutcome& outcome;
    };
    const Leave leave{loop, caller, *outcome};
    const std::stop_callback watch(stop, [&] { outcome->give_up(error::canceled); });
    auto* completion = new BoxedCompletion(outcome);
    self.release();
    start(CompletionPtr<Response>(completion));
    loop.wait(caller, *outcome);
    return outcome->take(ec);
}

}  // namespace detail

HAWSER_DECL void RoundTripHandler::drop() noexcept {
    if (completion_) {
        detail::Thrown ignored;  // its executor is gone, or there is no memory
        ignored.keep([&] { std::move (*this)(error::client_closed, {}); });
    }
}

HAWSER_DECL detail::PendingTripPtr RoundTripper::new_trip() {
    return detail::PendingTripPtr(new detail::BoxedTrip(*this));
}

HAWSER_DECL detail::LoopMinder* RoundTripper::minder() const {
    return detail::CallerRunLoop::find(get_executor()).get();
}

}  // namespace hawser
