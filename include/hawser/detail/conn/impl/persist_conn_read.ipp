// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The read side: the head that read_loop reads, and the body that the caller reads from the
// connection.

#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>
#include <asio/post.hpp>

namespace hawser::detail {

// ── Reading the head ─────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void PersistConn::begin_response(const Exchange& exchange) {
    reader_ = owner_->take_reader();
    reader_->start(exchange.request.message.method);
}

HAWSER_DECL HeadParser::Outcome PersistConn::read_head(Exchange& exchange, std::error_code& ec) {
    using Outcome = HeadParser::Outcome;
    Outcome outcome = Outcome::more;
    while (outcome == Outcome::more) {
        if (closed_) {
            return Outcome::failed;
        }
        std::error_code io;
        const bool first = exchange.attempt.received == 0;
        exchange.attempt.received += receive(io);
        if (exchange.request.trace && first && !io) {
            tell_first_byte(exchange);
        }
        if (io == asio::error::would_block && !write_error_) {
            return Outcome::more;
        }
        if (io) {
            const bool started = exchange.attempt.received != 0;
            io = io == asio::error::would_block ? write_error_ : io;
            ec = lost_in_head(io, started);
            note_lost(exchange, io, ec);
            return Outcome::failed;
        }
        outcome = parse_head(exchange, ec);
    }
    return outcome;
}

// Skips interim responses, which belong to the same request (RFC 9110 §15.2).
HAWSER_DECL HeadParser::Outcome PersistConn::parse_head(Exchange& exchange, std::error_code& ec) {
    for (;;) {
        const HeadParser::Outcome outcome = reader_->read_head();
        if (outcome == HeadParser::Outcome::complete && reader_->interim()) {
            note_interim(exchange);
            reader_->next_head();
            continue;
        }
        ec = outcome == HeadParser::Outcome::complete ? accept_head(exchange) : reader_->error();
        return ec ? HeadParser::Outcome::failed : outcome;
    }
}

HAWSER_DECL void PersistConn::note_interim(Exchange& exchange) {
    if (exchange.request.trace) {
        tell_interim(exchange);
        tell_ignored(exchange);
    }
    if (reader_->head().status == 100) {
        decide_body(Expect::send_body);
    }
}

// What its head alone decides.
HAWSER_DECL std::error_code PersistConn::accept_head(Exchange& exchange) {
    const ResponseHead& head = reader_->head();
    const int status = head.status;
    if (exchange.request.trace) {
        tell_ignored(exchange);
    }
    if (expect_ == Expect::waiting) {
        exchange.attempt.expectation_failed = status == 417;
        if (should_retry(exchange.attempt, {}) != Retry::no) {
            return error::bad_response;  // never seen: the request goes again
        }
    }
    const bool switched = status == 101 || (status / 100 == 2 &&
                                            is_exactly(exchange.request.message.method, "CONNECT"));
    if (switched) {
        return begin_tunnel(exchange) ? std::error_code{} : make_error_code(error::bad_response);
    }
    if (writing_ == Writing::busy) {
        answered_early(head);
    }
    const bool decode = head.coded && exchange.request.traits.asked_for_codings;
    const std::error_code ec =
        decode ? plan_decoding(head, exchange.response.coding) : std::error_code{};
    if (ec) {
        note_failure(exchange, ec, decoding_fault(head));
    }
    return ec;
}

// ── The response and its body ────────────────────────────────────────────────────────────────────

// True when the whole response is here: its connection is free again before the caller, who is told
// after the turn, can see it. False when its body stays to be read.
HAWSER_DECL bool PersistConn::deliver(const IntrusivePtr<Exchange>& exchange) {
    stop_timer(Phase::head);
    if (exchange->request.pump && !uploading()) {
        finish_upload(*exchange);
    }
    ReceivedResponse arrival{reader_->head(), {}, nullptr};
    arrival.whole = reader_->ended() || reader_->take_whole_body(arrival.body);
    if (!arrival.whole) {
        exchange->respond(*this, arrival);
        exchange->response.body = BodyState::open;
        return false;
    }
    arrival.trailers = reader_->take_trailers();
    exchange->respond(*this, arrival);
    finish_exchange(Verdict::eof);
    return true;
}

HAWSER_DECL std::size_t PersistConn::read_body(Exchange& exchange,
                                               std::span<char> out,
                                               std::error_code& ec) {
    std::size_t n = 0;
    ec = error::resource_exhausted;  // if it gets no further
    turn(CalledFrom::user, [&] {
        std::error_code read;
        n = take_body(exchange, out, read);
        if (read && exchange.request.pump && exchange.request.pump->busy()) {
            read = asio::error::would_block;  // not before the source of the upload has returned
        }
        ec = read;
    });
    return n;
}

