// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/text.hpp"
#include "report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

// The latencies as an SVG file: above, how many requests took how long; below, the percentiles, on
// an axis where each nine more takes as much room as the one before.

namespace picture {

inline constexpr double left = 84;
inline constexpr double right = 700;
inline constexpr const char* style = R"(
svg { color-scheme: light dark; background: #ffffff; }
text { fill: #1d2733; font: 15px system-ui, sans-serif; } .faint { fill: #5d6b7a; }
.title { font-weight: 600; font-size: 17px; } .grid { stroke: #dfe4ea; } .bar { fill: #2f7fe0; }
.curve { fill: none; stroke: #e2931d; stroke-width: 3; stroke-linejoin: round; }
@media (prefers-color-scheme: dark) {
    svg { background: #12181f; } text { fill: #e4e9ef; } .faint { fill: #93a1b0; }
    .grid { stroke: #2b3541; } .bar { fill: #58a2ff; } .curve { stroke: #f0ad45; } }
)";

inline std::string text(
    double x, double y, const char* anchor, const char* kind, const std::string& what) {
    return tools::format("<text x='%.1f' y='%.1f' text-anchor='%s' class='%s'>%s</text>\n",
                         x,
                         y,
                         anchor,
                         kind,
                         tools::xml_text(what).c_str());
}

inline std::string line(double x1, double y1, double x2, double y2) {
    return tools::format(
        "<line class='grid' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>\n", x1, y1, x2, y2);
}

/// Bars from `top` to `bottom`; every label has the room that it needs.
inline std::string histogram(const Histogram& latency, double top, double bottom) {
    const std::vector<Bar> bars = bars_of(latency);
    const double width =
        (right - left) / static_cast<double>(std::max<std::size_t>(bars.size(), 1));
    const auto each = static_cast<std::size_t>(std::ceil(76 / width));
    const double most = static_cast<double>(highest(bars));
    std::string out = line(left, bottom, right, bottom) + line(left, top, right, top) +
                      text(left - 8, top + 5, "end", "faint", tools::format("%.0f", most)) +
                      text(left - 8, bottom + 5, "end", "faint", "0");
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const double x = left + width * static_cast<double>(i);
        const double height = static_cast<double>(bars[i].count) / most * (bottom - top);
        out += tools::format("<rect class='bar' x='%.1f' y='%.1f' width='%.1f' height='%.1f'/>\n",
                             x + 0.5,
                             bottom - height,
                             std::max(width - 1, 0.5),
                             height);
        if (i % each == 0) {
            out += text(x, bottom + 20, "middle", "faint", tools::human_time(bars[i].from));
        }
    }
    return out;
}

/// Where a percentile is: 0 nines at the left, 4 at the right.
inline double place_of(double share) {
    return left + (right - left) * std::min(-std::log10(1 - share) / 4, 1.0);
}

inline std::string percentiles(const Histogram& latency, double top, double bottom) {
    const double most = std::max(tools::milliseconds(latency.max()), 1e-3);
    const auto y = [&](std::chrono::nanoseconds time) {
        return bottom - tools::milliseconds(time) / most * (bottom - top);
    };
    std::string out;
    for (const double part : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const auto time = std::chrono::nanoseconds(static_cast<long>(most * part * 1e6));
        out += line(left, y(time), right, y(time));
        out += text(left - 8, y(time) + 5, "end", "faint", tools::human_time(time));
    }
    for (const auto& [share, name] : {std::pair{0.0, "0"},
                                      {0.5, "50 %"},
                                      {0.9, "90 %"},
                                      {0.99, "99 %"},
                                      {0.999, "99.9 %"},
                                      {0.9999, "99.99 %"}}) {
        const double x = place_of(share);
        out += line(x, top, x, bottom);
        out += text(x,
                    bottom + 20,
                    share == 0      ? "start"
                    : share > 0.999 ? "end"
                                    : "middle",
                    "faint",
                    name);
    }
    out += "<polyline class='curve' points='";
    for (double nines = 0; nines <= 4.0001; nines += 0.02) {
        const double share = 1 - std::pow(10, -nines);
        out += tools::format("%.1f,%.1f ", place_of(share), y(latency.quantile(share)));
    }
    return out += "'/>\n";
}

/// What fits into a line.
inline std::string shortened(const std::string& title) {
    return title.size() <= 76 ? title : title.substr(0, 75) + "…";
}

inline std::string draw(const Results& results, const std::string& title) {
    std::string out =
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 720 560' width='100%' "
        "style='max-width: 60rem' role='img'>\n<style>";
    out.append(style).append("</style>\n").append(text(16, 28, "start", "title", shortened(title)));
    out += text(16,
                52,
                "start",
                "faint",
                tools::format("%llu requests, %.0f per second",
                              static_cast<unsigned long long>(results.latency.count()),
                              static_cast<double>(results.latency.count()) /
                                  std::max(results.passed.count(), 1e-9)));
    out += text(16, 84, "start", "", "Requests by latency");
    out += histogram(results.latency, 100, 260);
    out += text(16, 324, "start", "", "Latency within which a share of the requests lies");
    out += percentiles(results.latency, 340, 520);
    return out += "</svg>\n";
}

}  // namespace picture
