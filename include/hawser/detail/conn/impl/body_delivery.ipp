// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_delivery.hpp>
#include <hawser/detail/conn/failure_notes.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

// ── Called by the body ───────────────────────────────────────────────────────────────────────────

HAWSER_DECL std::size_t BodyDelivery::read_some(Exchange& exchange,
                                                std::span<char> out,
                                                std::error_code& ec) {
    std::size_t n = 0;
    ec = error::resource_exhausted;  // unless the turn gets further
    conn_.turn(CalledFrom::user, [&] {
        std::error_code read;
        n = take(exchange, out, read);
        if (read && exchange.request.pump && exchange.request.pump->busy()) {
            read = asio::error::would_block;  // wait until the source of the upload has returned
        }
        ec = read;
    });
    return n;
}

HAWSER_DECL void BodyDelivery::read(Exchange& exchange, BodyRead& read) {
    conn_.turn(CalledFrom::user, [&] {
        if (read_ != nullptr && serves(exchange)) {
            return conn_.after_turn(*read.received(0, error::concurrent_read));
        }
        if (exchange.response.body == BodyState::open || holds_end(exchange)) {
            read_ = &read;
            return serve();
        }
        std::error_code ec;
        take(exchange, {}, ec);
        Task& done = *read.received(0, ec);
        if (read.failed) {
            read.explain(exchange);
        }
        conn_.out.run_after_source(exchange, done);
    });
}

HAWSER_DECL void BodyDelivery::cancel(Exchange& exchange, BodyRead& read, std::error_code cause) {
    conn_.turn(CalledFrom::user, [&] {
        if (serves(exchange) && read_ == &read) {
            conn_.close_now(cause);
        }
    });
}

HAWSER_DECL void BodyDelivery::reject(Exchange& exchange, std::error_code ec, Fault fault) {
    conn_.turn(CalledFrom::user, [&] {
        note_failure(exchange, conn_.wire_, conn_.in_, ec, std::move(fault));
        if (serves(exchange)) {
            conn_.close_now(ec);
        }
    });
}

HAWSER_DECL void BodyDelivery::close(Exchange& exchange) {
    conn_.turn(CalledFrom::user, [&] {
        ResponseState& response = exchange.response;
        const bool was_open =
            response.body == BodyState::open || (response.upgraded && serves(exchange));
        const bool held = holds_end(exchange);
        response.body = BodyState::closed;
        if (was_open) {
            end_read(exchange, error::canceled);
            conn_.verdicts_.try_send(Verdict::early_close);
        } else if (held && exchange.request.pump && exchange.request.pump->guest()) {
            conn_.close_now(error::canceled, Reuse::write_unfinished);
        }
    });
}

HAWSER_DECL Failure BodyDelivery::describe(const Exchange& exchange, std::error_code ec) {
    Failure failure;
    conn_.monitor_.turn(CalledFrom::user, [&] { failure = exchange.describe(ec); });
    return failure;
}

HAWSER_DECL Failure BodyDelivery::tell(Exchange& exchange, std::error_code ec, const char* reason) {
    Failure failure;
    conn_.monitor_.turn(CalledFrom::user, [&] { failure = exchange.tell(ec, reason); });
    return failure;
}

HAWSER_DECL Failure BodyDelivery::failure(const Exchange& exchange) {
    Failure failure;
    conn_.monitor_.turn(CalledFrom::user, [&] { failure = exchange.told(); });
    return failure;
}

// ── Called by the connection ─────────────────────────────────────────────────────────────────────

HAWSER_DECL void BodyDelivery::open(Exchange& exchange) noexcept {
    exchange_ = &exchange;
    exchange.response.body = BodyState::open;
}

HAWSER_DECL void BodyDelivery::ready() {
    if (read_ != nullptr) {
        conn_.wire_.alarm.stop(Phase::body);
        serve();
    }
}

HAWSER_DECL void BodyDelivery::serve() {
    constexpr std::size_t budget = 256 * 1024;
    std::size_t served = 0;
    while (read_ != nullptr && exchange_ != nullptr) {
        std::error_code ec;
        const std::size_t n = take(*exchange_, read_->space(), ec);
        if (ec == asio::error::would_block) {
            return wait_for_bytes();
        }
        if (Task* const done = read_->received(n, ec)) {
            return complete(*done, ec);
        }
        served += n + std::exchange(read_->produced, 0);
        if (served >= budget) {
            return serve_later();
        }
    }
}

HAWSER_DECL void BodyDelivery::finish(Exchange& exchange) {
    if (read_ != nullptr) {
        const std::error_code ec = exchange.response.body_error;
        end_read(exchange, ec ? ec : asio::error::eof);
    }
    exchange_ = nullptr;
}

