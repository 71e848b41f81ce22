// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/rt/caller_run_loop.hpp>
#include <hawser/detail/transport/middleware_trip.hpp>
#include <hawser/round_tripper.hpp>

#include <chrono>
#include <memory>
#include <stop_token>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL MiddlewareTrip::MiddlewareTrip(RoundTripper& round_tripper)
    : StartableTrip(request_, executor_),
      round_tripper_(round_tripper),
      executor_(round_tripper.get_executor()) {}

HAWSER_DECL LoopUse MiddlewareTrip::use_loop() const {
    return CallerRunLoop::use(executor_);
}

HAWSER_DECL void MiddlewareTrip::start(CompletionPtr<Response> completion) {
    const std::unique_ptr<MiddlewareTrip> self(this);
    round_tripper_.start_round_trip(std::move(to_send),
                                    Access::make<RoundTripHandler>(completion.release()));
}

HAWSER_DECL Response MiddlewareTrip::wait(BlockingLoop& loop, std::error_code& ec) {
    StartableTripPtr self(this);
    const RequestOptions& options = to_send.options;
    const std::stop_token stop = options.stop;
    BlockingLoop::Caller caller;
    const IntrusivePtr<MiddlewareOutcome> outcome(new MiddlewareOutcome(
        loop, caller, options.timeout.value_or(std::chrono::milliseconds{0})));
    struct Leave {
        ~Leave() {  // also runs if the thread is canceled while it waits
            outcome.give_up(error::canceled);
            loop.wait(caller, outcome);
        }
        BlockingLoop& loop;
        BlockingLoop::Caller& caller;
        MiddlewareOutcome& outcome;
    };
    const Leave leave{loop, caller, *outcome};
    const std::stop_callback watch(stop, [&] { outcome->give_up(error::canceled); });
    auto* completion = new MiddlewareCompletion(outcome);
    self.release();
    start(CompletionPtr<Response>(completion));
    loop.wait(caller, *outcome);
    return outcome->take(ec);
}

}  // namespace hawser::inline HAWSER_ABI::detail
