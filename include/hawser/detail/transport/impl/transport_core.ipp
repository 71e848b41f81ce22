// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/policy/checkout.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/policy/longest_limit.hpp>
#include <hawser/detail/policy/retry.hpp>
#include <hawser/detail/transport/close_victims.hpp>
#include <hawser/detail/transport/context_watch.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/error.hpp>

#include <asio/execution/context.hpp>
#include <asio/query.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::detail {

inline ConnSettings conn_settings(const TransportOptions& options) {
    ConnSettings settings;
    settings.response.head = {options.max_response_header_bytes,
                              options.max_response_header_fields};
    settings.response.max_body = options.max_response_body_bytes;
    settings.write_timeout = options.write_timeout;
    settings.body_idle_timeout = options.body_idle_timeout;
    settings.drain_bytes = options.drain_bytes;
    settings.drain_timeout = options.drain_timeout;
    settings.thread_safe = options.thread_safe;
    return settings;
}

inline PoolLimits pool_limits(const TransportOptions& options) {
    return {options.max_idle_conns,
            options.max_idle_conns_per_host,
            options.max_conns_per_host,
            !options.disable_keep_alives,
            options.max_conns_total,
            options.max_waiters,
            options.pool_wait_timeout,
            options.dial_linger,
            options.idle_pick == IdlePick::oldest_first};
}

HAWSER_DECL TransportCore::TransportCore(asio::any_io_executor executor, TransportOptions options)
    : executor_(std::move(executor)),
      options_(bounded(std::move(options))),
      settings_(conn_settings(options_)),
      lifetime_{options_.idle_conn_timeout, options_.max_conn_age, options_.max_requests_per_conn},
      deadlines_(options_.thread_safe),
      mutex_(options_.thread_safe),
      pool_(pool_limits(options_)) {}

HAWSER_DECL TransportCore::~TransportCore() {
    if (context_ != nullptr) {
        context_->remove(*this);
    }
    while (ResponseReader* reader = spare_readers_.take()) {
        delete reader;
    }
}

HAWSER_DECL void TransportCore::watch_context() {
    auto& context = asio::query(executor_, asio::execution::context);
    context_ = &asio::use_service<ContextWatch>(context);
    if (!context_->add(*this)) {
        abandon();
    }
}

HAWSER_DECL void TransportCore::use(std::unique_ptr<Dialer> dialer, std::unique_ptr<Alarm> alarm) {
    dialer_ = std::move(dialer);
    deadlines_.use(std::move(alarm));
}

HAWSER_DECL PendingTripPtr TransportCore::new_trip() {
    RoundTrip* trip = spare_trips_.make(*this);
    trip->add_ref();
    return PendingTripPtr(trip);
}

// ── A connection for a request ──────────────────────────────────────────────────────────────────

// An idle connection, or a place in the queue with or without a dial, in one step.
HAWSER_DECL std::error_code TransportCore::take_or_wait(RoundTrip& trip,
                                                        TimePoint now,
                                                        IntrusivePtr<PersistConn>& conn,
                                                        TaskList& due) {
    std::lock_guard lock(mutex_);
    if (closed_) {
        return error::client_closed;
    }
    if (const std::error_code cause = trip.cancelled()) {
        return cause;
    }
    std::error_code refused;
    ConnPool::Victims victims;
    const auto acquired = pool_.acquire(trip, trip.key(), now, victims);
    if (acquired.next == ConnPool::Next::lend) {
        conn = static_cast<PersistConn*>(acquired.conn);
        trip.conn = conn;
        ++totals_.reused;
    } else if (acquired.next == ConnPool::Next::full) {
        ++totals_.turned_away;
        refused = error::too_many_waiters;
    } else {
        trip.add_ref();  // the pool's
        update_work();
    }
    if (acquired.next == ConnPool::Next::dial) {
        due.push(new_dial(trip));
    }
    close_victims(victims, due);
    return refused;
}

HAWSER_DECL void TransportCore::obtain(RoundTrip& trip, Context context) {
    for (;;) {
        const TimePoint now = deadlines_.now();
        IntrusivePtr<PersistConn> conn;
        TaskList due;
        if (const std::error_code refused = take_or_wait(trip, now, conn, due)) {
            due.run(context);
            note_in_queue(trip, refused);
            trip.complete(refused, context);
            return;
        }
        const bool lent =
            conn &&
            conn->lend(
                &trip, look_before_lending(now - conn->idle_since, trip.may_send_again), context);
        due.run(context);
        if (lent || !conn) {
            return;
        }
    }
}

