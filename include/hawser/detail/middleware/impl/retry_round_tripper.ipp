// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/middleware/middleware_operation.hpp>
#include <hawser/detail/middleware/retry_round_tripper.hpp>
#include <hawser/detail/policy/retry.hpp>
#include <hawser/detail/policy/retry_schedule.hpp>
#include <hawser/detail/random_hex.hpp>
#include <hawser/detail/time_of_day.hpp>

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// What all requests of a round tripper share.
class RetryRoundTripper::State {
public:
    explicit State(const RetryOptions& from)
        : options(from), budget_(from.budget, from.budget_per_request) {}

    void request() {
        const std::lock_guard lock(mutex_);
        budget_.request();
    }
    bool take() {
        const std::lock_guard lock(mutex_);
        return budget_.take();
    }

    const RetryOptions options;

private:
    std::mutex mutex_;
    RetryBudget budget_;
};

/// From 0 to less than 1. In the middle if the system has no random number.
HAWSER_DECL double random_fraction() noexcept {
    std::array<unsigned char, 4> bytes{0x80, 0, 0, 0};
    (void)fill_random(bytes.data(), bytes.size());
    double fraction = 0;
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
        fraction = (fraction + *byte) / 256;
    }
    return fraction;
}

/// Reads what has arrived of a body that nobody wants, without waiting. True if its connection can
/// be reused, or is closed already.
HAWSER_DECL bool drain_arrived(const ResponseBody& body, std::size_t& budget) {
    BodyStream* const rest = Access::rest(body);
    if (rest == nullptr) {
        return true;
    }
    Access::mute(body);
    std::array<char, 4096> unwanted{};
    std::error_code ec;
    while (!ec && budget != 0) {
        const std::size_t n = rest->read_some(unwanted, ec);
        budget -= std::min(budget, n);
    }
    return ec && ec != asio::error::would_block;
}

class RetryRoundTripper::Operation final : public MiddlewareOperation {
public:
    Operation(CompletionPtr<Response> completion,
              const WrappingRoundTripper& by,
              std::shared_ptr<State> state,
              Request&& sent)
        : MiddlewareOperation(std::move(completion), by, std::move(sent)),
          state_(std::move(state)),
          idempotent_(is_idempotent(request().method) || request().options.idempotent),
          replayable_(request().body.replayable()) {}

private:
    using Milliseconds = std::chrono::milliseconds;
    // A refusal's body usually follows its head closely.
    static constexpr Milliseconds drain_time{50};
    static constexpr std::size_t drain_size = std::size_t{64} << 10;

    HAWSER_DECL std::optional<Duration> pause() override;
    HAWSER_DECL void interrupted(std::error_code ec) override;
    HAWSER_DECL bool answered(Outcome<Response>& got) override;
    Request next_request() override {
        ++attempts_;
        const bool last = !idempotent_ || !replayable_ || attempts_ >= state_->options.attempts;
        return timed(last ? take_request() : Request(request()));
    }
    std::optional<Milliseconds> pause_after(const Outcome<Response>& got) const;

    const std::shared_ptr<State> state_;
    const bool idempotent_;
    const bool replayable_;
    unsigned attempts_ = 0;
    std::optional<Response> refusal_;  // its body is being drained
    std::size_t drain_budget_ = 0;
    Milliseconds drain_time_{0};  // to wait for more of that body
    Milliseconds pause_{0};       // what is left of it
};

HAWSER_DECL bool RetryRoundTripper::Operation::answered(Outcome<Response>& got) {
    const std::optional<Milliseconds> pause = pause_after(got);
    if (!pause) {
        return true;
    }
    refusal_ = std::move(got.result);
    drain_budget_ = drain_size;
    drain_time_ = drain_time;
    pause_ = *pause;
    return false;
}

HAWSER_DECL std::optional<std::chrono::steady_clock::duration>
RetryRoundTripper::Operation::pause() {
    if (refusal_) {
        const bool drained = drain_arrived(refusal_->body, drain_budget_);
        const Milliseconds more = std::exchange(drain_time_, Milliseconds{0});
        if (!drained && more.count() > 0 && pause_ >= more) {
            pause_ -= more;
            return more;
        }
        refusal_.reset();  // closes what is left
    }
    return std::exchange(pause_, Milliseconds{0});
}

HAWSER_DECL void RetryRoundTripper::Operation::interrupted(std::error_code ec) {
    refusal_.reset();
    fail(ec, "waiting for the next attempt");
}

// Nothing: the caller gets the response, or the error.
HAWSER_DECL std::optional<std::chrono::milliseconds> RetryRoundTripper::Operation::pause_after(
    const Outcome<Response>& got) const {
    const Headers& headers = got.result.headers;
    const AttemptResult result{
        .ec = got.ec,
        .status = got.result.status,
        .retry_after = parse_retry_after(headers.get("Retry-After").value_or(""),
                                         headers.get("Date").value_or(""),
                                         std::chrono::floor<std::chrono::seconds>(time_of_day())),
        .attempts = attempts_,
        .idempotent = idempotent_,
        .replayable = replayable_,
    };
    const auto pause = retry_pause(state_->options, result, random_fraction());
    const bool sensible = pause &&
                          ends_before(std::chrono::steady_clock::now(), *pause, deadline()) &&
                          state_->take();
    return sensible ? pause : std::nullopt;
}

HAWSER_DECL RetryRoundTripper::RetryRoundTripper(std::shared_ptr<RoundTripper> next,
                                                 const RetryOptions& options)
    : WrappingRoundTripper(std::move(next)), state_(std::make_shared<State>(options)) {}

HAWSER_DECL RetryRoundTripper::~RetryRoundTripper() = default;

HAWSER_DECL void RetryRoundTripper::start_round_trip(Request request, RoundTripHandler handler) {
    state_->request();
    begin_middleware<Operation>(handler, *this, state_, std::move(request));
}

}  // namespace hawser::inline HAWSER_ABI::detail
