// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/middleware/middleware_operation.hpp>
#include <hawser/detail/middleware/rate_limit_round_tripper.hpp>
#include <hawser/detail/policy/rate_schedule.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

/// The schedules of all origins.
class RateLimitRoundTripper::State {
public:
    using Reservation = RateSchedule::Reservation;

    explicit State(const RateLimitOptions& options) noexcept : limit_(options) {}

    /// Nothing if the time would be too late.
    std::optional<Reservation> reserve(const std::string& origin, TimePoint now, TimePoint limit) {
        const std::lock_guard lock(mutex_);
        if (origins_.size() >= forget_at_) {
            forget_idle(now);
        }
        RateSchedule& schedule = origins_[origin];
        const Reservation made = schedule.reserve(now, limit_);
        if (made.at >= limit) {
            schedule.give_back(made, limit_);
            return std::nullopt;
        }
        return made;
    }
    void give_back(const std::string& origin, const Reservation& made) {
        const std::lock_guard lock(mutex_);
        if (const auto found = origins_.find(origin); found != origins_.end()) {
            found->second.give_back(made, limit_);
        }
    }

private:
    // An origin that may send at once is like one never heard of. Looking for them whenever their
    // number has doubled costs little.
    void forget_idle(TimePoint now) {
        std::erase_if(origins_, [&](const auto& origin) { return origin.second.is_full(now); });
        forget_at_ = std::max<std::size_t>(origins_.size() * 2, 64);
    }

    const RateSchedule::Limit limit_;
    std::mutex mutex_;
    std::map<std::string, RateSchedule> origins_;
    std::size_t forget_at_ = 64;
};

class RateLimitRoundTripper::Operation final : public MiddlewareOperation {
public:
    Operation(CompletionPtr<Response> completion,
              const WrappingRoundTripper& by,
              std::shared_ptr<State> state,
              Request&& sent)
        : MiddlewareOperation(std::move(completion), by, std::move(sent)),
          state_(std::move(state)) {}

private:
    void prepare() override { origin_ = request().url.origin(); }
    HAWSER_DECL std::optional<Duration> pause() override;
    HAWSER_DECL void interrupted(std::error_code ec) override;
    Request next_request() override { return timed(take_request()); }

    const std::shared_ptr<State> state_;
    std::string origin_;
    std::optional<State::Reservation> reserved_;
};

HAWSER_DECL std::optional<std::chrono::steady_clock::duration>
RateLimitRoundTripper::Operation::pause() {
    if (reserved_) {
        return Duration::zero();
    }
    const TimePoint now = std::chrono::steady_clock::now();
    reserved_ = state_->reserve(origin_, now, deadline());
    if (!reserved_) {
        fail(error::total_timeout, "the rate limit allows it only after its deadline");
        return std::nullopt;
    }
    return reserved_->at - now;
}

HAWSER_DECL void RateLimitRoundTripper::Operation::interrupted(std::error_code ec) {
    state_->give_back(origin_, *reserved_);
    fail(ec, "held back by the rate limit");
}

HAWSER_DECL RateLimitRoundTripper::RateLimitRoundTripper(std::shared_ptr<RoundTripper> next,
                                                         const RateLimitOptions& options)
    : WrappingRoundTripper(std::move(next)), state_(std::make_shared<State>(options)) {}

HAWSER_DECL RateLimitRoundTripper::~RateLimitRoundTripper() = default;

HAWSER_DECL void RateLimitRoundTripper::start_round_trip(Request request,
                                                         RoundTripHandler handler) {
    begin_middleware<Operation>(handler, *this, state_, std::move(request));
}

}  // namespace hawser::inline HAWSER_ABI::detail
