// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The write side: what write_loop does with a request, and where the pieces of its body come in.

#include <hawser/detail/net/body_pump.hpp>
#include <hawser/detail/net/persist_conn.hpp>

#include <asio/error.hpp>

namespace hawser::detail {

HAWSER_DECL void PersistConn::begin_writing(const IntrusivePtr<Exchange>& exchange) {
    if (exchange->expect_continue_timeout.count() > 0) {
        expect_ = Expect::waiting;
        exchange->sender.start(exchange->head, {}, {});
    } else {
        expect_ = Expect::nothing;
        send(exchange, exchange->head);
    }
}

// With what is left of the head, if anything.
HAWSER_DECL void PersistConn::send(const IntrusivePtr<Exchange>& exchange, std::string_view head) {
    exchange->sender.start(head,
                           exchange->request.body.content(),
                           exchange->plan,
                           exchange->source ? nullptr : &exchange->request.trailers);
    if (exchange->source && !closed_) {
        pump_ = std::make_shared<BodyPump>(this, owner_->executor(), exchange->source);
    }
}

// Another piece, or the body that was withheld.
HAWSER_DECL bool PersistConn::more_to_write(const IntrusivePtr<Exchange>& exchange) {
    if (closed_ || write_error_) {
        return false;
    }
    const Expect decision = std::exchange(expect_, Expect::nothing);
    if (decision == Expect::send_body) {
        send(exchange, {});
        return true;
    }
    if (decision == Expect::drop_body) {
        writing_ = Writing::failed;  // the server may wait for it for ever
        return false;
    }
    return pump_ != nullptr;
}

HAWSER_DECL Event::Wait PersistConn::go_ahead() {
    if (exchange_->trace) {
        tell_go_ahead(*exchange_);
    }
    start_timer(Phase::go_ahead, exchange_->expect_continue_timeout);
    return piece_.wait();
}

HAWSER_DECL void PersistConn::decide_body(Expect decision) {
    if (expect_ == Expect::waiting) {
        expect_ = decision;
        stop_timer(Phase::go_ahead);
        piece_.notify();
    }
}

HAWSER_DECL Event::Wait PersistConn::next_piece() {
    exchange_->attempt.body_read = true;
    pump_->request();
    return piece_.wait();
}

HAWSER_DECL void PersistConn::piece_arrived(BodyPump& pump,
                                            std::string_view piece,
                                            std::error_code ec) {
    turn(Context::call, [&] {
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
    turn(Context::call, [&] {
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
        exchange.attempt.written += n;
        if (exchange.trace) {
            tell_written(exchange, n);
        }
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
    if (exchange.trace) {
        tell_wrote_request(exchange);
    }
    if (closed_ || writing_ == Writing::failed) {
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
        start_timer(Phase::head, exchange.response_header_timeout);
    }
}

}  // namespace hawser::detail
