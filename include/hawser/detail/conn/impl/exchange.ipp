// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/exchange.hpp>
#include <hawser/error.hpp>

#include <new>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL void Exchange::note_failure(std::error_code code,
                                             Failure::Phase phase,
                                             Fault fault) noexcept {
    try {
        if (!noted()) {
            response.note =
                std::make_unique<FailureNote>(FailureNote{code, phase, std::move(fault)});
        }
    } catch (const std::bad_alloc&) {  // then the code must suffice
    }
}

// If an error preceded the noted one, as a cancellation precedes the reset that it causes, it
// happened in the same place but for another reason.
HAWSER_COLD_DECL Failure Exchange::describe(std::error_code code,
                                            const char* reason) const noexcept {
    if (!code) {
        return {};
    }
    try {
        FailureData data;
        data.code = code;
        data.phase =
            response.body == BodyState::awaited ? Failure::Phase::request : Failure::Phase::body;
        if (noted()) {
            data.phase = response.note->phase;
            data.fault.address = response.note->fault.address;
            if (response.note->code == code) {
                data.fault = response.note->fault;
            }
        }
        if (data.fault.reason.empty()) {
            data.fault.reason = reason;
        }
        if (code == error::total_timeout && request.message.options.timeout) {
            const std::string progress = std::move(data.fault.reason);
            data.fault.reason = after_time(*request.message.options.timeout);
            data.fault.reason += progress.empty() ? "" : ", " + progress;
        }
        if (!data.fault.cause) {
            data.fault.cause = cause_of(code);
        }
        data.method = printable(request.message.method, 64);
        data.url = failing_url(request.message.url);
        data.attempt = data.phase == Failure::Phase::request ? 0 : attempt.retried_before ? 2 : 1;
        return FailureData::make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

HAWSER_COLD_DECL Failure Exchange::tell(std::error_code code, const char* reason) noexcept {
    try {
        if (!response.note) {
            response.note = std::make_unique<FailureNote>();
        }
        return response.note->told = describe(code, reason);
    } catch (const std::bad_alloc&) {
        return {};
    }
}

HAWSER_COLD_DECL Failure Exchange::told() const noexcept {
    return response.note && response.note->told ? response.note->told
                                                : describe(response.body_error);
}

}  // namespace hawser::inline HAWSER_ABI::detail
