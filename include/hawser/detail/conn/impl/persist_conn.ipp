// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The life of a connection: its two coroutines, its waits, and the calls of its owner.

#include <hawser/detail/conn/exchange_trace.hpp>
#include <hawser/detail/conn/failure_notes.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/error.hpp>

#include <exception>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL PersistConn::PersistConn(IntrusivePtr<ConnOwner> owner,
                                     std::unique_ptr<Stream> stream,
                                     std::uint64_t id)
    : out(monitor_, wire_),
      body(*this),
      tunnel(*this),
      owner_(std::move(owner)),
      monitor_(owner_->settings().thread_safe),
      wire_(std::move(stream), id, *owner_, monitor_, *this, *this),
      in_(wire_),
      write_jobs_(monitor_),
      replies_(monitor_),
      verdicts_(monitor_) {}

HAWSER_DECL void PersistConn::dispose() noexcept {
    ConnOwner& owner = *owner_;
    owner.add_ref();  // an IntrusivePtr asks whether it is null: g++ 12 would warn of that case
    this->~PersistConn();
    owner.conns.keep(this);
    owner.release();
}

// ── The two strands ──────────────────────────────────────────────────────────────────────────────

/// Keeps a connection alive while one of its coroutines runs, and counts the coroutine.
class PersistConn::RunningStrand {
public:
    explicit RunningStrand(PersistConn& conn) : conn_(&conn) { conn.owner_->count_strand(+1); }
    RunningStrand(const RunningStrand&) = delete;
    RunningStrand& operator=(const RunningStrand&) = delete;
    ~RunningStrand() { conn_->owner_->count_strand(-1); }

private:
    const IntrusivePtr<PersistConn> conn_;
};

HAWSER_DECL LoopCoroutine PersistConn::read_loop() {
    const RunningStrand strand(*this);
    while (wire_.open()) {
        co_await wire_.readable();  // idle: an armed wait and no buffer
        const auto exchange = replies_.try_receive();
        if (!exchange) {
            close_if_stale();  // closed by the server, or unsolicited bytes
            continue;
        }
        in_.begin(owner_->take_reader(), exchange->request.message.method, exchange->attempt);
        while (!read_head(*exchange)) {
            co_await wire_.readable();
        }
        while (out.holds_response(in_)) {
            co_await out.changed();
        }
        if (!wire_.open() || deliver(exchange)) {
            continue;  // the whole response has arrived: already idle, or closed
        }
        std::optional<Verdict> verdict = co_await verdicts_.receive();
        while (verdict == Verdict::eof && out.busy()) {
            co_await out.changed();
        }
        while (verdict == Verdict::early_close && drain(*verdict)) {
            co_await wire_.readable();
        }
        if (wire_.open()) {
            finish_exchange(*verdict);
        }
    }
}

HAWSER_DECL LoopCoroutine PersistConn::write_loop() {
    using Next = Outgoing::Next;
    const RunningStrand strand(*this);
    while (const auto job = co_await write_jobs_.receive()) {
        for (Next next = out.begin(*job); next != Next::done; next = out.next()) {
            switch (next) {
                case Next::write:
                    if (!out.write_some()) {
                        co_await wire_.writable();
                    }
                    break;
                case Next::piece:
                    co_await out.next_piece(*this);  // of a streamed body
                    break;
                case Next::go_ahead:
                    co_await out.go_ahead();  // a 100, or its timeout
                    break;
                case Next::done:
                    break;
            }
        }
        out.end(*job);
        wire_.offer_read();
    }
}

HAWSER_DECL std::error_code PersistConn::start(TaskList& due) {
    std::error_code failure;
    monitor_.turn(due, [&] {
        try {
            read_loop();
            write_loop();
        } catch (...) {
            close_now(failure = error_of_exception());
        }
    });
    return failure;
}

// The loop's variables are destroyed. The caller of this turn keeps the connection alive.
HAWSER_DECL void PersistConn::loop_failed() {
    close_now(error_of_exception());
}

// ── Waiting ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void PersistConn::on_ready(Stream::Direction direction) {
    turn(CalledFrom::executor, [&] {
        wire_.ready(direction);
        direction == Stream::Direction::write ? tunnel.serve() : body.ready();
    });
}

HAWSER_DECL void PersistConn::try_read() {
    turn(CalledFrom::user, [&] {
        wire_.bytes_came();
        body.ready();
    });
}

HAWSER_DECL void PersistConn::expired(CalledFrom from) {
    turn(from, [&] {
        if (const auto due = wire_.alarm.ring()) {
            time_out(*due);
        }
        wire_.alarm.set();
    });
}

HAWSER_DECL void PersistConn::keep_alive(bool on) noexcept {
    on ? add_ref() : release();
}

