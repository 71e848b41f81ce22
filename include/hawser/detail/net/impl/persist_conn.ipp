// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/body_pump.hpp>
#include <hawser/detail/net/persist_conn.hpp>
#include <hawser/detail/net/translate_error.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>
#include <asio/post.hpp>

namespace hawser::detail {

HAWSER_DECL PersistConn::PersistConn(IntrusivePtr<ConnOwner> owner,
                                     std::unique_ptr<Stream> stream,
                                     std::uint64_t id)
    : owner_(std::move(owner)),
      monitor_(owner_->settings().thread_safe),
      info_(describe(*stream, id)),
      stream_(std::move(stream)),
      write_jobs_(monitor_),
      replies_(monitor_),
      verdicts_(monitor_),
      readable_(monitor_),
      writable_(monitor_),
      piece_(monitor_) {}

HAWSER_DECL PersistConn::~PersistConn() = default;

HAWSER_DECL ConnectionInfo PersistConn::describe(const Stream& stream, std::uint64_t id) {
    ConnectionInfo info;
    info.id = id;
    stream.describe(info);
    return info;
}

// ── The two strands ─────────────────────────────────────────────────────────────────────────────

HAWSER_DECL Strand PersistConn::read_loop() {
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
            if (stream_->look() == Idle::stale) {
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
        if (deliver(exchange)) {
            continue;  // the whole response was there: idle already, or closed
        }
        const std::optional<Verdict> verdict = co_await verdicts_.receive();
        if (!verdict || closed_ || !settle(*verdict)) {
            break;
        }
    }
    shut(ec);
    owner_->count_strand(-1);
}

HAWSER_DECL Strand PersistConn::write_loop() {
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
        } while (pump_ && !write_error_);
        end_writing(exchange);
    }
    owner_->count_strand(-1);
}

HAWSER_DECL void PersistConn::start() {
    monitor_.turn(Context::call, [&] {
        read_loop();
        write_loop();
    });
}

// ── Waiting ─────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL Event::Wait PersistConn::readable() {
    if (!read_wait_armed_ && !closed_) {
        read_wait_armed_ = true;
        stream_->wait(Direction::read, *this);
    }
    return readable_.wait();
}

HAWSER_DECL Event::Wait PersistConn::writable() {
    if (!write_wait_armed_ && !closed_) {
        write_wait_armed_ = true;
        stream_->wait(Direction::write, *this);
    }
    set_deadline(Phase::write, owner_->settings().write_timeout);
    return writable_.wait();
}

HAWSER_DECL void PersistConn::on_ready(Direction direction) {
    monitor_.turn(Context::io, [&] {
        if (direction == Direction::write) {
            write_wait_armed_ = false;
            if (phase_ == Phase::write) {
                clear_deadline();
                watch_body_wait();
            }
            writable_.notify();
            return;
        }
        read_wait_armed_ = false;
        readable_.notify();
        serve_body_wait();
    });
}

HAWSER_DECL void PersistConn::keep_alive(bool on) noexcept {
    on ? add_ref() : release();
}

HAWSER_DECL void PersistConn::set_deadline(Phase phase, std::chrono::milliseconds timeout) {
    if (timeout.count() > 0 && !closed_) {
        phase_ = phase;
        deadline_at_ = owner_->deadlines().now() + timeout;
        owner_->deadlines().set(*this, deadline_at_);
    }
}

HAWSER_DECL void PersistConn::clear_deadline() noexcept {
    if (phase_ != Phase::none) {
        phase_ = Phase::none;
        owner_->deadlines().clear(*this);
    }
}

HAWSER_DECL void PersistConn::expired(Context context) {
    monitor_.turn(context, [&] {
        if (phase_ == Phase::none || owner_->deadlines().now() < deadline_at_) {
            return;  // cleared or moved while it was on its way here
        }
        const error reason = phase_ == Phase::write    ? error::write_timeout
                             : phase_ == Phase::header ? error::header_timeout
                                                       : error::idle_timeout;
        shut(reason);
    });
}

// ── From and to the owner ───────────────────────────────────────────────────────────────────────

HAWSER_DECL bool PersistConn::lend(const IntrusivePtr<Exchange>& exchange,
                                   bool look,
                                   Context context) {
    bool lent = false;
    monitor_.turn(context, [&] {
        if (closed_) {
            return;
        }
        if (look && stream_->look() == Idle::stale) {
            shut({});
            return;
        }
        lent = true;
        if (!accept(exchange) && !put_back(std::nullopt)) {
            shut({});
        }
    });
    return lent;
}

