// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/exchange.hpp"
#include "../support/phases.hpp"
#include "../support/text.hpp"
#include "style.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <vector>

// One HTML page with an SVG picture: a row for each exchange, a bar for each phase. Places along
// the time axis are percentages, so that the picture fits every width with letters of one size.

/// The time axis, from 0 to the end of the last exchange.
class Axis {
public:
    explicit Axis(const tools::Exchanges& exchanges) {
        begin_ = exchanges.front()->begin;
        auto end = begin_;
        for (const auto& exchange : exchanges) {
            end = std::max(end, exchange->end());
        }
        length_ = std::max(tools::milliseconds(end - begin_), 0.01);
    }

    double length() const { return length_; }
    /// Where a moment is, in percent.
    double at(tools::Clock::time_point when) const {
        return std::clamp(tools::milliseconds(when - begin_) / length_ * 100, 0.0, 100.0);
    }
    /// At most 5 round times, in milliseconds.
    std::vector<double> ticks() const {
        const double rough = length_ / 5;
        const double power = std::pow(10, std::floor(std::log10(rough)));
        const double step = rough <= power       ? power
                            : rough <= 2 * power ? 2 * power
                            : rough <= 5 * power ? 5 * power
                                                 : 10 * power;
        std::vector<double> ticks;
        for (double tick = 0; tick < length_ * 0.95; tick += step) {
            ticks.push_back(tick);
        }
        return ticks;
    }

private:
    tools::Clock::time_point begin_;
    double length_ = 0;
};

inline constexpr int top = 28;
inline constexpr int row_height = 66;

inline std::string milliseconds_text(double ms) {
    return ms >= 1000 ? tools::format("%g s", ms / 1000) : tools::format("%g ms", ms);
}

inline std::string grid(const Axis& axis, std::size_t rows) {
    const int bottom = top + static_cast<int>(rows) * row_height;
    std::string out;
    for (const double tick : axis.ticks()) {
        const double x = tick / axis.length() * 100;
        out += tools::format(
            "<line class='grid' x1='%.3f%%' x2='%.3f%%' y1='20' y2='%d'/>\n", x, x, bottom);
        out += tools::format("<text class='tick' x='%.3f%%' y='14' text-anchor='%s'>%s</text>\n",
                             x,
                             tick == 0 ? "start" : "middle",
                             milliseconds_text(tick).c_str());
    }
    return out;
}

inline std::string bar(const Axis& axis, const tools::PhaseSpan& span, int y) {
    const tools::PhaseName& name = tools::name_of(span.phase);
    return tools::format(
        "<rect class='%s' x='%.3f%%' width='%.3f%%' y='%d' height='14'><title>%s: %.3f ms</title>"
        "</rect>\n",
        std::string(name.id).c_str(),
        axis.at(span.from),
        axis.at(span.to) - axis.at(span.from),
        y,
        std::string(name.text).c_str(),
        tools::milliseconds(span.length()));
}

inline std::string bars(const Axis& axis, const tools::Exchange& exchange, int y) {
    std::string out;
    for (const tools::Attempt& attempt : exchange.attempts) {
        for (const tools::PhaseSpan& span : tools::phases_of(attempt)) {
            out += bar(axis, span, y);
        }
        if (!attempt.failure.empty()) {
            const double x = axis.at(attempt.begin);
            const double width = axis.at(attempt.end.value_or(attempt.begin)) - x;
            out += tools::format("<rect class='bad' x='%.3f%%' width='%.3f%%' y='%d' height='4'>",
                                 x,
                                 std::max(width, 0.4),
                                 y + 14);
            out += "<title>" + tools::xml_text(attempt.failure) + "</title></rect>\n";
        }
    }
    return out;
}

/// "connection 2, reused · 3.4 ms · 1.2 kB received · sent twice · redirects to /x".
inline std::string facts(const tools::Exchange& exchange) {
    std::string out;
    if (!exchange.attempts.empty() && exchange.attempts.back().got_conn) {
        const tools::Attempt& last = exchange.attempts.back();
        out.append("connection ").append(std::to_string(last.connection.id));
        out.append(last.connection.reused ? ", reused · " : ", dialed · ");
        out.append(tools::human_bytes(static_cast<double>(last.received))).append(" received · ");
    }
    out.append(tools::human_time(exchange.end() - exchange.begin));
    if (exchange.attempts.size() > 1) {
        out.append(" · sent ").append(std::to_string(exchange.attempts.size())).append(" times");
    }
    if (const std::string to = exchange.redirect(); !to.empty()) {
        out.append(" · redirects to ").append(to);
    }
    if (!exchange.failure.empty()) {
        out.append(" · ").append(exchange.failure);
    }
    return out;
}

