// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "exchange.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace tools {

enum class Phase { wait, dns, connect, tls, send, first_byte, body };

struct PhaseName {
    std::string_view id;    ///< a CSS class
    std::string_view text;  ///< for people
};

/// By the value of a Phase.
inline constexpr std::array<PhaseName, 7> phase_names{{{"wait", "waiting for a connection"},
                                                       {"dns", "name lookup"},
                                                       {"connect", "TCP connect"},
                                                       {"tls", "TLS handshake"},
                                                       {"send", "sending"},
                                                       {"first", "waiting for the first byte"},
                                                       {"body", "receiving"}}};

inline const PhaseName& name_of(Phase phase) {
    return phase_names[static_cast<std::size_t>(phase)];
}

struct PhaseSpan {
    Phase phase;
    Clock::time_point from;
    Clock::time_point to;

    Clock::duration length() const { return to - from; }
};

/// An attempt as a sequence of phases without gaps; some may be too short to measure. The dial is
/// over once the request has a connection, even if it goes on for the next request.
inline std::vector<PhaseSpan> phases_of(const Attempt& attempt) {
    std::vector<PhaseSpan> spans;
    Clock::time_point at = attempt.begin;
    const Clock::time_point end = attempt.end.value_or(at);
    const auto until = [&](Phase phase, Clock::time_point to) {
        to = std::clamp(to, at, end);
        if (to > at || phase != Phase::wait) {
            spans.push_back({phase, at, to});
        }
        at = to;
    };
    const Clock::time_point has = attempt.got_conn.value_or(end);
    const auto dial = [&](Phase phase, const Span& span) {
        if (span.from && *span.from < has) {
            until(Phase::wait, *span.from);
            until(phase, std::min(span.to.value_or(has), has));
        }
    };
    dial(Phase::dns, attempt.dns);
    dial(Phase::connect, attempt.connect);
    dial(Phase::tls, attempt.tls);
    until(Phase::wait, has);
    if (!attempt.got_conn) {
        return spans;
    }
    const Clock::time_point first = attempt.first_byte.value_or(end);
    until(Phase::send, std::min(attempt.wrote.value_or(first), first));
    until(Phase::first_byte, first);
    if (attempt.first_byte) {
        until(Phase::body, end);
    }
    return spans;
}

/// How long an exchange was in one phase, over all attempts; nothing if it never was.
inline std::optional<Clock::duration> time_in(const Exchange& exchange, Phase phase) {
    std::optional<Clock::duration> sum;
    for (const Attempt& attempt : exchange.attempts) {
        for (const PhaseSpan& span : phases_of(attempt)) {
            if (span.phase == phase) {
                sum = sum.value_or(Clock::duration{0}) + span.length();
            }
        }
    }
    return sum;
}

}  // namespace tools
