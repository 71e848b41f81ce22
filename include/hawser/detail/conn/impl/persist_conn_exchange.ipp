// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One exchange on a connection: its head is read, its response delivered. Its end decides whether
// the connection is reused.

#include <hawser/detail/conn/exchange_trace.hpp>
#include <hawser/detail/conn/failure_notes.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/detail/policy/drain.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

// ── The response ─────────────────────────────────────────────────────────────────────────────────

// False: needs more bytes. True: the head is complete, or the connection is closed.
HAWSER_DECL bool PersistConn::read_head(Exchange& exchange) {
    const CurrentAttempt& attempt = exchange.attempt;
    while (wire_.open()) {
        const bool first = attempt.received == 0;
        std::error_code io;
        in_.receive(io);
        if (exchange.request.trace && first && !io) {
            tell_first_byte(monitor_, exchange);
        }
        if (io && io == asio::error::would_block) {
            io = attempt.outgoing.error();  // the server may have responded before the write failed
            if (!io) {
                return false;
            }
        }
        std::error_code ec;
        if (io) {
            ec = lost_in_head(io, attempt.received != 0);
            note_lost(exchange, wire_, in_, io, ec);
        } else if (!parse_head(exchange, ec)) {
            continue;
        }
        if (ec) {
            close_now(ec);
        }
        return true;
    }
    return true;
}

// Skips interim responses, which belong to the same request (RFC 9110 §15.2). False: needs more
// bytes.
HAWSER_DECL bool PersistConn::parse_head(Exchange& exchange, std::error_code& ec) {
    ResponseReader& response = in_.response();
    for (;; response.next_head()) {
        const HeadParser::Outcome outcome = response.read_head();
        if (outcome == HeadParser::Outcome::more) {
            return false;
        }
        if (outcome == HeadParser::Outcome::failed || !response.interim()) {
            ec = outcome == HeadParser::Outcome::failed ? response.error() : accept_head(exchange);
            return true;
        }
        if (exchange.request.trace) {
            tell_interim(monitor_, exchange, response.head());
            tell_ignored(monitor_, exchange, response);
        }
        if (response.head().status == 100) {
            out.decide(true);
        }
    }
}

// Acts on what the head alone determines: 417, 407, upgrades, early answers, content codings.
HAWSER_DECL std::error_code PersistConn::accept_head(Exchange& exchange) {
    const ResponseHead& head = in_.response().head();
    const OutgoingRequest& request = exchange.attempt.outgoing;
    if (exchange.request.trace) {
        tell_ignored(monitor_, exchange, in_.response());
    }
    if (request.awaits_go_ahead()) {
        exchange.attempt.expectation_failed = head.status == 417;
        if (should_retry(exchange.attempt, {}) != Retry::no) {
            return error::bad_response;  // not visible to the caller: the request is retried
        }
    }
    if (head.status == 407 && exchange.answers_proxy(head.headers)) {
        return error::bad_response;  // not visible to the caller either
    }
    const bool connects = is_exactly(exchange.request.message.method, "CONNECT");
    if (head.status == 101 || (head.status / 100 == 2 && connects)) {
        return tunnel.begin(exchange) ? std::error_code{} : make_error_code(error::bad_response);
    }
    if (request.progress() == Writing::busy) {
        out.answered_early(head);
    }
    const bool decode = head.coded && exchange.request.traits.asked_for_codings;
    const std::error_code ec =
        decode ? plan_decoding(head, exchange.response.coding) : std::error_code{};
    if (ec) {
        note_failure(exchange, wire_, in_, ec, decoding_fault(head));
    }
    return ec;
}

// True if the whole response has arrived: its connection is free again before the caller, who is
// notified after the turn, can see the response. False if its body remains to be read.
HAWSER_DECL bool PersistConn::deliver(const IntrusivePtr<Exchange>& exchange) {
    wire_.alarm.stop(Phase::head);
    if (exchange->request.pump && !out.busy()) {
        out.finish(*exchange);
    }
    ResponseReader& response = in_.response();
    ReceivedResponse arrival{response.head(), {}, nullptr};
    arrival.whole = response.body().ended() || response.body().take_whole(arrival.body);
    if (!arrival.whole) {
        exchange->respond(*this, arrival);
        body.open(*exchange);
        return false;
    }
    arrival.trailers = response.body().take_trailers();
    exchange->respond(*this, arrival);
    finish_exchange(Verdict::eof);
    return true;
}

