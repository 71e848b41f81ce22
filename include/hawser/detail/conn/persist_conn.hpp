// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One connection and its two strands (Go's persistConn with readLoop and writeLoop).
//
//   lend() ── write_jobs_ ──▶ write_loop   writes the request, then waits for the next
//        └─── replies_ ─────▶ read_loop    idle, the head, hand-over to the caller, its verdict
//   body ──── verdicts_ ────▶ read_loop    idle again, or torn down
//
// The life of a connection is read_loop: it sits in an armed wait while idle, holding no buffer; a
// byte, FIN or RST without an exchange ends it. With one it reads the head, delivers the response,
// and waits while the caller reads the body straight from the connection. The body's verdict
// decides through may_reuse() whether the connection goes back to its owner or closes.
//
// Everything runs in turns of monitor_; user code and other connections only after a turn.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_read.hpp>
#include <hawser/detail/conn/conn_owner.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/tunnel_write.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/detail/policy/drain.hpp>
#include <hawser/detail/policy/may_reuse.hpp>
#include <hawser/detail/policy/phase_timer.hpp>
#include <hawser/detail/pool/conn_pool.hpp>
#include <hawser/detail/rt/bounded_channel.hpp>
#include <hawser/detail/rt/context_work.hpp>
#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/rt/loop_coroutine.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/rt/wait_group.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

