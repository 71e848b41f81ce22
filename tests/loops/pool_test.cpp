// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The policy of the pool in a transport with a manual clock: what happens when, to the millisecond,
// and that every timer ends.

#include "../support/loops_tests.hpp"
#include <hawser/detail/policy/lifetime.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace hawser::test;

namespace {

/// Receives a request and never responds.
const WireScript silent{{{head_end, ""}}};

Request to(const std::string& host) {
    return Request("GET", "http://" + host + "/");
}

}  // namespace

TEST_CASE("a request that queues too long fails, and its place is free at once", "[B-21]") {
    ScriptTransport t({.max_conns_per_host = 1, .max_waiters = 2, .pool_wait_timeout = seconds{2}});
    t.net->scripts.push_back(silent);
    const CallPtr first = t.get();
    t.run();
    const CallPtr second = t.get();
    t.advance(seconds{1});
    const CallPtr third = t.get();
    const CallPtr refused = t.get();
    t.run();
    CHECK(refused->ec == error::too_many_waiters);
    CHECK(t.stats().queued == 2);
    t.advance(milliseconds{999});
    CHECK_FALSE(second->done());
    t.advance(milliseconds{1});
    CHECK(second->ec == error::pool_wait_timeout);
    CHECK_FALSE(third->done());
    CHECK(t.stats().queued == 1);
    CHECK(t.stats().turned_away == 2);
    t.wire().say(ok);
    t.run();
    CHECK(first->body == "ok");
    CHECK(t.wire().written().find("GET", 1) != std::string::npos);  // the third has been sent
    t.advance(seconds{10});
    CHECK_FALSE(third->done());  // it no longer queues
    t.wire().say(ok);
    t.run();
    CHECK(third->body == "ok");
}

TEST_CASE("all requests that queue too long fail, each at its own time", "[B-21]") {
    ScriptTransport t({.max_conns_per_host = 1, .pool_wait_timeout = seconds{1}});
    t.net->scripts.push_back(silent);
    const CallPtr first = t.get();
    t.run();
    std::vector<CallPtr> calls;
    for (int i = 0; i < 100; ++i) {
        calls.push_back(t.get());
        t.advance(milliseconds{i % 2 == 0 ? 0 : 1});
    }
    t.advance(milliseconds{949});
    CHECK(t.stats().queued == 100);
    t.advance(milliseconds{25});
    CHECK(t.stats().queued == 50);
    t.advance(milliseconds{25});
    CHECK(t.stats().queued == 0);
    for (const CallPtr& call : calls) {
        CHECK(call->ec == error::pool_wait_timeout);
    }
    t.wire().say(ok);
    t.run();
}

TEST_CASE("the dial made for a request has its own timeouts, not that of the queue", "[B-21]") {
    ScriptTransport t({.max_conns_per_host = 1, .pool_wait_timeout = seconds{2}});
    t.net->hold = true;
    const CallPtr dials = t.get();
    t.run();
    t.advance(seconds{60});
    CHECK_FALSE(dials->done());
    t.net->held.at(0)->end_later();
    t.net->held.clear();
    t.run();
    CHECK(dials->body == "ok");
}

TEST_CASE("an abandoned dial lingers for the next request, then it is aborted", "[B-07][X-18]") {
    ScriptTransport t({.dial_linger = seconds{1}});
    t.net->hold = true;
    for (int i = 0; i < 1000; ++i) {
        const CallPtr call = t.get();
        call->cancel();
        t.run();
        CHECK(call->ec == asio::error::operation_aborted);
        CHECK(t.stats().dialing == 1);
    }
    CHECK(t.net->dialed == 1);
    t.advance(milliseconds{999});
    CHECK(t.stats().dialing == 1);
    const CallPtr adopts = t.get();
    t.advance(seconds{60});
    CHECK(t.stats().dialing == 1);
    adopts->cancel();
    t.run();
    t.advance(seconds{1});
    CHECK(t.stats().dialing == 0);
    CHECK(t.stats().dials_given_up == 1);
    CHECK(t.stats().dial_failures == 0);
    t.net->held.clear();
}

TEST_CASE("a burst of canceled requests leaves no dial after the linger, or at once", "[B-07]") {
    const auto linger = GENERATE(seconds{0}, seconds{1});
    ScriptTransport t({.dial_linger = linger});
    t.net->hold = true;
    std::vector<CallPtr> calls;
    for (int i = 0; i < 50; ++i) {
        calls.push_back(t.get());
    }
    t.run();
    CHECK(t.stats().dialing == 50);
    for (const CallPtr& call : calls) {
        call->cancel();
    }
    t.run();
    CHECK(t.stats().dialing == 50);  // a timer ends them, without any call
    t.advance(linger);
    CHECK(t.stats().dialing == 0);
    CHECK(t.stats().dials_given_up == 50);
    t.net->held.clear();
}

TEST_CASE("the dial of a request that got another connection also lingers", "[B-07]") {
    ScriptTransport t({.dial_linger = seconds{1}});
    t.net->scripts.push_back(silent);
    t.get();
    t.run();
    t.net->hold = true;
    const CallPtr second = t.get();
    t.run();
    t.wire().say(ok);
    t.run();
    t.wire().say(ok);
    t.run();
    CHECK(second->body == "ok");
    CHECK(t.stats().dialing == 1);
    t.advance(seconds{1});
    CHECK(t.stats().dialing == 0);
    t.net->held.clear();
    t.close_idle();
}

