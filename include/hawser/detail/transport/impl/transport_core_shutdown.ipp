// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Operations on a whole transport: statistics, connections made ahead, and its end, orderly or not.

#include <hawser/detail/transport/proxy_hop.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Everything known if no dial failed.
inline Failure failure_of(const WaitGroup& gathering,
                          std::error_code ec,
                          Failure::Phase phase,
                          std::string_view reason = {}) noexcept {
    if (!ec || (gathering.url.empty() && ec != error::invalid_url)) {
        return {};  // the code suffices
    }
    try {
        FailureData data;
        data.code = ec;
        data.phase = phase;
        data.url = failing_url(gathering.url);
        data.fault.reason = reason.empty() ? gathering.url.refusal() : reason;
        return FailureData::make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

HAWSER_COLD_DECL void TransportCore::close_idle_connections() {
    TaskList due;
    {
        std::lock_guard lock(pool_.mutex);
        ConnPool::Victims victims;
        pool_.conns.close_idle(victims);
        close_victims(victims, due);
        timers_.watch_waiting();
    }
    due.run(CalledFrom::user);
}

HAWSER_COLD_DECL TransportStats TransportCore::stats() {
    TransportStats stats = pool_.stats();
    stats.strands = static_cast<std::uint64_t>(strands_.load());
    return stats;
}

HAWSER_COLD_DECL void TransportCore::preconnect(const Url& url,
                                                std::size_t n,
                                                CompletionPtr<NoResult> completion) {
    ConnectKeyView key{url.is_https(), url.host(), url.port(), {}};
    const IntrusivePtr<WaitGroup> gathering(new WaitGroup(std::move(completion), url));
    watch_cancellation(gathering);
    std::error_code refused;
    std::string unusable;
    ProxyPtr proxy;
    TaskList due;
    try {
        if (proxies.any() && (proxy = select_proxy(proxies.rules(), url, unusable))) {
            key = key_via(*proxy, key, is_forwarded(*proxy, key.https, {}));
        }
        std::lock_guard lock(pool_.mutex);
        refused = pool_.closed                       ? make_error_code(error::client_closed)
                  : url.empty() || !unusable.empty() ? make_error_code(error::invalid_url)
                                                     : std::error_code{};
        while (!refused && n-- != 0 && dials_.dial_ahead(key, gathering, due)) {
        }
    } catch (const std::exception&) {
        refused = error::resource_exhausted;
    }
    gathering->done(
        refused, due, failure_of(*gathering, refused, Failure::Phase::request, unusable));
    due.run(CalledFrom::user);
}

HAWSER_COLD_DECL void TransportCore::watch_cancellation(const IntrusivePtr<WaitGroup>& gathering) {
    if (auto slot = gathering->cancellation_slot(); slot.is_connected()) {
        slot.assign(
            [self = IntrusivePtr<TransportCore>(this), gathering](asio::cancellation_type type) {
                if (type != asio::cancellation_type::none) {
                    self->cancel_gathering(*gathering);
                }
            });
    }
}

// Aborts the dials that it made ahead, except those that a request has adopted.
HAWSER_COLD_DECL void TransportCore::cancel_gathering(WaitGroup& gathering) {
    const IntrusivePtr<TransportCore> self(this);
    const IntrusivePtr<WaitGroup> kept(&gathering);  // the slot is about to be cleared
    const std::vector<IntrusivePtr<Dial>> dials = dials_.ahead_for(gathering);
    const std::error_code canceled = asio::error::operation_aborted;
    Thrown thrown;
    if (Task* const task =
            gathering.cancel(canceled, failure_of(gathering, canceled, Failure::Phase::connect))) {
        thrown.keep([&] { task->run(CalledFrom::user); });
    }
    for (const auto& dial : dials) {
        thrown.keep([&] { dial->cancel(error::canceled, CalledFrom::user); });
    }
    thrown.rethrow();
}

HAWSER_COLD_DECL void TransportCore::shutdown(std::chrono::milliseconds grace,
                                              CompletionPtr<NoResult> completion) {
    const IntrusivePtr<WaitGroup> gathering(new WaitGroup(std::move(completion)));
    watch_cancellation(gathering);
    bool twice = false;
    {
        std::lock_guard lock(pool_.mutex);
        twice = std::exchange(pool_.closed, true);
        auto& open = pool_.conns.open_conns();
        for (PoolConn* conn = twice ? nullptr : open.front(); conn; conn = open.after(*conn)) {
            conn_of(conn)->watcher = gathering;
            gathering->add();
        }
    }
    Thrown thrown;
    if (!twice) {
        thrown.keep([&] { close_idle_connections(); });
        thrown.keep([&] { fail_waiting(); });
        pool_.for_each_dial([&](Dial& dial) {
            thrown.keep([&] { dial.cancel(error::client_closed, CalledFrom::user); });
        });
        {
            std::lock_guard lock(pool_.mutex);
            timers_.watch_grace(deadlines_.now() + grace);
        }
        deadline_cleared();  // in case it was the last
    }
    TaskList due;
    gathering->done(twice ? make_error_code(error::client_closed) : std::error_code{}, due);
    thrown.keep([&] { due.run(CalledFrom::user); });
    thrown.rethrow();
}

HAWSER_COLD_DECL void TransportCore::fail_waiting() {
    TaskList due;
    HeldWork released;  // destroyed last
    {
        std::lock_guard lock(pool_.mutex);
        while (PoolWant* const want = pool_.conns.any_want()) {
            pool_.conns.cancel(*want, deadlines_.now());
            IntrusivePtr<RoundTrip> trip = left(want);
            trip->note_in_queue(error::client_closed);
            due.push(Exchange::failing(std::move(trip), error::client_closed));
        }
        released = timers_.update_work();
    }
    due.run(CalledFrom::user);
}

// An exception from a user's executor cannot propagate from here.
HAWSER_COLD_DECL void TransportCore::stop() noexcept {
    {
        std::lock_guard lock(pool_.mutex);
        pool_.closed = true;
    }
    Thrown ignored;
    ignored.keep([&] { fail_waiting(); });
    pool_.for_each_open([&](PersistConn& conn) {
        ignored.keep([&] { conn.close_if_not_reading(error::client_closed, CalledFrom::user); });
    });
    pool_.for_each_dial([&](Dial& dial) {
        ignored.keep([&] { dial.cancel(error::client_closed, CalledFrom::user); });
    });
}

HAWSER_COLD_DECL void TransportCore::detach_from_context() noexcept {
    stop();
    HeldWork released;
    {
        std::lock_guard lock(pool_.mutex);
        released = timers_.drop_work();
    }
    Thrown ignored;
    pool_.for_each_open(
        [&](PersistConn& conn) { ignored.keep([&] { conn.detach_from_context(); }); });
    deadlines_.stop();
    context_ = nullptr;
}

}  // namespace hawser::inline HAWSER_ABI::detail
