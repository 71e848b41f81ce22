// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// How long a connection may be kept, as tables.

#include <hawser/detail/policy/lifetime.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

using namespace hawser::detail;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr TimePoint now = TimePoint{} + 1h;

/// The remaining time in milliseconds; -1 for no limit, 0 for no further request.
long long left(TimePoint until) {
    return until == TimePoint::max() ? -1 : std::chrono::ceil<milliseconds>(until - now).count();
}

}  // namespace

TEST_CASE("how long a connection may wait for another request", "[B-02][R15][B-17]") {
    struct Row {
        const char* what;
        milliseconds idle_timeout;
        std::uint64_t max_requests;
        std::uint64_t requests;
        milliseconds age_left;
        std::optional<seconds> timeout;
        std::optional<std::uint32_t> max;
        long long left;
    };
    constexpr milliseconds ageless{-1};
    const Row rows[] = {
        {"no limit at all", 0ms, 0, 9, ageless, {}, {}, -1},
        {"our own idle timeout", 90s, 0, 1, ageless, {}, {}, 90'000},
        {"the server's, a second less", 90s, 0, 1, ageless, 5s, {}, 4'000},
        {"the server's alone", 0ms, 0, 1, ageless, 5s, {}, 4'000},
        {"the server's is longer", 3s, 0, 1, ageless, 60s, {}, 3'000},
        {"half of a short one", 90s, 0, 1, ageless, 1s, {}, 500},
        {"half of it is a second", 90s, 0, 1, ageless, 2s, {}, 1'000},
        {"more than half of it", 90s, 0, 1, ageless, 3s, {}, 2'000},
        {"the server's is zero", 90s, 0, 1, ageless, 0s, {}, 0},
        {"absurd hints are none", 90s, 0, 1, ageless, 24h, {}, 90'000},
        {"the age comes first", 90s, 0, 1, 10s, {}, {}, 10'000},
        {"the age comes last", 90s, 0, 1, 100s, {}, {}, 90'000},
        {"too old", 90s, 0, 1, 0s, {}, {}, 0},
        {"one request more", 90s, 3, 2, ageless, {}, {}, 90'000},
        {"the last request", 90s, 3, 3, ageless, {}, {}, 0},
        {"beyond the last request", 90s, 3, 4, ageless, {}, {}, 0},
        {"the only request", 90s, 1, 1, ageless, {}, {}, 0},
        {"made ahead, not used yet", 90s, 1, 0, ageless, {}, {}, 90'000},
        {"the server takes some more", 90s, 0, 1, ageless, 9s, 2, 8'000},
        {"the server takes one more", 90s, 0, 1, ageless, 9s, 1, 0},
        {"the server takes no more", 90s, 0, 1, ageless, {}, 0, 0},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        const TimePoint retires = row.age_left == ageless ? TimePoint::max() : now + row.age_left;
        const LifetimeLimits limits{row.idle_timeout, 0ms, row.max_requests};
        const KeepAlive server{row.timeout, row.max};
        const bool reused = row.requests > 1;
        const ConnLife conn{row.requests, UINT64_MAX, reused, now + 1s, retires};
        CHECK(left(idle_until(now, conn, limits, &server)) == row.left);
    }
}

TEST_CASE("the server's max is the total number of requests, whether it counts down or not",
          "[B-02]") {
    const auto served = [](const std::vector<std::optional<std::uint32_t>>& said) {
        ConnLife conn;
        for (const auto& max : said) {
            ++conn.requests;
            const KeepAlive server{{}, max};
            if (idle_until(now, conn, LifetimeLimits{90s, 0ms, 0}, &server) <= now) {
                break;
            }
            conn.allowed = requests_allowed(conn, server);
        }
        return conn.requests;
    };
    CHECK(served({3, 2, 1, 0}) == 3);
    CHECK(served({3, 3, 3, 3}) == 3);
    CHECK(served({3, {}, {}, {}}) == 3);
    CHECK(served({100, 2, 2}) == 3);
    CHECK(served({{}, {}, 1, {}}) == 3);
    CHECK(served({1, 1}) == 1);
    CHECK(served({0, 0}) == 1);
    CHECK(served({4'294'967'295u, {}, {}}) == 3);
}

TEST_CASE("an unused connection keeps its expiry when returned, a new one gets one", "[R15]") {
    const LifetimeLimits limits{90s, 0ms, 0};
    ConnLife conn{1, UINT64_MAX, true, now + 3s, TimePoint::max()};
    CHECK(left(idle_until(now, conn, limits, nullptr)) == 3'000);
    conn.expires = now;
    CHECK(left(idle_until(now, conn, limits, nullptr)) == 0);
    CHECK(left(idle_until(now, {}, limits, nullptr)) == 90'000);
}

TEST_CASE("ages end between 90 and 100 % of the limit, spread out but reproducible", "[B-17]") {
    std::set<TimePoint> ends;
    for (std::uint64_t id = 1; id <= 200; ++id) {
        const TimePoint end = retirement(now, 100s, id);
        CHECK(end > now + 90s);
        CHECK(end <= now + 100s);
        CHECK(end == retirement(now, 100s, id));
        ends.insert(end);
    }
    CHECK(ends.size() > 150);
    CHECK(*ends.begin() < now + 91s);
    CHECK(*ends.rbegin() > now + 99s);
    CHECK(retirement(now, 1ms, 7) > now);
    CHECK(retirement(now, 0ms, 1) == TimePoint::max());
}

TEST_CASE("the more connections are idle, the longer the pause between two sweeps") {
    CHECK(next_sweep(now, now + 5s, 1) == now + 5s);
    CHECK(next_sweep(now, now + 5s, 10'000) == now + 5s);
    CHECK(next_sweep(now, now + 1ms, 10'000) == now + 100ms);
    CHECK(next_sweep(now, TimePoint::max(), 10'000) == TimePoint::max());
}