HAWSER_DECL void PersistConn::read_body(Exchange& exchange, BodyRead& wait) {
    turn(CalledFrom::user, [&] {
        std::error_code ec;
        if (body_wait_ != nullptr && exchange_.get() == &exchange) {
            return monitor_.after(*wait.received(0, error::concurrent_read));
        }
        if (exchange.response.body != BodyState::open && !holds_end(exchange)) {
            take_body(exchange, {}, ec);
        } else {
            body_wait_ = &wait;
            serve_body_wait();
            return;
        }
        Task& done = *wait.received(0, ec);
        if (wait.failed) {
            wait.explain(exchange);
        }
        after_source(exchange, done);
    });
}

// The peer has to say something; what was upgraded may be silent for as long as it likes.
HAWSER_DECL void PersistConn::watch_body_wait() {
    if (!exchange_->response.upgraded) {
        start_timer(Phase::body, owner_->settings().body_idle_timeout);
    }
}

// Reads until the caller has what it wants, nothing is there, or others should have a turn.
HAWSER_DECL void PersistConn::serve_body_wait() {
    constexpr std::size_t budget = 256 * 1024;
    std::size_t served = 0;
    while (body_wait_ != nullptr && exchange_) {
        std::error_code ec;
        const std::size_t n = take_body(*exchange_, body_wait_->space(), ec);
        if (ec == asio::error::would_block) {
            if (exchange_->response.body == BodyState::open) {
                arm_read_wait();
                watch_body_wait();
            }
            return;
        }
        if (Task* done = body_wait_->received(n, ec)) {
            stop_timer(Phase::body);
            BodyRead& wait = *std::exchange(body_wait_, nullptr);
            if (wait.failed) {
                end_failed_wait(wait);
            }
            ec || wait.failed ? after_source(*exchange_, *done) : monitor_.after(*done);
            return;
        }
        served += n + std::exchange(body_wait_->produced, 0);
        if (served >= budget) {
            stop_timer(Phase::body);  // it is the reader now who takes its time
            serve_later();
            return;
        }
    }
}

// The executor may be the user's: nothing is submitted to it within a turn.
HAWSER_DECL void PersistConn::serve_later() {
    if (!std::exchange(serves_later_, true)) {
        add_ref();  // the task's
        monitor_.after(serve_on_);
    }
}

HAWSER_DECL void PersistConn::ServeOn::run(CalledFrom) {
    const auto self = IntrusivePtr<PersistConn>::adopt(&conn);
    try {
        asio::post(conn.owner_->executor(), [self] {
            self->turn(CalledFrom::executor, [&] {
                self->serves_later_ = false;
                self->serve_body_wait();
            });
        });
    } catch (...) {
        self->close(error_of_exception(), CalledFrom::user);
    }
}

HAWSER_DECL std::size_t PersistConn::take_body(Exchange& exchange,
                                               std::span<char> out,
                                               std::error_code& ec) {
    switch (exchange.response.body) {
        case BodyState::open:
            return out.empty() ? 0 : fill_body(exchange, out, ec);
        case BodyState::ended:
            ec = asio::error::eof;
            if (holds_end(exchange)) {
                ec = asio::error::would_block;
            }
            return 0;
        case BodyState::failed:
            ec = exchange.response.body_error;
            return 0;
        case BodyState::awaited:
        case BodyState::closed:
            break;
    }
    ec = error::body_closed;
    return 0;
}

HAWSER_DECL std::size_t PersistConn::fill_body(Exchange& exchange,
                                               std::span<char> out,
                                               std::error_code& ec) {
    std::size_t n = reader_->read_body(out);
    while (n == 0 && !reader_->ended() && !reader_->error()) {
        std::error_code io;
        n = receive_body(out, io);
        if (io == asio::error::would_block) {
            ec = io;
            return 0;
        }
        if (io == asio::error::eof) {
            reader_->connection_ended();
        } else if (io && (io != asio::error::shut_down || !reader_->connection_cut())) {
            note_lost(exchange, io, lost_in_body(io));
            end_body(exchange, Verdict::failed, lost_in_body(io));
            ec = exchange.response.body_error;
            return 0;
        }
    }
    if (reader_->ended()) {
        end_body(exchange, Verdict::eof, {});
    } else if (reader_->error()) {
        end_body(exchange, Verdict::failed, reader_->error());
    }
    if (n == 0) {
        take_body(exchange, {}, ec);
    }
    return n;
}

HAWSER_DECL std::size_t PersistConn::receive_body(std::span<char> out, std::error_code& ec) {
    if (const std::size_t direct = reader_->direct(out.size())) {
        const std::size_t n = stream_->read_some(out.data(), direct, ec);
        exchange_->attempt.received += n;
        filled_ = n == direct;
        reader_->received_directly(n);
        return n;
    }
    exchange_->attempt.received += receive(ec);
    return reader_->read_body(out);
}