HAWSER_DECL void PersistConn::hand_back(Context context) {
    monitor_.turn(context, [&] {
        if (!closed_ && !put_back(std::nullopt)) {
            shut({});
        }
    });
}

// False: the exchange was cancelled meanwhile, and the connection is still free.
HAWSER_DECL bool PersistConn::accept(IntrusivePtr<Exchange> exchange) {
    if (const std::error_code cause = exchange->cancelled()) {
        exchange->failure = cause;
        monitor_.after(*exchange.detach());
        return false;
    }
    exchange->attempt.reused = reused;
    exchange->attempt.bytes_written = false;
    exchange->attempt.response_started = false;
    writing_ = Writing::busy;
    write_error_ = {};
    ++served_;
    exchange_ = exchange;
    write_jobs_.try_send(exchange);
    replies_.try_send(std::move(exchange));
    return true;
}

HAWSER_DECL bool PersistConn::put_back(std::optional<std::chrono::seconds> keep_alive_timeout) {
    for (;;) {
        ConnOwner::Put put = owner_->put(*this, keep_alive_timeout);
        if (!put.next) {
            return put.kept;
        }
        if (accept(std::move(put.next))) {
            return true;
        }
    }
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void PersistConn::begin_writing(const IntrusivePtr<Exchange>& exchange) {
    exchange->sender.start(exchange->head,
                           exchange->request.body.content(),
                           exchange->plan,
                           exchange->source ? nullptr : &exchange->request.trailers);
    if (exchange->source && !closed_) {
        pump_ = std::make_shared<BodyPump>(this, owner_->executor(), exchange->source);
    }
}

HAWSER_DECL Event::Wait PersistConn::next_piece() {
    pump_->request();
    return piece_.wait();
}

HAWSER_DECL void PersistConn::piece_arrived(BodyPump& pump,
                                            std::string_view piece,
                                            std::error_code ec) {
    monitor_.turn(Context::call, [&] {
        if (&pump != pump_.get()) {
            return;  // closed meanwhile
        }
        Exchange& exchange = *exchange_;
        if (!ec) {
            ec = piece.empty() ? exchange.sender.end(exchange.request.trailers)
                               : exchange.sender.add_piece(piece);
        }
        if (ec) {
            shut(ec);  // whatever the network says now is only a consequence
            return;
        }
        if (piece.empty()) {
            pump_.reset();
        }
        piece_.notify();
    });
}

HAWSER_DECL void PersistConn::piece_delayed(BodyPump& pump) {
    monitor_.turn(Context::call, [&] {
        if (&pump == pump_.get()) {
            piece_.notify();
        }
    });
}

HAWSER_DECL bool PersistConn::has_to_write(const Exchange& exchange) const noexcept {
    return !closed_ && !write_error_ &&
           (!exchange.sender.pending().empty() || stream_->has_unsent());
}

// False: wait until the connection takes more.
HAWSER_DECL bool PersistConn::write_pending(Exchange& exchange) {
    std::error_code ec;
    const std::size_t n = stream_->write_some(exchange.sender.pending(), ec);
    if (n != 0) {
        exchange.attempt.bytes_written = true;
        exchange.sender.wrote(n);
    }
    if (ec == asio::error::would_block) {
        return false;
    }
    write_error_ = ec;
    return true;
}

// After a write error the peer's answer may still be there to read (413, or a reset that explains
// itself): the read side decides what the error is.
HAWSER_DECL void PersistConn::end_writing(Exchange& exchange) {
    if (closed_) {
        return;
    }
    if (write_error_) {
        writing_ = Writing::failed;
        pump_.reset();
        readable_.notify();
        return;
    }
    writing_ = Writing::complete;
    if (exchange.body == Exchange::Body::awaited) {
        set_deadline(Phase::header, exchange.response_header_timeout);
    }
}

// ── Reading the head ────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void PersistConn::begin_response(const Exchange& exchange) {
    reader_ = owner_->take_reader();
    reader_->start(exchange.request.method);
}

HAWSER_DECL HeadParser::Outcome PersistConn::read_head(Exchange& exchange, std::error_code& ec) {
    using Outcome = HeadParser::Outcome;
    Outcome outcome = Outcome::more;
    while (outcome == Outcome::more) {
        if (closed_) {
            return Outcome::failed;
        }
        const std::span<char> space = reader_->space();
        std::error_code io;
        const std::size_t n = stream_->read_some(space.data(), space.size(), io);
        if (io == asio::error::would_block && !write_error_) {
            return Outcome::more;
        }
        if (io) {
            const bool started = exchange.attempt.response_started;
            ec = lost_in_head(io == asio::error::would_block ? write_error_ : io, started);
            return Outcome::failed;
        }
        exchange.attempt.response_started = true;
        reader_->received(n);
        outcome = parse_head(ec);
    }
    return outcome;
}