namespace hawser::detail {

class PersistConn final : public RefCounted,
                          public PoolConn,
                          public Task,
                          private Stream::Watcher,
                          private Deadlines::Node {
public:
    PersistConn(IntrusivePtr<ConnOwner> owner, std::unique_ptr<Stream> stream, std::uint64_t id);
    HAWSER_DECL ~PersistConn() override;

    /// Starts both strands; the connection then lives until it is closed. An error: it is.
    std::error_code start(TaskList& due);

    /// Gives it an exchange to serve. False: it turned out to be closed, or stale when looked at;
    /// the exchange was not touched.
    bool lend(IntrusivePtr<Exchange> exchange, bool look, TaskList& due);

    /// Returns it to the owner without having served: nobody wants it any more.
    void give_back(TaskList& due);

    /// Gives memory back if it is idle, as it has been for a while.
    void trim(CalledFrom from);

    /// Ends the connection if it still serves this exchange, with `cause` as the error.
    void cancel(Exchange& exchange, std::error_code cause, TaskList& due);

    /// Ends it, whatever it does. Idempotent.
    void close(std::error_code cause, CalledFrom from);
    void close(std::error_code cause, TaskList& due);
    /// The same, unless a response body is being read.
    void close_if_not_reading(std::error_code cause, CalledFrom from);
    /// As a task: the owner has no more room for it.
    HAWSER_DECL void run(CalledFrom from) override;
    /// Ends it and destroys its stream: the execution context is going away.
    void detach_from_context();

    const ConnectionInfo& info() const noexcept { return info_; }
    /// Told of its end; kept by the owner.
    IntrusivePtr<WaitGroup> watcher;
    const asio::any_io_executor& executor() const noexcept { return owner_->executor(); }

    /// For the owner, within a turn: runs a task when it ends.
    void after_turn(Task& task) noexcept { monitor_.after(task); }

    /// For LoopCoroutine.
    void loop_failed();

    // For ConnBody.
    /// Reads what is there. asio::error::would_block: nothing yet; asio::error::eof: the end.
    std::size_t read_body(Exchange& exchange, std::span<char> out, std::error_code& ec);
    /// Reads as `wait` says until it is satisfied; never completes it right here.
    void read_body(Exchange& exchange, BodyRead& wait);
    /// All that is known of an error of the body's.
    Failure describe(const Exchange& exchange, std::error_code ec, const char* reason);
    /// The same for a read, which failed with it: body_failure() says so from now on.
    Failure tell_failure(Exchange& exchange, std::error_code ec, const char* reason);
    /// What the last read failed with, or the next one would.
    Failure body_failure(const Exchange& exchange);
    /// What was read is no good: ends the connection, unless it has nothing to do with it any more.
    void refuse(Exchange& exchange, std::error_code ec, Fault fault);
    /// Cancels a pending read, which tears the connection down.
    void cancel_read(Exchange& exchange, BodyRead& wait, std::error_code cause);
    /// The caller is done with the body, read or not: see drain().
    void close_body(Exchange& exchange);

    // For ConnBody, after an upgrade.
    void write_tunnel(Exchange& exchange, TunnelWrite& write);
    /// Cancels a pending write, which tears the connection down.
    void cancel_write(Exchange& exchange, TunnelWrite& write, std::error_code cause);
    /// Nothing more will be written; reading goes on.
    void close_write(Exchange& exchange);

    // For BodyPump.
    /// The next piece of the request body is here, or its end (empty), or an error.
    void piece_arrived(
        BodyPump& pump, std::string_view piece, std::error_code ec, Fault fault, CalledFrom from);
    /// The source takes its time: what is pending should not wait for it.
    void piece_delayed(BodyPump& pump);

private:
    // For the trace of an exchange that has one, after this turn.
    template <class Tell>
    void tell(Exchange& exchange, Tell tell) {
        if (exchange.request.trace->add(std::move(tell))) {
            monitor_.after(*exchange.request.trace);
        }
    }
    HAWSER_COLD void tell_got_conn(Exchange& exchange, bool was_idle);
    HAWSER_COLD void tell_written(Exchange& exchange, std::size_t n);
    HAWSER_COLD void tell_go_ahead(Exchange& exchange);
    HAWSER_COLD void tell_wrote_request(Exchange& exchange);
    HAWSER_COLD void tell_first_byte(Exchange& exchange);
    HAWSER_COLD void tell_interim(Exchange& exchange);
    HAWSER_COLD void tell_ignored(Exchange& exchange);
    HAWSER_COLD void tell_put(Exchange& exchange, Reuse reuse);

    static ConnectionInfo describe(const Stream& stream, std::uint64_t id);

    /// One turn of the monitor. What it throws is want of something, which ends the connection.
    /// `due` is a context, or the list for what is left to do.
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

    LoopCoroutine read_loop();
    LoopCoroutine write_loop();

    using Direction = Stream::Direction;

    // Waiting.
    void arm_read_wait();
    void count_wait_as_work(bool on) noexcept;
    void arm_write_wait();
    Event::Wait readable();
    Event::Wait writable();
    HAWSER_DECL void on_ready(Stream::Direction direction) override;
    HAWSER_DECL void keep_alive(bool on) noexcept override;
    HAWSER_DECL void expired(CalledFrom from) override;
    void look_again(Phase phase);
    void time_out(Phase phase);
    void start_timer(Phase phase, std::chrono::milliseconds timeout);
    void stop_timer(Phase phase) noexcept;
    void arm_timer();

    // Writing.
    /// Where a request with `Expect: 100-continue` stands, whose head goes out alone.
    enum class Expect { nothing, waiting, send_body, drop_body };
    void begin_writing(const IntrusivePtr<Exchange>& exchange);
    void send(const IntrusivePtr<Exchange>& exchange, std::string_view head);
    Event::Wait next_piece();
    Event::Wait go_ahead();
    void decide_body(Expect decision);
    bool more_to_write(const IntrusivePtr<Exchange>& exchange);
    bool has_to_write(const Exchange& exchange) const noexcept;
    bool write_pending(Exchange& exchange);
    void end_writing(Exchange& exchange);

    // The end of an upload, which may come after the head of its response.
    HAWSER_COLD void note_source(Exchange& exchange,
                                 std::error_code ec,
                                 Fault fault,
                                 bool ended) noexcept;
    void stop_upload();
    void answered_early(const ResponseHead& head);
    void leave_pump();
    void finish_upload(Exchange& exchange);
    bool uploading() const noexcept;
    bool wait_for_upload();
    bool holds_end(const Exchange& exchange) const noexcept;
    void after_source(Exchange& exchange, Task& task);

    // Reading.
    bool accept(IntrusivePtr<Exchange> exchange, bool was_idle);
    void begin_response(const Exchange& exchange);
    HeadParser::Outcome read_head(Exchange& exchange, std::error_code& ec);
    HeadParser::Outcome parse_head(Exchange& exchange, std::error_code& ec);
    void note_interim(Exchange& exchange);
    std::error_code accept_head(Exchange& exchange);
    void end_body_wait(Exchange& exchange, std::error_code ec);
    bool deliver(const IntrusivePtr<Exchange>& exchange);
    std::size_t take_body(Exchange& exchange, std::span<char> out, std::error_code& ec);
    std::size_t fill_body(Exchange& exchange, std::span<char> out, std::error_code& ec);
    std::size_t receive_body(std::span<char> out, std::error_code& ec);
    void serve_body_wait();
    void serve_later();
    /// Goes on with a read that has had its share of the executor's time.
    struct ServeOn final : Task {
        explicit ServeOn(PersistConn& served) noexcept : conn(served) {}
        HAWSER_DECL void run(CalledFrom from) override;
        PersistConn& conn;
    };
    void watch_body_wait();
    void end_body(Exchange& exchange, Verdict verdict, std::error_code ec);
    std::size_t receive(std::error_code& ec);
    bool drain(Verdict& verdict);
    void begin_drain();
    bool discard_buffered();
    Rest rest_of_body() const noexcept;
    bool finish_exchange(Verdict verdict);

    // Another protocol.
    bool begin_tunnel(Exchange& exchange);
    void serve_tunnel_write();
    void fail_tunnel_write(Exchange& exchange, TunnelWrite& write, std::error_code ec);
    void end_tunnel_write(Exchange& exchange, std::error_code ec);

    // Ending.
    bool give_back(const KeepAlive* hint);
    void close_now(std::error_code cause, std::optional<Reuse> why = std::nullopt);
    void fail_exchange(std::error_code cause);
    HAWSER_COLD void note_failure(Exchange& exchange,
                                  std::error_code code,
                                  Fault fault = {}) noexcept;
    HAWSER_COLD void note_lost(Exchange& exchange,
                               std::error_code io,
                               std::error_code code) noexcept;
    HAWSER_COLD void end_failed_wait(BodyRead& wait);
    HAWSER_COLD void note_progress(const Exchange& exchange, Fault& fault) const;
    void run_late(error reason, std::chrono::milliseconds limit);
    void destroy_source_later(IntrusivePtr<Exchange> exchange);

    const IntrusivePtr<ConnOwner> owner_;
    Monitor monitor_;
    const ConnectionInfo info_;
    std::unique_ptr<Stream> stream_;
    ContextWork* const work_;  // of the stream, while there is one

    BoundedChannel<IntrusivePtr<Exchange>> write_jobs_;  // to write_loop
    BoundedChannel<IntrusivePtr<Exchange>> replies_;     // to read_loop
    BoundedChannel<std::optional<Verdict>> verdicts_;    // to read_loop, from the body
    Event readable_;                                     // awaited by read_loop
    Event writable_;                                     // awaited by write_loop
    Event piece_;                                        // awaited by write_loop, or a go-ahead
    Event uploaded_;                                     // awaited by read_loop

    IntrusivePtr<Exchange> exchange_;         // the one served; from accept() to finish_exchange()
    std::unique_ptr<ResponseReader> reader_;  // from the first byte of a response to its verdict
    BodyRead* body_wait_ = nullptr;           // a read of the caller's that waits for bytes
    ServeOn serve_on_{*this};                 // holds a reference while it is to be run
    TunnelWrite* tunnel_write_ = nullptr;     // a write of the caller's that waits for room
    IntrusivePtr<BodyPump> pump_;             // of a streamed request body, while it is written
    std::error_code write_error_;             // kept until the read side had its chance
    Writing writing_ = Writing::complete;
    Expect expect_ = Expect::nothing;
    PhaseTimer timer_;
    TimePoint alarm_at_ = TimePoint::max();  // when expired() is called: by timer_.next()
    bool draining_ = false;                  // the rest of a closed body is waited for
    bool serves_later_ = false;              // serve_on_ is on its way
    bool filled_ = false;  // the last read took all it had room for: there may be more
    bool read_wait_armed_ = false;
    bool wait_is_work_ = true;  // false while it is armed for an idle connection
    bool write_wait_armed_ = false;
    bool closed_ = false;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/body_pump.ipp>
#include <hawser/detail/conn/impl/persist_conn.ipp>
#include <hawser/detail/conn/impl/persist_conn_failure.ipp>
#include <hawser/detail/conn/impl/persist_conn_read.ipp>
#include <hawser/detail/conn/impl/persist_conn_trace.ipp>
#include <hawser/detail/conn/impl/persist_conn_tunnel.ipp>
#include <hawser/detail/conn/impl/persist_conn_write.ipp>
#endif
