// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/exchange_trace.hpp>
#include <hawser/detail/conn/failure_notes.hpp>
#include <hawser/detail/conn/outgoing.hpp>
#include <hawser/detail/policy/early_answer.hpp>

#include <asio/error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL Outgoing::Outgoing(Monitor& monitor, Wire& wire) noexcept
    : monitor_(monitor), wire_(wire), piece_(monitor), changed_(monitor) {}

// ── Writing the request ──────────────────────────────────────────────────────────────────────────

HAWSER_DECL Outgoing::Next Outgoing::begin(Exchange& exchange) {
    const PreparedRequest& request = exchange.request;
    const Next first =
        exchange.attempt.outgoing.begin(request.parts, request.expect_continue_timeout.count() > 0);
    if (!wire_.open()) {
        return Next::done;
    }
    exchange_ = &exchange;
    pump_ = request.pump;
    return first;
}

HAWSER_DECL bool Outgoing::write_some() {
    std::error_code ec;
    const std::size_t n = wire_.stream().write_some(request().pending(), ec);
    if (n != 0) {
        exchange_->attempt.written += n;
        if (exchange_->request.trace) {
            tell_written(monitor_, *exchange_, n);
        }
        request().wrote(n);
    }
    if (!ec) {
        return true;
    }
    if (ec == asio::error::would_block) {
        return false;
    }
    request().fail(ec);
    return true;
}

HAWSER_DECL Event::Wait Outgoing::next_piece(PersistConn& conn) {
    exchange_->attempt.body_read = true;
    pump_->fetch(conn);
    return piece_.wait();
}

HAWSER_DECL std::error_code Outgoing::piece_arrived(BodyPump& pump,
                                                    std::string_view piece,
                                                    std::error_code ec,
                                                    Fault fault) {
    if (&pump != pump_.get()) {
        return {};  // closed meanwhile
    }
    if (request().progress() != Writing::busy) {  // stopped meanwhile
        pump_ = nullptr;
        changed_.notify();
        return {};
    }
    if (!ec) {
        ec = request().piece(piece);
    }
    if (ec) {
        exchange_->attempt.source_failed = true;
        note_source(*exchange_, wire_, ec, std::move(fault), piece.empty());
        return ec;
    }
    if (piece.empty()) {
        pump_ = nullptr;
    }
    piece_.notify();
    return {};
}

HAWSER_DECL void Outgoing::piece_delayed(BodyPump& pump) noexcept {
    if (&pump == pump_.get()) {
        piece_.notify();
    }
}

HAWSER_DECL Event::Wait Outgoing::go_ahead() {
    if (exchange_->request.trace) {
        tell_go_ahead(monitor_, *exchange_);
    }
    wire_.alarm.start(Phase::go_ahead, exchange_->request.expect_continue_timeout);
    return piece_.wait();
}

HAWSER_DECL void Outgoing::decide(bool send_body) noexcept {
    if (exchange_ != nullptr && request().awaits_go_ahead()) {
        request().go_ahead(send_body);
        wire_.alarm.stop(Phase::go_ahead);
        piece_.notify();
    }
}

// After a write error, the server's response may still be readable (413, or a reset that explains
// itself), so the read side decides what the error is.
HAWSER_DECL void Outgoing::end(Exchange& exchange) {
    if (exchange.request.trace) {
        tell_wrote_request(monitor_, exchange);
    }
    if (exchange_ == nullptr) {
        return;  // closed meanwhile
    }
    if (request().progress() == Writing::failed) {
        stop();
        if (request().error()) {
            wire_.wake_reader();
        }
        return;
    }
    exchange.response.request_sent.store(true, std::memory_order_relaxed);
    changed_.notify();
    if (exchange.response.body != BodyState::awaited) {
        finish(exchange);
    } else {
        wire_.alarm.start(Phase::head, exchange.request.response_header_timeout);
    }
}

// ── Early responses ──────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void Outgoing::answered_early(const ResponseHead& head) {
    const bool says_close = head.version == Version::http_1_1 && !head.keep_alive;
    const Upload upload = after_early_answer(head.status, says_close);
    if (request().awaits_go_ahead()) {
        decide(upload == Upload::continues);
    } else if (upload == Upload::stops) {
        stop();
    }
}

HAWSER_DECL void Outgoing::stop() {
    request().stop();
    wire_.alarm.stop(Phase::write);
    if (pump_ && !pump_->busy()) {
        pump_ = nullptr;
    } else if (pump_ && exchange_->response.body != BodyState::awaited) {
        finish(*exchange_);
    }
    piece_.notify();
    wire_.wake_writer();
    changed_.notify();
}

HAWSER_DECL bool Outgoing::busy() const noexcept {
    if (exchange_ == nullptr) {
        return false;
    }
    const Writing progress = request().progress();
    return progress == Writing::busy || (progress == Writing::failed && pump_);
}

HAWSER_DECL bool Outgoing::holds_response(const Incoming& in) {
    if (exchange_ == nullptr || request().progress() == Writing::complete) {
        return false;
    }
    if (request().progress() == Writing::busy) {
        return in.response().body().whole_is_here();
    }
    if (pump_) {
        if (Task* const stop = pump_->stop()) {
            monitor_.after(*stop);
        }
    }
    return pump_ != nullptr;
}

// ── The end ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void Outgoing::release() {
    if (pump_) {
        if (Task* const left = pump_->leave()) {
            monitor_.after(*left);
        }
        pump_ = nullptr;
    }
    exchange_ = nullptr;
}

HAWSER_DECL void Outgoing::close() {
    release();
    piece_.notify();
    changed_.notify();
}

HAWSER_DECL void Outgoing::finish_source(Exchange& exchange) {
    for (Task* const task : {exchange.request.pump->stop(), exchange.request.pump->finish()}) {
        if (task != nullptr) {
            monitor_.after(*task);
        }
    }
}

HAWSER_DECL void Outgoing::run_after_source(Exchange& exchange, Task& task) {
    if (exchange.request.pump && exchange.request.pump->busy()) {
        const bool again = exchange.attempt.failure && !exchange.canceled() &&
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

}  // namespace hawser::inline HAWSER_ABI::detail