// Skips interim responses, which belong to the same request (RFC 9110 §15.2).
HAWSER_DECL HeadParser::Outcome PersistConn::parse_head(std::error_code& ec) {
    for (;;) {
        const HeadParser::Outcome outcome = reader_->read_head();
        if (outcome == HeadParser::Outcome::complete && reader_->interim()) {
            reader_->next_head();
            continue;
        }
        if (outcome == HeadParser::Outcome::complete && reader_->head().status == 101) {
            ec = error::bad_response;  // nobody asked to switch protocols
            return HeadParser::Outcome::failed;
        }
        ec = reader_->error();
        return outcome;
    }
}

// ── The response and its body ───────────────────────────────────────────────────────────────────

// True when the whole response is here: its connection is free again before the caller, who is told
// after the turn, can see it. False when its body stays to be read.
HAWSER_DECL bool PersistConn::deliver(const IntrusivePtr<Exchange>& exchange) {
    clear_deadline();
    Arrival arrival{reader_->head(), {}, nullptr};
    arrival.whole = reader_->ended() || reader_->take_whole_body(arrival.body);
    if (!arrival.whole) {
        exchange->body = Exchange::Body::open;
        exchange->respond(*this, arrival);
        return false;
    }
    arrival.trailers = reader_->take_trailers();
    exchange->respond(*this, arrival);
    settle(Verdict::eof);
    return true;
}

HAWSER_DECL std::size_t PersistConn::read_body(Exchange& exchange,
                                               std::span<char> out,
                                               std::error_code& ec) {
    std::size_t n = 0;
    monitor_.turn(Context::call, [&] { n = take_body(exchange, out, ec); });
    return n;
}

HAWSER_DECL void PersistConn::read_body(Exchange& exchange, BodyWait& wait) {
    monitor_.turn(Context::call, [&] {
        std::error_code ec;
        if (body_wait_ != nullptr && exchange_.get() == &exchange) {
            ec = error::concurrent_read;
        } else if (exchange.body != Exchange::Body::open) {
            take_body(exchange, {}, ec);
        } else {
            body_wait_ = &wait;
            serve_body_wait();
            return;
        }
        monitor_.after(*wait.received(0, ec));
    });
}

// While the request still waits to be written, that is what is timed.
HAWSER_DECL void PersistConn::watch_body_wait() {
    if (body_wait_ != nullptr && phase_ != Phase::write) {
        set_deadline(Phase::body, owner_->settings().body_idle_timeout);
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
            if (!read_wait_armed_) {
                read_wait_armed_ = true;
                stream_->wait(Direction::read, *this);
            }
            watch_body_wait();
            return;
        }
        if (Task* done = body_wait_->received(n, ec)) {
            clear_deadline();
            body_wait_ = nullptr;
            monitor_.after(*done);
            return;
        }
        if ((served += n) >= budget) {
            asio::post(owner_->executor(), [self = IntrusivePtr<PersistConn>(this)] {
                self->monitor_.turn(Context::io, [&] { self->serve_body_wait(); });
            });
            return;
        }
    }
}

HAWSER_DECL std::size_t PersistConn::take_body(Exchange& exchange,
                                               std::span<char> out,
                                               std::error_code& ec) {
    switch (exchange.body) {
        case Exchange::Body::open:
            return out.empty() ? 0 : fill_body(exchange, out, ec);
        case Exchange::Body::ended:
            ec = asio::error::eof;
            return 0;
        case Exchange::Body::failed:
            ec = exchange.body_error;
            return 0;
        case Exchange::Body::awaited:
        case Exchange::Body::closed:
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
        } else if (io) {
            end_body(exchange, Verdict::failed, lost_in_body(io));
            ec = exchange.body_error;
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
        reader_->received_directly(n);
        return n;
    }
    const std::span<char> space = reader_->space();
    reader_->received(stream_->read_some(space.data(), space.size(), ec));
    return reader_->read_body(out);
}

