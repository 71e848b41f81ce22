// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/failure_notes.hpp>
#include <hawser/detail/io/endpoint_text.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/detail/policy/failure_phase.hpp>
#include <hawser/error.hpp>

#include <new>
#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// For example "after 1234 of 5000 bytes".
inline std::string body_progress(const ResponseReader& response) {
    std::string text = "after " + std::to_string(response.body().delivered());
    if (const BodyPlan& plan = response.body().plan(); plan.framing == BodyFraming::length) {
        text += " of " + std::to_string(plan.length);
    }
    return text + " bytes";
}

HAWSER_COLD_DECL void note_failure(Exchange& exchange,
                                   const Wire& wire,
                                   const Incoming& in,
                                   std::error_code code,
                                   Fault fault) noexcept {
    if (exchange.noted()) {
        return;
    }
    const bool delivered = exchange.response.body != BodyState::awaited;
    try {
        if (fault.empty() && in.begun() && in.response().error() == code) {
            fault = fault_of(in.response());
        }
        if (delivered && !exchange.response.upgraded && in.begun()) {
            const std::string progress = body_progress(in.response());
            fault.reason = fault.reason.empty() ? progress : fault.reason + ", " + progress;
        }
        fault.address = endpoint_text(wire.info.remote_endpoint);
    } catch (const std::bad_alloc&) {
    }
    const bool received = exchange.attempt.received != 0;
    const Writing writing = exchange.attempt.outgoing.progress();
    exchange.note_failure(code, failure_phase(delivered, received, writing), std::move(fault));
}

HAWSER_COLD_DECL void note_lost(Exchange& exchange,
                                const Wire& wire,
                                const Incoming& in,
                                std::error_code io,
                                std::error_code code) noexcept {
    Fault fault;
    try {
        fault = wire.stream().fault();
        if (!is_end(io)) {
            fault.cause = fault.cause ? fault.cause : in_std_category(io);
        } else if (exchange.response.body == BodyState::awaited && exchange.attempt.received != 0) {
            fault.reason = "the connection ended within the head";
        }
    } catch (const std::bad_alloc&) {
    }
    note_failure(exchange, wire, in, code, std::move(fault));
}

HAWSER_COLD_DECL void note_source(
    Exchange& exchange, const Wire& wire, std::error_code code, Fault fault, bool ended) noexcept {
    try {
        if (fault.empty()) {
            fault.reason = std::string("its source gave ") + (ended ? "less" : "more") +
                           " than the length announced, " +
                           std::to_string(exchange.request.parts.plan.length) + " bytes";
        }
        fault.address = endpoint_text(wire.info.remote_endpoint);
    } catch (const std::bad_alloc&) {
    }
    exchange.note_failure(code, Failure::Phase::write, std::move(fault));
}

}  // namespace hawser::inline HAWSER_ABI::detail
