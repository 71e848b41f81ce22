// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/policy/checkout.hpp>
#include <hawser/detail/policy/longest_limit.hpp>
#include <hawser/detail/policy/retry.hpp>
#include <hawser/detail/transport/context_watch.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/error.hpp>

#include <asio/execution/context.hpp>
#include <asio/query.hpp>

#include <algorithm>
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
            !options.disable_keep_alives};
}

HAWSER_DECL TransportCore::TransportCore(asio::any_io_executor executor, TransportOptions options)
    : executor_(std::move(executor)),
      options_(bounded(std::move(options))),
      settings_(conn_settings(options_)),
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
    context_->add(*this);
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
    ConnPool::Victims victims;
    const auto acquired = pool_.acquire(trip, trip.key(), now, victims);
    if (acquired.next == ConnPool::Next::lend) {
        conn = static_cast<PersistConn*>(acquired.conn);
        trip.conn = conn;
        ++totals_.reused;
    } else {
        trip.add_ref();  // the pool's
        update_work();
    }
    if (acquired.next == ConnPool::Next::dial) {
        due.push(new_dial(trip));
    }
    take_victims(victims, due);
    return {};
}

HAWSER_DECL void TransportCore::obtain(RoundTrip& trip, Context context) {
    for (;;) {
        const TimePoint now = deadlines_.now();
        IntrusivePtr<PersistConn> conn;
        TaskList due;
        if (const std::error_code refused = take_or_wait(trip, now, conn, due)) {
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
        conn = new PersistConn(this, std::move(stream), ++last_id_);
        if (PoolWant* want = pool_.dialed(dial, *conn)) {
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
        if (PoolWant* want = pool_.dial_failed(dial)) {
            trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(want));
        }
        ++totals_.dial_failures;
        use_permits(due);
        update_work();
        rest_if_quiet();
    }
    due.run(context);  // first: the user's handler may throw
    if (trip) {
        const std::error_code cause = trip->cancelled();
        trip->complete(cause ? cause : ec, context);
    }
    if (ended->watcher) {
        ended->watcher->ended(ec, Context::call);
    }
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
        trip.complete(ec, context);
        return;
    }
    trip.attempt.retried_before = true;
    trip.fresh_only = true;
    count_retry(reason);
    trip.retrying(reason, context);
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
    {
        std::lock_guard lock(mutex_);
        if (pool_.cancel(trip)) {
            waited = IntrusivePtr<RoundTrip>::adopt(&trip);
        } else {
            conn = trip.conn;
        }
    }
    if (waited) {
        trip.complete(trip.cancelled(), context);
        std::lock_guard lock(mutex_);
        update_work();  // not before the completion is the executor's work
    } else if (conn) {
        conn->abort(trip, trip.cancelled(), context);
    }
}

// ── Connections that come back, and those that close ────────────────────────────────────────────

HAWSER_DECL ConnOwner::Put TransportCore::put(
    PersistConn& conn, std::optional<std::chrono::seconds> keep_alive_timeout) {
    const TimePoint now = deadlines_.now();
    const TimePoint expires = expiry(now, keep_alive_timeout);
    std::lock_guard lock(mutex_);
    if (closed_ || expires <= now) {
        return {};
    }
    ConnPool::Victims victims;
    const auto returned = pool_.put(conn, now, expires, victims);
    while (PoolConn* victim = victims.pop_front()) {
        static_cast<PersistConn*>(victim)->add_ref();  // the task's
        conn.after_turn(*static_cast<PersistConn*>(victim));
    }
    if (returned.put == ConnPool::Put::refused) {
        return {};
    }
    ++totals_.returned;
    if (returned.put == ConnPool::Put::idle) {
        watch_idle(expires);
        return {true};
    }
    auto trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(returned.want));
    trip->conn = &conn;
    ++totals_.reused;
    update_work();
    return {true, IntrusivePtr<Exchange>(trip)};
}

// The server's own limit is kept with a second to spare.
HAWSER_DECL TimePoint
TransportCore::expiry(TimePoint now, std::optional<std::chrono::seconds> keep_alive_timeout) const {
    TimePoint expires = TimePoint::max();
    if (options_.idle_conn_timeout.count() > 0) {
        expires = now + options_.idle_conn_timeout;
    }
    if (keep_alive_timeout && *keep_alive_timeout < std::chrono::hours{24}) {
        expires = std::min<TimePoint>(expires, now + *keep_alive_timeout - std::chrono::seconds{1});
    }
    return expires;
}

HAWSER_DECL void TransportCore::watch_idle(TimePoint expires) {
    if (expires < sweeps_at_) {
        sweeps_at_ = expires;
        deadlines_.set(sweep_, expires);
    }
}

HAWSER_DECL void TransportCore::sweep(Context context) {
    TaskList due;
    {
        std::lock_guard lock(mutex_);
        ConnPool::Victims victims;
        sweeps_at_ = TimePoint::max();
        const TimePoint next = pool_.expire(deadlines_.now(), victims);
        if (next != TimePoint::max()) {
            watch_idle(next);
        }
        take_victims(victims, due);
    }
    due.run(context);
}

HAWSER_DECL void TransportCore::take_victims(ConnPool::Victims& victims, TaskList& due) {
    while (PoolConn* victim = victims.pop_front()) {
        auto* conn = static_cast<PersistConn*>(victim);
        conn->add_ref();  // the task's
        due.push(*conn);
    }
}

