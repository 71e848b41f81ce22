// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One connection and its two strands (Go's persistConn with readLoop and writeLoop).
//
//   lend() ── write_jobs_ ──▶ write_loop   writes the request, then waits for the next
//        └─── replies_ ─────▶ read_loop    waits idle, reads the head, delivers the response
//   body ──── verdicts_ ────▶ read_loop    makes the connection idle again, or closes it
//
// The life of a connection is read_loop: it sits in an armed wait while idle, holding no buffer; a
// byte, FIN or RST without an exchange ends it. With one it reads the head, delivers the response,
// and waits while the caller reads the body straight from the connection. The body's verdict
// decides through may_reuse() whether the connection goes back to its owner or closes.
//
// This class conducts; its players do the work. Each knows only those before it:
//
//   wire_    the stream, the waits that are armed on it, and until when they may take
//   in_      from the bytes of the stream to the head and the body of the response
//   out      what of the request is written next, and where its body comes from
//   body     the caller's reads of the response body, and the verdict
//   tunnel   the caller's writes after an upgrade
//
// Everything runs in turns of monitor_; user code and other connections only after a turn.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_delivery.hpp>
#include <hawser/detail/conn/conn_owner.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/incoming.hpp>
#include <hawser/detail/conn/outgoing.hpp>
#include <hawser/detail/conn/tunnel.hpp>
#include <hawser/detail/conn/wire.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/policy/may_reuse.hpp>
#include <hawser/detail/pool/conn_pool.hpp>
#include <hawser/detail/rt/bounded_channel.hpp>
#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/rt/loop_coroutine.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/rt/wait_group.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>

namespace hawser::detail {

class PersistConn final : public RefCounted,
                          public PoolConn,
                          public Task,
                          private Stream::Watcher,
                          private Deadlines::Node {
public:
    PersistConn(IntrusivePtr<ConnOwner> owner, std::unique_ptr<Stream> stream, std::uint64_t id);

    // For the owner.
    /// Starts both strands; the connection then lives until it is closed. An error: it is.
    std::error_code start(TaskList& due);
    /// Gives it an exchange to serve. False: it turned out to be closed, or stale when probed; the
    /// exchange was not touched.
    bool lend(IntrusivePtr<Exchange> exchange, bool probe, TaskList& due);
    /// Returns it to the owner without having served: nobody wants it any more.
    void give_back(TaskList& due);
    /// Releases memory if it is still idle.
    void trim(CalledFrom from);
    /// Closes it if it still serves this exchange, with `cause` as the error.
    void cancel(Exchange& exchange, std::error_code cause, TaskList& due);
    /// Closes it, whatever it does. Idempotent. `due` as for turn().
    template <class Due>
    void close(std::error_code cause, Due&& due) {
        turn(due, [&] { close_now(cause); });
    }
    /// The same, unless a response body is being read.
    void close_if_not_reading(std::error_code cause, CalledFrom from);
    /// As a task: closes it, because the pool gave it up.
    HAWSER_DECL void run(CalledFrom from) override;
    /// Closes it and destroys its stream: the execution context is going away.
    void detach_from_context();
    const ConnectionInfo& info() const noexcept { return wire_.info; }
    /// Notified when the connection is closed. Set by the owner, under its lock.
    IntrusivePtr<WaitGroup> watcher;

    // For whoever takes part in an exchange: the players, and what makes a turn.
    Outgoing out;
    BodyDelivery body;
    Tunnel tunnel;
    /// One turn of the monitor. What it throws is want of something, which closes the connection.
    /// `due` says from where it is called, or is the list for what is left to do.
    template <class Due, class Step>
    void turn(Due&& due, Step&& step) {
        monitor_.turn(due, [&] {
            try {
                step();
            } catch (...) {
                close_now(error_of_exception());
            }
        });
    }
    /// Within a turn: runs a task when it ends.
    void after_turn(Task& task) noexcept { monitor_.after(task); }
    /// Within a turn: closes the connection. `why` tells what the exchange that it served came to.
    void close_now(std::error_code cause, std::optional<Reuse> why = std::nullopt);

    /// For LoopCoroutine.
    void loop_failed();

private:
    LoopCoroutine read_loop();
    LoopCoroutine write_loop();

    HAWSER_DECL void on_ready(Stream::Direction direction) override;
    HAWSER_DECL void expired(CalledFrom from) override;
    HAWSER_DECL void keep_alive(bool on) noexcept override;
    void time_out(PhaseTimer::Due due);

    // One exchange after the other.
    void close_if_stale();
    bool accept(IntrusivePtr<Exchange> exchange, bool was_idle);
    bool read_head(Exchange& exchange);
    bool parse_head(Exchange& exchange, std::error_code& ec);
    std::error_code accept_head(Exchange& exchange);
    bool deliver(const IntrusivePtr<Exchange>& exchange);
    bool drain(Verdict& verdict);
    void finish_exchange(Verdict verdict);
    void fail_exchange(std::error_code cause);
    bool give_back(const KeepAlive* hint);

    const IntrusivePtr<ConnOwner> owner_;
    Monitor monitor_;
    Wire wire_;
    Incoming in_;
    BoundedChannel<IntrusivePtr<Exchange>> write_jobs_;  // to write_loop
    BoundedChannel<IntrusivePtr<Exchange>> replies_;     // to read_loop
    BodyDelivery::Verdicts verdicts_;                    // to read_loop, from the body
    IntrusivePtr<Exchange> exchange_;  // the one served; from accept() to finish_exchange()
    bool draining_ = false;            // the rest of a closed body is waited for
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/body_delivery.ipp>
#include <hawser/detail/conn/impl/body_pump.ipp>
#include <hawser/detail/conn/impl/persist_conn.ipp>
#include <hawser/detail/conn/impl/persist_conn_exchange.ipp>
#include <hawser/detail/conn/impl/tunnel.ipp>
#endif
