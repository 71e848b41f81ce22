// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The time limits of one connection's phases, on the only timer of its transport. A phase that ends
// and begins again moves its deadline without touching that timer.

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/policy/phase_timer.hpp>
#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/time_point.hpp>

#include <chrono>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

class PhaseAlarm {
public:
    /// `node` is notified when a deadline has passed, and then calls ring().
    PhaseAlarm(Deadlines& deadlines, Deadlines::Node& node) noexcept
        : deadlines_(deadlines), node_(node) {}

    /// Without a limit, its side may wait forever. If the phase is already timed, its deadline
    /// stays: trying again brought nothing.
    void start(Phase phase, std::chrono::milliseconds limit) {
        if (limit.count() > 0 && !timer_.waits_for(phase)) {
            timer_.start(phase, deadlines_.now() + bounded(limit));
            set();
        }
    }
    void stop(Phase phase) noexcept {
        if (timer_.waits_for(phase)) {
            timer_.stop(phase);
            set();
        }
    }
    void stop_all() noexcept {
        timer_.stop_all();
        set();
    }

    /// A deadline has passed: returns the phase that is over its limit, if any still is. Call set()
    /// after this.
    std::optional<PhaseTimer::Due> ring() noexcept {
        rings_at_ = TimePoint::max();
        return timer_.due(deadlines_.now());
    }
    /// Sets the deadline of the phase that ends first. If that has moved to a later time, the timer
    /// is left alone: ring() will find nothing due and set it again.
    void set() {
        const TimePoint next = timer_.next();
        if (next < rings_at_) {
            rings_at_ = next;
            deadlines_.set(node_, next);
        } else if (next == TimePoint::max() && rings_at_ != next) {
            rings_at_ = next;
            deadlines_.clear(node_);  // else it would keep the executor busy
        }
    }

private:
    Deadlines& deadlines_;
    Deadlines::Node& node_;
    PhaseTimer timer_;
    TimePoint rings_at_ = TimePoint::max();  // when `node` will be notified
};

}  // namespace hawser::inline HAWSER_ABI::detail
