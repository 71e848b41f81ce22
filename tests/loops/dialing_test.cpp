// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Dials and the requests that wait for them: a dial in progress counts against the limit, and an
// unneeded connection is kept or closed.

#include "../support/loops_tests.hpp"

using namespace hawser::test;

namespace {

/// Ends the only held dial.
void end_held(ScriptTransport& t, std::error_code ec = {}) {
    REQUIRE(t.net->held.size() == 1);
    const auto dial = t.net->held[0];
    t.net->held.clear();
    dial->end_later(ec);
    t.run();
}

/// A transport with an idle connection that never served, because its request was canceled.
void make_unused(ScriptTransport& t) {
    t.net->hold = true;
    const CallPtr canceled = t.get();
    t.run();
    canceled->cancel();
    t.run();
    CHECK(canceled->ec == asio::error::operation_aborted);
    t.net->hold = false;
    end_held(t);
}

}  // namespace

TEST_CASE("at the limit the second dial does not start while the first is in progress", "[T-A11]") {
    for (const bool fails : {false, true}) {
        ScriptTransport t({.max_conns_per_host = 1});
        t.net->hold = true;
        const CallPtr first = t.get();
        const CallPtr second = t.get();
        t.run();
        CHECK(t.net->dialed == 1);
        CHECK(t.stats().dialing == 1);
        CHECK(t.stats().waiting == 2);
        end_held(t, fails ? make_error_code(error::connect_failed) : std::error_code());
        if (!fails) {
            CHECK(first->body == "ok");
            CHECK(second->body == "ok");
            CHECK(t.net->dialed == 1);
            continue;
        }
        CHECK(first->ec == error::connect_failed);
        CHECK_FALSE(second->done());
        CHECK(t.net->dialed == 2);
        end_held(t);
        CHECK(second->body == "ok");
    }
}

TEST_CASE("the idle timeout of a connection that never served fails no request", "[T-A18]") {
    const milliseconds limit = seconds{10};
    for (const bool expired : {false, true}) {
        for (int steps = 0; steps < 20; ++steps) {
            CAPTURE(expired, steps);
            ScriptTransport t({.idle_conn_timeout = limit});
            make_unused(t);
            CHECK(t.stats().idle == 1);
            t.clock->now += expired ? limit : limit - milliseconds{1};  // no timer has fired yet
            const CallPtr call = t.get();
            for (int i = 0; i < steps; ++i) {
                t.step();
            }
            t.advance(milliseconds{1});
            t.run();
            REQUIRE(call->done());
            CHECK_FALSE(call->ec);
            CHECK(call->body == "ok");
            CHECK(t.stats().retried == 0);
            CHECK(t.net->dialed == (expired ? 2 : 1));
        }
    }
}

TEST_CASE("the dial of a canceled request serves the next one, if it may be kept",
          "[T-A34][T-A35]") {
    for (const bool kept : {true, false}) {
        ScriptTransport t({.disable_keep_alives = !kept});
        make_unused(t);
        CHECK(t.stats().open == (kept ? 1 : 0));
        CHECK(t.stats().dialing == 0);
        const CallPtr next = t.get();
        t.run();
        CHECK(next->body == "ok");
        CHECK(t.net->dialed == (kept ? 1 : 2));
    }
}
