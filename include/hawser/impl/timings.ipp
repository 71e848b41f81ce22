// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/failure.hpp>
#include <hawser/timings.hpp>

#include <ratio>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {

/// A time in milliseconds with one digit behind the point, whatever the locale is.
HAWSER_DECL std::string tenths_of_ms(Timings::Duration time) {
    const auto tenths =
        std::chrono::round<std::chrono::duration<std::int64_t, std::ratio<1, 10000>>>(
            time < Timings::Duration::zero() ? Timings::Duration::zero() : time);
    std::string text = std::to_string(tenths.count() / 10);
    return text.append(1, '.').append(std::to_string(tenths.count() % 10));
}

/// " (wait 0.1, dns 0.4)", with the phases that happened.
HAWSER_DECL std::string phases_text(const Timings& timings) {
    const std::pair<const char*, std::optional<Timings::Duration>> phases[] = {
        {"wait", timings.wait},
        {"dns", timings.dns},
        {"connect", timings.connect},
        {"tls", timings.tls},
        {"send", timings.send},
        {"first byte", timings.first_byte},
        {"body", timings.body},
    };
    std::string text;
    for (const auto& [name, time] : phases) {
        if (time) {
            text.append(text.empty() ? " (" : ", ").append(name).append(1, ' ');
            text.append(tenths_of_ms(*time));
        }
    }
    return text.append(text.empty() ? "" : ")");
}

}  // namespace detail

HAWSER_DECL std::string to_string(const Timings& timings) {
    std::string line = detail::printable(timings.method, 32);
    line.append(1, ' ').append(timings.url);
    if (timings.status != 0) {
        line.append(1, ' ').append(std::to_string(timings.status));
    }
    line.append(timings.ec ? " failed after " : " in ");
    line.append(detail::tenths_of_ms(timings.total)).append(" ms");
    line.append(detail::phases_text(timings));
    if (timings.received != 0) {
        line.append(", ").append(std::to_string(timings.received)).append(" bytes");
    }
    if (timings.connection_id != 0) {
        line.append(timings.reused ? ", connection " : ", new connection ");
        line.append(std::to_string(timings.connection_id));
    }
    if (timings.attempts > 1) {
        line.append(", ").append(std::to_string(timings.attempts)).append(" attempts");
    }
    if (timings.ec) {
        line.append(": ").append(detail::printable(timings.ec.message()));
    }
    return line;
}

}  // namespace hawser::inline HAWSER_ABI
