// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/middleware/hedge_round_tripper.hpp>
#include <hawser/detail/middleware/middleware_operation.hpp>
#include <hawser/detail/policy/retry.hpp>
#include <hawser/progress.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// One attempt. The second one starts late.
class HedgeRoundTripper::Runner final : public MiddlewareOperation {
public:
    Runner(CompletionPtr<Response> completion,
           const WrappingRoundTripper& by,
           std::chrono::milliseconds delay,
           Request&& sent)
        : MiddlewareOperation(std::move(completion), by, std::move(sent)), delay_(delay) {}

    /// Whether its request was sent, so that there may be a response.
    bool sent() const noexcept { return sent_.load(std::memory_order_acquire); }

private:
    std::optional<Duration> pause() override {
        return std::exchange(delay_, std::chrono::milliseconds{0});
    }
    Request next_request() override {
        sent_.store(true, std::memory_order_release);
        return timed(take_request());
    }

    std::chrono::milliseconds delay_;
    std::atomic<bool> sent_{false};
};

/// Both attempts of one request. Lives until both have ended.
class HedgeRoundTripper::Race final : public RefCounted {
public:
    explicit Race(CompletionPtr<Response> caller) noexcept : caller_(std::move(caller)) {}

    HAWSER_DECL void start(const HedgeRoundTripper& by, Request&& request);

private:
    /// Completed by a runner.
    struct Lane final : Completion<Response> {
        void run(CalledFrom from) override { race->ended(*this, from); }
        void discard() noexcept override { race->lost(*this); }
        asio::cancellation_slot cancellation_slot() const noexcept override { return {}; }

        IntrusivePtr<Race> race;  // while the runner runs
        IntrusivePtr<Runner> runner;
        std::shared_ptr<std::atomic<bool>> won;  // null: nobody wants to know
        bool over = false;
    };

    IntrusivePtr<Runner> make_runner(Lane& lane,
                                     const HedgeRoundTripper& by,
                                     std::chrono::milliseconds delay,
                                     Request&& request);
    void ended(Lane& lane, CalledFrom from);
    void lost(Lane& lane) noexcept;
    void cancel(std::error_code cause);
    CompletionPtr<Response> decide(Lane& lane, bool good);
    Lane& other(const Lane& lane) noexcept { return lanes_[&lane == &lanes_[0] ? 1 : 0]; }

    std::mutex mutex_;  // guards the caller, and whether a lane is over
    CompletionPtr<Response> caller_;
    std::array<Lane, 2> lanes_;
};

HAWSER_DECL IntrusivePtr<HedgeRoundTripper::Runner> HedgeRoundTripper::Race::make_runner(
    Lane& lane, const HedgeRoundTripper& by, std::chrono::milliseconds delay, Request&& request) {
    lane.race = IntrusivePtr<Race>(this);
    if (ProgressFunction& told = request.options.on_progress) {
        lane.won = std::make_shared<std::atomic<bool>>(false);
        told = [won = lane.won, caller = std::move(told)](const Progress& progress) {
            if (won->load(std::memory_order_acquire)) {
                caller(progress);
            }
        };
    }
    return IntrusivePtr<Runner>(
        new Runner(CompletionPtr<Response>(&lane), by, delay, std::move(request)));
}

HAWSER_DECL void HedgeRoundTripper::Race::start(const HedgeRoundTripper& by, Request&& request) {
    const IntrusivePtr<Race> self(this);
    Request again(request);
    const auto none = std::chrono::milliseconds{0};
    lanes_[0].runner = make_runner(lanes_[0], by, none, std::move(request));
    lanes_[1].runner = make_runner(lanes_[1],
                                   by,
                                   std::max(bounded(by.delay_), std::chrono::milliseconds{1}),
                                   std::move(again));
    if (auto slot = caller_->cancellation_slot(); slot.is_connected()) {
        slot.assign([self](asio::cancellation_type type) {
            if (type != asio::cancellation_type::none) {
                self->cancel(asio::error::operation_aborted);
            }
        });
    }
    const IntrusivePtr<Runner> second = lanes_[1].runner;
    lanes_[0].runner->begin(CalledFrom::user);
    second->begin(CalledFrom::user);
}

// Both may run after this; then the first to end completes the request.
HAWSER_DECL void HedgeRoundTripper::Race::cancel(std::error_code cause) {
    for (Lane& lane : lanes_) {
        lane.runner->cancel(cause);
    }
}

// The caller, if this lane decides: the first response does, and an error when there is no hope of
// a response. Otherwise null.
HAWSER_DECL CompletionPtr<Response> HedgeRoundTripper::Race::decide(Lane& lane, bool good) {
    const std::lock_guard lock(mutex_);
    lane.over = true;
    const Lane& rival = other(lane);
    const bool hope = !rival.over && rival.runner && rival.runner->sent();
    const bool decides = caller_ && (good || !hope);
    if (decides && good && lane.won) {
        lane.won->store(true, std::memory_order_release);
    }
    return decides ? std::move(caller_) : nullptr;
}

HAWSER_DECL void HedgeRoundTripper::Race::ended(Lane& lane, CalledFrom from) {
    const IntrusivePtr<Race> self = std::move(lane.race);
    CompletionPtr<Response> caller = decide(lane, !lane.ec);
    if (caller) {
        other(lane).runner->cancel(error::canceled);
        caller->ec = lane.ec;
        caller->slot = std::move(lane.slot);
        caller.release()->run(from);
    } else {
        if (!lane.ec) {
            lane.result() = Response();  // it came too late: closes its connection
        }
    }
}

HAWSER_DECL void HedgeRoundTripper::Race::lost(Lane& lane) noexcept {
    const IntrusivePtr<Race> self = std::move(lane.race);
    decide(lane, false);
}

HAWSER_DECL void HedgeRoundTripper::start_round_trip(Request request, RoundTripHandler handler) {
    const bool safe = is_idempotent(request.method) || request.options.idempotent;
    if (!safe || Access::source(request.body)) {
        pass_on(*next(), std::move(request), std::move(handler));
        return;
    }
    const IntrusivePtr<Race> race(new Race(Access::take_completion(handler)));
    race->start(*this, std::move(request));
}

}  // namespace hawser::inline HAWSER_ABI::detail
