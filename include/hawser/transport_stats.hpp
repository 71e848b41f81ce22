// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <cstdint>
#include <iosfwd>

namespace hawser::inline HAWSER_ABI {

/// The current state of a Transport, and what it has done since it was made. Printable with `<<`.
struct TransportStats {
    // Now.
    std::uint64_t open = 0;     ///< connections: idle + active
    std::uint64_t idle = 0;     ///< connections waiting for a request
    std::uint64_t active = 0;   ///< connections serving a request
    std::uint64_t dialing = 0;  ///< connections being made
    std::uint64_t waiting = 0;  ///< requests waiting for a connection or a dial
    std::uint64_t queued = 0;   ///< those of them that a limit keeps from dialing
    std::uint64_t strands = 0;  ///< running loops: two per open connection

    // Since the transport was made.
    std::uint64_t dialed = 0;          ///< connections made
    std::uint64_t dial_failures = 0;   ///< connections that could not be made
    std::uint64_t dials_given_up = 0;  ///< dials aborted because no request needed them any longer
    std::uint64_t turned_away = 0;     ///< requests refused: queue full, or queued too long
    std::uint64_t reused = 0;          ///< requests sent on a connection that had been idle
    std::uint64_t returned = 0;        ///< connections returned for reuse
    std::uint64_t retried = 0;         ///< requests sent again on a fresh connection, because:
    std::uint64_t retried_unwritten = 0;   ///< a stale connection took no byte of them
    std::uint64_t retried_idempotent = 0;  ///< a stale connection may have served them, harmlessly
    std::uint64_t retried_without_expectation = 0;     ///< 417
    std::uint64_t retried_with_proxy_credentials = 0;  ///< 407
    std::uint64_t drained = 0;      ///< bodies closed early, with the rest read in the background
    std::uint64_t torn_down = 0;    ///< connections closed, for any reason:
    std::uint64_t early_close = 0;  ///< a body was closed or dropped before its end
    std::uint64_t failed = 0;       ///< an exchange ended with an error, a timeout, a cancellation
    std::uint64_t not_persistent = 0;    ///< the server or the request said close
    std::uint64_t write_unfinished = 0;  ///< the response ended before the request was written
    std::uint64_t leftover_bytes = 0;    ///< the server sent more than its response
    std::uint64_t upgraded = 0;          ///< was upgraded to another protocol
    std::uint64_t closed_idle = 0;       ///< while idle: expired, evicted, no room, closed by
                                         ///< either side
};

/// The most telling numbers, in one line.
template <class Char, class Traits>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out,
                                             const TransportStats& stats) {
    return out << stats.open << " open (" << stats.active << " active, " << stats.idle << " idle), "
               << stats.dialing << " dialing, " << stats.waiting << " waiting, " << stats.strands
               << " strands; " << stats.dialed << " dialed, " << stats.reused << " reused, "
               << stats.retried << " retried, " << stats.returned << " returned, "
               << stats.torn_down << " torn down";
}

}  // namespace hawser::inline HAWSER_ABI