/// The first time, the waiting side tries once more: bytes may have arrived while the executor was
/// busy.
HAWSER_DECL void PersistConn::time_out(PhaseTimer::Due due) {
    const auto fail = [&](error reason, std::chrono::milliseconds limit) {
        note_failure(*exchange_, wire_, in_, reason, {{}, after_time(limit), {}});
        close_now(reason);
    };
    const ConnSettings& limits = wire_.settings;
    switch (due.phase) {
        case Phase::write:
            return due.again ? fail(error::write_timeout, limits.write_timeout)
                             : wire_.wake_writer();
        case Phase::go_ahead:
            return out.decide(true);
        case Phase::head:
            return due.again
                       ? fail(error::header_timeout, exchange_->request.response_header_timeout)
                       : wire_.wake_reader();
        case Phase::body:
            return due.again ? fail(error::idle_timeout, limits.body_idle_timeout) : body.serve();
        case Phase::drain:
            return close_now(draining_ ? std::error_code{} : error::idle_timeout,
                             Reuse::early_close);
    }
}

// ── To and from the owner ────────────────────────────────────────────────────────────────────────

HAWSER_DECL bool PersistConn::lend(IntrusivePtr<Exchange> exchange, bool probe, TaskList& due) {
    bool lent = false;
    turn(due, [&] {
        if (probe) {
            close_if_stale();
        }
        if (wire_.open()) {
            lent = true;
            if (!accept(std::move(exchange), true) && !give_back(nullptr)) {
                close_now({});
            }
        }
    });
    return lent;
}

// False: the exchange was canceled meanwhile, and the connection is still free.
HAWSER_DECL bool PersistConn::accept(IntrusivePtr<Exchange> exchange, bool was_idle) {
    if (exchange->is_canceled()) {
        const std::error_code cause = exchange->canceled();
        exchange->note_failure(cause, Failure::Phase::queue);
        monitor_.after(Exchange::failing(std::move(exchange), cause));
        return false;
    }
    ++requests;
    exchange->attempt.reused = reused;
    exchange->attempt.written = 0;
    exchange->attempt.received = 0;
    if (exchange->request.trace) {
        const auto idle_for = was_idle && reused ? owner_->deadlines().now() - idle_since
                                                 : TimePoint::duration::zero();
        tell_got_conn(monitor_, *exchange, wire_.info, idle_for);
    }
    exchange_ = exchange;
    wire_.begin_use(exchange_.get());
    write_jobs_.try_send(exchange);
    replies_.try_send(std::move(exchange));
    return true;
}

HAWSER_DECL void PersistConn::close_if_stale() {
    if (wire_.open() && wire_.stream().probe() == Idle::stale) {
        close_now({});
    }
}

HAWSER_DECL void PersistConn::give_back(TaskList& due) {
    turn(due, [&] {
        if (wire_.open() && !give_back(nullptr)) {
            close_now({});
        }
    });
}

HAWSER_DECL bool PersistConn::give_back(const KeepAlive* hint) {
    try {
        wire_.arm_read();  // before put(): a request that leaves the queue is no longer work
    } catch (const std::exception&) {
        return false;  // an idle connection must be watched
    }
    for (;;) {
        ConnOwner::Put put = owner_->put(*this, hint);
        if (!put.next) {
            wire_.leave_idle(put.kept);  // from now on its wait does not keep run() busy
            return put.kept;
        }
        if (accept(std::move(put.next), false)) {
            return true;
        }
    }
}

HAWSER_DECL void PersistConn::trim(CalledFrom from) {
    turn(from, [&] {
        if (wire_.open() && !exchange_) {
            wire_.stream().trim();
        }
    });
}

HAWSER_DECL void PersistConn::cancel(Exchange& exchange, std::error_code cause, TaskList& due) {
    turn(due, [&] {
        if (exchange_.get() == &exchange) {
            close_now(cause);
        }
    });
}

HAWSER_DECL void PersistConn::close_if_not_reading(std::error_code cause, CalledFrom from) {
    turn(from, [&] {
        if (!exchange_ || exchange_->response.body == BodyState::awaited) {
            close_now(cause);
        }
    });
}

HAWSER_DECL void PersistConn::run(CalledFrom from) {
    const auto self = IntrusivePtr<PersistConn>::adopt(this);
    close({}, from);
}

HAWSER_DECL void PersistConn::detach_from_context() {
    const IntrusivePtr<PersistConn> self(this);
    turn(CalledFrom::user, [&] {
        close_now(error::client_closed);
        wire_.destroy_stream();
    });
}

HAWSER_DECL void PersistConn::close_now(std::error_code cause, std::optional<Reuse> why) {
    if (!wire_.open()) {
        return;
    }
    write_jobs_.close();
    replies_.close();
    replies_.try_receive();  // else its exchange and this connection keep each other alive
    verdicts_.close();
    wire_.close();
    out.close();
    if (exchange_) {
        why = why.value_or(Reuse::failed);
        if (exchange_->request.trace) {
            tell_put(monitor_, *exchange_, wire_.info.id, *why);
        }
        fail_exchange(cause ? cause : make_error_code(error::canceled));
    }
    if (in_.begun()) {
        owner_->give_back(in_.end());
    }
    owner_->closed(*this, why);
}

}  // namespace hawser::inline HAWSER_ABI::detail
