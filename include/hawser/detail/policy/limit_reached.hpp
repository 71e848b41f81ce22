// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which of the caller's limits caused an error, and its value: the first things to know before
// raising it.

#include <hawser/error.hpp>
#include <hawser/failure.hpp>
#include <hawser/transport_options.hpp>

#include <chrono>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// For example "after 30000 ms (resolve_timeout)"; empty if no limit caused the error.
inline std::string limit_reached(std::error_code ec, const TransportOptions& options) {
    const auto time = [](std::chrono::milliseconds limit, const char* name) {
        return after_time(limit) + " (" + name + ')';
    };
    if (ec == error::too_many_waiters) {
        return "max_waiters is " + std::to_string(options.max_waiters);
    }
    if (ec == error::pool_wait_timeout) {
        return time(options.pool_wait_timeout, "pool_wait_timeout");
    }
    if (ec == error::resolve_timeout) {
        return time(options.resolve_timeout, "resolve_timeout");
    }
    if (ec == error::tls_timeout) {
        return time(options.tls_handshake_timeout, "tls_handshake_timeout");
    }
    if (ec != error::connect_timeout) {
        return {};
    }
    const auto one = options.connect_timeout;
    const auto all = options.connect_total_timeout;
    return all.count() != 0 && (one.count() == 0 || all < one) ? time(all, "connect_total_timeout")
                                                               : time(one, "connect_timeout");
}

}  // namespace hawser::inline HAWSER_ABI::detail
