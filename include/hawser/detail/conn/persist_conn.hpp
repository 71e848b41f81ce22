// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One connection and its two coroutines (Go's persistConn with readLoop and writeLoop).
//
//   lend() ── write_jobs_ ──▶ write_loop   writes the request, then waits for the next one
//        └─── replies_ ─────▶ read_loop    waits idle, reads the head, delivers the response
//   body ──── verdicts_ ────▶ read_loop    makes the connection idle again, or closes it
//
// read_loop is the life of a connection. While idle, it sits in an armed wait and holds no buffer;
// a byte, FIN or RST without an exchange ends it. With an exchange, it reads the head, delivers the
// response, and waits while the caller reads the body straight from the connection. The body's
// verdict then decides, through may_reuse(), whether the connection returns to its owner or closes.
//
// This class conducts; its players do the work. Each knows only those before it:
//
//   wire_    the stream, its armed waits and their time limits
//   in_      turns the bytes of the stream into the head and body of the response
//   out      writes the request, and fetches its body
//   body     serves the caller's reads of the response body, and sends the verdict
//   tunnel   serves the caller's writes after an upgrade
//
// Everything runs in turns of monitor_; user code and other connections run only after a turn.

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

namespace hawser::inline HAWSER_ABI::detail {

class PersistConn final : public RefCounted,
                          public PoolConn,
                          public Task,
                          public FrameSpace,
                          private Stream::Watcher,
                          private Deadlines::Node {
public:
    PersistConn(IntrusivePtr<ConnOwner> owner, std::unique_ptr<Stream> stream, std::uint64_t id);

    // Called by the owner.
    /// Starts both coroutines; the connection then lives until it is closed. On error, it already
    /// is.
    std::error_code start(TaskList& due);
    /// Gives it an exchange to serve. False: it was closed, or the probe found it stale; the
    /// exchange was not touched.
    bool lend(IntrusivePtr<Exchange> exchange, bool probe, TaskList& due);
    /// Returns it to the owner unused: no request wants it any more.
    void give_back(TaskList& due);
    /// Releases buffers if it is still idle.
    void trim(CalledFrom from);
    /// Closes it with the error `cause` if it still serves this exchange.
    void cancel(Exchange& exchange, std::error_code cause, TaskList& due);
    /// Closes it, whatever it is doing. Idempotent. For `due` see turn().
    template <class Due>
    void close(std::error_code cause, Due&& due) {
        turn(due, [&] { close_now(cause); });
    }
    /// The same, unless a response body is being read.
    void close_if_not_reading(std::error_code cause, CalledFrom from);
    /// As a task: closes it, because the pool evicted it.
    HAWSER_DECL void run(CalledFrom from) override;
    /// Closes it and destroys its stream: the execution context is going away.
    void detach_from_context();
    const ConnectionInfo& info() const noexcept { return wire_.info; }
    /// Notified when the connection is closed. Set by the owner, under its lock.
    IntrusivePtr<WaitGroup> watcher;

    // For those that take part in an exchange: the players, and turns.
    Outgoing out;
    BodyDelivery body;
    Tunnel tunnel;
    /// One turn of the monitor. A step throws only for lack of a resource, which closes the
    /// connection. `due` says where the call comes from, or is the list for the tasks that the turn
    /// leaves.
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
    /// Within a turn: runs a task after it.
    void after_turn(Task& task) noexcept { monitor_.after(task); }
    /// Within a turn: closes the connection. `why` is the outcome of the exchange that it served.
    void close_now(std::error_code cause, std::optional<Reuse> why = std::nullopt);

    // For LoopCoroutine.
    void loop_failed();

private:
    friend class BodyDelivery;  // these players share its members
    friend class Tunnel;
    class RunningStrand;

    HAWSER_DECL void dispose() noexcept override;
    LoopCoroutine read_loop();
    LoopCoroutine write_loop();

    HAWSER_DECL void on_ready(Stream::Direction direction) override;
    HAWSER_DECL void try_read() override;
    HAWSER_DECL void expired(CalledFrom from) override;
    HAWSER_DECL void keep_alive(bool on) noexcept override;
    void time_out(PhaseTimer::Due due);

    // One exchange after another.
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
    BoundedChannel<std::optional<Verdict>> verdicts_;    // to read_loop, from the body
    IntrusivePtr<Exchange> exchange_;  // the one being served, from accept() to finish_exchange()
    bool draining_ = false;            // waiting for the rest of a closed body
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/body_delivery.ipp>
#include <hawser/detail/conn/impl/body_pump.ipp>
#include <hawser/detail/conn/impl/persist_conn.ipp>
#include <hawser/detail/conn/impl/persist_conn_exchange.ipp>
#include <hawser/detail/conn/impl/tunnel.ipp>
#endif