// Why a request got no further than the queue.
HAWSER_DECL void TransportCore::note_in_queue(RoundTrip& trip, std::error_code ec) noexcept {
    Fault fault;
    try {
        if (ec == error::too_many_waiters) {
            fault.reason = "max_waiters is " + std::to_string(options_.max_waiters);
        } else if (ec == error::pool_wait_timeout) {
            fault.reason = after_time(options_.pool_wait_timeout) + " (pool_wait_timeout)";
        }
    } catch (const std::bad_alloc&) {  // then the code has to say it all
    }
    trip.note_failure(ec, Failure::Phase::queue, std::move(fault));
}

HAWSER_DECL Dial& TransportCore::make_dial(const PoolHost& host) {
    add_ref();  // until it reports, as it is itself
    return *dialer_->make(host.key, *this).detach();
}

HAWSER_DECL Dial& TransportCore::new_dial(PoolWant& want) {
    Dial& dial = make_dial(*want.host);
    dial.trace = static_cast<RoundTrip&>(want).trace;
    pool_.dialing(dial, want);
    return dial;
}

HAWSER_DECL void TransportCore::dialed(Dial& dial,
                                       std::unique_ptr<Stream> stream,
                                       Context context) {
    const auto self = IntrusivePtr<TransportCore>::adopt(this);
    const auto ended = IntrusivePtr<Dial>::adopt(&dial);
    IntrusivePtr<PersistConn> conn;
    IntrusivePtr<RoundTrip> trip;
    bool closed = false;
    {
        std::lock_guard lock(mutex_);
        const TimePoint now = deadlines_.now();
        conn = new PersistConn(this, std::move(stream), ++last_id_);
        conn->retires = retirement(now, lifetime_.max_age, last_id_);
        if (PoolWant* want = pool_.dialed(dial, *conn, now)) {
            trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(want));
            trip->conn = conn;
        }
        ++totals_.dialed;
        closed = closed_;
        update_work();
    }
    conn->start();
    if (closed) {
        conn->close({}, context);
    } else if (!trip) {
        conn->hand_back(context);
    }
    if (trip && !conn->lend(trip, false, context)) {
        obtain(*trip, context);
    }
    if (ended->watcher) {
        ended->watcher->ended({}, Context::call);
    }
}

HAWSER_DECL void TransportCore::dial_failed(Dial& dial, std::error_code ec, Context context) {
    const auto self = IntrusivePtr<TransportCore>::adopt(this);
    const auto ended = IntrusivePtr<Dial>::adopt(&dial);
    IntrusivePtr<RoundTrip> trip;
    TaskList due;
    {
        std::lock_guard lock(mutex_);
        ++(dial.given_up ? totals_.dials_given_up : totals_.dial_failures);
        if (!dial_again(dial, ec, due)) {
            if (PoolWant* want = pool_.dial_failed(dial)) {
                trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(want));
            }
        }
        use_permits(due);
        update_work();
        rest_if_quiet();
    }
    due.run(context);  // first: the user's handler may throw
    if (trip) {
        const std::error_code cause = trip->cancelled();
        trip->note_failure(ec, dial.phase, std::move(dial.fault));
        trip->complete(cause ? cause : ec, context);
    }
    if (ended->watcher) {
        ended->watcher->ended(ec, Context::call, dial_failure(dial, ec));
    }
}

// Of a dial that no request waits for.
HAWSER_DECL Failure TransportCore::dial_failure(Dial& dial, std::error_code ec) noexcept {
    FailureData data;
    data.code = ec;
    data.phase = dial.phase;
    data.fault = std::move(dial.fault);
    return FailureData::try_make(std::move(data));
}

// Out of descriptors: the oldest idle connection gives its own, once.
HAWSER_DECL bool TransportCore::dial_again(Dial& dial, std::error_code ec, TaskList& due) {
    ConnPool::Victims victims;
    if (ec != error::resource_exhausted || dial.second_try || dial.want == nullptr || closed_ ||
        !pool_.evict_oldest(victims)) {
        return false;
    }
    close_victims(victims, due);  // closes it first
    Dial& next = make_dial(*dial.host);
    next.second_try = true;
    pool_.dial_again(dial, next);
    due.push(next);
    return true;
}

HAWSER_DECL void TransportCore::attempt_failed(RoundTrip& trip, Context context) {
    if (const std::error_code cause = trip.cancelled()) {
        trip.complete(cause, context);  // it beats the error that it provoked
        return;
    }
    const Retry reason = should_retry(trip.attempt, trip.failure);
    if (reason == Retry::no) {
        trip.complete(trip.failure, context);
        return;
    }
    if (const std::error_code ec = trip.rewind()) {
        trip.note.reset();
        trip.note_failure(ec, Failure::Phase::request);
        trip.complete(ec, context);
        return;
    }
    trip.attempt.retried_before = true;
    trip.fresh_only = true;
    count_retry(reason);
    trip.retrying(reason, context);
    trip.note.reset();
    obtain(trip, context);
}

