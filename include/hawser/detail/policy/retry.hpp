// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether a failed attempt is repeated, once, on a fresh connection (rule 9; RFC 9110 §9.2.2, Go's
// shouldRetryRequest with B-01: what provably never left is always safe to send again).

#include <hawser/error.hpp>

#include <string_view>
#include <system_error>

namespace hawser::detail {

struct Attempt {
    bool reused = false;            // the connection had been idle before
    bool bytes_written = false;     // of this request, possibly seen by the server
    bool response_started = false;  // at least one byte of a response came
    bool idempotent = false;        // by its method, or marked so
    bool replayable = false;        // the body can be sent again, or was not touched
    bool retried_before = false;
};

enum class Retry {
    no,
    unwritten,   // no byte of the request was written
    idempotent,  // it may have been seen, and may be seen twice
};

/// Safe, or idempotent by definition (RFC 9110 §9.2.2).
constexpr bool is_idempotent(std::string_view method) noexcept {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE" ||
           method == "PUT" || method == "DELETE";
}

/// Only what a closed idle connection looks like is retried: the peer's end of the connection, not
/// a timeout, a cancellation or an error of the request itself.
inline bool is_stale_connection(std::error_code ec) noexcept {
    return ec == error::server_closed || ec == error::connection_reset;
}

inline Retry should_retry(const Attempt& attempt, std::error_code ec) noexcept {
    if (!is_stale_connection(ec) || !attempt.reused || attempt.retried_before ||
        attempt.response_started || !attempt.replayable) {
        return Retry::no;
    }
    if (!attempt.bytes_written) {
        return Retry::unwritten;
    }
    return attempt.idempotent ? Retry::idempotent : Retry::no;
}

}  // namespace hawser::detail
