// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What concerns a transport as a whole: statistics, connections made ahead, and its end, orderly or
// not.

#include <hawser/detail/transport/close_victims.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/error.hpp>

#include <utility>

namespace hawser::detail {

HAWSER_DECL void TransportCore::close_idle_connections() {
    TaskList due;
    {
        std::lock_guard lock(mutex_);
        ConnPool::Victims victims;
        pool_.close_idle(victims);
        close_victims(victims, due);
        watch_waiting();
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
    stats.queued = pool_.queued_count();
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
        refused = closed_            ? make_error_code(error::client_closed)
                  : key.host.empty() ? make_error_code(error::invalid_url)
                                     : std::error_code{};
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
        {
            std::lock_guard lock(mutex_);
            watch(grace_, deadlines_.now() + grace);
        }
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
            pool_.cancel(*want, deadlines_.now());
            trip = IntrusivePtr<RoundTrip>::adopt(static_cast<RoundTrip*>(want));
        }
        note_in_queue(*trip, error::client_closed);
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
