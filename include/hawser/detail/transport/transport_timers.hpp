// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a transport does as time passes: idle connections expire or free memory, requests have
// queued too long, abandoned dials have lingered, a shutdown's grace period ends. Also keeps the
// executor busy while requests wait, and not longer.

#include <hawser/config.hpp>
#include <hawser/detail/conn/conn_owner.hpp>
#include <hawser/detail/rt/context_work.hpp>
#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/time_point.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class PersistConn;
struct SharedPool;

/// Guarded by the pool's lock. Call its public functions with that lock held.
class TransportTimers {
public:
    TransportTimers(SharedPool& pool, Deadlines& deadlines, ConnOwner& owner);

    /// A connection became idle.
    void watch_idle(const PersistConn& conn, TimePoint now, TimePoint expires) noexcept;
    /// The queued requests, or the lingering dials, have changed.
    void watch_waiting() noexcept;
    /// The same. Also holds work of the executor while requests wait. Returns work that is no
    /// longer needed. Keep that until the completions are the executor's work and no lock is held.
    [[nodiscard]] HeldWork update_work() noexcept;
    [[nodiscard]] HeldWork drop_work() noexcept { return std::move(work_); }
    /// Closes connections that are still in use at `end`.
    void watch_grace(TimePoint end) noexcept { watch(grace_, end); }
    /// If nothing is open, being dialed or waiting, no armed timer may keep the executor busy.
    void disarm_if_quiet() noexcept;

private:
    /// One of the transport's own deadlines.
    struct Timer final : Deadlines::Node {
        using Then = void (TransportTimers::*)(CalledFrom);
        Timer(TransportTimers& owner, Then what, bool counts = true) noexcept
            : Deadlines::Node(counts), timers(owner), then(what) {}
        void expired(CalledFrom from) override { (timers.*then)(from); }
        void keep_alive(bool on) noexcept override {
            on ? timers.owner_.add_ref() : timers.owner_.release();
        }

        TransportTimers& timers;
        const Then then;
        TimePoint due = TimePoint::max();  // the current setting
    };

    // Called with the lock not held.
    void sweep(CalledFrom from);
    void trim_idle(CalledFrom from);
    void end_wait(CalledFrom from);
    void end_linger(CalledFrom from);
    void end_grace(CalledFrom from);

    void watch(Timer& timer, TimePoint at) noexcept;
    void stop(Timer& timer) noexcept;

    SharedPool& pool_;
    Deadlines& deadlines_;
    ConnOwner& owner_;
    // Only the last one counts as work: the others watch something that is idle, or is work itself.
    Timer sweep_{*this, &TransportTimers::sweep, false};  // the idle connection that expires first
    TimePoint no_sweep_before_{};
    Timer trim_{*this, &TransportTimers::trim_idle, false};  // connections idle for trim_after
    TimePoint rested_{};  // connections idle since before this are trimmed
    Timer wait_{*this, &TransportTimers::end_wait, false};      // the request that queues longest
    Timer linger_{*this, &TransportTimers::end_linger, false};  // the dial abandoned longest
    Timer grace_{*this, &TransportTimers::end_grace};           // of shutdown()
    ContextWork context_work_;
    HeldWork work_;  // while requests wait
};

}  // namespace hawser::inline HAWSER_ABI::detail

// The function bodies need TransportCore: transport_core.hpp includes them.
