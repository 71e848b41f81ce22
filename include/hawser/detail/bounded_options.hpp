// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Users write time limits that mean "never" as milliseconds::max(). Added to a clock's time they
// would overflow, so they are capped at a century on the way in (X14). Zero or less means no limit
// and stays as it is.

#include <hawser/transport_options.hpp>

#include <algorithm>
#include <chrono>

namespace hawser::inline HAWSER_ABI::detail {

inline constexpr std::chrono::milliseconds longest_limit = std::chrono::hours{24 * 365 * 100};

constexpr std::chrono::milliseconds bounded(std::chrono::milliseconds limit) noexcept {
    return std::min(limit, longest_limit);
}

inline TransportOptions bounded(TransportOptions options) {
    for (std::chrono::milliseconds* limit : {&options.pool_wait_timeout,
                                             &options.idle_conn_timeout,
                                             &options.max_conn_age,
                                             &options.dial_linger,
                                             &options.resolve_timeout,
                                             &options.resolve_cache_ttl,
                                             &options.connect_attempt_delay,
                                             &options.connect_timeout,
                                             &options.connect_total_timeout,
                                             &options.tls_handshake_timeout,
                                             &options.tcp_user_timeout,
                                             &options.response_header_timeout,
                                             &options.write_timeout,
                                             &options.body_idle_timeout,
                                             &options.expect_continue_timeout,
                                             &options.drain_timeout}) {
        *limit = bounded(*limit);
    }
    return options;
}

}  // namespace hawser::inline HAWSER_ABI::detail
