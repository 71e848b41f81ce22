// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/conn/body_pump.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

namespace hawser::detail {

HAWSER_DECL PersistConn::PersistConn(IntrusivePtr<ConnOwner> owner,
                                     std::unique_ptr<Stream> stream,
                                     std::uint64_t id)
    : owner_(std::move(owner)),
      monitor_(owner_->settings().thread_safe),
      info_(describe(*stream, id)),
      stream_(std::move(stream)),
      work_(stream_->work()),
      write_jobs_(monitor_),
      replies_(monitor_),
      verdicts_(monitor_),
      readable_(monitor_),
      writable_(monitor_),
      piece_(monitor_),
      uploaded_(monitor_) {}

HAWSER_DECL PersistConn::~PersistConn() = default;

HAWSER_DECL ConnectionInfo PersistConn::describe(const Stream& stream, std::uint64_t id) {
    ConnectionInfo info;
    info.id = id;
    stream.describe(info);
    return info;
}

// ── The two strands ──────────────────────────────────────────────────────────────────────────────

HAWSER_DECL LoopCoroutine PersistConn::read_loop() {
    const IntrusivePtr<PersistConn> self(this);
    owner_->count_strand(+1);
    std::error_code ec;
    while (!closed_) {
        co_await readable();  // idle: an armed wait and no buffer
        if (closed_) {
            break;
        }
        const auto exchange = replies_.try_receive();
        if (!exchange) {
            if (stream_->probe() == Idle::stale) {
                break;  // its end, or bytes that nobody asked for
            }
            continue;
        }
        begin_response(*exchange);
        HeadParser::Outcome head = read_head(*exchange, ec);
        while (head == HeadParser::Outcome::more) {
            co_await readable();
            head = read_head(*exchange, ec);
        }
        if (head == HeadParser::Outcome::failed) {
            break;
        }
        while (wait_for_upload()) {
            co_await uploaded_.wait();
        }
        if (closed_) {
            break;
        }
        if (deliver(exchange)) {
            continue;  // the whole response was there: idle already, or closed
        }
        std::optional<Verdict> verdict = co_await verdicts_.receive();
        while (verdict == Verdict::eof && uploading()) {
            co_await uploaded_.wait();
        }
        while (verdict == Verdict::early_close && drain(*verdict)) {
            co_await readable();
        }
        if (!verdict || closed_ || !finish_exchange(*verdict)) {
            break;
        }
    }
    close_now(ec);
    owner_->count_strand(-1);
}

HAWSER_DECL LoopCoroutine PersistConn::write_loop() {
    const IntrusivePtr<PersistConn> self(this);
    owner_->count_strand(+1);
    while (const auto job = co_await write_jobs_.receive()) {
        Exchange& exchange = *job;
        begin_writing(job);
        do {
            if (pump_) {
                co_await next_piece();
            }
            while (has_to_write(exchange)) {
                if (!write_pending(exchange)) {
                    co_await writable();
                }
            }
            if (expect_ == Expect::waiting) {
                co_await go_ahead();
            }
        } while (more_to_write(job));
        end_writing(exchange);
    }
    owner_->count_strand(-1);
}

// The variables of the loop are gone. Whoever made this turn keeps the connection.
HAWSER_DECL void PersistConn::loop_failed() {
    const std::error_code ec = error_of_exception();
    owner_->count_strand(-1);
    close_now(ec);
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

// ── Waiting ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void PersistConn::arm_read_wait() {
    if (!read_wait_armed_ && !closed_) {
        stream_->wait(Direction::read, *this);
        read_wait_armed_ = true;
        count_wait_as_work(static_cast<bool>(exchange_));
    }
}

/// Whether the read wait is work for those who run the executor. It has to be before its handler
/// ends.
HAWSER_DECL void PersistConn::count_wait_as_work(bool on) noexcept {
    if (wait_is_work_ != on && work_ != nullptr) {
        wait_is_work_ = on;
        on ? work_->started() : work_->finished();
    }
}

HAWSER_DECL Event::Wait PersistConn::readable() {
    arm_read_wait();
    return readable_.wait();
}

HAWSER_DECL void PersistConn::arm_write_wait() {
    if (!write_wait_armed_ && !closed_) {
        stream_->wait(Direction::write, *this);
        write_wait_armed_ = true;
    }
}

HAWSER_DECL Event::Wait PersistConn::writable() {
    arm_write_wait();
    start_timer(Phase::write, owner_->settings().write_timeout);
    return writable_.wait();
}

HAWSER_DECL void PersistConn::on_ready(Direction direction) {
    turn(CalledFrom::executor, [&] {
        if (direction == Direction::write) {
            write_wait_armed_ = false;
            stop_timer(Phase::write);
            writable_.notify();
            serve_tunnel_write();
            return;
        }
        read_wait_armed_ = false;
        count_wait_as_work(true);
        readable_.notify();
        if (body_wait_ != nullptr) {
            stop_timer(Phase::body);
            serve_body_wait();
        }
    });
}

HAWSER_DECL void PersistConn::keep_alive(bool on) noexcept {
    on ? add_ref() : release();
}

// ── Deadlines ────────────────────────────────────────────────────────────────────────────────────

/// With no limit its side waits without a deadline. One that runs already goes on: nothing came of
/// looking again.
HAWSER_DECL void PersistConn::start_timer(Phase phase, std::chrono::milliseconds timeout) {
    if (timeout.count() > 0 && !closed_ && !timer_.waits_for(phase)) {
        timer_.start(phase, owner_->deadlines().now() + bounded(timeout));
        arm_timer();
    }
}

HAWSER_DECL void PersistConn::stop_timer(Phase phase) noexcept {
    if (timer_.waits_for(phase)) {
        timer_.stop(phase);
        arm_timer();
    }
}

// A deadline that moves to a later time leaves the alarm where it is: expired() sets it anew.
HAWSER_DECL void PersistConn::arm_timer() {
    const TimePoint next = timer_.next();
    if (next < alarm_at_) {
        alarm_at_ = next;
        owner_->deadlines().set(*this, next);
    } else if (next == TimePoint::max() && alarm_at_ != next) {
        alarm_at_ = next;
        owner_->deadlines().clear(*this);  // else it would keep the executor busy
    }
}

HAWSER_DECL void PersistConn::expired(CalledFrom from) {
    turn(from, [&] {
        alarm_at_ = TimePoint::max();
        if (const auto due = timer_.due(owner_->deadlines().now())) {
            due->again ? time_out(due->phase) : look_again(due->phase);
        }
        arm_timer();
    });
}

/// Whoever waits tries once more before its time is over: a busy loop is not a silent peer.
HAWSER_DECL void PersistConn::look_again(Phase phase) {
    switch (phase) {
        case Phase::write:
            return writable_.notify();
        case Phase::head:
            return readable_.notify();
        case Phase::body:
            return serve_body_wait();
        case Phase::go_ahead:
        case Phase::drain:
            return time_out(phase);
    }
}

HAWSER_DECL void PersistConn::time_out(Phase phase) {
    switch (phase) {
        case Phase::write:
            return run_late(error::write_timeout, owner_->settings().write_timeout);
        case Phase::go_ahead:
            return decide_body(Expect::send_body);
        case Phase::head:
            return run_late(error::header_timeout, exchange_->request.response_header_timeout);
        case Phase::body:
            return run_late(error::idle_timeout, owner_->settings().body_idle_timeout);
        case Phase::drain:
            return close_now({}, Reuse::early_close);
    }
}

// ── From and to the owner ────────────────────────────────────────────────────────────────────────

HAWSER_DECL bool PersistConn::lend(IntrusivePtr<Exchange> exchange, bool look, TaskList& due) {
    bool lent = false;
    turn(due, [&] {
        if (closed_) {
            return;
        }
        if (look && stream_->probe() == Idle::stale) {
            close_now({});
            return;
        }
        lent = true;
        if (!accept(std::move(exchange), true) && !give_back(nullptr)) {
            close_now({});
        }
    });
    return lent;
}

HAWSER_DECL void PersistConn::give_back(TaskList& due) {
    turn(due, [&] {
        if (!closed_ && !give_back(nullptr)) {
            close_now({});
        }
    });
}

HAWSER_DECL void PersistConn::trim(CalledFrom from) {
    turn(from, [&] {
        if (!closed_ && !exchange_) {
            stream_->trim();
        }
    });
}

// False: the exchange was cancelled meanwhile, and the connection is still free.
HAWSER_DECL bool PersistConn::accept(IntrusivePtr<Exchange> exchange, bool was_idle) {
    if (const std::error_code cause = exchange->cancelled()) {
        exchange->note_failure(cause, Failure::Phase::queue);
        monitor_.after(Exchange::failing(std::move(exchange), cause));
        return false;
    }
    ++requests;
    exchange->attempt.reused = reused;
    exchange->attempt.written = 0;
    exchange->attempt.received = 0;
    if (exchange->request.trace) {
        tell_got_conn(*exchange, was_idle);
    }
    writing_ = Writing::busy;
    write_error_ = {};
    exchange_ = exchange;
    count_wait_as_work(true);
    write_jobs_.try_send(exchange);
    replies_.try_send(std::move(exchange));
    return true;
}

HAWSER_DECL bool PersistConn::give_back(const KeepAlive* hint) {
    try {
        arm_read_wait();  // a request that stops waiting stops being work for the executor
    } catch (const std::exception&) {
        return false;  // an idle connection has to be watched
    }
    for (;;) {
        ConnOwner::Put put = owner_->put(*this, hint);
        if (!put.next) {
            count_wait_as_work(!put.kept);  // nobody waits for what an idle connection waits for
            return put.kept;
        }
        if (accept(std::move(put.next), false)) {
            return true;
        }
    }
}

// ── Ending ───────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void PersistConn::cancel(Exchange& exchange, std::error_code cause, TaskList& due) {
    turn(due, [&] {
        if (exchange_.get() == &exchange) {
            close_now(cause);
        }
    });
}

