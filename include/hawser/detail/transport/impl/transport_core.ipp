// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/policy/checkout.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/policy/limit_reached.hpp>
#include <hawser/detail/transport/close_victims.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/detail/transport/transport_service.hpp>
#include <hawser/error.hpp>

#include <asio/execution/context.hpp>
#include <asio/execution/outstanding_work.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/prefer.hpp>
#include <asio/query.hpp>

#include <algorithm>
#include <new>
#include <utility>

// g++ warns about impossible paths through inlined code, such as one through an empty list.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnull-dereference"

namespace hawser::detail {

inline ConnSettings conn_settings(const TransportOptions& options) {
    ConnSettings settings;
    settings.response.head =
        head_limits(options.max_response_header_bytes, options.max_response_header_fields);
    settings.response.tolerant = options.framing == Framing::tolerant;
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
    // A context shuts down its newest services first. The services that a dial needs must therefore
    // exist before the watch, which then ends the dial in time.
    (void)asio::ip::tcp::socket(executor_);
    context_ = &asio::use_service<TransportService>(context);
    if (!context_->add(*this)) {
        detach_from_context();
    }
}

HAWSER_DECL void TransportCore::use(std::unique_ptr<Dialer> dialer, std::unique_ptr<Alarm> alarm) {
    dialer_ = std::move(dialer);
    deadlines_.use(std::move(alarm));
}

HAWSER_DECL StartableTripPtr TransportCore::new_trip() {
    RoundTrip* trip = spare_trips_.make(*this);
    trip->add_ref();
    return StartableTripPtr(trip);
}

// ── A connection for a request ───────────────────────────────────────────────────────────────────

HAWSER_DECL CheckedOut TransportCore::check_out(RoundTrip& trip, TaskList& due) {
    const TimePoint now = deadlines_.now();
    CheckedOut found;
    std::lock_guard lock(mutex_);
    found.refused = closed_ ? make_error_code(error::client_closed) : trip.canceled();
    if (found.refused) {
        return found;
    }
    ConnPool::Victims victims;
    const auto acquired = pool_.acquire(trip, trip.key(), now, victims);
    if (acquired.next == ConnPool::Next::lend) {
        trip.conn = static_cast<PersistConn*>(acquired.conn);
        found.conn = trip.conn;
        found.probe = should_probe(now - trip.conn->idle_since, trip.request.may_send_again);
        ++totals_.reused;
    } else if (acquired.next == ConnPool::Next::full) {
        ++totals_.turned_away;
        found.refused = error::too_many_waiters;
    } else {
        trip.add_ref();  // for the pool
    }
    if (acquired.next == ConnPool::Next::dial) {
        if (Dial* const dial = new_dial(trip)) {
            due.push(*dial);
        } else {
            found.refused = error::resource_exhausted;
            trip.release();
        }
    }
    if (acquired.next != ConnPool::Next::lend) {
        (void)update_work_locked();
    }
    close_victims(victims, due);
    return found;
}

HAWSER_DECL Withdrawn TransportCore::withdraw(RoundTrip& trip) noexcept {
    Withdrawn place;
    std::lock_guard lock(mutex_);
    if (trip.dial != nullptr) {
        place.phase = static_cast<Dial*>(trip.dial)->phase;
    }
    if (pool_.cancel(trip, deadlines_.now())) {
        place.waited = IntrusivePtr<RoundTrip>::adopt(&trip);
        place.released = update_work_locked();
    } else {
        place.conn = trip.conn;
    }
    return place;
}

HAWSER_DECL Dial& TransportCore::make_dial(const PoolHost& host) {
    Dial& dial = *dialer_->make(host.key, *this).detach();
    add_ref();  // kept alive until the dial reports; so is the dial
    return dial;
}

// Null if memory is short: the request then no longer waits.
HAWSER_DECL Dial* TransportCore::new_dial(PoolWant& want) noexcept {
    try {
        Dial& dial = make_dial(*want.host);
        dial.trace = static_cast<RoundTrip&>(want).request.trace;
        pool_.dialing(dial, want);
        return &dial;
    } catch (const std::exception&) {
        ++totals_.dial_failures;
        pool_.not_dialed(want);
        return nullptr;
    }
}

HAWSER_DECL IntrusivePtr<PersistConn> TransportCore::new_conn(
    std::unique_ptr<Stream>& stream) noexcept {
    std::unique_lock lock(mutex_);
    const std::uint64_t id = ++last_id_;
    lock.unlock();
    try {
        return IntrusivePtr<PersistConn>(new PersistConn(this, std::move(stream), id));
    } catch (const std::exception&) {
        return nullptr;
    }
}

HAWSER_DECL void TransportCore::dialed(Dial& dial,
                                       std::unique_ptr<Stream> stream,
                                       CalledFrom from) {
    IntrusivePtr<PersistConn> conn = new_conn(stream);
    if (!conn) {
        return dial_failed(dial, error::resource_exhausted, from);
    }
    const auto self = IntrusivePtr<TransportCore>::adopt(this);
    const auto ended = IntrusivePtr<Dial>::adopt(&dial);
    IntrusivePtr<RoundTrip> trip;
    bool closed = false;
    Work released;  // destroyed last
    {
        std::lock_guard lock(mutex_);
        const TimePoint now = deadlines_.now();
        conn->retires = retirement(now, lifetime_.max_age, conn->info().id);
        if (PoolWant* want = pool_.dialed(dial, *conn, now)) {
            trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(want));
            trip->conn = conn;
        }
        ++totals_.dialed;
        closed = closed_;
        released = update_work_locked();
    }
    TaskList due;
    const std::error_code failed = conn->start(due);
    if (closed) {
        conn->close({}, due);
    } else if (!trip) {
        conn->give_back(due);
    }
    if (trip && failed) {
        trip->complete(failed, due);
    } else if (trip && !conn->lend(trip, false, due)) {
        trip->obtain(due);
    }
    if (ended->watcher) {
        ended->watcher->done(failed, due, failed ? dial_failure(dial, failed) : Failure());
    }
    due.run(from);
}

