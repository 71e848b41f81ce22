// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What the tool hammer says about latencies.

#include "../../examples/tools/hammer/report.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>

TEST_CASE("the bars of hammer count every latency, wherever the longest one lies") {
    for (std::int64_t longest = 1000; longest < 1'000'000; longest += longest / 200) {
        Histogram latency;
        latency.add(std::chrono::nanoseconds{900});
        latency.add(std::chrono::nanoseconds{longest});
        std::uint64_t counted = 0;
        for (const Bar& bar : bars_of(latency)) {
            counted += bar.count;
        }
        CAPTURE(longest);
        REQUIRE(counted == 2);
    }
}
