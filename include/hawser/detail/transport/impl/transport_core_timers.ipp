// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a transport does as time passes: idle connections expire or are trimmed, requests have
// queued too long, abandoned dials have lingered long enough. Also, when no timer is needed any
// more.

#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/transport/close_victims.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/error.hpp>

#include <algorithm>

namespace hawser::detail {

HAWSER_DECL void TransportCore::sweep(CalledFrom from) {
    TaskList due;
    {
        std::lock_guard lock(mutex_);
        ConnPool::Victims victims;
        const TimePoint now = deadlines_.now();
        const TimePoint next = pool_.expire(now, victims);
        no_sweep_before_ = next_sweep(now, {}, pool_.idle_count());
        sweep_.due = TimePoint::max();
        watch(sweep_, std::max(next, no_sweep_before_));
        close_victims(victims, due);
    }
    due.run(from);
}

// Connections already idle at the previous run were trimmed then. Skipped if memory is short.
HAWSER_DECL void TransportCore::trim_idle(CalledFrom from) {
    std::vector<IntrusivePtr<PersistConn>> conns;
    try {
        std::lock_guard lock(mutex_);
        const TimePoint until = deadlines_.now() - trim_after;
        trim_.due = TimePoint::max();
        if (const PoolConn* newest = pool_.newest_idle(); newest && newest->idle_since > until) {
            watch(trim_, newest->idle_since + trim_after);
        }
        pool_.for_each_idle_since(std::exchange(rested_, until), until, [&](PoolConn& conn) {
            conns.emplace_back(static_cast<PersistConn*>(&conn));
        });
    } catch (const std::bad_alloc&) {
    }
    for (const auto& conn : conns) {
        conn->trim(from);
    }
}

// One at a time: a handler may change which is next.
HAWSER_DECL void TransportCore::end_wait(CalledFrom from) {
    IntrusivePtr<RoundTrip> trip;
    TaskList due;
    Work released;  // destroyed last
    {
        std::lock_guard lock(mutex_);
        wait_.due = TimePoint::max();
        if (PoolWant* want = pool_.overdue(deadlines_.now())) {
            trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(want));
            ++totals_.turned_away;
        }
        released = update_work_locked();
    }
    if (trip) {
        trip->note_in_queue(error::pool_wait_timeout);
        trip->complete(error::pool_wait_timeout, due);
    }
    due.run(from);
}

HAWSER_DECL void TransportCore::end_linger(CalledFrom from) {
    IntrusivePtr<Dial> dial;
    {
        std::lock_guard lock(mutex_);
        linger_.due = TimePoint::max();
        dial = static_cast<Dial*>(pool_.lingered_out(deadlines_.now()));
        watch_waiting();
    }
    if (dial) {
        dial->cancel(error::canceled, from);
    }
}

// If memory is short, it is not watched until the next call.
HAWSER_DECL void TransportCore::watch(Timer& timer, TimePoint at) noexcept {
    if (at < timer.due) {
        try {
            deadlines_.set(timer, at);
            timer.due = at;
        } catch (const std::exception&) {
        }
    }
}

HAWSER_DECL void TransportCore::stop(Timer& timer) noexcept {
    if (timer.due != TimePoint::max()) {
        timer.due = TimePoint::max();
        deadlines_.clear(timer);
    }
}

HAWSER_DECL void TransportCore::watch_waiting() noexcept {
    watch(wait_, pool_.overdue_at());
    watch(linger_, pool_.lingered_out_at());
}

// Nothing is open, being dialed or waiting: no armed timer may keep the executor busy.
HAWSER_DECL void TransportCore::disarm_if_quiet() noexcept {
    if (pool_.host_count() != 0) {
        return;
    }
    stop(sweep_);
    stop(trim_);
    stop(wait_);
    stop(linger_);
    stop(grace_);
    deadlines_.disarm_if_quiet();
}

HAWSER_DECL void TransportCore::deadline_cleared() noexcept {
    std::lock_guard lock(mutex_);
    disarm_if_quiet();
}

}  // namespace hawser::detail