HAWSER_DECL void BodyDelivery::fail(Exchange& exchange, std::error_code cause) {
    ResponseState& response = exchange.response;
    const bool held = response.body == BodyState::ended && !response.upgraded;
    if (response.body == BodyState::open || held) {
        response.body = BodyState::failed;
        response.body_error = cause;
    }
    end_read(exchange, cause);
    exchange_ = nullptr;
}

// ── Bytes ────────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL std::size_t BodyDelivery::take(Exchange& exchange,
                                           std::span<char> out,
                                           std::error_code& ec) {
    switch (exchange.response.body) {
        case BodyState::open:
            return out.empty() ? 0 : fill(exchange, out, ec);
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

HAWSER_DECL std::size_t BodyDelivery::fill(Exchange& exchange,
                                           std::span<char> out,
                                           std::error_code& ec) {
    const std::size_t n = conn_.in_.read_body(out, ec);
    if (ec == asio::error::would_block) {
        return 0;
    }
    const ResponseReader& response = conn_.in_.response();
    if (ec) {
        note_lost(exchange, conn_.wire_, conn_.in_, ec, lost_in_body(ec));
        end(exchange, Verdict::failed, lost_in_body(ec));
    } else if (response.body().ended()) {
        end(exchange, Verdict::eof, {});
    } else if (response.error()) {
        end(exchange, Verdict::failed, response.error());
    }
    if (n == 0) {
        take(exchange, {}, ec);
    }
    return n;
}

HAWSER_DECL void BodyDelivery::end(Exchange& exchange, Verdict verdict, std::error_code ec) {
    ResponseState& response = exchange.response;
    response.body = verdict == Verdict::eof ? BodyState::ended : BodyState::failed;
    response.body_error = ec;
    if (ec) {
        note_failure(exchange, conn_.wire_, conn_.in_, ec);
    }
    if (verdict == Verdict::eof) {
        response.trailers = conn_.in_.response().body().take_trailers();
        response.cut_short = conn_.in_.response().body().cut_short();
    }
    if (!response.upgraded) {  // the other direction may continue
        conn_.verdicts_.try_send(verdict);
    }
}

// Ends the caller's pending read.
HAWSER_DECL void BodyDelivery::complete(Task& done, std::error_code ec) {
    conn_.wire_.alarm.stop(Phase::body);
    BodyRead& read = *std::exchange(read_, nullptr);
    if (read.failed && read.fatal) {
        note_failure(*exchange_, conn_.wire_, conn_.in_, read.fatal, read.fault());
        if (exchange_->response.body == BodyState::open) {
            end(*exchange_, Verdict::failed, read.fatal);
        }
    }
    if (read.failed) {
        read.explain(*exchange_);
    }
    ec || read.failed ? conn_.out.run_after_source(*exchange_, done) : conn_.after_turn(done);
}

HAWSER_DECL void BodyDelivery::end_read(Exchange& exchange, std::error_code ec) {
    if (read_ != nullptr) {
        conn_.wire_.alarm.stop(Phase::body);
        BodyRead& read = *std::exchange(read_, nullptr);
        Task& done = *read.received(0, ec);
        if (read.failed) {
            read.explain(exchange);
        }
        conn_.out.run_after_source(exchange, done);
    }
}

// Waits for the server to send bytes. After an upgrade there is no time limit.
HAWSER_DECL void BodyDelivery::wait_for_bytes() {
    const ResponseState& response = exchange_->response;
    if (response.body == BodyState::open) {
        conn_.wire_.arm_read();
        if (response.hurried) {
            conn_.wire_.alarm.start(Phase::drain, conn_.wire_.settings.drain_timeout);
        } else if (!response.upgraded) {
            conn_.wire_.offer_read();
            conn_.wire_.alarm.start(Phase::body, conn_.wire_.settings.body_idle_timeout);
        }
    }
}

// The executor may be a user's, so nothing is submitted to it within a turn.
HAWSER_DECL void BodyDelivery::serve_later() {
    conn_.wire_.alarm.stop(Phase::body);  // now the caller takes the time
    if (!std::exchange(serves_later_, true)) {
        conn_.add_ref();  // released by the task
        conn_.after_turn(*this);
    }
}

HAWSER_DECL void BodyDelivery::run(CalledFrom) {
    const auto self = IntrusivePtr<PersistConn>::adopt(&conn_);
    try {
        post_handler(conn_.wire_.executor, [self] {
            self->turn(CalledFrom::executor, [&] {
                self->body.serves_later_ = false;
                self->body.serve();
            });
        });
    } catch (...) {
        self->close(error_of_exception(), CalledFrom::user);
    }
}

// Whether the reader must wait for the end of the body until the request is written.
HAWSER_DECL bool BodyDelivery::holds_end(const Exchange& exchange) const noexcept {
    return exchange.response.body == BodyState::ended && serves(exchange) &&
           !exchange.response.upgraded && conn_.out.busy();
}

}  // namespace hawser::inline HAWSER_ABI::detail
