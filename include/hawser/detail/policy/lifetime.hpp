// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How long a connection may be kept for another request: by our limits of idleness, age and number
// of requests, and by what the server announced in `Keep-Alive: timeout=N, max=M` (RFC 2068
// §19.7.1; B-02, B-17, R15). And how often the idle ones are searched for those that expired. Times
// come in as arguments; it knows neither the pool nor the connection.

#include <hawser/detail/time_point.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hawser::detail {

/// What a response said in its Keep-Alive field.
struct KeepAlive {
    std::optional<std::chrono::seconds> timeout{};
    std::optional<std::uint32_t> max{};
};

/// What a connection has behind it.
struct ConnLife {
    std::uint64_t requests = 0;            // that it took on
    std::uint64_t allowed = UINT64_MAX;    // that the server takes on it, all in all
    bool reused = false;                   // was idle before: may have gone stale since
    TimePoint expires{};                   // while idle
    TimePoint retires = TimePoint::max();  // too old for any request
};

/// Zero means no limit.
struct LifetimeLimits {
    std::chrono::milliseconds idle_timeout{0};
    std::chrono::milliseconds max_age{0};
    std::uint64_t max_requests = 0;
};

/// A number to a number that looks like chance (the finaliser of splitmix64).
constexpr std::uint64_t mixed(std::uint64_t n) noexcept {
    n += 0x9e3779b97f4a7c15u;
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
    return n ^ (n >> 31);
}

/// When a connection made at `made` is too old: at 90 to 100 % of max_age, drawn from its id, so
/// that connections made together do not all end together.
constexpr TimePoint retirement(TimePoint made,
                               std::chrono::milliseconds max_age,
                               std::uint64_t id) noexcept {
    if (max_age.count() <= 0) {
        return TimePoint::max();
    }
    const std::chrono::nanoseconds age = max_age;
    return made + (age - age / 10'240 * static_cast<std::int64_t>(mixed(id) % 1024));
}

/// How many requests the server takes on a connection, after what it said with the latest response.
/// Some count down to the last one, some repeat the number they began with: neither is exceeded.
constexpr std::uint64_t requests_allowed(const ConnLife& conn, const KeepAlive& hint) noexcept {
    return hint.max ? std::min(conn.allowed, conn.requests + *hint.max - 1) : conn.allowed;
}

/// How long a connection may be idle by the server's hint: a second less, so that a request is not
/// on its way when the server closes, but no less than half of it. Node and HAProxy say one second.
constexpr std::chrono::milliseconds idle_hint(std::chrono::seconds timeout) noexcept {
    const std::chrono::milliseconds hint = timeout;
    return hint - std::min<std::chrono::milliseconds>(hint / 2, std::chrono::seconds{1});
}

/// Until when a connection may wait for its next request. Not after now: it serves no other. `hint`
/// came with the response it served; null if it was lent, but not used: for the server it was idle
/// all the time.
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

/// An idle TLS connection keeps its record buffers for this long; making new ones costs about 2 000
/// instructions.
inline constexpr std::chrono::seconds trim_after{1};

/// When to look for expired connections again, after a look at `idle` of them at `now`; the next
/// one expires at `next`. A look costs some nanoseconds each: with this pause between looks they
/// stay below a hundredth of the time, however many expire one by one.
constexpr TimePoint next_sweep(TimePoint now, TimePoint next, std::size_t idle) noexcept {
    return std::max<TimePoint>(
        next, now + std::chrono::microseconds{10} * static_cast<std::int64_t>(idle));
}

}  // namespace hawser::detail
