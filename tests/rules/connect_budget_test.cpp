// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// How the time for connecting is divided among the addresses of a host, as a table.

#include <hawser/detail/policy/connect_budget.hpp>

#include <catch2/catch.hpp>

#include <chrono>

using namespace std::chrono_literals;
using hawser::detail::connect_until;
using std::chrono::milliseconds;
using TimePoint = std::chrono::steady_clock::time_point;

TEST_CASE("each address gets its share of the time for all, within its own limit", "[B-10]") {
    struct Row {
        const char* what;
        milliseconds for_each;
        milliseconds left_for_all;
        std::size_t addresses;
        milliseconds gets;
    };
    constexpr milliseconds unlimited{-1};
    const Row rows[] = {
        {"no limit", 0ms, unlimited, 3, unlimited},
        {"a limit for each", 5s, unlimited, 3, 5s},
        {"a limit for all, one address", 0ms, 30s, 1, 30s},
        {"a limit for all, three addresses", 0ms, 30s, 3, 10s},
        {"both, the share is less", 30s, 30s, 2, 15s},
        {"both, the share is more", 5s, 30s, 2, 5s},
        {"not less than two seconds", 30s, 8s, 16, 2s},
        {"unless there is less", 30s, 1s, 16, 1s},
        {"the last gets all the rest", 30s, 500ms, 1, 500ms},
        {"its own limit may be less than two seconds", 50ms, 8s, 16, 50ms},
        {"nothing is left", 30s, 0s, 2, 0ms},
    };
    const TimePoint now = TimePoint{} + 1h;
    for (const Row& row : rows) {
        INFO(row.what);
        const auto end = [&](milliseconds in) {
            return in == unlimited ? TimePoint::max() : now + in;
        };
        CHECK(connect_until(now, row.for_each, end(row.left_for_all), row.addresses) ==
              end(row.gets));
    }
}
