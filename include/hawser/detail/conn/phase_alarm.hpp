// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The phases of one connection that have a time limit, on the one timer of its transport. A phase
// that ends and begins again moves its deadline without touching that timer.

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/policy/phase_timer.hpp>
#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/time_point.hpp>

#include <chrono>
#include <optional>

namespace hawser::detail {

class PhaseAlarm {
public:
    /// `node` is told when a deadline passed, and then asks ring().
    PhaseAlarm(Deadlines& deadlines, Deadlines::Node& node) noexcept
        : deadlines_(deadlines), node_(node) {}

    /// Without a limit its side waits as long as it takes. A phase that is timed already goes on:
    /// nothing came of trying again.
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

    /// A deadline passed: which phase is over its limit, if any still is. Call set() afterwards.
    std::optional<PhaseTimer::Due> ring() noexcept {
        rings_at_ = TimePoint::max();
        return timer_.due(deadlines_.now());
    }
    /// Sets the deadline of the phase that ends first. One that moves to a later time leaves the
    /// timer where it is: ring() finds nothing and sets it anew.
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
    TimePoint rings_at_ = TimePoint::max();  // when `node_` is told
};

}  // namespace hawser::detail
