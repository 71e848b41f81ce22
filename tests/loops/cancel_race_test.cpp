// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Two threads end one request at the same moment, for different reasons, again and again.

#include "../support/loops_tests.hpp"
#include <hawser/detail/transport/round_trip.hpp>

#include <atomic>
#include <thread>

using namespace hawser::test;
using hawser::detail::CalledFrom;
using hawser::detail::IntrusivePtr;
using hawser::detail::RoundTrip;

namespace {

struct Race {
    ScriptTransport t{{.max_conns_per_host = 1}};
    std::atomic<RoundTrip*> given_up{nullptr};
    std::atomic<bool> ended{false};
    int completions = 0;
    std::error_code ec;

    /// Starts a request, which queues or dials.
    IntrusivePtr<RoundTrip> start() {
        auto handler = [this](std::error_code code, Response) {
            ++completions;
            ec = code;
        };
        using Handler = std::remove_const_t<decltype(handler)>;
        using Completion = hawser::detail::HandlerCompletion<Response, Handler>;
        auto trip = t.new_trip();
        trip->to_send = Request("GET", ScriptTransport::url());
        const IntrusivePtr<RoundTrip> kept(static_cast<RoundTrip*>(trip.get()));
        hawser::detail::CompletionPtr<Response> completion(
            Completion::create(std::move(handler), t.io->get_executor()));
        trip.release()->start(std::move(completion));
        return kept;
    }
};

}  // namespace

TEST_CASE("a request that two threads end at the same moment reports one of the two reasons") {
    Race race;
    race.t.net->hold = true;
    const bool queues = GENERATE(false, true);
    const CallPtr first = queues ? race.t.get() : nullptr;
    const std::error_code timeout = hawser::error::total_timeout;
    std::thread other([&] {
        while (!race.ended) {
            if (RoundTrip* const trip = race.given_up.exchange(nullptr)) {
                trip->cancel(timeout, CalledFrom::user);
                trip->release();
            }
        }
    });
    for (int i = 1; i <= 2000; ++i) {
        const IntrusivePtr<RoundTrip> trip = race.start();
        trip->add_ref();
        race.given_up = trip.get();
        while (race.given_up != nullptr) {
        }
        trip->cancel(asio::error::operation_aborted, CalledFrom::user);
        while (race.completions != i) {
            race.t.step();
        }
        const bool one_of_both = race.ec == timeout || race.ec == asio::error::operation_aborted;
        REQUIRE(one_of_both);
    }
    race.ended = true;
    other.join();
    race.t.net->hold = false;
    for (const auto& dial : std::exchange(race.t.net->held, {})) {
        dial->end_later();
    }
    race.t.run();
    CHECK(race.completions == 2000);
    CHECK((!queues || first->status() == 200));
}
