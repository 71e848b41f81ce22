// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/policy/checkout.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/detail/transport/transport_service.hpp>
#include <hawser/error.hpp>

#include <asio/execution/context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/query.hpp>

#include <memory>
#include <mutex>
#include <utility>

// g++ warns about impossible paths through inlined code, such as one through an empty list.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnull-dereference"

namespace hawser::inline HAWSER_ABI::detail {

inline HeadExtras head_extras(const TransportOptions& options) noexcept {
    return {options.user_agent ? std::string_view(*options.user_agent) : default_user_agent,
            can_decode && !options.disable_compression,
            options.disable_keep_alives};
}

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

HAWSER_COLD_DECL TransportCore::TransportCore(asio::any_io_executor executor,
                                              TransportOptions options)
    : proxies(options),
      executor_(std::move(executor)),
      options_(bounded(std::move(options))),
      head_extras_(detail::head_extras(options_)),
      settings_(conn_settings(options_)),
      lifetime_{options_.idle_conn_timeout, options_.max_conn_age, options_.max_requests_per_conn},
      deadlines_(options_.thread_safe),
      pool_(options_) {}

HAWSER_COLD_DECL TransportCore::~TransportCore() {
    if (context_ != nullptr) {
        context_->remove(*this);
    }
    while (ResponseReader* reader = spare_readers_.take()) {
        delete reader;
    }
}

HAWSER_COLD_DECL void TransportCore::watch_context() {
    auto& context = asio::query(executor_, asio::execution::context);
    // A context shuts down its newest services first. The services that a dial needs must therefore
    // exist before the watch, which then ends the dial in time.
    (void)asio::ip::tcp::socket(executor_);
    context_ = &asio::use_service<TransportService>(context);
    if (!context_->add(*this)) {
        detach_from_context();
    }
}

HAWSER_COLD_DECL void TransportCore::use(std::unique_ptr<Dialer> dialer,
                                         std::unique_ptr<Alarm> alarm) {
    dials_.use(std::move(dialer));
    deadlines_.use(std::move(alarm));
}

// ── A connection for a request ───────────────────────────────────────────────────────────────────

HAWSER_DECL CheckedOut TransportCore::check_out(RoundTrip& trip,
                                                const ConnectKeyView& key,
                                                TaskList& due) {
    const TimePoint now = deadlines_.now();
    CheckedOut found;
    std::lock_guard lock(pool_.mutex);
    if (pool_.closed || trip.is_canceled()) {
        found.refused = pool_.closed ? make_error_code(error::client_closed) : trip.canceled();
        return found;
    }
    ConnPool::Victims victims;
    const auto acquired = pool_.conns.acquire(trip, key, now, victims);
    if (acquired.next == ConnPool::Next::lend) {
        trip.conn = conn_of(acquired.conn);
        found.conn = trip.conn;
        found.probe = should_probe(now - trip.conn->idle_since, trip.request.may_send_again);
        ++pool_.counters.reused;
    } else if (acquired.next == ConnPool::Next::full) {
        ++pool_.counters.turned_away;
        found.refused = error::too_many_waiters;
    } else {
        trip.add_ref();  // for the pool
    }
    if (acquired.next == ConnPool::Next::dial) {
        if (Dial* const dial = dials_.dial_for(trip)) {
            due.push(*dial);
        } else {
            found.refused = error::resource_exhausted;
            trip.release();
        }
    }
    if (acquired.next != ConnPool::Next::lend) {
        (void)timers_.update_work();
    }
    close_victims(victims, due);
    return found;
}

HAWSER_DECL Withdrawn TransportCore::withdraw(RoundTrip& trip) noexcept {
    Withdrawn place;
    std::lock_guard lock(pool_.mutex);
    if (trip.dial != nullptr) {
        const Dial& dial = *dial_of(trip.dial);
        place.phase = dial.phase;
        try {
            place.address = dial.address();
        } catch (const std::bad_alloc&) {  // then the phase must suffice
        }
    }
    if (pool_.conns.cancel(trip, deadlines_.now())) {
        place.waited = left(&trip);
        place.released = timers_.update_work();
    } else {
        place.conn = trip.conn;
    }
    return place;
}

HAWSER_DECL void TransportCore::count(Retry reason) noexcept {
    std::lock_guard lock(pool_.mutex);
    pool_.counters.count_retry(reason);
}

HAWSER_DECL void TransportCore::deadline_cleared() noexcept {
    std::lock_guard lock(pool_.mutex);
    timers_.disarm_if_quiet();
}

// ── Returned and closed connections ──────────────────────────────────────────────────────────────

HAWSER_DECL ConnOwner::Put TransportCore::put(PersistConn& conn, const KeepAlive* hint) {
    const TimePoint now = deadlines_.now();
    const TimePoint expires = idle_until(now, conn, lifetime_, hint);
    conn.allowed = hint != nullptr ? requests_allowed(conn, *hint) : conn.allowed;
    HeldWork released;  // destroyed after the lock is released
    std::lock_guard lock(pool_.mutex);
    if (pool_.closed || expires <= now) {
        return {};
    }
    ConnPool::Victims victims;
    const auto returned = pool_.conns.put(conn, now, expires, victims);
    close_victims(victims, [&](Task& task) { conn.after_turn(task); });
    if (returned.put == ConnPool::Put::refused) {
        return {};
    }
    ++pool_.counters.returned;
    if (returned.put == ConnPool::Put::idle) {
        timers_.watch_idle(conn, now, expires);
        return {true};
    }
    IntrusivePtr<RoundTrip> trip = left(returned.want);
    trip->conn = &conn;
    ++pool_.counters.reused;
    released = timers_.update_work();
    return {true, IntrusivePtr<Exchange>(std::move(trip))};
}

HAWSER_DECL void TransportCore::closed(PersistConn& conn, std::optional<Reuse> why) noexcept {
    std::lock_guard lock(pool_.mutex);
    pool_.counters.count_closed(why);
    pool_.conns.closed(conn);
    dials_.use_permits([&](Task& task) { conn.after_turn(task); });
    timers_.watch_waiting();
    if (Task* const task = conn.watcher ? conn.watcher->done({}) : nullptr) {
        conn.after_turn(*task);
    }
    timers_.disarm_if_quiet();
}

HAWSER_DECL void TransportCore::count_drained() noexcept {
    std::lock_guard lock(pool_.mutex);
    ++pool_.counters.drained;
}

HAWSER_DECL HeldWork TransportCore::update_work() noexcept {
    std::lock_guard lock(pool_.mutex);
    return timers_.update_work();
}

// ── Readers ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL std::unique_ptr<ResponseReader> TransportCore::take_reader() {
    if (ResponseReader* spare = spare_readers_.take()) {
        return std::unique_ptr<ResponseReader>(spare);
    }
    return std::make_unique<ResponseReader>(settings_.response);
}

HAWSER_DECL void TransportCore::give_back(std::unique_ptr<ResponseReader> reader) noexcept {
    if (!reader->is_large()) {
        delete spare_readers_.keep(reader.release());
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail

#pragma GCC diagnostic pop