HAWSER_DECL void TransportCore::dial_failed(Dial& dial, std::error_code ec, CalledFrom from) {
    const auto self = IntrusivePtr<TransportCore>::adopt(this);
    const auto ended = IntrusivePtr<Dial>::adopt(&dial);
    IntrusivePtr<RoundTrip> trip;
    TaskList due;
    Work released;  // destroyed last
    {
        std::lock_guard lock(mutex_);
        ++(dial.given_up ? totals_.dials_given_up : totals_.dial_failures);
        if (!dial_again(dial, ec, due)) {
            if (PoolWant* want = pool_.dial_failed(dial)) {
                trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(want));
            }
        }
        use_permits([&](Task& task) { due.push(task); });
        released = update_work_locked();
        disarm_if_quiet();
    }
    if (dial.trace) {
        tell_failed_dial(dial, ec, due);
    }
    if (trip) {
        const std::error_code cause = trip->canceled();
        trip->note_failure(ec, dial.phase, fault_of_dial(dial, ec));
        trip->complete(cause ? cause : ec, due);
    }
    if (ended->watcher) {
        ended->watcher->done(ec, due, dial_failure(dial, ec));
    }
    due.run(from);
}

HAWSER_DECL Fault TransportCore::fault_of_dial(const Dial& dial,
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

HAWSER_DECL void TransportCore::tell_failed_dial(Dial& dial,
                                                 std::error_code ec,
                                                 TaskList& due) noexcept {
    const auto tell = [failure = dial_failure(dial, ec)](ClientTrace& trace) {
        trace.dial_failed(failure);
    };
    if (dial.trace->add(tell)) {
        due.push(*dial.trace);
    }
}

// What the dial itself knows; it may serve no request.
HAWSER_DECL Failure TransportCore::dial_failure(const Dial& dial,
                                                std::error_code ec) const noexcept {
    try {
        FailureData data;
        data.code = ec;
        data.phase = dial.phase;
        data.fault = fault_of_dial(dial, ec);
        data.url = dial.watcher ? failing_url(dial.watcher->url) : "";
        return FailureData::make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

// Out of descriptors: the oldest idle connection gives up its own, once.
HAWSER_DECL bool TransportCore::dial_again(Dial& dial, std::error_code ec, TaskList& due) noexcept {
    ConnPool::Victims victims;
    if (ec != error::resource_exhausted || dial.second_try || dial.want == nullptr || closed_ ||
        !pool_.evict_oldest(victims)) {
        return false;
    }
    close_victims(victims, due);  // first closes it
    try {
        Dial& next = make_dial(*dial.host);
        next.second_try = true;
        pool_.dial_again(dial, next);
        due.push(next);
    } catch (const std::exception&) {
        return false;
    }
    return true;
}

HAWSER_DECL void TransportCore::count(Retry reason) noexcept {
    std::lock_guard lock(mutex_);
    ++totals_.retried;
    totals_.retried_unwritten += reason == Retry::unwritten;
    totals_.retried_idempotent += reason == Retry::idempotent;
    totals_.retried_without_expectation += reason == Retry::without_expectation;
}

// ── Returned and closed connections ──────────────────────────────────────────────────────────────

HAWSER_DECL ConnOwner::Put TransportCore::put(PersistConn& conn, const KeepAlive* hint) {
    const TimePoint now = deadlines_.now();
    const TimePoint expires = idle_until(now, conn, lifetime_, hint);
    conn.allowed = hint != nullptr ? requests_allowed(conn, *hint) : conn.allowed;
    Work released;  // destroyed after mutex_ is released
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
            watch(trim_, now + trim_after);
        }
        return {true};
    }
    auto trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(returned.want));
    trip->conn = &conn;
    ++totals_.reused;
    released = update_work_locked();
    return {true, IntrusivePtr<Exchange>(trip)};
}

