// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The write side: what write_loop does with a request, where the pieces of its body come in, and
// what becomes of an upload whose response is there already.

#include <hawser/detail/conn/body_pump.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/io/endpoint_text.hpp>
#include <hawser/detail/policy/early_answer.hpp>

#include <asio/error.hpp>

namespace hawser::detail {

HAWSER_DECL void PersistConn::begin_writing(const IntrusivePtr<Exchange>& exchange) {
    if (exchange->request.expect_continue_timeout.count() > 0) {
        expect_ = Expect::waiting;
        exchange->attempt.sender.start(exchange->request.head, {}, {});
    } else {
        expect_ = Expect::nothing;
        send(exchange, exchange->request.head);
    }
}

// With what is left of the head, if anything.
HAWSER_DECL void PersistConn::send(const IntrusivePtr<Exchange>& exchange, std::string_view head) {
    exchange->attempt.sender.start(
        head,
        exchange->request.message.body.content(),
        exchange->request.plan,
        exchange->request.pump ? nullptr : &exchange->request.message.trailers);
    if (!closed_) {
        pump_ = exchange->request.pump;
    }
}

// Another piece, or the body that was withheld.
HAWSER_DECL bool PersistConn::more_to_write(const IntrusivePtr<Exchange>& exchange) {
    if (closed_ || write_error_ || writing_ != Writing::busy) {
        return false;
    }
    const Expect decision = std::exchange(expect_, Expect::nothing);
    if (decision == Expect::send_body) {
        send(exchange, {});
        return true;
    }
    if (decision == Expect::drop_body) {
        stop_upload();  // the server may wait for it for ever
        return false;
    }
    return pump_ != nullptr;
}

HAWSER_DECL Event::Wait PersistConn::go_ahead() {
    if (exchange_->request.trace) {
        tell_go_ahead(*exchange_);
    }
    start_timer(Phase::go_ahead, exchange_->request.expect_continue_timeout);
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
    pump_->fetch(*this);
    return piece_.wait();
}

HAWSER_DECL void PersistConn::piece_arrived(
    BodyPump& pump, std::string_view piece, std::error_code ec, Fault fault, CalledFrom from) {
    turn(from, [&] {
        if (&pump != pump_.get()) {
            return;  // closed meanwhile
        }
        if (writing_ != Writing::busy) {  // stopped meanwhile
            pump_ = nullptr;
            uploaded_.notify();
            return;
        }
        Exchange& exchange = *exchange_;
        if (!ec) {
            ec = piece.empty() ? exchange.attempt.sender.end(exchange.request.message.trailers)
                               : exchange.attempt.sender.add_piece(piece);
        }
        if (ec) {
            exchange.attempt.source_failed = true;
            note_source(exchange, ec, std::move(fault), piece.empty());
            close_now(ec);  // whatever the network says now is only a consequence
            return;
        }
        if (piece.empty()) {
            pump_ = nullptr;
        }
        piece_.notify();
    });
}

HAWSER_DECL void PersistConn::note_source(Exchange& exchange,
                                          std::error_code ec,
                                          Fault fault,
                                          bool ended) noexcept {
    try {
        if (fault.empty()) {
            fault.reason = std::string("its source gave ") + (ended ? "less" : "more") +
                           " than the length announced, " +
                           std::to_string(exchange.request.plan.length) + " bytes";
        }
        fault.address = endpoint_text(info_.remote_endpoint);
    } catch (const std::bad_alloc&) {
    }
    exchange.note_failure(ec, Failure::Phase::write, std::move(fault));
}

HAWSER_DECL void PersistConn::piece_delayed(BodyPump& pump) {
    turn(CalledFrom::user, [&] {
        if (&pump == pump_.get()) {
            piece_.notify();
        }
    });
}

HAWSER_DECL bool PersistConn::has_to_write(const Exchange& exchange) const noexcept {
    return !closed_ && !write_error_ && writing_ == Writing::busy &&
           (!exchange.attempt.sender.pending().empty() || stream_->has_unsent());
}

// False: wait until the connection takes more.
HAWSER_DECL bool PersistConn::write_pending(Exchange& exchange) {
    std::error_code ec;
    const std::size_t n = stream_->write_some(exchange.attempt.sender.pending(), ec);
    if (n != 0) {
        exchange.attempt.written += n;
        if (exchange.request.trace) {
            tell_written(exchange, n);
        }
        exchange.attempt.sender.wrote(n);
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
    if (exchange.request.trace) {
        tell_wrote_request(exchange);
    }
    if (closed_ || writing_ != Writing::busy) {
        return;
    }
    if (write_error_) {
        stop_upload();
        readable_.notify();
        return;
    }
    writing_ = Writing::complete;
    exchange.response.request_sent.store(true, std::memory_order_relaxed);
    uploaded_.notify();
    if (exchange.response.body != BodyState::awaited) {
        finish_upload(exchange);
    } else {
        start_timer(Phase::head, exchange.request.response_header_timeout);
    }
}

// ── Early answers ────────────────────────────────────────────────────────────────────────────────

// Nothing more of the request is written. The call of its source that is under way stays awaited.
HAWSER_DECL void PersistConn::stop_upload() {
    writing_ = Writing::failed;
    stop_timer(Phase::write);
    if (pump_ && !pump_->busy()) {
        pump_ = nullptr;
    } else if (pump_ && exchange_->response.body != BodyState::awaited) {
        finish_upload(*exchange_);
    }
    piece_.notify();
    writable_.notify();
    uploaded_.notify();
}

HAWSER_DECL void PersistConn::answered_early(const ResponseHead& head) {
    const bool says_close = head.version == Version::http_1_1 && !head.keep_alive;
    const Upload upload = after_early_answer(head.status, says_close);
    if (expect_ == Expect::waiting) {
        decide_body(upload == Upload::goes_on ? Expect::send_body : Expect::drop_body);
    } else if (upload == Upload::stops) {
        stop_upload();
    }
}

HAWSER_DECL void PersistConn::leave_pump() {
    if (pump_) {
        if (Task* const left = pump_->leave()) {
            monitor_.after(*left);
        }
        pump_ = nullptr;
    }
}

// Nothing of the upload is needed any more, nor its source for another attempt.
HAWSER_DECL void PersistConn::finish_upload(Exchange& exchange) {
    if (exchange.request.pump) {
        for (Task* const task : {exchange.request.pump->stop(), exchange.request.pump->finish()}) {
            if (task != nullptr) {
                monitor_.after(*task);
            }
        }
    }
}

// Whether the upload goes on, or its source has to return still.
HAWSER_DECL bool PersistConn::uploading() const noexcept {
    return !closed_ && (writing_ == Writing::busy || (writing_ == Writing::failed && pump_));
}

// Before a response is delivered.
HAWSER_DECL bool PersistConn::wait_for_upload() {
    if (closed_ || writing_ == Writing::complete) {
        return false;
    }
    if (writing_ == Writing::busy) {
        return reader_->whole_body_is_here();
    }
    if (pump_) {
        if (Task* const stop = pump_->stop()) {
            monitor_.after(*stop);
        }
    }
    return pump_ != nullptr;
}

// Whoever reads the response sees its end when that of the request is reached, too.
HAWSER_DECL bool PersistConn::holds_end(const Exchange& exchange) const noexcept {
    return exchange.response.body == BodyState::ended && exchange_.get() == &exchange &&
           !exchange.response.upgraded && uploading();
}

// The task tells the caller that the request is over.
HAWSER_DECL void PersistConn::after_source(Exchange& exchange, Task& task) {
    if (exchange.request.pump && exchange.request.pump->busy()) {
        const bool again = exchange.attempt.failure && !exchange.cancelled() &&
                           should_retry(exchange.attempt, exchange.attempt.failure) != Retry::no;
        if (Task* const stop = again ? nullptr : exchange.request.pump->stop()) {
            monitor_.after(*stop);
        }
        if (exchange.request.pump->hold(task)) {
            return;
        }
    }
    monitor_.after(task);
}

}  // namespace hawser::detail
