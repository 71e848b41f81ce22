// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether a failed attempt is repeated, once, on a fresh connection (rule 9; RFC 9110 §9.2.2; Go's
// shouldRetryRequest, with B-01: a request that provably never left is always safe to send again).
// The answer to a challenge of a proxy goes out in any case: the proxy did not forward the request.
// How often is decided by Authorization.

#include <hawser/detail/literal.hpp>
#include <hawser/error.hpp>
#include <hawser/reasons.hpp>

#include <cstdint>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

struct Attempt {
    std::uint64_t written = 0;   // bytes of this request; the server may have seen them
    std::uint64_t received = 0;  // bytes of its response
    bool reused = false;         // the connection had been idle before
    bool body_read = false;      // some of the request body was taken from its source
    bool source_failed = false;  // the error came from the source, whatever its code
    bool idempotent = false;     // by its method, or because the caller said so
    bool replayable = false;     // the body can be sent again from its first byte
    bool retried_before = false;
    bool expectation_failed = false;  // a 417 arrived while the body was withheld
    bool proxy_challenged = false;    // a 407 arrived, and the answer to it is known
};

/// Safe, or idempotent by definition (RFC 9110 §9.2.2).
constexpr bool is_idempotent(std::string_view method) noexcept {
    return is_exactly(method, "GET") || is_exactly(method, "HEAD") ||
           is_exactly(method, "OPTIONS") || is_exactly(method, "TRACE") ||
           is_exactly(method, "PUT") || is_exactly(method, "DELETE");
}

/// Only what looks like a closed idle connection is retried: the peer ended the connection. A
/// timeout, a cancellation, or an error in the request itself is not retried.
inline bool is_stale_connection(std::error_code ec) noexcept {
    return ec == error::server_closed || ec == error::connection_reset;
}

inline Retry should_retry(const Attempt& attempt, std::error_code ec) noexcept {
    if (attempt.source_failed || (attempt.body_read && !attempt.replayable)) {
        return Retry::no;
    }
    if (attempt.proxy_challenged) {
        return Retry::with_proxy_credentials;
    }
    if (attempt.retried_before) {
        return Retry::no;
    }
    if (attempt.expectation_failed) {
        return Retry::without_expectation;
    }
    if (!is_stale_connection(ec) || !attempt.reused || attempt.received != 0) {
        return Retry::no;
    }
    if (attempt.written == 0) {
        return Retry::unwritten;
    }
    return attempt.idempotent ? Retry::idempotent : Retry::no;
}

}  // namespace hawser::inline HAWSER_ABI::detail
