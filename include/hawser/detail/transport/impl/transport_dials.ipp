// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/policy/limit_reached.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_dials.hpp>
#include <hawser/error.hpp>

#include <mutex>
#include <new>
#include <utility>

// g++ warns about impossible paths through inlined code, such as one through an empty list.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnull-dereference"

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL Dial& TransportDials::make(const PoolHost& host) {
    Dial& dial = *dialer_->make(host.key, *this).detach();
    owner_.add_ref();  // kept alive until the dial reports; so is the dial
    return dial;
}

HAWSER_DECL Dial* TransportDials::dial_for(PoolWant& want) noexcept {
    try {
        Dial& dial = make(*want.host);
        dial.trace = trip_of(&want)->request.trace;
        pool_.conns.dialing(dial, want);
        return &dial;
    } catch (const std::exception&) {
        ++pool_.counters.dial_failures;
        pool_.conns.not_dialed(want);
        return nullptr;
    }
}

HAWSER_DECL IntrusivePtr<PersistConn> TransportDials::new_conn(
    std::unique_ptr<Stream>& stream) noexcept {
    const std::uint64_t id = ++last_id_;
    try {
        return IntrusivePtr<PersistConn>(owner_.conns.make(&owner_, std::move(stream), id));
    } catch (const std::exception&) {
        return nullptr;
    }
}

// Gives a request the new connection, which may have failed to start.
HAWSER_DECL void TransportDials::serve(RoundTrip& trip,
                                       PersistConn& conn,
                                       std::error_code failed,
                                       TaskList& due) {
    if (failed) {
        trip.complete(failed, due);
    } else if (!conn.lend(&trip, false, due)) {
        trip.obtain(due);
    }
}

HAWSER_DECL void TransportDials::dialed(Dial& dial,
                                        std::unique_ptr<Stream> stream,
                                        CalledFrom from) {
    IntrusivePtr<PersistConn> conn = new_conn(stream);
    if (!conn) {
        return dial_failed(dial, error::resource_exhausted, from);
    }
    const auto self = IntrusivePtr<ConnOwner>::adopt(&owner_);
    const auto ended = IntrusivePtr<Dial>::adopt(&dial);
    IntrusivePtr<RoundTrip> trip;
    bool closed = false;
    HeldWork released;  // destroyed last
    {
        std::lock_guard lock(pool_.mutex);
        const TimePoint now = owner_.deadlines().now();
        conn->retires = retirement(now, options_.max_conn_age, conn->info().id);
        trip = left(pool_.conns.dialed(dial, *conn, now));
        if (trip) {
            trip->conn = conn;
        }
        ++pool_.counters.dialed;
        closed = pool_.closed;
        released = timers_.update_work();
    }
    TaskList due;
    const std::error_code failed = conn->start(due);
    if (closed) {
        conn->close({}, due);
    } else if (!trip) {
        conn->give_back(due);
    }
    if (trip) {
        serve(*trip, *conn, failed, due);
    }
    if (ended->watcher) {
        ended->watcher->done(failed, due, failed ? failure_of(dial, failed) : Failure());
    }
    due.run(from);
}

HAWSER_COLD_DECL void TransportDials::dial_failed(Dial& dial, std::error_code ec, CalledFrom from) {
    const auto self = IntrusivePtr<ConnOwner>::adopt(&owner_);
    const auto ended = IntrusivePtr<Dial>::adopt(&dial);
    IntrusivePtr<RoundTrip> trip;
    TaskList due;
    HeldWork released;  // destroyed last
    {
        std::lock_guard lock(pool_.mutex);
        ++(dial.given_up ? pool_.counters.dials_given_up : pool_.counters.dial_failures);
        if (!dial_again(dial, ec, due)) {
            trip = left(pool_.conns.dial_failed(dial));
        }
        use_permits([&](Task& task) { due.push(task); });
        released = timers_.update_work();
        timers_.disarm_if_quiet();
    }
    if (dial.trace) {
        tell_failed(dial, ec, due);
    }
    if (trip) {
        const std::error_code cause = trip->canceled();
        trip->note_failure(ec, dial.phase, fault_of(dial, ec));
        trip->complete(cause ? cause : ec, due);
    }
    if (ended->watcher) {
        ended->watcher->done(ec, due, failure_of(dial, ec));
    }
    due.run(from);
}

HAWSER_COLD_DECL Fault TransportDials::fault_of(const Dial& dial,
                                                std::error_code ec) const noexcept {
    Fault fault;
    try {
        fault = dial.fault;
        if (fault.reason.empty() && !fault.cause) {
            fault.reason = limit_reached(ec, options_);
        }
    } catch (const std::bad_alloc&) {  // then the code must suffice
    }
    return fault;
}

HAWSER_COLD_DECL void TransportDials::tell_failed(Dial& dial,
                                                  std::error_code ec,
                                                  TaskList& due) noexcept {
    const auto tell = [failure = failure_of(dial, ec)](ClientTrace& trace) {
        trace.dial_failed(failure);
    };
    if (dial.trace->add(tell)) {
        due.push(*dial.trace);
    }
}

// What the dial itself knows. It may serve no request.
HAWSER_COLD_DECL Failure TransportDials::failure_of(const Dial& dial,
                                                    std::error_code ec) const noexcept {
    try {
        FailureData data;
        data.code = ec;
        data.phase = dial.phase;
        data.fault = fault_of(dial, ec);
        data.url = dial.watcher ? failing_url(dial.watcher->url) : "";
        return FailureData::make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

// No descriptors are left: closes the oldest idle connection, and dials again, once.
HAWSER_COLD_DECL bool TransportDials::dial_again(Dial& dial,
                                                 std::error_code ec,
                                                 TaskList& due) noexcept {
    ConnPool::Victims victims;
    if (ec != error::resource_exhausted || dial.second_try || dial.want == nullptr ||
        pool_.closed || !pool_.conns.evict_oldest(victims)) {
        return false;
    }
    close_victims(victims, due);  // runs first, and closes it
    try {
        Dial& next = make(*dial.host);
        next.second_try = true;
        pool_.conns.dial_again(dial, next);
        due.push(next);
    } catch (const std::exception&) {
        return false;
    }
    return true;
}

HAWSER_COLD_DECL bool TransportDials::dial_ahead(const ConnectKeyView& key,
                                                 const IntrusivePtr<WaitGroup>& gathering,
                                                 TaskList& due) {
    PoolHost* const host = pool_.conns.may_dial_ahead(key);
    if (host == nullptr) {
        return false;
    }
    try {
        Dial& dial = make(*host);
        pool_.conns.dialing_ahead(dial, *host);
        dial.watcher = gathering;
        gathering->add();
        due.push(dial);
    } catch (...) {
        pool_.conns.not_dialed_ahead(*host);
        throw;
    }
    return true;
}

HAWSER_COLD_DECL std::vector<IntrusivePtr<Dial>> TransportDials::ahead_for(
    const WaitGroup& gathering) {
    std::vector<IntrusivePtr<Dial>> ahead;
    std::lock_guard lock(pool_.mutex);
    auto& dials = pool_.conns.dials();
    for (Dial* dial = dial_of(dials.front()); dial; dial = dial_of(dials.after(*dial))) {
        if (dial->watcher.get() == &gathering && dial->want == nullptr) {
            ahead.emplace_back(dial);
        }
    }
    return ahead;
}

}  // namespace hawser::inline HAWSER_ABI::detail

#pragma GCC diagnostic pop
