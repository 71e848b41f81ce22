// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/text.hpp"
#include "pool_model.hpp"
#include <hawser/transport_stats.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <map>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

using Lines = std::vector<std::string>;

/// One line for each host: a '#' for each busy connection, a '.' for each idle one.
inline Lines host_lines(const PoolModel& model) {
    std::map<std::string, std::pair<std::size_t, std::size_t>> hosts;
    for (const auto& [id, row] : model.rows()) {
        ++(row.busy ? hosts[row.host].first : hosts[row.host].second);
    }
    Lines lines;
    for (const auto& [host, counts] : hosts) {
        std::string line = tools::format(
            "%-28.60s %3zu busy %3zu idle  ", host.c_str(), counts.first, counts.second);
        line.append(counts.first, '#').append(counts.second, '.');
        lines.push_back(line);
    }
    return lines;
}

/// What the screen shows.
inline Lines view(const PoolModel& model,
                  const hawser::TransportStats& stats,
                  std::chrono::steady_clock::duration passed) {
    Lines lines;
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    lines.push_back("poolview  " + tools::human_time(passed) + "   now: " + number(stats.open) +
                    " open, " + number(stats.active) + " busy, " + number(stats.idle) + " idle, " +
                    number(stats.dialing) + " dialing, " + number(stats.waiting) +
                    " requests wait");
    lines.push_back("so far: " + number(stats.dialed) + " dialed, " + number(stats.reused) +
                    " requests reused one, " + number(stats.retried) + " retried, " +
                    number(stats.torn_down) + " closed, " + number(stats.dial_failures) +
                    " dials failed");
    lines.emplace_back();
    for (std::string& line : host_lines(model)) {
        lines.push_back(std::move(line));
    }
    lines.emplace_back();
    lines.push_back("  conn  state       for  requests  host, request");
    const auto now = std::chrono::steady_clock::now();
    for (const auto& [id, row] : model.rows()) {
        const std::string since =
            tools::format("%.1f s", std::chrono::duration<double>(now - row.since).count());
        lines.push_back(tools::format("%6llu  %-5s %9s %9u  ",
                                      static_cast<unsigned long long>(id),
                                      row.busy ? "busy" : "idle",
                                      since.c_str(),
                                      row.requests) +
                        row.host + "  " + row.request);
    }
    return lines;
}

/// Shows frames: on a terminal each in place of the one before, elsewhere one after the other.
class Screen {
public:
    Screen() : terminal_(::isatty(STDOUT_FILENO) == 1) {
        if (terminal_) {
            std::cout << "\033[?1049h\033[?25l";  // the other screen, no cursor
        }
    }
    ~Screen() {
        if (terminal_) {
            std::cout << "\033[?25h\033[?1049l" << std::flush;
        }
    }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void show(const Lines& lines) {
        winsize size{};
        const bool known = terminal_ && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
                           size.ws_row > 1 && size.ws_col > 1;
        const std::size_t rows = known ? size.ws_row - 1U : lines.size();
        std::string out = terminal_ ? "\033[H" : "";
        for (std::size_t i = 0; i < std::min(rows, lines.size()); ++i) {
            out += known ? lines[i].substr(0, size.ws_col) : lines[i];
            out += terminal_ ? "\033[K\r\n" : "\n";
        }
        out += terminal_ ? "\033[J" : "\n";
        std::cout << out << std::flush;
    }

private:
    const bool terminal_;
};