TEST_CASE("close_idle_connections() ends dials that no request waits for", "[F-X11]") {
    ScriptTransport t({.dial_linger = std::chrono::hours{1}});
    t.net->hold = true;
    const CallPtr waits = t.get();
    const CallPtr gone = t.get();
    t.run();
    gone->cancel();
    t.close_idle();
    t.advance(milliseconds{0});
    CHECK(t.stats().dialing == 1);
    t.net->held.at(0)->end_later();
    t.net->held.clear();
    t.run();
    CHECK(waits->body == "ok");
}

TEST_CASE("a connection that is too old is closed while idle, neither lent nor taken back",
          "[B-17]") {
    const auto age = seconds{10};
    const auto limit = hawser::detail::retirement({}, age, 1).time_since_epoch();
    const auto most = std::chrono::floor<milliseconds>(limit);
    ScriptTransport t({.max_conn_age = age});
    t.get();
    t.run();
    SECTION("idle") {
        t.advance(most);
        CHECK(t.stats().open == 1);
        t.advance(milliseconds{1});
        CHECK(t.stats().open == 0);
    }
    SECTION("asked for before the timer had its turn") {
        t.clock->now += age;
        const CallPtr call = t.get();
        t.run();
        CHECK(call->body == "ok");
        CHECK(t.net->dialed == 2);
    }
    t.close_idle();
}

TEST_CASE("a connection that becomes too old while it serves is not taken back", "[B-17]") {
    ScriptTransport t({.max_conns_per_host = 1, .max_conn_age = seconds{10}});
    t.net->scripts.push_back(silent);
    const CallPtr first = t.get();
    const CallPtr second = t.get();
    t.run();
    t.advance(seconds{10});
    t.wire().say(ok);
    t.run();
    CHECK(first->body == "ok");
    CHECK(second->body == "ok");
    CHECK(t.net->dialed == 2);
}

TEST_CASE("connections made together do not all expire together", "[B-17]") {
    ScriptTransport t({.max_conn_age = seconds{100}});
    for (int i = 0; i < 20; ++i) {
        t.net->scripts.push_back(silent);
        t.get();
    }
    t.run();
    for (std::size_t i = 0; i < 20; ++i) {
        t.wire(i).say(ok);
    }
    t.run();
    CHECK(t.stats().idle == 20);
    t.advance(seconds{90});
    CHECK(t.stats().idle == 0);  // by the idle timeout, which is as long
}

TEST_CASE("a connection serves only as many requests as allowed", "[B-17]") {
    ScriptTransport t({.max_requests_per_conn = 3});
    for (int i = 0; i < 7; ++i) {
        t.get();
        t.run();
    }
    CHECK(t.net->dialed == 3);
    CHECK(t.stats().idle == 1);
}

TEST_CASE("idle connections are taken newest first, or oldest first", "[B-18]") {
    const bool oldest = GENERATE(false, true);
    ScriptTransport t({.idle_pick = oldest ? IdlePick::oldest_first : IdlePick::newest_first});
    for (int i = 0; i < 3; ++i) {
        t.get();
    }
    t.run();
    for (const std::uint64_t expected : {1, 2, 3, 1}) {
        const CallPtr call = t.get();
        t.run();
        CHECK(call->response.connection.id == (oldest ? expected : 3));
    }
}

TEST_CASE("the limit over all hosts: the oldest request gets the next free permit", "[B-21]") {
    ScriptTransport t({.max_conns_total = 2});
    t.net->scripts = {silent, silent};
    const CallPtr a = t.send(to("a"));
    const CallPtr b = t.send(to("b"));
    t.run();
    const CallPtr c = t.send(to("c"));
    const CallPtr d = t.send(to("d"));
    t.run();
    CHECK(t.stats().queued == 2);
    CHECK(t.stats().open == 2);
    t.wire(1).say(ok);
    t.run();
    CHECK(b->body == "ok");
    CHECK(c->body == "ok");
    CHECK(d->body == "ok");  // c's connection was closed for it
    CHECK(t.stats().open == 2);
    CHECK(t.net->dialed == 4);
    t.wire(0).say(ok);
    t.run();
    CHECK(a->body == "ok");
    CHECK(t.stats().idle == 2);
    const CallPtr e = t.send(to("e"));
    t.run();
    CHECK(e->body == "ok");
    CHECK(t.stats().idle == 2);
}

TEST_CASE("out of descriptors, the oldest idle connection makes room for a dial, once", "[N06]") {
    ScriptTransport t;
    t.send(to("a"));
    t.send(to("b"));
    t.run();
    CHECK(t.stats().idle == 2);
    t.net->hold = true;
    const CallPtr call = t.send(to("c"));
    t.run();
    const auto exhausted = make_error_code(error::resource_exhausted);
    std::exchange(t.net->held, {}).at(0)->end_later(exhausted);
    t.run();
    CHECK(t.wire(0).closed());
    CHECK(t.stats().idle == 1);
    CHECK_FALSE(call->done());
    REQUIRE(t.net->held.size() == 1);
    const bool again = GENERATE(false, true);
    std::exchange(t.net->held, {}).at(0)->end_later(again ? exhausted : std::error_code{});
    t.run();
    CHECK(call->ec == (again ? exhausted : std::error_code{}));
    CHECK(t.stats().idle == (again ? 1 : 2));
    t.net->hold = false;
    const CallPtr next = t.send(to("d"));
    t.run();
    CHECK(next->body == "ok");
}