HAWSER_DECL void PersistConn::cancel_read(Exchange& exchange,
                                          BodyRead& wait,
                                          std::error_code cause) {
    turn(CalledFrom::user, [&] {
        if (exchange_.get() == &exchange && body_wait_ == &wait) {
            close_now(cause);
        }
    });
}

HAWSER_DECL void PersistConn::close(std::error_code cause, CalledFrom from) {
    turn(from, [&] { close_now(cause); });
}

HAWSER_DECL void PersistConn::close(std::error_code cause, TaskList& due) {
    turn(due, [&] { close_now(cause); });
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
        stream_.reset();
    });
}

HAWSER_DECL void PersistConn::close_now(std::error_code cause, std::optional<Reuse> why) {
    if (closed_) {
        return;
    }
    closed_ = true;
    expect_ = Expect::nothing;
    timer_.stop_all();
    arm_timer();
    count_wait_as_work(true);  // somebody has to take its end
    stream_->close();
    leave_pump();
    write_jobs_.close();
    replies_.close();
    replies_.try_receive();  // one not taken yet would keep this connection alive, and it that
    verdicts_.close();
    readable_.notify();
    writable_.notify();
    piece_.notify();
    uploaded_.notify();
    if (exchange_) {
        why = why.value_or(Reuse::failed);
        if (exchange_->request.trace) {
            tell_put(*exchange_, *why);
        }
        fail_exchange(cause ? cause : make_error_code(error::canceled));
    }
    if (reader_) {
        owner_->give_back(std::move(reader_));
    }
    owner_->closed(*this, why);
}

