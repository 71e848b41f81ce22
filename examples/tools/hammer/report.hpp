// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/text.hpp"
#include "histogram.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What happened.
struct Results {
    Histogram latency{};
    std::map<int, std::uint64_t> statuses{};
    std::map<std::string, std::uint64_t> failures{};
    std::uint64_t received = 0;
    std::chrono::duration<double> passed{};
};

struct Bar {
    std::chrono::nanoseconds from;
    std::chrono::nanoseconds to;
    std::uint64_t count;
};

/// The histogram in steps of about a quarter: 10, 13, 16, 20, 25, 32, 40, 50, 63, 79, 100 µs …
inline std::vector<Bar> bars_of(const Histogram& latency) {
    std::vector<Bar> bars;
    if (latency.count() == 0) {
        return bars;
    }
    const auto edge = [](int step) {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(std::pow(10, step / 10.0)));
    };
    const auto least = static_cast<double>(std::max<std::int64_t>(latency.min().count(), 1));
    int step = static_cast<int>(std::log10(least) * 10);
    std::uint64_t rest = latency.count();
    for (; edge(step) <= latency.max(); ++step) {
        const bool last = edge(step + 1) > latency.max();
        const auto count = last ? rest : latency.between(edge(step), edge(step + 1));
        bars.push_back({edge(step), edge(step + 1), count});
        rest -= count;
    }
    return bars;
}

inline std::uint64_t highest(const std::vector<Bar>& bars) {
    std::uint64_t most = 1;
    for (const Bar& bar : bars) {
        most = std::max(most, bar.count);
    }
    return most;
}

inline std::string quantiles_text(const Histogram& latency) {
    std::string out = "latency     min " + tools::human_time(latency.min());
    for (const auto& [name, share] : {std::pair{"50 %", 0.5},
                                      {"90 %", 0.9},
                                      {"99 %", 0.99},
                                      {"99.9 %", 0.999},
                                      {"99.99 %", 0.9999}}) {
        out.append(", ").append(name).append(" ").append(
            tools::human_time(latency.quantile(share)));
    }
    return out.append(", max ").append(tools::human_time(latency.max())).append("\n");
}

inline std::string histogram_text(const Histogram& latency) {
    const std::vector<Bar> bars = bars_of(latency);
    std::string out;
    for (const Bar& bar : bars) {
        std::string from = tools::human_time(bar.from);
        const std::size_t letters = from.size() - (from.find("µ") != std::string::npos ? 1 : 0);
        out.append(letters < 10 ? 10 - letters : 0, ' ').append(from).append(" |");
        const auto share = static_cast<double>(bar.count) / static_cast<double>(highest(bars));
        out.append(static_cast<std::size_t>(std::ceil(share * 50)), '#');
        out.append(bar.count ? " " + std::to_string(bar.count) : "").append("\n");
    }
    return out;
}

inline std::string report(const Results& results) {
    std::uint64_t failed = 0;
    for (const auto& [what, count] : results.failures) {
        failed += count;
    }
    const double seconds = std::max(results.passed.count(), 1e-9);
    const double received = static_cast<double>(results.received);
    std::string out = tools::format("requests    %llu in %.2f s, %.0f per second, %llu failed\n",
                                    static_cast<unsigned long long>(results.latency.count()),
                                    seconds,
                                    static_cast<double>(results.latency.count()) / seconds,
                                    static_cast<unsigned long long>(failed));
    out.append("bodies      ").append(tools::human_bytes(received)).append(", ");
    out.append(tools::human_bytes(received / seconds)).append(" per second\nstatus     ");
    for (const auto& [status, count] : results.statuses) {
        out.append(" ").append(std::to_string(status)).append(": ").append(std::to_string(count));
    }
    out.append("\n").append(quantiles_text(results.latency)).append("\n");
    out.append(histogram_text(results.latency));
    for (const auto& [what, count] : results.failures) {
        out.append(std::to_string(count)).append(" x ").append(what).append("\n");
    }
    return out;
}
