// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/prometheus.hpp>

#include <algorithm>
#include <cstdint>

namespace hawser::inline HAWSER_ABI {

namespace detail {

HAWSER_DECL bool is_label_name(std::string_view name) noexcept {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !name.empty() && letter(name[0]) && name != "state" && name != "result" &&
           name != "reason" && std::all_of(name.begin(), name.end(), [&](char c) {
               return letter(c) || (c >= '0' && c <= '9');
           });
}

/// Appends `name="value"`, after a comma if it is not the first one.
HAWSER_DECL void append_label(std::string& out, std::string_view name, std::string_view value) {
    out.append(out.empty() ? "" : ",").append(name).append("=\"");
    for (const char c : value) {
        if (c == '\n') {
            out.append("\\n");
            continue;
        }
        out.append(c == '"' || c == '\\' ? "\\" : "").push_back(c);
    }
    out.push_back('"');
}

/// Writes one metric after another.
class MetricsText {
public:
    explicit MetricsText(std::string labels) noexcept : labels_(std::move(labels)) {}

    struct Sample {
        std::string_view value_of_label;
        std::uint64_t value;
    };

    void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
        begin(name, help, "gauge");
        sample(name, {}, {}, value);
    }
    void counter(std::string_view name, std::string_view help, std::uint64_t value) {
        begin(name, help, "counter");
        sample(name, {}, {}, value);
    }
    /// One sample for each value of a label.
    void family(std::string_view name,
                std::string_view help,
                std::string_view type,
                std::string_view label,
                std::initializer_list<Sample> samples) {
        begin(name, help, type);
        for (const Sample& one : samples) {
            sample(name, label, one.value_of_label, one.value);
        }
    }
    std::string take() noexcept { return std::move(text_); }

private:
    void begin(std::string_view name, std::string_view help, std::string_view type) {
        text_.append("# HELP hawser_").append(name).append(1, ' ').append(help);
        text_.append("\n# TYPE hawser_").append(name).append(1, ' ').append(type).append("\n");
    }
    void sample(std::string_view name,
                std::string_view label,
                std::string_view value_of_label,
                std::uint64_t value) {
        std::string labels = labels_;
        if (!label.empty()) {
            append_label(labels, label, value_of_label);
        }
        text_.append("hawser_").append(name);
        if (!labels.empty()) {
            text_.append(1, '{').append(labels).append(1, '}');
        }
        text_.append(1, ' ').append(std::to_string(value)).append(1, '\n');
    }

    const std::string labels_;
    std::string text_;
};

HAWSER_DECL void write_gauges(MetricsText& text, const TransportStats& stats) {
    text.family("connections",
                "Connections by what they do.",
                "gauge",
                "state",
                {{"active", stats.active}, {"idle", stats.idle}, {"dialing", stats.dialing}});
    text.gauge("waiting_requests", "Requests without a connection.", stats.waiting);
    text.gauge("queued_requests", "Waiting requests that a limit holds back.", stats.queued);
}

HAWSER_DECL void write_counters(MetricsText& text, const TransportStats& stats) {
    text.family("dials_total",
                "Attempts to make a connection.",
                "counter",
                "result",
                {{"connected", stats.dialed},
                 {"failed", stats.dial_failures},
                 {"given_up", stats.dials_given_up}});
    text.counter("reused_total", "Requests sent on an idle connection.", stats.reused);
    text.counter("refused_requests_total",
                 "Requests refused because the queue was full or too slow.",
                 stats.turned_away);
    text.family("retries_total",
                "Requests that the transport sent again.",
                "counter",
                "reason",
                {{"unwritten", stats.retried_unwritten},
                 {"idempotent", stats.retried_idempotent},
                 {"without_expectation", stats.retried_without_expectation},
                 {"with_proxy_credentials", stats.retried_with_proxy_credentials}});
    text.counter("returned_total", "Connections returned for reuse.", stats.returned);
    text.counter("drained_total", "Bodies that were closed early and read on.", stats.drained);
    text.family("closed_total",
                "Connections closed.",
                "counter",
                "reason",
                {{"early_close", stats.early_close},
                 {"failed", stats.failed},
                 {"not_persistent", stats.not_persistent},
                 {"write_unfinished", stats.write_unfinished},
                 {"leftover_bytes", stats.leftover_bytes},
                 {"upgraded", stats.upgraded},
                 {"idle", stats.closed_idle}});
}

}  // namespace detail

HAWSER_DECL std::string prometheus_text(
    const TransportStats& stats,
    std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
    std::string common;
    for (const auto& [name, value] : labels) {
        if (detail::is_label_name(name)) {
            detail::append_label(common, name, value);
        }
    }
    detail::MetricsText text(std::move(common));
    detail::write_gauges(text, stats);
    detail::write_counters(text, stats);
    return text.take();
}

}  // namespace hawser::inline HAWSER_ABI
