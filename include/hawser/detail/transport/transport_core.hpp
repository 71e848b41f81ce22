// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The center of a Transport. It owns the pool, the dials and the timers, and applies the rules of
// floor 1 to decide which connection serves which request. A request is a RoundTrip: it waits in
// the pool, is served by a connection, or is in between, here.
//
// Lock order: a connection's monitor, then the pool's lock. Nothing that could call back is called
// while the pool's lock is held: such work goes into a task list, or to the end of the connection's
// turn.

#include <hawser/config.hpp>
#include <hawser/detail/conn/conn_owner.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/free_list.hpp>
#include <hawser/detail/io/dialer.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/pool/conn_pool.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/rt/wait_group.hpp>
#include <hawser/detail/transport/shared_pool.hpp>
#include <hawser/detail/transport/transport_dials.hpp>
#include <hawser/detail/transport/transport_proxies.hpp>
#include <hawser/detail/transport/transport_timers.hpp>
#include <hawser/round_tripper.hpp>
#include <hawser/transport_options.hpp>
#include <hawser/transport_stats.hpp>

#include <asio/any_io_executor.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class TransportService;
class RoundTrip;

/// The result of looking for a connection.
struct CheckedOut {
    std::error_code refused{};         // why the request may not even wait
    IntrusivePtr<PersistConn> conn{};  // an idle one; null: the request waits for one
    bool probe = false;                // probe it before it is lent
};

/// Where a canceled request was.
struct Withdrawn {
    IntrusivePtr<RoundTrip> waited{};  // the request itself, if it was waiting
    Failure::Phase phase = Failure::Phase::queue;
    std::string address{};             // that of its dial
    IntrusivePtr<PersistConn> conn{};  // serves it, or served it
    HeldWork released{};  // the waiting request's work; keep it until the end
};

/// The loop that blocking callers of a transport run.
class TransportLoop {
public:
    void set(const std::shared_ptr<BlockingLoop>& loop) {
        loop_ = loop;
        minder_ = loop->has_background() ? loop.get() : nullptr;
    }
    std::shared_ptr<BlockingLoop> get() const { return loop_.lock(); }
    /// Keeps it running for one operation. Call it while the transport exists.
    LoopUse use() const {
        return minder_ != nullptr ? LoopUse(*minder_, Pending::trip) : LoopUse();
    }

private:
    std::weak_ptr<BlockingLoop> loop_;
    LoopMinder* minder_ = nullptr;  // the same, if it must be kept running
};

class TransportCore final : public ConnOwner {
public:
    TransportCore(asio::any_io_executor executor, TransportOptions options);
    HAWSER_DECL ~TransportCore() override;

    /// Call before first use: sets the dialer and the clock.
    void use(std::unique_ptr<Dialer> dialer, std::unique_ptr<Alarm> alarm);

    /// Arranges for detach_from_context() to be called when the executor's context is destroyed.
    void watch_context();

    void close_idle_connections();
    /// See Transport::async_preconnect() and Transport::async_shutdown().
    void preconnect(const Url& url, std::size_t n, CompletionPtr<NoResult> completion);
    void shutdown(std::chrono::milliseconds grace, CompletionPtr<NoResult> completion);
    TransportStats stats();
    /// The transport is destroyed: see Transport::~Transport().
    void stop() noexcept;
    /// The execution context is being destroyed: releases everything that belongs to it.
    void detach_from_context() noexcept;

    // Called by RoundTrip.

    /// What is added to the head of every request.
    const HeadExtras& head_extras() const noexcept { return head_extras_; }
    /// Takes an idle connection, or else registers the request as waiting, in one step.
    CheckedOut check_out(RoundTrip& trip, const ConnectKeyView& key, TaskList& due);
    /// Removes the request from the queue, or returns the connection that serves it.
    Withdrawn withdraw(RoundTrip& trip) noexcept;
    /// Counts a request that is sent again.
    void count(Retry reason) noexcept;
    /// A request stopped waiting, or waits again: see TransportTimers::update_work().
    [[nodiscard]] HeldWork update_work() noexcept;
    /// A request's deadline is cleared; disarms the timer if that was the last.
    void deadline_cleared() noexcept;

    const TransportOptions& options() const noexcept { return options_; }
    TransportProxies proxies;
    TransportLoop loop;
    /// Makes requests, and recycles their memory. Their users hold references to them.
    RecycledObjects<RoundTrip, HeadBuffer> trips;

    // ConnOwner
    const ConnSettings& settings() const noexcept override { return settings_; }
    const asio::any_io_executor& executor() const noexcept override { return executor_; }
    Deadlines& deadlines() noexcept override { return deadlines_; }
    HAWSER_DECL std::unique_ptr<ResponseReader> take_reader() override;
    HAWSER_DECL void give_back(std::unique_ptr<ResponseReader> reader) noexcept override;
    HAWSER_DECL Put put(PersistConn& conn, const KeepAlive* hint) override;
    HAWSER_DECL void closed(PersistConn& conn, std::optional<Reuse> why) noexcept override;
    HAWSER_DECL void count_drained() noexcept override;
    void count_strand(int change) noexcept override { strands_ += change; }

private:
    void watch_cancellation(const IntrusivePtr<WaitGroup>& gathering);
    void cancel_gathering(WaitGroup& gathering);
    void fail_waiting();

    const asio::any_io_executor executor_;
    const TransportOptions options_;
    const HeadExtras head_extras_;
    const ConnSettings settings_;
    const LifetimeLimits lifetime_;
    Deadlines deadlines_;
    TransportService* context_ = nullptr;

    SharedPool pool_;
    TransportTimers timers_{pool_, deadlines_, *this};
    TransportDials dials_{pool_, timers_, *this, options_};

    FreeList<ResponseReader, 4> spare_readers_;

    std::atomic<int> strands_{0};
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/transport/impl/round_trip.ipp>
#include <hawser/detail/transport/impl/shared_pool.ipp>
#include <hawser/detail/transport/impl/transport_core.ipp>
#include <hawser/detail/transport/impl/transport_core_shutdown.ipp>
#include <hawser/detail/transport/impl/transport_dials.ipp>
#include <hawser/detail/transport/impl/transport_timers.ipp>
#endif