HAWSER_DECL void TransportCore::closed(PersistConn& conn, std::optional<Reuse> why) noexcept {
    std::lock_guard lock(mutex_);
    count_closed(why);
    pool_.closed(conn);
    use_permits([&](Task& task) { conn.after_turn(task); });
    watch_waiting();
    if (Task* const task = conn.watcher ? conn.watcher->done({}) : nullptr) {
        conn.after_turn(*task);
    }
    disarm_if_quiet();
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

template <class Later>
void TransportCore::use_permits(Later later) noexcept {
    ConnPool::Victims victims;
    while (PoolWant* want = pool_.permit(victims)) {
        if (Dial* const dial = new_dial(*want)) {
            later(*dial);
        } else {
            auto& trip = static_cast<RoundTrip&>(*want);
            trip.note_in_queue(error::resource_exhausted);
            later(
                Exchange::failing(IntrusivePtr<Exchange>::adopt(&trip), error::resource_exhausted));
        }
    }
    close_victims(victims, later);
}

HAWSER_DECL TransportCore::Work TransportCore::update_work() noexcept {
    std::lock_guard lock(mutex_);
    return update_work_locked();
}

// A request in the queue counts as work of the executor, although it may have nothing pending
// there.
HAWSER_DECL TransportCore::Work TransportCore::update_work_locked() noexcept {
    watch_waiting();
    const bool waiting = pool_.waiting_count() != 0;
    if (waiting && !work_) {
        try {
            work_ = asio::prefer(executor_, asio::execution::outstanding_work.tracked);
        } catch (const std::exception&) {  // then only pending operations count as work
        }
    }
    return waiting ? Work() : std::exchange(work_, Work());
}

// ── Readers ──────────────────────────────────────────────────────────────────────────────────────

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

#pragma GCC diagnostic pop
