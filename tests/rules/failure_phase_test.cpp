// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#include <hawser/detail/policy/failure_phase.hpp>

#include <catch2/catch.hpp>

using hawser::detail::failure_phase;
using hawser::detail::Writing;
using Phase = hawser::Failure::Phase;

TEST_CASE("an exchange fails in its current phase: writing, waiting for the head, or in the body") {
    struct Row {
        bool delivered;
        bool received;
        Writing writing;
        Phase phase;
    };
    for (const Row& row : {Row{false, false, Writing::busy, Phase::write},
                           Row{false, false, Writing::failed, Phase::write},
                           Row{false, false, Writing::complete, Phase::head},
                           Row{false, true, Writing::busy, Phase::head},
                           Row{false, true, Writing::failed, Phase::head},
                           Row{false, true, Writing::complete, Phase::head},
                           Row{true, true, Writing::busy, Phase::body},
                           Row{true, true, Writing::failed, Phase::body},
                           Row{true, true, Writing::complete, Phase::body}}) {
        CHECK(failure_phase(row.delivered, row.received, row.writing) == row.phase);
    }
}
