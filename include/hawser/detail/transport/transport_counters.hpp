// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The counters of a transport, as TransportStats shows them.

#include <hawser/detail/policy/may_reuse.hpp>
#include <hawser/reasons.hpp>
#include <hawser/transport_stats.hpp>

#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

/// Guarded by the lock of the pool.
struct TransportCounters : TransportStats {
    void count_retry(Retry reason) noexcept {
        ++retried;
        retried_unwritten += reason == Retry::unwritten;
        retried_idempotent += reason == Retry::idempotent;
        retried_without_expectation += reason == Retry::without_expectation;
        retried_with_proxy_credentials += reason == Retry::with_proxy_credentials;
    }

    /// A connection closed. `why` is set if it closed after an exchange.
    void count_closed(std::optional<Reuse> why) noexcept {
        ++torn_down;
        switch (why.value_or(Reuse::yes)) {
            case Reuse::yes:
            case Reuse::no_room:
                ++closed_idle;
                break;
            case Reuse::early_close:
                ++early_close;
                break;
            case Reuse::failed:
                ++failed;
                break;
            case Reuse::not_persistent:
                ++not_persistent;
                break;
            case Reuse::write_unfinished:
                ++write_unfinished;
                break;
            case Reuse::leftover_bytes:
                ++leftover_bytes;
                break;
            case Reuse::upgraded:
                ++upgraded;
                break;
        }
    }
};

}  // namespace hawser::inline HAWSER_ABI::detail