HAWSER_DECL void PersistConn::end_body(Exchange& exchange, Verdict verdict, std::error_code ec) {
    exchange.body = verdict == Verdict::eof ? Exchange::Body::ended : Exchange::Body::failed;
    exchange.body_error = ec;
    if (verdict == Verdict::eof) {
        exchange.trailers = reader_->take_trailers();
    }
    verdicts_.try_send(verdict);
}

HAWSER_DECL void PersistConn::close_body(Exchange& exchange) {
    monitor_.turn(Context::call, [&] {
        if (exchange.body != Exchange::Body::open) {
            exchange.body = Exchange::Body::closed;
            return;
        }
        char rest[4096];  // what is buffered already costs nothing to read
        while (reader_->read_body(rest) != 0) {
        }
        const bool at_end = reader_->ended();
        exchange.body = Exchange::Body::closed;
        end_body_wait(error::canceled);
        verdicts_.try_send(at_end ? Verdict::eof : Verdict::early_close);
    });
}

HAWSER_DECL bool PersistConn::settle(Verdict verdict) {
    clear_deadline();
    const IntrusivePtr<Exchange> exchange = std::move(exchange_);
    const bool leftover =
        reader_->leftover() != 0 || (stream_->has_buffered() && stream_->look() == Idle::stale);
    const Reuse reuse = may_reuse(reader_->ended() ? Reading::complete : Reading::body,
                                  writing_,
                                  reader_->persistent() && !exchange->request.close,
                                  verdict,
                                  leftover);
    const auto keep_alive_timeout = reader_->head().keep_alive_timeout;
    owner_->give_back(std::move(reader_));
    if (exchange->body != Exchange::Body::awaited) {
        end_body_wait(exchange->body_error ? exchange->body_error : asio::error::eof);
        exchange->finished();
    }
    if (reuse == Reuse::yes && put_back(keep_alive_timeout)) {
        return true;
    }
    shut({}, reuse);
    return false;
}

// ── Ending ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void PersistConn::abort(Exchange& exchange, std::error_code cause, Context context) {
    monitor_.turn(context, [&] {
        if (exchange_.get() == &exchange) {
            shut(cause);
        }
    });
}

HAWSER_DECL void PersistConn::cancel_read(Exchange& exchange,
                                          BodyWait& wait,
                                          std::error_code cause) {
    monitor_.turn(Context::call, [&] {
        if (exchange_.get() == &exchange && body_wait_ == &wait) {
            shut(cause);
        }
    });
}

HAWSER_DECL void PersistConn::close(std::error_code cause, Context context) {
    monitor_.turn(context, [&] { shut(cause); });
}

HAWSER_DECL void PersistConn::close_unless_reading(std::error_code cause, Context context) {
    monitor_.turn(context, [&] {
        if (!exchange_ || exchange_->body == Exchange::Body::awaited) {
            shut(cause);
        }
    });
}

HAWSER_DECL void PersistConn::run(Context context) {
    const auto self = IntrusivePtr<PersistConn>::adopt(this);
    close({}, context);
}

HAWSER_DECL void PersistConn::abandon() {
    const IntrusivePtr<PersistConn> self(this);
    monitor_.turn(Context::call, [&] {
        shut(error::client_closed);
        stream_.reset();
    });
}

HAWSER_DECL void PersistConn::shut(std::error_code cause, std::optional<Reuse> why) {
    if (closed_) {
        return;
    }
    closed_ = true;
    clear_deadline();
    stream_->close();
    pump_.reset();
    write_jobs_.close();
    replies_.close();
    verdicts_.close();
    readable_.notify();
    writable_.notify();
    piece_.notify();
    if (exchange_) {
        fail_exchange(cause ? cause : make_error_code(error::canceled));
        why = why.value_or(Reuse::failed);
    }
    if (reader_) {
        owner_->give_back(std::move(reader_));
    }
    owner_->closed(*this, why);
}

HAWSER_DECL void PersistConn::fail_exchange(std::error_code cause) {
    IntrusivePtr<Exchange> exchange = std::move(exchange_);
    if (exchange->body == Exchange::Body::awaited) {
        exchange->failure = cause;
        monitor_.after(*exchange.detach());
        return;
    }
    if (exchange->body == Exchange::Body::open) {
        exchange->body = Exchange::Body::failed;
        exchange->body_error = cause;
    }
    end_body_wait(cause);
    exchange->finished();
}

HAWSER_DECL void PersistConn::end_body_wait(std::error_code ec) {
    if (body_wait_ != nullptr) {
        monitor_.after(*std::exchange(body_wait_, nullptr)->received(0, ec));
    }
}

}  // namespace hawser::detail
