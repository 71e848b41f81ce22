// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection knows of the failure of the exchange that it serves. All of it is made when
// there is a failure, and none of it may be one: without memory the code has to say it all.

#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/io/endpoint_text.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/policy/failure_phase.hpp>
#include <hawser/error.hpp>

#include <new>
#include <utility>

namespace hawser::detail {

// The first to note is nearest to the cause.
HAWSER_DECL void PersistConn::note_failure(Exchange& exchange,
                                           std::error_code code,
                                           Fault fault) noexcept {
    if (exchange.noted()) {
        return;
    }
    try {
        if (fault.empty() && reader_ && reader_->error() == code) {
            fault = fault_of(*reader_);
        }
        note_progress(exchange, fault);
        fault.address = endpoint_text(info_.remote_endpoint);
    } catch (const std::bad_alloc&) {
    }
    const bool delivered = exchange.response.body != BodyState::awaited;
    const bool received = exchange.attempt.received != 0;
    exchange.note_failure(code, failure_phase(delivered, received, writing_), std::move(fault));
}

// The connection failed, which `io` says.
HAWSER_DECL void PersistConn::note_lost(Exchange& exchange,
                                        std::error_code io,
                                        std::error_code code) noexcept {
    Fault fault;
    try {
        fault = stream_->fault();
        if (!is_end(io)) {
            fault.cause = fault.cause ? fault.cause : in_std_category(io);
        } else if (exchange.response.body == BodyState::awaited && exchange.attempt.received != 0) {
            fault.reason = "the connection ended within the head";
        }
    } catch (const std::bad_alloc&) {
    }
    note_failure(exchange, code, std::move(fault));
}

// A read of the caller's that completes with an error.
HAWSER_DECL void PersistConn::end_failed_wait(BodyRead& wait) {
    if (wait.fatal) {
        note_failure(*exchange_, wait.fatal, wait.fault());
        if (exchange_->response.body == BodyState::open) {
            end_body(*exchange_, Verdict::failed, wait.fatal);
        }
    }
    wait.explain(*exchange_);
}

// "after 1234 of 5000 bytes"
HAWSER_DECL void PersistConn::note_progress(const Exchange& exchange, Fault& fault) const {
    if (exchange.response.body == BodyState::awaited || exchange.response.upgraded || !reader_) {
        return;
    }
    std::string text = "after " + std::to_string(reader_->delivered());
    if (const BodyPlan& plan = reader_->plan(); plan.framing == BodyFraming::length) {
        text += " of " + std::to_string(plan.length);
    }
    text += " bytes";
    fault.reason = fault.reason.empty() ? text : fault.reason + ", " + text;
}

// Its time is up.
HAWSER_DECL void PersistConn::run_late(error reason, std::chrono::milliseconds limit) {
    if (exchange_) {
        note_failure(*exchange_, reason, {{}, after_time(limit), {}});
    }
    close_now(reason);
}

HAWSER_DECL Failure PersistConn::describe(const Exchange& exchange,
                                          std::error_code ec,
                                          const char* reason) {
    Failure failure;
    monitor_.turn(CalledFrom::user, [&] { failure = exchange.describe(ec, reason); });
    return failure;
}

HAWSER_DECL Failure PersistConn::tell_failure(Exchange& exchange,
                                              std::error_code ec,
                                              const char* reason) {
    Failure failure;
    monitor_.turn(CalledFrom::user, [&] { failure = exchange.tell(ec, reason); });
    return failure;
}

HAWSER_DECL Failure PersistConn::body_failure(const Exchange& exchange) {
    Failure failure;
    monitor_.turn(CalledFrom::user, [&] { failure = exchange.told(); });
    return failure;
}

HAWSER_DECL void PersistConn::refuse(Exchange& exchange, std::error_code ec, Fault fault) {
    monitor_.turn(CalledFrom::user, [&] {
        note_failure(exchange, ec, std::move(fault));
        if (exchange_.get() == &exchange) {
            close_now(ec);
        }
    });
}

}  // namespace hawser::detail
