// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/middleware/middleware_operation.hpp>
#include <hawser/detail/middleware/trace_context_round_tripper.hpp>
#include <hawser/detail/policy/trace_context.hpp>
#include <hawser/detail/random_hex.hpp>

#include <exception>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// Nothing if the system has no random bytes: then the request is sent as it is.
HAWSER_DECL bool make_span_ids(std::string& trace, std::string& span) {
    try {
        trace = random_hex<16>();
        span = random_hex<8>();
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

// Returns what a function of the options threw, as an error.
HAWSER_DECL std::error_code TraceContextRoundTripper::begin(Request& request,
                                                            std::string& reason) const {
    std::error_code ec = error::invalid_request;
    reason = "a function of trace_context() threw";
    try {
        if (options_->propagate_to && !options_->propagate_to(request.url)) {
            return {};
        }
        const std::string current = options_->current ? options_->current() : std::string();
        std::string trace;
        std::string span;
        if (make_span_ids(trace, span)) {
            begin_span(request.headers, current, trace, span, options_->sampled);
        }
        return {};
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (const std::system_error& e) {
        ec = e.code() ? e.code() : ec;
        reason.append(": ").append(printable(e.what()));
    }
    catch (const std::exception& e) {
        reason.append(": ").append(printable(e.what()));
    }
    catch (...) {
    }
    return ec;
}

HAWSER_DECL void TraceContextRoundTripper::start_round_trip(Request request,
                                                            RoundTripHandler handler) {
    std::string reason;
    const std::error_code ec = begin(request, reason);
    if (!ec) {
        return pass_on(*next(), std::move(request), std::move(handler));
    }
    Response response;
    response.failure = middleware_failure(
        ec, Failure::Phase::request, std::move(reason), request.method, request.url);
    std::move(handler)(ec, std::move(response));
}

}  // namespace hawser::inline HAWSER_ABI::detail