inline std::string row(const Axis& axis, const tools::Exchange& exchange, int y) {
    const bool bad = exchange.status == 0 || exchange.status >= 400;
    std::string url = exchange.url.origin();
    url.append(exchange.url.target());
    const std::string status = exchange.status ? std::to_string(exchange.status) : "failed";
    std::string out = tools::format(
        "<foreignObject x='0' width='100%%' y='%d' height='20'><div class='name'>", y);
    out.append("<b class='").append(bad ? "failed" : "status").append("'>").append(status);
    out.append("</b><span>").append(tools::xml_text(exchange.method)).append(" ");
    out.append(tools::xml_text(url)).append("</span></div></foreignObject>\n");
    out.append(bars(axis, exchange, y + 22));
    out.append(tools::format("<foreignObject x='0' width='100%%' y='%d' height='18'>", y + 41));
    return out.append("<div class='facts'>")
        .append(tools::xml_text(facts(exchange)))
        .append("</div></foreignObject>\n");
}

inline std::string picture(const tools::Exchanges& exchanges) {
    const Axis axis(exchanges);
    std::string out = tools::format(
        "<svg xmlns='http://www.w3.org/2000/svg' width='100%%' height='%d' role='img' "
        "aria-label='When each phase of each request began and ended'>\n",
        top + static_cast<int>(exchanges.size()) * row_height);
    out += grid(axis, exchanges.size());
    int y = top;
    for (const auto& exchange : exchanges) {
        out += row(axis, *exchange, y);
        y += row_height;
    }
    return out += "</svg>\n";
}

inline std::string legend() {
    std::string out = "<ul class='legend'>\n";
    for (const tools::PhaseName& name : tools::phase_names) {
        out.append("<li><svg width='12' height='12'><rect width='12' height='12' class='");
        out.append(name.id).append("'/></svg>").append(name.text).append("</li>\n");
    }
    return out +=
           "<li><svg width='12' height='12'><rect y='4' width='12' height='4' class='bad'/>"
           "</svg>an attempt that failed</li>\n</ul>\n";
}

inline std::string table(const tools::Exchanges& exchanges) {
    std::string out = "<div class='wide'><table>\n<tr><th>milliseconds in</th>";
    for (const tools::PhaseName& name : tools::phase_names) {
        out.append("<th>").append(name.text).append("</th>");
    }
    out += "<th>all</th></tr>\n";
    for (const auto& exchange : exchanges) {
        out.append("<tr><td>").append(tools::xml_text(exchange->method)).append(" ");
        out.append(tools::xml_text(exchange->url.target())).append("</td>");
        for (std::size_t phase = 0; phase < tools::phase_names.size(); ++phase) {
            const auto time = tools::time_in(*exchange, static_cast<tools::Phase>(phase));
            out +=
                "<td>" + (time ? tools::format("%.2f", tools::milliseconds(*time)) : "") + "</td>";
        }
        out += tools::format("<td>%.2f</td></tr>\n",
                             tools::milliseconds(exchange->end() - exchange->begin));
    }
    return out += "</table></div>\n";
}

inline std::string summary(const tools::Exchanges& exchanges) {
    std::set<std::uint64_t> connections;
    std::size_t failed = 0;
    for (const auto& exchange : exchanges) {
        failed += exchange->status == 0;
        for (const tools::Attempt& attempt : exchange->attempts) {
            if (attempt.got_conn) {
                connections.insert(attempt.connection.id);
            }
        }
    }
    const auto counted = [](std::size_t count, const std::string& what) {
        return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
    };
    std::string out = counted(exchanges.size(), "exchange") + " on " +
                      counted(connections.size(), "connection") +
                      tools::format(", %.1f ms", Axis(exchanges).length());
    return failed == 0 ? out : out + ", " + std::to_string(failed) + " failed";
}

inline std::string page(const tools::Exchanges& exchanges) {
    std::string out =
        "<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        "<title>Waterfall</title>\n<style>\n";
    out.append(style).append("</style>\n</head>\n<body>\n<h1>Waterfall</h1>\n<p>");
    out.append(tools::xml_text(summary(exchanges))).append(", ");
    out.append(tools::iso_time(exchanges.front()->started)).append("</p>\n").append(legend());
    out.append(picture(exchanges)).append("<h2>Where the time went</h2>\n");
    return out.append(table(exchanges)).append("</body>\n</html>\n");
}
