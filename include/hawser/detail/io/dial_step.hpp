// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The step that the coroutine of a dial waits for: a lookup, a connect, or the readiness of a
// stream. It ends once: with its result, at its deadline, or because the dial was canceled. What
// arrives later is ignored. All calls are made within a turn of the dial's monitor.

#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/error.hpp>

namespace hawser::inline HAWSER_ABI::detail {

class DialStep {
public:
    /// `node` is notified when a deadline has passed.
    DialStep(Monitor& monitor, Deadlines& deadlines, Deadlines::Node& node) noexcept
        : ended_(monitor), deadlines_(deadlines), node_(node) {}

    bool pending() const noexcept { return pending_; }

    /// Awaits end(). If that has not been called by `deadline`, the error is `timeout`.
    Event::Wait wait(TimePoint deadline, hawser::error timeout) {
        timeout_ = timeout;
        deadline_ = deadline;
        pending_ = true;
        if (deadline != TimePoint::max()) {
            deadlines_.set(node_, deadline);
        }
        return ended_.wait();
    }
    /// From now on, several steps have one deadline.
    void begin_stage(TimePoint deadline, hawser::error timeout) noexcept {
        stage_deadline_ = deadline;
        stage_timeout_ = timeout;
    }
    /// The same as wait(), with the deadline of the stage.
    Event::Wait wait_in_stage() { return wait(stage_deadline_, stage_timeout_); }
    bool overdue(TimePoint now) const noexcept { return pending_ && now >= deadline_; }
    hawser::error timeout() const noexcept { return timeout_; }

    /// Idempotent. The coroutine continues at the end of this turn.
    void end() noexcept {
        pending_ = false;
        deadlines_.clear(node_);
        ended_.notify();
    }

private:
    Event ended_;
    Deadlines& deadlines_;
    Deadlines::Node& node_;
    TimePoint deadline_{};
    hawser::error timeout_{};
    TimePoint stage_deadline_{};
    hawser::error stage_timeout_{};
    bool pending_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail
