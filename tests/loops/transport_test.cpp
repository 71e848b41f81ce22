// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The transport: which request gets which connection, when, and how often.

#include "../support/loops_tests.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace hawser::test;

namespace {

/// Responds to one request, and closes when the second one arrives.
const WireScript stale{{{head_end, ok}, {head_end, "", Ending::eof}}};

}  // namespace

TEST_CASE("a request that waits for its dial takes a connection that is returned first", "[R29]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ""}}});  // responds when told to
    const CallPtr first = t.get();
    t.run();
    t.net->hold = true;
    const CallPtr second = t.get();
    t.run();
    CHECK(t.stats().dialing == 1);
    t.wire(0).say(ok);
    t.run();
    CHECK(first->done());
    t.wire(0).say(ok);
    t.run();
    REQUIRE(second->done());
    CHECK(second->response.connection.id == first->response.connection.id);
    REQUIRE(t.net->held.size() == 1);
    t.net->held[0]->end_later();  // not wasted: the connection is idle now
    t.net->held.clear();
    t.run();
    CHECK(t.stats().idle == 2);
}

TEST_CASE("requests beyond the limit wait in order, and all are served by one connection") {
    ScriptTransport t({.max_conns_per_host = 1});
    std::vector<CallPtr> calls;
    for (int i = 0; i < 5; ++i) {
        calls.push_back(t.get());
    }
    CHECK(t.stats().waiting == 5);
    t.run();
    for (const CallPtr& call : calls) {
        CHECK(call->body == "ok");
    }
    CHECK(t.net->dialed == 1);
}

TEST_CASE("a canceled waiter passes its turn to the next", "[L13]") {
    ScriptTransport t({.max_conns_per_host = 1});
    const CallPtr one = t.get();
    const CallPtr two = t.get();
    const CallPtr three = t.get();
    two->cancel();
    t.run();
    CHECK(one->body == "ok");
    CHECK(two->ec == asio::error::operation_aborted);
    CHECK(three->body == "ok");
}

TEST_CASE("a failed dial fails its request and frees its permit", "[R28]") {
    ScriptTransport t({.max_conns_per_host = 1});
    t.net->refuse = make_error_code(error::connect_failed);
    const CallPtr one = t.get();
    const CallPtr two = t.get();
    t.run();
    CHECK(one->ec == error::connect_failed);
    CHECK(two->ec == error::connect_failed);
    CHECK(t.stats().dial_failures == 2);
}

TEST_CASE("a stale connection costs an idempotent request one more attempt, invisibly", "[R07]") {
    ScriptTransport t;
    t.net->scripts.push_back(stale);
    t.get();
    t.run();
    const CallPtr call = t.get();
    t.run();
    CHECK_FALSE(call->ec);
    CHECK(call->body == "ok");
    CHECK(t.stats().retried == 1);
    CHECK_FALSE(call->response.connection.reused);
}

TEST_CASE("a request that is not idempotent is not sent again once it was written", "[R07]") {
    ScriptTransport t;
    t.net->scripts.push_back(stale);
    t.get();
    t.run();
    const CallPtr call = t.post(RequestBody{"x"});
    t.run();
    CHECK(call->ec == error::server_closed);
    CHECK(t.net->dialed == 1);
}

TEST_CASE("the second attempt is the last one", "[R09]") {
    ScriptTransport t;
    t.net->scripts = {stale, {{{head_end, "", Ending::eof}}}};
    t.get();
    t.run();
    const CallPtr call = t.get();
    t.run();
    CHECK(call->ec == error::server_closed);
    CHECK(t.net->dialed == 2);
}

TEST_CASE("a failure on a fresh connection is never retried", "[R08]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, "", Ending::eof}}});
    const CallPtr call = t.get();
    t.run();
    CHECK(call->ec == error::server_closed);
    CHECK(t.stats().retried == 0);
}

TEST_CASE("the total timeout ends a request in any phase") {
    ScriptTransport t({.max_conns_per_host = 1});
    Request request("GET", ScriptTransport::url());
    request.options.timeout = seconds{10};
    t.net->hold = true;
    const CallPtr dialing = t.send(request);
    const CallPtr waiting = t.send(request);
    t.run();
    t.advance(seconds{10});
    CHECK(dialing->ec == error::total_timeout);
    CHECK(waiting->ec == error::total_timeout);
    t.net->hold = false;
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"}}});
    for (const auto& dial : std::exchange(t.net->held, {})) {
        dial->end_later();
    }
    t.run();
    const CallPtr reading = t.send(request);
    t.run();
    CHECK(reading->completions == 1);
    t.advance(seconds{10});
    CHECK(reading->body_ec == error::total_timeout);
    CHECK(reading->body == "part");
}

TEST_CASE("idle connections expire by our limit, or one second before the server's", "[R15]") {
    ScriptTransport t({.idle_conn_timeout = seconds{30}});
    t.get();
    t.run();
    t.advance(milliseconds{29'999});
    CHECK(t.stats().idle == 1);
    t.advance(milliseconds{1});
    CHECK(t.stats().open == 0);
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 204 N\r\nKeep-Alive: timeout=5\r\n\r\n"}}});
    t.get();
    t.run();
    t.advance(milliseconds{3'999});
    CHECK(t.stats().idle == 1);
    t.advance(milliseconds{1});
    CHECK(t.stats().open == 0);
}

TEST_CASE("a delivered response outlives its transport, a request without one does not",
          "[L03][L11]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"}}});
    const CallPtr reading = t.get();
    t.run();
    t.net->scripts.push_back({{{head_end, ""}}});
    const CallPtr pending = t.get();
    t.run();
    t.destroy();
    t.run();
    CHECK(pending->ec == error::client_closed);
    t.wire(0).say("cd");
    t.run();
    CHECK_FALSE(reading->body_ec);
    CHECK(reading->body == "abcd");
}

TEST_CASE("idle TLS connections are trimmed after a second, once", "[X15][B-38]") {
    ScriptTransport t;
    for (const bool secure : {true, false, true}) {
        t.net->scripts.push_back({t.net->otherwise.turns, true});
        t.net->scripts.back().secure = secure;
    }
    t.get();
    t.get();
    t.get();
    t.run();
    t.advance(milliseconds{600});
    t.get();  // the last one returned serves first
    t.run();
    const auto rests = [&] {
        return std::vector{t.wire(0).rests(), t.wire(1).rests(), t.wire(2).rests()};
    };
    t.advance(milliseconds{399});
    CHECK(rests() == std::vector{0, 0, 0});
    t.advance(milliseconds{1});
    CHECK(rests() == std::vector{1, 1, 0});
    t.advance(milliseconds{599});
    CHECK(rests() == std::vector{1, 1, 0});
    t.advance(milliseconds{1});
    CHECK(rests() == std::vector{1, 1, 1});
    t.advance(milliseconds{10'000});
    CHECK(rests() == std::vector{1, 1, 1});
}