HAWSER_DECL void TransportCore::closed(PersistConn& conn, std::optional<Reuse> why) noexcept {
    std::lock_guard lock(mutex_);
    count_closed(why);
    pool_.closed(conn);
    while (PoolWant* want = pool_.permit()) {
        conn.after_turn(new_dial(*want));
    }
    if (conn.watcher) {
        conn.watcher->ended({}, Context::call);
    }
    rest_if_quiet();
}

// Nothing is open, on its way or wanted: no armed timer may keep the executor busy.
HAWSER_DECL void TransportCore::rest_if_quiet() noexcept {
    if (pool_.host_count() != 0) {
        return;
    }
    if (sweeps_at_ != TimePoint::max()) {
        sweeps_at_ = TimePoint::max();
        deadlines_.clear(sweep_);
    }
    deadlines_.clear(grace_);
    deadlines_.rest();
}

HAWSER_DECL void TransportCore::deadline_cleared() noexcept {
    std::lock_guard lock(mutex_);
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
    while (PoolWant* want = pool_.permit()) {
        due.push(new_dial(*want));
    }
}

// A request in the queue is work for the executor, although nothing of it may be pending there.
HAWSER_DECL void TransportCore::update_work() {
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

// ── The transport as a whole ────────────────────────────────────────────────────────────────────

HAWSER_DECL void TransportCore::close_idle_connections() {
    TaskList due;
    {
        std::lock_guard lock(mutex_);
        ConnPool::Victims victims;
        pool_.close_idle(victims);
        take_victims(victims, due);
    }
    due.run(Context::call);
}

HAWSER_DECL TransportStats TransportCore::stats() {
    std::lock_guard lock(mutex_);
    TransportStats stats = totals_;
    stats.open = pool_.open_conns().size();
    stats.idle = pool_.idle_count();
    stats.active = stats.open - stats.idle;
    stats.dialing = pool_.dials().size();
    stats.waiting = pool_.waiting_count();
    stats.strands = static_cast<std::uint64_t>(strands_.load());
    return stats;
}

HAWSER_DECL void TransportCore::preconnect(const ConnectKeyView& key,
                                           std::size_t n,
                                           CompletionPtr<Nothing> completion) {
    const IntrusivePtr<Gathering> gathering(new Gathering(std::move(completion)));
    std::error_code refused;
    TaskList due;
    {
        std::lock_guard lock(mutex_);
        refused = closed_ ? make_error_code(error::client_closed) : std::error_code{};
        while (!refused && n-- != 0) {
            PoolHost* host = pool_.may_dial_ahead(key);
            if (host == nullptr) {
                break;
            }
            Dial& dial = make_dial(*host);
            pool_.dialing_ahead(dial, *host);
            dial.watcher = gathering;
            gathering->expect_one_more();
            due.push(dial);
        }
    }
    due.run(Context::call);
    gathering->ended(refused, Context::call);
}

HAWSER_DECL void TransportCore::shutdown(std::chrono::milliseconds grace,
                                         CompletionPtr<Nothing> completion) {
    const IntrusivePtr<Gathering> gathering(new Gathering(std::move(completion)));
    bool twice = false;
    {
        std::lock_guard lock(mutex_);
        twice = std::exchange(closed_, true);
    }
    if (!twice) {
        for (const auto& conn : open_conns()) {
            std::lock_guard lock(mutex_);
            if (conn->host != nullptr && conn->ListHook<OpenConns>::linked()) {
                conn->watcher = gathering;
                gathering->expect_one_more();
            }
        }
        close_idle_connections();
        fail_waiting();
        abort_dials();
        deadlines_.set(grace_, deadlines_.now() + grace);
        deadline_cleared();  // in case everything is gone already
    }
    gathering->ended(twice ? make_error_code(error::client_closed) : std::error_code{},
                     Context::call);
}

HAWSER_DECL void TransportCore::end_grace(Context context) {
    for (const auto& conn : open_conns()) {
        conn->close(error::client_closed, context);
    }
}

HAWSER_DECL std::vector<IntrusivePtr<PersistConn>> TransportCore::open_conns() {
    std::lock_guard lock(mutex_);
    std::vector<IntrusivePtr<PersistConn>> conns;
    for (auto* conn = pool_.open_conns().front(); conn; conn = pool_.open_conns().after(*conn)) {
        conns.emplace_back(static_cast<PersistConn*>(conn));
    }
    return conns;
}

HAWSER_DECL void TransportCore::fail_waiting() {
    for (;;) {
        IntrusivePtr<RoundTrip> trip;
        {
            std::lock_guard lock(mutex_);
            PoolWant* want = pool_.any_want();
            if (want == nullptr) {
                return update_work();  // not before the completions are the executor's work
            }
            pool_.cancel(*want);
            trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(want));
        }
        trip->complete(error::client_closed, Context::call);
    }
}

HAWSER_DECL void TransportCore::abort_dials() {
    std::vector<IntrusivePtr<Dial>> dials;
    {
        std::lock_guard lock(mutex_);
        for (auto* dial = pool_.dials().front(); dial; dial = pool_.dials().after(*dial)) {
            dials.emplace_back(static_cast<Dial*>(dial));
        }
    }
    for (const auto& dial : dials) {
        dial->abort(error::client_closed, Context::call);
    }
}

HAWSER_DECL void TransportCore::shut_down() {
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
    }
    fail_waiting();
    for (const auto& conn : open_conns()) {
        conn->close_unless_reading(error::client_closed, Context::call);
    }
    abort_dials();
}

HAWSER_DECL void TransportCore::abandon() {
    shut_down();
    {
        std::lock_guard lock(mutex_);
        work_.reset();
    }
    for (const auto& conn : open_conns()) {
        conn->abandon();
    }
    deadlines_.shut_down();
    context_ = nullptr;
}

}  // namespace hawser::detail
