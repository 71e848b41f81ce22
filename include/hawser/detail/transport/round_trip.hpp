// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One request on its way through a transport (Go's roundTrip). It is the connection's Exchange and
// the pool's PoolWant, and it carries the deadline and the cancellation. Completed exactly once.

#include <hawser/config.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/pool/conn_pool.hpp>
#include <hawser/detail/transport/startable_trip.hpp>

#include <atomic>
#include <memory>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class ProxyHop;
class TransportCore;
struct CodingPlan;

class RoundTrip final : public Exchange,
                        public PoolWant,
                        public StartableTrip,
                        public Awaited,
                        private Deadlines::Node {
public:
    /// Created in memory that the core recycles; `buffer` is room for the head.
    RoundTrip(TransportCore& core, HeadBuffer&& buffer);
    HAWSER_DECL ~RoundTrip() override;

    /// Validates the request, then looks for a connection. Errors complete it at once, through its
    /// executor.
    HAWSER_DECL void start(CompletionPtr<Response> completion) override;
    HAWSER_DECL Response wait(BlockingLoop& loop, std::error_code& ec) override;
    void give_back() noexcept override { release(); }
    HAWSER_DECL LoopUse use_loop() const override;
    /// Gets a connection for it in one way or another, or completes it.
    void obtain(TaskList& due) noexcept;
    /// Cancels it in any phase. The first cause wins.
    void cancel(std::error_code cause, CalledFrom from);
    void give_up(std::error_code cause) override { cancel(cause, CalledFrom::user); }
    TimePoint ends_by() const noexcept override { return ends_by_; }
    /// Ends it without a response.
    void complete(std::error_code ec, TaskList& due) noexcept;
    /// Records the failure of a request that got no further than the queue.
    void note_in_queue(std::error_code ec) noexcept;

    HAWSER_DECL void respond(PersistConn& conn, ReceivedResponse& arrival) override;
    HAWSER_COLD HAWSER_DECL bool answers_proxy(const Headers& fields) override;
    HAWSER_DECL void finished(PersistConn& connection) noexcept override;
    HAWSER_DECL void failed(CalledFrom from) override;

    /// The connection that serves it, or served it last; guarded by the pool's lock.
    IntrusivePtr<PersistConn> conn;

private:
    std::error_code prepare();
    std::error_code prepare_head();
    std::error_code open_body();
    HAWSER_COLD void note_refusal(std::error_code ec) noexcept;

    std::error_code prepare_retry(Retry reason, TaskList& due) noexcept;
    std::error_code rewind();
    void leave(std::error_code cause, CalledFrom from);
    HAWSER_COLD void pass_to_filter();
    Request recall() const;
    void wrap_body(PersistConn& connection);
    void decode_body();
    HAWSER_COLD void count_body(PersistConn& connection);
    HAWSER_DECL void dispose() noexcept override;

    // Its deadline, and the two ways in which its caller can cancel it.
    void watch(TaskList& due);
    HAWSER_DECL void expired(CalledFrom from) override;
    void keep_alive(bool on) noexcept override { on ? add_ref() : release(); }
    /// Whether there was one.
    bool clear_deadline() noexcept;

    // Only if it has a trace.
    HAWSER_COLD void tell_begin(TaskList& due);
    HAWSER_COLD void tell_retry(Retry reason, TaskList& due);
    HAWSER_COLD void tell_finished(PersistConn& connection) noexcept;
    HAWSER_COLD bool tell_end(std::error_code ec, Failure why, bool last) noexcept;
    HAWSER_COLD void tell_completion(std::error_code ec, Task& completion, TaskList& due) noexcept;

    IntrusivePtr<TransportCore> core_;
    CompletionPtr<Response> completion_;
    Response response_;
    std::atomic<OperationCore*> successor_{nullptr};  // owned; continues the call
    std::unique_ptr<Request> recalled_;               // a blocking caller continues the call
    struct {
        BlockingLoop* loop = nullptr;
        BlockingLoop::Caller* caller = nullptr;
    } blocking_;                            // the caller that sent it, during start()
    std::unique_ptr<ProxyHop> proxy_;       // null: it goes out directly
    TimePoint ends_by_ = TimePoint::max();  // set at the start
    bool has_deadline_ = false;
    Task* stop_watch_ = nullptr;  // watches the request's stop token, until everything has ended
};

}  // namespace hawser::inline HAWSER_ABI::detail

// The function bodies need TransportCore: transport_core.hpp includes them.
