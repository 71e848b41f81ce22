// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#include <hawser/detail/policy/phase_timer.hpp>

#include <catch2/catch.hpp>

#include <chrono>

using hawser::detail::Phase;
using hawser::detail::PhaseTimer;
using hawser::detail::TimePoint;

namespace {

constexpr Phase of_request[] = {Phase::write, Phase::go_ahead};
constexpr Phase of_response[] = {Phase::head, Phase::body, Phase::drain};

TimePoint at(int second) {
    return TimePoint{} + std::chrono::seconds{second};
}

}  // namespace

TEST_CASE("a timer without a phase is never due") {
    PhaseTimer timer;
    CHECK(timer.next() == TimePoint::max());
    CHECK_FALSE(timer.due(TimePoint::max()));
    for (const Phase phase :
         {Phase::write, Phase::go_ahead, Phase::head, Phase::body, Phase::drain}) {
        CHECK_FALSE(timer.waits_for(phase));
    }
}

TEST_CASE("a phase of the request and one of the response do not affect each other") {
    for (const Phase writing : of_request) {
        for (const Phase reading : of_response) {
            PhaseTimer timer;
            timer.start(writing, at(5));
            timer.start(reading, at(3));
            CHECK(timer.waits_for(writing));
            CHECK(timer.waits_for(reading));
            CHECK(timer.next() == at(3));
            timer.stop(reading);
            CHECK(timer.next() == at(5));
            timer.start(reading, at(9));
            CHECK(timer.next() == at(5));
            timer.stop(writing);
            CHECK(timer.next() == at(9));
            timer.stop_all();
            CHECK(timer.next() == TimePoint::max());
        }
    }
}

TEST_CASE("a phase replaces the other one of its side, whose end then changes nothing") {
    PhaseTimer timer;
    timer.start(Phase::head, at(5));
    timer.start(Phase::body, at(7));
    CHECK_FALSE(timer.waits_for(Phase::head));
    timer.stop(Phase::head);
    timer.stop(Phase::drain);
    timer.stop(Phase::write);
    CHECK(timer.waits_for(Phase::body));
    CHECK(timer.next() == at(7));
}

TEST_CASE("a phase is due at its time and not before, and stays due until it ends") {
    PhaseTimer timer;
    timer.start(Phase::body, at(5));
    CHECK_FALSE(timer.due(at(5) - std::chrono::nanoseconds{1}));
    auto due = timer.due(at(5));
    REQUIRE(due);
    CHECK(due->phase == Phase::body);
    CHECK_FALSE(due->again);
    due = timer.due(at(5));
    REQUIRE(due);
    CHECK(due->again);
    timer.start(Phase::body, at(8));  // bytes arrived: it starts again
    CHECK_FALSE(timer.due(at(7)));
    due = timer.due(at(8));
    REQUIRE(due);
    CHECK_FALSE(due->again);
    timer.stop(Phase::body);
    CHECK_FALSE(timer.due(at(9)));
}

TEST_CASE("a deadline that was moved is due only at its new time") {
    PhaseTimer timer;
    timer.start(Phase::write, at(5));
    timer.start(Phase::write, at(6));
    CHECK_FALSE(timer.due(at(5)));
    CHECK(timer.due(at(6)));
}

TEST_CASE("two due phases are reported one after the other") {
    PhaseTimer timer;
    timer.start(Phase::write, at(5));
    timer.start(Phase::body, at(4));
    auto due = timer.due(at(9));
    REQUIRE(due);
    CHECK(due->phase == Phase::write);
    timer.stop(Phase::write);
    due = timer.due(at(9));
    REQUIRE(due);
    CHECK(due->phase == Phase::body);
    CHECK_FALSE(due->again);
}