HAWSER_DECL void PersistConn::fail_exchange(std::error_code cause) {
    IntrusivePtr<Exchange> exchange = std::move(exchange_);
    Exchange& failed = *exchange;
    ResponseState& response = failed.response;
    const bool half = response.body == BodyState::ended && !response.upgraded;  // not the upload
    if (response.body == BodyState::awaited || response.body == BodyState::open || half) {
        note_failure(failed, cause);
    }
    if (response.body == BodyState::awaited) {
        after_source(failed, Exchange::failing(std::move(exchange), cause));
        return;
    }
    if (response.body == BodyState::open || half) {
        response.body = BodyState::failed;
        response.body_error = cause;
    }
    finish_upload(failed);
    end_body_wait(failed, cause);
    end_tunnel_write(failed, cause);
    exchange->finished(*this);
    destroy_source_later(std::move(exchange));
}

// The source of a body and the trace are the user's: they are not destroyed within a turn.
HAWSER_DECL void PersistConn::destroy_source_later(IntrusivePtr<Exchange> exchange) {
    if (exchange->request.pump || exchange->request.trace) {
        monitor_.after(Exchange::releasing(std::move(exchange)));
    }
}

HAWSER_DECL void PersistConn::end_body_wait(Exchange& exchange, std::error_code ec) {
    if (body_wait_ != nullptr) {
        stop_timer(Phase::body);
        BodyRead& wait = *std::exchange(body_wait_, nullptr);
        Task& done = *wait.received(0, ec);
        if (wait.failed) {
            wait.explain(exchange);
        }
        after_source(exchange, done);
    }
}

}  // namespace hawser::detail
