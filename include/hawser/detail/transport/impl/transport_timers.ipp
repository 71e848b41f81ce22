// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/shared_pool.hpp>
#include <hawser/detail/transport/transport_timers.hpp>
#include <hawser/error.hpp>

#include <asio/execution/context.hpp>
#include <asio/query.hpp>

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

// g++ warns about impossible paths through inlined code, such as one through an empty list.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnull-dereference"

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL TransportTimers::TransportTimers(SharedPool& pool,
                                                  Deadlines& deadlines,
                                                  ConnOwner& owner)
    : pool_(pool),
      deadlines_(deadlines),
      owner_(owner),
      context_work_(asio::query(owner.executor(), asio::execution::context)) {}

HAWSER_DECL void TransportTimers::sweep(CalledFrom from) {
    TaskList due;
    {
        std::lock_guard lock(pool_.mutex);
        ConnPool::Victims victims;
        const TimePoint now = deadlines_.now();
        const TimePoint next = pool_.conns.expire(now, victims);
        no_sweep_before_ = next_sweep(now, {}, pool_.conns.idle_count());
        sweep_.due = TimePoint::max();
        watch(sweep_, std::max(next, no_sweep_before_));
        close_victims(victims, due);
    }
    due.run(from);
}

// Connections already idle at the previous run were trimmed then. Skipped if memory is short.
HAWSER_DECL void TransportTimers::trim_idle(CalledFrom from) {
    std::vector<IntrusivePtr<PersistConn>> conns;
    try {
        std::lock_guard lock(pool_.mutex);
        const TimePoint until = deadlines_.now() - trim_after;
        trim_.due = TimePoint::max();
        if (const PoolConn* newest = pool_.conns.newest_idle();
            newest && newest->idle_since > until) {
            watch(trim_, newest->idle_since + trim_after);
        }
        pool_.conns.for_each_idle_since(std::exchange(rested_, until), until, [&](PoolConn& conn) {
            conns.emplace_back(conn_of(&conn));
        });
    } catch (const std::bad_alloc&) {
    }
    for (const auto& conn : conns) {
        conn->trim(from);
    }
}

// One at a time: a handler may change which request is next.
HAWSER_DECL void TransportTimers::end_wait(CalledFrom from) {
    IntrusivePtr<RoundTrip> trip;
    TaskList due;
    HeldWork released;  // destroyed last
    {
        std::lock_guard lock(pool_.mutex);
        wait_.due = TimePoint::max();
        trip = left(pool_.conns.overdue(deadlines_.now()));
        pool_.counters.turned_away += trip ? 1u : 0u;
        released = update_work();
    }
    if (trip) {
        trip->note_in_queue(error::pool_wait_timeout);
        trip->complete(error::pool_wait_timeout, due);
    }
    due.run(from);
}

HAWSER_DECL void TransportTimers::end_linger(CalledFrom from) {
    IntrusivePtr<Dial> dial;
    {
        std::lock_guard lock(pool_.mutex);
        linger_.due = TimePoint::max();
        dial = dial_of(pool_.conns.lingered_out(deadlines_.now()));
        watch_waiting();
    }
    if (dial) {
        dial->cancel(error::canceled, from);
    }
}

HAWSER_DECL void TransportTimers::end_grace(CalledFrom from) {
    Thrown thrown;
    pool_.for_each_open([&](PersistConn& conn) {
        thrown.keep([&] { conn.close(error::client_closed, thrown ? CalledFrom::user : from); });
    });
    thrown.rethrow();
}

// ── Setting them ─────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void TransportTimers::watch_idle(const PersistConn& conn,
                                             TimePoint now,
                                             TimePoint expires) noexcept {
    watch(sweep_, std::max(expires, no_sweep_before_));
    if (!conn.info().tls_version.empty()) {
        watch(trim_, now + trim_after);
    }
}

// If memory is short, it is not watched until the next call.
HAWSER_DECL void TransportTimers::watch(Timer& timer, TimePoint at) noexcept {
    if (at < timer.due) {
        try {
            deadlines_.set(timer, at);
            timer.due = at;
        } catch (const std::exception&) {
        }
    }
}

HAWSER_DECL void TransportTimers::stop(Timer& timer) noexcept {
    if (timer.due != TimePoint::max()) {
        timer.due = TimePoint::max();
        deadlines_.clear(timer);
    }
}

HAWSER_DECL void TransportTimers::watch_waiting() noexcept {
    watch(wait_, pool_.conns.overdue_at());
    watch(linger_, pool_.conns.lingered_out_at());
}

// A request in the queue counts as work of the executor, although it may have nothing pending
// there.
HAWSER_DECL HeldWork TransportTimers::update_work() noexcept {
    watch_waiting();
    const bool waiting = pool_.conns.waiting_count() != 0;
    if (waiting && !work_) {
        work_ = HeldWork(context_work_);
    }
    return waiting ? HeldWork() : drop_work();
}

HAWSER_DECL void TransportTimers::disarm_if_quiet() noexcept {
    if (pool_.conns.host_count() != 0) {
        return;
    }
    stop(sweep_);
    stop(trim_);
    stop(wait_);
    stop(linger_);
    stop(grace_);
    deadlines_.disarm_if_quiet();
}

}  // namespace hawser::inline HAWSER_ABI::detail

#pragma GCC diagnostic pop
