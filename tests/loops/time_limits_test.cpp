// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Peers that make progress, but too little, and limits that are not sensible times.

#include "../support/loops_tests.hpp"

#include <string>

using namespace hawser::test;

namespace {

const std::string begun = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun";

/// The peer sends one byte of `text` each second. Returns the number of seconds until the call was
/// over.
int dribble(ScriptTransport& t, const CallPtr& call, const std::string& text) {
    int second = 0;
    for (const char byte : text) {
        if (call->done()) {
            break;
        }
        t.wire().say(std::string(1, byte));
        t.run();
        t.advance(seconds{1});
        ++second;
    }
    return second;
}

}  // namespace

TEST_CASE("a head that arrives one byte per second does not move its deadline", "[X02]") {
    ScriptTransport t({.response_header_timeout = seconds{20}});
    t.net->scripts.push_back({});
    const CallPtr call = t.get();
    t.run();
    CHECK(dribble(t, call, "HTTP/1.1 200 OK\r\nX: " + std::string(100, 'x')) == 20);
    CHECK(call->ec == error::header_timeout);
    CHECK(t.stats().open == 0);
}

TEST_CASE("a body that arrives one byte per second outlives the idle timeout but not the request's",
          "[X03]") {
    ScriptTransport t({.body_idle_timeout = milliseconds{1500}});
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"}}});
    Request request("GET", ScriptTransport::url());
    request.options.timeout = seconds{30};
    const CallPtr call = t.send(std::move(request));
    t.run();
    CHECK(dribble(t, call, std::string(100, 'x')) == 30);
    CHECK(call->body_ec == error::total_timeout);
    CHECK(call->body == std::string(30, 'x'));
    CHECK(t.stats().open == 0);
}

TEST_CASE("the longest possible limit never expires", "[X14]") {
    constexpr milliseconds longest = milliseconds::max();
    ScriptTransport t({.idle_conn_timeout = longest,
                       .response_header_timeout = longest,
                       .write_timeout = longest,
                       .body_idle_timeout = longest,
                       .expect_continue_timeout = longest,
                       .drain_bytes = 100,
                       .drain_timeout = longest});
    t.net->scripts.push_back(answers(head_end, ""));
    Request request("GET", ScriptTransport::url());
    request.options.timeout = longest;
    request.options.response_header_timeout = longest;
    const CallPtr call = t.send(std::move(request));
    t.run();
    t.advance(std::chrono::hours{24 * 365});
    CHECK_FALSE(call->done());
    t.wire().say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    t.run();
    t.advance(std::chrono::hours{24 * 365});
    CHECK_FALSE(call->done());
    t.wire().say("ok");
    t.run();
    CHECK(call->body == "ok");
    CHECK(t.stats().idle == 1);
    t.advance(std::chrono::hours{24 * 365});
    CHECK(t.stats().idle == 1);
}

TEST_CASE("a limit of 0 means none, a negative one is an invalid request", "[X14]") {
    ScriptTransport t;
    Request request("GET", ScriptTransport::url());
    request.options.timeout = milliseconds{0};
    const CallPtr unlimited_call = t.send(request);
    t.run();
    CHECK(unlimited_call->body == "ok");
    for (const milliseconds limit : {milliseconds{-1}, milliseconds::min()}) {
        request.options.timeout = limit;
        const CallPtr call = t.send(request);
        t.run();
        CHECK(call->ec == error::invalid_request);
        CHECK(call->ec == hawser::condition::bad_request);
    }
    CHECK(t.net->dialed == 1);
    CHECK(t.stats().reused == 0);
}

TEST_CASE("a body that arrived while the loop was busy does not count as a silent peer", "[X03]") {
    ScriptTransport t({.body_idle_timeout = milliseconds{300}});
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"}}});
    const CallPtr call = t.get();
    t.run();
    t.clock->now += seconds{1};  // the deadline and the bytes reach the loop at the same time
    t.wire().say("cd");
    t.ring_if_due();
    t.run();
    CHECK_FALSE(call->body_ec);
    CHECK(call->body == "abcd");
    CHECK(t.stats().idle == 1);
}

TEST_CASE("a head that arrived while the loop was busy counts as in time", "[X02]") {
    ScriptTransport t({.response_header_timeout = milliseconds{300}});
    t.net->scripts.push_back({});
    const CallPtr call = t.get();
    t.run();
    t.clock->now += seconds{1};
    t.ring_if_due();
    t.wire().say("HTTP/1.1 204 N\r\n\r\n");
    t.run();
    CHECK(call->status() == 204);
    CHECK(t.stats().idle == 1);
}

TEST_CASE("the peer stops taking the request after its response has begun", "[F-X13]") {
    ScriptTransport t({.write_timeout = milliseconds{300}, .body_idle_timeout = seconds{5}});
    t.net->scripts.push_back(full_after(1000, answers(head_end, begun)));
    const CallPtr call = t.post(std::string(5000, 'x'));
    t.run();
    CHECK(call->status() == 200);
    CHECK_FALSE(call->done());
    t.advance(milliseconds{299});
    CHECK_FALSE(call->done());
    t.advance(milliseconds{1});
    CHECK(call->body_ec == error::write_timeout);
    CHECK(t.stats().open == 0);
}

TEST_CASE(
    "a silent peer times out a read of the body even while the request is still being written",
    "[F-X13]") {
    ScriptTransport t({.write_timeout = milliseconds{300}, .body_idle_timeout = seconds{1}});
    t.net->scripts.push_back(full_after(1000, answers(head_end, begun)));
    const CallPtr call = t.post(std::string(500'000, 'x'));
    t.run();
    for (int i = 0; i < 4; ++i) {
        CHECK_FALSE(call->done());
        t.wire().take(1000);
        t.run();
        t.advance(milliseconds{250});
    }
    CHECK(call->body_ec == error::idle_timeout);
    CHECK(t.stats().open == 0);
}

TEST_CASE("the deadline of the head is not set once the head has arrived", "[X02]") {
    ScriptTransport t({.response_header_timeout = milliseconds{300}});
    t.net->scripts.push_back(
        full_after(1000, answers(head_end, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nbegun")));
    const CallPtr call = t.post(std::string(5000, 'x'));
    t.run();
    t.wire().take(10'000);  // only now is the request complete
    t.run();
    t.advance(seconds{1});
    CHECK_FALSE(call->done());
    t.wire().say("!!");
    t.run();
    CHECK_FALSE(call->body_ec);
    CHECK(call->body == "begun!!");
}

TEST_CASE("a connection that closes leaves other connections' deadlines alone") {
    ScriptTransport t;
    t.net->scripts.push_back(
        {{{head_end, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", Ending::eof}}});
    t.net->scripts.push_back({});
    Request silent("GET", "http://silent.example/");
    silent.options.timeout = seconds{5};
    const CallPtr closing = t.get();
    const CallPtr waiting = t.send(std::move(silent));
    t.run();
    CHECK(closing->done());
    Request brief("GET", "http://silent.example/");
    brief.options.timeout = seconds{1};
    t.net->scripts.push_back({});
    const CallPtr other = t.send(std::move(brief));
    t.run();
    t.advance(seconds{1});
    CHECK(other->ec == error::total_timeout);
    t.advance(seconds{4});
    CHECK(waiting->ec == error::total_timeout);
}
