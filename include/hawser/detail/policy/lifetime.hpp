// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How long a connection may be kept for another request: limited by our own settings for idle time,
// age and number of requests, and by what the server announced in `Keep-Alive: timeout=N, max=M`
// (RFC 2068 §19.7.1; B-02, B-17, R15). Also, how often to sweep idle connections for expired ones.
// Times are arguments; this knows neither the pool nor the connection.

#include <hawser/detail/time_point.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

/// The contents of a response's Keep-Alive field.
struct KeepAlive {
    std::optional<std::chrono::seconds> timeout{};
    std::optional<std::uint32_t> max{};
};

/// The history of a connection, as far as it limits reuse.
struct ConnLife {
    std::uint64_t requests = 0;            // taken on so far
    std::uint64_t allowed = UINT64_MAX;    // that the server accepts in total
    bool reused = false;                   // was idle before, so may have gone stale
    TimePoint expires{};                   // while idle
    TimePoint retires = TimePoint::max();  // too old for any request from then on
};

/// Zero means no limit.
struct LifetimeLimits {
    std::chrono::milliseconds idle_timeout{0};
    std::chrono::milliseconds max_age{0};
    std::uint64_t max_requests = 0;
};

/// A hash that spreads consecutive ids (the finalizer of splitmix64).
constexpr std::uint64_t mixed(std::uint64_t n) noexcept {
    n += 0x9e3779b97f4a7c15u;
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
    return n ^ (n >> 31);
}

/// When a connection made at `made` becomes too old: at 90 to 100 % of max_age. The exact point is
/// derived from its id, so that connections made together do not all expire together.
constexpr TimePoint retirement(TimePoint made,
                               std::chrono::milliseconds max_age,
                               std::uint64_t id) noexcept {
    if (max_age.count() <= 0) {
        return TimePoint::max();
    }
    const std::chrono::nanoseconds age = max_age;
    return made + (age - age / 10'240 * static_cast<std::int64_t>(mixed(id) % 1024));
}

/// How many requests the server accepts on this connection, according to its latest response. Some
/// servers count `max` down to the last request, others repeat the initial number; this exceeds
/// neither.
constexpr std::uint64_t requests_allowed(const ConnLife& conn, const KeepAlive& hint) noexcept {
    return hint.max ? std::min(conn.allowed, conn.requests + *hint.max - 1) : conn.allowed;
}

/// How long a connection may stay idle, given the server's hint: one second less than the hint, so
/// that no request is in flight when the server closes, but at least half of it. Node and HAProxy
/// announce one second.
constexpr std::chrono::milliseconds idle_hint(std::chrono::seconds timeout) noexcept {
    const std::chrono::milliseconds hint = timeout;
    return hint - std::min<std::chrono::milliseconds>(hint / 2, std::chrono::seconds{1});
}

/// How long a connection may wait for its next request. A result that is not after `now` means that
/// it serves no other. `hint` comes from the response just served. It is null if the connection was
/// lent but not used; to the server it was idle all along.
constexpr TimePoint idle_until(TimePoint now,
                               const ConnLife& conn,
                               const LifetimeLimits& limits,
                               const KeepAlive* hint) noexcept {
    if (hint == nullptr && conn.reused) {
        return conn.expires;
    }
    const std::uint64_t allowed = hint != nullptr ? requests_allowed(conn, *hint) : conn.allowed;
    if ((limits.max_requests != 0 && conn.requests >= limits.max_requests) ||
        conn.requests >= allowed) {
        return now;
    }
    TimePoint until = conn.retires;
    if (limits.idle_timeout.count() > 0) {
        until = std::min<TimePoint>(until, now + limits.idle_timeout);
    }
    if (hint != nullptr && hint->timeout && *hint->timeout < std::chrono::hours{24}) {
        until = std::min<TimePoint>(until, now + idle_hint(*hint->timeout));
    }
    return until;
}

/// An idle TLS connection keeps its record buffers for this long. Allocating new ones costs about
/// 2,000 instructions.
inline constexpr std::chrono::seconds trim_after{1};

/// When to sweep for expired connections again, after a sweep over `idle` of them at `now`; the
/// next one expires at `next`. A sweep costs a few nanoseconds per connection. With this pause,
/// sweeps take less than one percent of the time, even if connections expire one by one.
constexpr TimePoint next_sweep(TimePoint now, TimePoint next, std::size_t idle) noexcept {
    return std::max<TimePoint>(
        next, now + std::chrono::microseconds{10} * static_cast<std::int64_t>(idle));
}

}  // namespace hawser::inline HAWSER_ABI::detail