HAWSER_DECL void TransportCore::count_retry(Retry reason) noexcept {
    std::lock_guard lock(mutex_);
    ++totals_.retried;
    totals_.retried_unwritten += reason == Retry::unwritten;
    totals_.retried_idempotent += reason == Retry::idempotent;
    totals_.retried_without_expectation += reason == Retry::without_expectation;
}

HAWSER_DECL void TransportCore::cancel(RoundTrip& trip, Context context) {
    IntrusivePtr<RoundTrip> waited;
    IntrusivePtr<PersistConn> conn;
    auto phase = Failure::Phase::queue;
    {
        std::lock_guard lock(mutex_);
        if (trip.dial != nullptr) {
            phase = static_cast<Dial*>(trip.dial)->phase;
        }
        if (pool_.cancel(trip, deadlines_.now())) {
            waited = IntrusivePtr<RoundTrip>::adopt(&trip);
        } else {
            conn = trip.conn;
        }
    }
    if (waited) {
        trip.note_failure(trip.cancelled(), phase);
        trip.complete(trip.cancelled(), context);
        std::lock_guard lock(mutex_);
        update_work();  // not before the completion is the executor's work
    } else if (conn) {
        conn->abort(trip, trip.cancelled(), context);
    }
}

// ── Connections that come back, and those that close ────────────────────────────────────────────

HAWSER_DECL ConnOwner::Put TransportCore::put(PersistConn& conn, const KeepAlive* said) {
    const TimePoint now = deadlines_.now();
    const TimePoint expires = idle_until(now, conn, lifetime_, said);
    conn.allowed = said != nullptr ? requests_allowed(conn, *said) : conn.allowed;
    std::lock_guard lock(mutex_);
    if (closed_ || expires <= now) {
        return {};
    }
    ConnPool::Victims victims;
    const auto returned = pool_.put(conn, now, expires, victims);
    close_victims(victims, [&](Task& task) { conn.after_turn(task); });
    if (returned.put == ConnPool::Put::refused) {
        return {};
    }
    ++totals_.returned;
    if (returned.put == ConnPool::Put::idle) {
        watch(sweep_, std::max(expires, no_sweep_before_));
        if (!conn.info().tls_version.empty()) {
            watch(rest_, now + rest_after);
        }
        return {true};
    }
    auto trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(returned.want));
    trip->conn = &conn;
    ++totals_.reused;
    update_work();
    return {true, IntrusivePtr<Exchange>(trip)};
}

HAWSER_DECL void TransportCore::closed(PersistConn& conn, std::optional<Reuse> why) noexcept {
    std::lock_guard lock(mutex_);
    count_closed(why);
    pool_.closed(conn);
    ConnPool::Victims victims;
    while (PoolWant* want = pool_.permit(victims)) {
        conn.after_turn(new_dial(*want));
    }
    close_victims(victims, [&](Task& task) { conn.after_turn(task); });
    watch_waiting();
    if (conn.watcher) {
        conn.watcher->ended({}, Context::call);
    }
    rest_if_quiet();
}

HAWSER_DECL void TransportCore::count_closed(std::optional<Reuse> why) noexcept {
    ++totals_.torn_down;
    switch (why.value_or(Reuse::yes)) {
        case Reuse::yes:
        case Reuse::no_room:
            ++totals_.closed_idle;
            break;
        case Reuse::early_close:
            ++totals_.early_close;
            break;
        case Reuse::failed:
            ++totals_.failed;
            break;
        case Reuse::not_persistent:
            ++totals_.not_persistent;
            break;
        case Reuse::write_unfinished:
            ++totals_.write_unfinished;
            break;
        case Reuse::leftover_bytes:
            ++totals_.leftover_bytes;
            break;
        case Reuse::upgraded:
            ++totals_.upgraded;
            break;
    }
}

HAWSER_DECL void TransportCore::count_drained() noexcept {
    std::lock_guard lock(mutex_);
    ++totals_.drained;
}

HAWSER_DECL void TransportCore::use_permits(TaskList& due) {
    ConnPool::Victims victims;
    while (PoolWant* want = pool_.permit(victims)) {
        due.push(new_dial(*want));
    }
    close_victims(victims, due);
}

// A request in the queue is work for the executor, although nothing of it may be pending there.
HAWSER_DECL void TransportCore::update_work() {
    watch_waiting();
    const bool waiting = pool_.waiting_count() != 0;
    if (waiting != work_.has_value()) {
        waiting ? (void)work_.emplace(executor_) : work_.reset();
    }
}

// ── Readers ─────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL std::unique_ptr<ResponseReader> TransportCore::take_reader() {
    if (ResponseReader* spare = spare_readers_.take()) {
        return std::unique_ptr<ResponseReader>(spare);
    }
    return std::make_unique<ResponseReader>(settings_.response);
}

HAWSER_DECL void TransportCore::give_back(std::unique_ptr<ResponseReader> reader) noexcept {
    delete spare_readers_.keep(reader.release());
}

}  // namespace hawser::detail
