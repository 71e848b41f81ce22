// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "text.hpp"
#include <hawser/progress.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tools {

/// One line: "[=====>     ]  45 %  12.3 MB of 27.0 MB  3.4 MB/s  5 s left", for a terminal of so
/// many columns.
inline std::string progress_line(std::uint64_t done,
                                 std::optional<std::uint64_t> total,
                                 double rate,
                                 std::size_t columns) {
    std::string text = human_bytes(static_cast<double>(done));
    if (total && *total >= done) {
        text.append(" of ").append(human_bytes(static_cast<double>(*total)));
    }
    text.append("  ").append(human_bytes(rate)).append("/s");
    if (!total || *total < done || *total == 0) {
        return text.substr(0, columns);
    }
    if (const double left = static_cast<double>(*total - done); left > 0 && rate > 0) {
        text.append(format("  %.0f s left", left / rate));
    }
    const double share = static_cast<double>(done) / static_cast<double>(*total);
    const std::string percent = format(" %3.0f %%  ", share * 100);
    const std::size_t around = text.size() + percent.size() + 2;
    if (columns < around + 10) {
        return (percent + text).substr(0, columns);
    }
    const std::size_t width = std::min<std::size_t>(columns - around, 40);
    const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
    std::string bar(full, '=');
    bar.resize(width, ' ');
    if (full < width) {
        bar[full] = '>';
    }
    return "[" + bar + "]" + percent + text;
}

/// Shows the progress of a request on stderr, if that is a terminal.
class ProgressBar {
public:
    explicit ProgressBar(bool wanted) : shown_(wanted && ::isatty(STDERR_FILENO) == 1) {}

    void show(const hawser::Progress& now) {
        const bool sending = now.received == 0 && now.sent > 0;
        const std::uint64_t done = sending ? now.sent : now.received;
        if (!base_) {
            base_ = done;  // a continued download begins with what is there
        }
        if (shown_) {
            const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began_;
            const double bytes = done > *base_ ? static_cast<double>(done - *base_) : 0;
            const std::string line = progress_line(done,
                                                   sending ? now.send_total : now.receive_total,
                                                   bytes / std::max(passed.count(), 1e-6),
                                                   columns());
            std::fprintf(stderr, "\r%s\033[K", line.c_str());
            written_ = true;
        }
    }
    /// Ends the line.
    ~ProgressBar() {
        if (written_) {
            std::fputc('\n', stderr);
        }
    }
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

private:
    static std::size_t columns() {
        winsize size{};
        const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
        return known ? size.ws_col - 1U : 79;
    }

    const bool shown_;
    bool written_ = false;
    std::optional<std::uint64_t> base_{};
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace tools
