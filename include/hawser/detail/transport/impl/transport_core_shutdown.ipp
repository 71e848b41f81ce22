// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Operations on a whole transport: statistics, connections made ahead, and its end, orderly or not.

#include <hawser/detail/transport/close_victims.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_core.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

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
    due.run(CalledFrom::user);
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

HAWSER_DECL void TransportCore::preconnect(const Url& url,
                                           std::size_t n,
                                           CompletionPtr<NoResult> completion) {
    const ConnectKeyView key{url.is_https(), url.host(), url.port(), {}};
    const IntrusivePtr<WaitGroup> gathering(new WaitGroup(std::move(completion), url));
    watch_cancellation(gathering);
    std::error_code refused;
    TaskList due;
    try {
        std::lock_guard lock(mutex_);
        refused = closed_            ? make_error_code(error::client_closed)
                  : key.host.empty() ? make_error_code(error::invalid_url)
                                     : std::error_code{};
        while (!refused && n-- != 0 && dial_ahead(key, gathering, due)) {
        }
    } catch (const std::exception&) {
        refused = error::resource_exhausted;
    }
    gathering->done(refused, due, failure_of(*gathering, refused, Failure::Phase::request));
    due.run(CalledFrom::user);
}

// What is known if no dial failed.
HAWSER_DECL Failure TransportCore::failure_of(const WaitGroup& gathering,
                                              std::error_code ec,
                                              Failure::Phase phase) noexcept {
    if (!ec || (gathering.url.empty() && ec != error::invalid_url)) {
        return {};  // the code suffices
    }
    try {
        FailureData data;
        data.code = ec;
        data.phase = phase;
        data.url = failing_url(gathering.url);
        data.fault.reason = gathering.url.refusal();
        return FailureData::make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

// False: the limits allow no more.
HAWSER_DECL bool TransportCore::dial_ahead(const ConnectKeyView& key,
                                           const IntrusivePtr<WaitGroup>& gathering,
                                           TaskList& due) {
    PoolHost* const host = pool_.may_dial_ahead(key);
    if (host == nullptr) {
        return false;
    }
    try {
        Dial& dial = make_dial(*host);
        pool_.dialing_ahead(dial, *host);
        dial.watcher = gathering;
        gathering->add();
        due.push(dial);
    } catch (...) {
        pool_.not_dialed_ahead(*host);
        throw;
    }
    return true;
}

HAWSER_DECL void TransportCore::watch_cancellation(const IntrusivePtr<WaitGroup>& gathering) {
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
HAWSER_DECL void TransportCore::cancel_gathering(WaitGroup& gathering) {
    const IntrusivePtr<TransportCore> self(this);
    const IntrusivePtr<WaitGroup> kept(&gathering);  // the slot, which holds both, is about to be
                                                     // cleared
    std::vector<IntrusivePtr<Dial>> dials;
    {
        std::lock_guard lock(mutex_);
        for (auto* dial = pool_.dials().front(); dial; dial = pool_.dials().after(*dial)) {
            auto& ahead = static_cast<Dial&>(*dial);
            if (ahead.watcher.get() == &gathering && ahead.want == nullptr) {
                dials.emplace_back(&ahead);
            }
        }
    }
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

HAWSER_DECL void TransportCore::shutdown(std::chrono::milliseconds grace,
                                         CompletionPtr<NoResult> completion) {
    const IntrusivePtr<WaitGroup> gathering(new WaitGroup(std::move(completion)));
    watch_cancellation(gathering);
    bool twice = false;
    {
        std::lock_guard lock(mutex_);
        twice = std::exchange(closed_, true);
        auto& open = pool_.open_conns();
        for (PoolConn* conn = twice ? nullptr : open.front(); conn; conn = open.after(*conn)) {
            static_cast<PersistConn*>(conn)->watcher = gathering;
            gathering->add();
        }
    }
    Thrown thrown;
    if (!twice) {
        thrown.keep([&] { close_idle_connections(); });
        thrown.keep([&] { fail_waiting(); });
        thrown.keep([&] { abort_dials(); });
        {
            std::lock_guard lock(mutex_);
            watch(grace_, deadlines_.now() + grace);
        }
        deadline_cleared();  // in case nothing is left
    }
    TaskList due;
    gathering->done(twice ? make_error_code(error::client_closed) : std::error_code{}, due);
    thrown.keep([&] { due.run(CalledFrom::user); });
    thrown.rethrow();
}

HAWSER_DECL void TransportCore::end_grace(CalledFrom from) {
    Thrown thrown;
    for_each_open([&](PersistConn& conn) {
        thrown.keep([&] { conn.close(error::client_closed, thrown ? CalledFrom::user : from); });
    });
    thrown.rethrow();
}

/// Calls `f` for each open connection, with no lock held. If others close meanwhile, it may be
/// called twice for some. Not called for those that open meanwhile.
template <class F>
void TransportCore::for_each_open(F f) {
    std::unique_lock lock(mutex_);
    auto& open = pool_.open_conns();
    for (std::size_t left = open.size(); left != 0 && !open.empty(); --left) {
        PoolConn& next = *open.pop_front();
        open.push_back(next);
        IntrusivePtr<PersistConn> conn(static_cast<PersistConn*>(&next));
        lock.unlock();
        f(*conn);
        conn = nullptr;
        lock.lock();
    }
}

HAWSER_DECL void TransportCore::fail_waiting() {
    TaskList due;
    Work released;  // destroyed last
    {
        std::lock_guard lock(mutex_);
        while (PoolWant* const want = pool_.any_want()) {
            pool_.cancel(*want, deadlines_.now());
            auto& trip = static_cast<RoundTrip&>(*want);
            trip.note_in_queue(error::client_closed);
            due.push(Exchange::failing(IntrusivePtr<Exchange>::adopt(&trip), error::client_closed));
        }
        released = update_work_locked();
    }
    due.run(CalledFrom::user);
}

HAWSER_DECL void TransportCore::abort_dials() {
    Thrown thrown;
    std::unique_lock lock(mutex_);
    auto& dials = pool_.dials();
    for (std::size_t left = dials.size(); left != 0 && !dials.empty(); --left) {
        PoolDial& next = *dials.pop_front();
        dials.push_back(next);
        IntrusivePtr<Dial> dial(static_cast<Dial*>(&next));
        lock.unlock();
        thrown.keep([&] { dial->cancel(error::client_closed, CalledFrom::user); });
        dial = nullptr;
        lock.lock();
    }
    lock.unlock();
    thrown.rethrow();
}

// An exception from a user's executor has nowhere to go from here.
HAWSER_DECL void TransportCore::stop() noexcept {
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
    }
    Thrown ignored;
    ignored.keep([&] { fail_waiting(); });
    for_each_open([&](PersistConn& conn) {
        ignored.keep([&] { conn.close_if_not_reading(error::client_closed, CalledFrom::user); });
    });
    ignored.keep([&] { abort_dials(); });
}

HAWSER_DECL void TransportCore::detach_from_context() noexcept {
    stop();
    Work released;
    {
        std::lock_guard lock(mutex_);
        released = std::exchange(work_, Work());
    }
    Thrown ignored;
    for_each_open([&](PersistConn& conn) { ignored.keep([&] { conn.detach_from_context(); }); });
    deadlines_.stop();
    context_ = nullptr;
}

}  // namespace hawser::detail