inline bool may_persist(const Exchange& exchange, const ResponseReader& response) noexcept {
    return response.persistent() && !exchange.request.message.close;
}

inline Rest rest_of_body(const Exchange& exchange, const ResponseReader& response) noexcept {
    return {response.body().rest(),
            exchange.attempt.outgoing.progress() == Writing::complete,
            may_persist(exchange, response)};
}

// Reads what is buffered, which costs nothing, and waits for the rest if that is worthwhile. True:
// wait for more bytes. False: the verdict is final; it may have become eof.
HAWSER_DECL bool PersistConn::drain(Verdict& verdict) {
    if (!wire_.open()) {
        return false;
    }
    const ResponseReader& response = in_.response();
    bool received = false;
    while (!in_.discard_buffered()) {
        if (!worth_draining(rest_of_body(*exchange_, response), wire_.settings.drain_bytes)) {
            return false;
        }
        std::error_code io;
        in_.receive(io);
        if (io == asio::error::would_block) {
            if (!std::exchange(draining_, true)) {
                wire_.alarm.start(Phase::drain, wire_.settings.drain_timeout);
                exchange_->finished(*this);  // ends its deadline and its cancellation
            }
            return true;
        }
        if (io) {
            return false;
        }
        received = true;
    }
    if (response.body().ended()) {
        verdict = Verdict::eof;
        if (received || draining_) {
            owner_->count_drained();
        }
    }
    return false;
}

// ── The end ──────────────────────────────────────────────────────────────────────────────────────

/// A body source and a trace belong to the user, so they are not destroyed within a turn.
inline void release_after_turn(Monitor& monitor, IntrusivePtr<Exchange> exchange) {
    if (exchange->request.pump || exchange->request.trace) {
        monitor.after(Exchange::releasing(std::move(exchange)));
    }
}

inline Reuse reuse_after(const Exchange& exchange, const Incoming& in, Verdict verdict) {
    const bool leftover = in.followed();
    const ResponseReader& response = in.response();
    const Reading reading = exchange.response.upgraded ? Reading::upgraded
                            : response.body().ended()  ? Reading::complete
                                                       : Reading::body;
    return may_reuse(reading,
                     exchange.attempt.outgoing.progress(),
                     may_persist(exchange, response),
                     verdict,
                     leftover);
}

HAWSER_DECL void PersistConn::finish_exchange(Verdict verdict) {
    wire_.alarm.stop_all();
    wire_.end_use();
    draining_ = false;
    IntrusivePtr<Exchange> exchange = std::move(exchange_);
    const Reuse reuse = reuse_after(*exchange, in_, verdict);
    const ResponseHead& head = in_.response().head();
    const KeepAlive hint{head.keep_alive_timeout, head.keep_alive_max};
    owner_->give_back(in_.end());
    out.release();
    out.finish(*exchange);
    body.finish(*exchange);
    if (exchange->response.upgraded) {
        tunnel.end(error::canceled);
    }
    const bool kept = reuse == Reuse::yes && give_back(&hint);
    if (exchange->request.trace) {
        tell_put(monitor_,
                 *exchange,
                 wire_.info.id,
                 kept || reuse != Reuse::yes ? reuse : Reuse::no_room);
    }
    if (exchange->request.watched) {
        exchange->finished(*this);
    }
    release_after_turn(monitor_, std::move(exchange));
    if (!kept) {
        close_now({}, reuse);
    }
}

HAWSER_DECL void PersistConn::fail_exchange(std::error_code cause) {
    IntrusivePtr<Exchange> exchange = std::move(exchange_);
    const ResponseState& response = exchange->response;
    // The end of the body is held back while the upload continues.
    const bool held = response.body == BodyState::ended && !response.upgraded;
    if (response.body == BodyState::awaited || response.body == BodyState::open || held) {
        note_failure(*exchange, wire_, in_, cause);
    }
    Exchange& failed = *exchange;
    if (response.body == BodyState::awaited) {
        out.run_after_source(failed, Exchange::failing(std::move(exchange), cause));
        return;
    }
    out.finish(failed);
    body.fail(failed, cause);
    tunnel.end(cause);
    failed.finished(*this);
    release_after_turn(monitor_, std::move(exchange));
}

}  // namespace hawser::inline HAWSER_ABI::detail