// To the reader's buffer.
HAWSER_DECL std::size_t PersistConn::receive(std::error_code& ec) {
    const std::span<char> space = reader_->space();
    const std::size_t n = stream_->read_some(space.data(), space.size(), ec);
    filled_ = n == space.size();
    reader_->received(n);
    return n;
}

HAWSER_DECL void PersistConn::end_body(Exchange& exchange, Verdict verdict, std::error_code ec) {
    exchange.response.body = verdict == Verdict::eof ? BodyState::ended : BodyState::failed;
    exchange.response.body_error = ec;
    if (ec) {
        note_failure(exchange, ec);
    }
    if (verdict == Verdict::eof) {
        exchange.response.trailers = reader_->take_trailers();
        exchange.response.cut_short = reader_->cut_short();
    }
    if (!exchange.response.upgraded) {  // its other direction may go on
        verdicts_.try_send(verdict);
    }
}

HAWSER_DECL void PersistConn::close_body(Exchange& exchange) {
    turn(CalledFrom::user, [&] {
        const bool was_open = exchange.response.body == BodyState::open ||
                              (exchange.response.upgraded && exchange_.get() == &exchange);
        const bool held = holds_end(exchange);
        exchange.response.body = BodyState::closed;
        if (was_open) {
            end_body_wait(exchange, error::canceled);
            verdicts_.try_send(Verdict::early_close);
        } else if (held && exchange.request.pump && exchange.request.pump->guest()) {
            close_now(error::canceled, Reuse::write_unfinished);
        }
    });
}

// What is buffered already costs nothing to read; what is still to come is waited for if that is
// worth it. True: wait. Else the verdict stands, which now may be that the end was read.
HAWSER_DECL bool PersistConn::drain(Verdict& verdict) {
    const std::uint64_t most = owner_->settings().drain_bytes;
    bool received = false;
    while (!closed_ && !discard_buffered() && worth_draining(rest_of_body(), most)) {
        std::error_code io;
        exchange_->attempt.received += receive(io);
        if (io == asio::error::would_block) {
            begin_drain();
            return true;
        }
        if (io) {
            return false;
        }
        received = true;
    }
    if (!closed_ && reader_->ended()) {
        verdict = Verdict::eof;
        if (received || draining_) {
            owner_->count_drained();
        }
    }
    return false;
}

// True: that was the end.
HAWSER_DECL bool PersistConn::discard_buffered() {
    char bytes[4096];
    while (reader_->read_body(bytes) != 0) {
    }
    return reader_->ended() || reader_->error();
}

HAWSER_DECL Rest PersistConn::rest_of_body() const noexcept {
    return {reader_->rest(),
            writing_ == Writing::complete,
            reader_->persistent() && !exchange_->request.message.close};
}

// The exchange is over for its caller: neither its deadline nor its cancellation ends this.
HAWSER_DECL void PersistConn::begin_drain() {
    if (!std::exchange(draining_, true)) {
        start_timer(Phase::drain, owner_->settings().drain_timeout);
        exchange_->finished(*this);
    }
}

HAWSER_DECL bool PersistConn::finish_exchange(Verdict verdict) {
    if (alarm_at_ != TimePoint::max()) {
        timer_.stop_all();
        arm_timer();
    }
    draining_ = false;
    IntrusivePtr<Exchange> exchange = std::move(exchange_);
    const bool maybe_more = filled_ || stream_->has_buffered();
    const bool leftover =
        reader_->leftover() != 0 || (maybe_more && stream_->probe() == Idle::stale);
    const Reading reading = exchange->response.upgraded ? Reading::upgraded
                            : reader_->ended()          ? Reading::complete
                                                        : Reading::body;
    const Reuse reuse = may_reuse(reading,
                                  writing_,
                                  reader_->persistent() && !exchange->request.message.close,
                                  verdict,
                                  leftover);
    const KeepAlive hint{reader_->head().keep_alive_timeout, reader_->head().keep_alive_max};
    owner_->give_back(std::move(reader_));
    leave_pump();
    if (exchange->request.pump) {
        finish_upload(*exchange);
    }
    if (exchange->response.body != BodyState::awaited) {
        end_body_wait(
            *exchange,
            exchange->response.body_error ? exchange->response.body_error : asio::error::eof);
        end_tunnel_write(*exchange, error::canceled);
    }
    const bool kept = reuse == Reuse::yes && give_back(&hint);
    if (exchange->request.trace) {
        tell_put(*exchange, kept || reuse != Reuse::yes ? reuse : Reuse::no_room);
    }
    if (exchange->request.watched) {
        exchange->finished(*this);
    }
    destroy_source_later(std::move(exchange));
    if (!kept) {
        close_now({}, reuse);
    }
    return kept;
}

}  // namespace hawser::detail
