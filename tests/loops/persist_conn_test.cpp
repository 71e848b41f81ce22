// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// One connection: its two coroutines, and what closes it or keeps it alive.

#include "../support/loops_tests.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace hawser::test;

namespace {

const auto read_wait = Wire::Direction::read;
const auto write_wait = Wire::Direction::write;

/// A peer that responds to each request with the next reply.
WireScript answers(const std::vector<std::string>& replies) {
    WireScript script;
    for (const std::string& reply : replies) {
        script.turns.push_back({head_end, reply});
    }
    return script;
}

/// The error of one request to a peer that follows `script`.
std::error_code fails_with(const WireScript& script, TransportOptions options = {}) {
    ScriptTransport t(std::move(options));
    t.net->scripts.push_back(script);
    const CallPtr call = t.get();
    t.run();
    REQUIRE(call->done());
    CHECK(t.stats().open == 0);
    return call->ec ? call->ec : call->body_ec;
}

}  // namespace

TEST_CASE("a response that arrives whole leaves its connection idle before it is delivered") {
    ScriptTransport t;
    const CallPtr call = t.get(Reading::nothing);
    t.run();
    REQUIRE(call->done());
    CHECK_FALSE(call->ec);
    CHECK(call->status() == 200);
    CHECK(t.stats().idle == 1);
    CHECK(t.stats().strands == 2);
    CHECK(t.wire().awaited(read_wait));
    CHECK_FALSE(t.wire().awaited(write_wait));
    CHECK(t.wire().written().starts_with("GET / HTTP/1.1\r\nHost: host.example\r\n"));
}

TEST_CASE("a connection serves one request after another, its body read in between") {
    ScriptTransport t;
    WireScript script = answers({ok,
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "3\r\nabc\r\n0\r\n\r\n",
                                 ok});
    script.max_read = 7;
    script.starved = true;
    t.net->scripts.push_back(script);
    for (const std::string expected : {"ok", "abc", "ok"}) {
        const CallPtr call = t.get();
        t.run();
        REQUIRE(call->done());
        CHECK(call->body == expected);
        CHECK(t.stats().idle == 1);
    }
    CHECK(t.net->dialed == 1);
    CHECK(t.stats().reused == 2);
}

TEST_CASE("a FIN while idle removes the connection at once", "[R06]") {
    ScriptTransport t;
    t.get();
    t.run();
    t.wire().say("", Ending::eof);
    t.run();
    CHECK(t.leftovers() == "");
    CHECK(t.wire().closed());
}

TEST_CASE("a byte while idle removes the connection and is never delivered", "[R01]") {
    for (const std::string bytes : {"X", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"}) {
        ScriptTransport t;
        t.get();
        t.run();
        t.wire().say(bytes);
        t.run();
        CHECK(t.leftovers() == "");
        const CallPtr call = t.get();
        t.run();
        CHECK(call->body == "ok");
        CHECK(t.net->dialed == 2);
    }
}

TEST_CASE("a spurious wakeup leaves an idle connection as it was") {
    ScriptTransport t;
    t.get();
    t.run();
    t.wire().say("");  // an empty read event
    t.run();
    CHECK(t.stats().idle == 1);
    CHECK(t.wire().awaited(read_wait));
}

TEST_CASE("bytes that arrived before the loop could see them are found at checkout", "[R02]") {
    ScriptTransport t;
    t.get();
    t.run();
    t.clock->now += milliseconds{1};
    t.wire().say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");  // the loop has taken no step
                                                                       // since
    const CallPtr call = t.get();
    t.run();
    CHECK(call->body == "ok");
    CHECK(t.net->dialed == 2);
    CHECK(t.wire(0).written().find("GET", 1) == std::string::npos);
}

TEST_CASE("bytes after the response close the connection but do not affect the response", "[R03]") {
    ScriptTransport t;
    t.net->scripts.push_back(answers({ok + "X"}));
    const CallPtr call = t.get();
    t.run();
    CHECK(call->body == "ok");
    CHECK(t.stats().open == 0);
    CHECK(t.stats().leftover_bytes == 1);
}

TEST_CASE("so do bytes buffered above the socket, where no wait would see them", "[R03]") {
    const std::string chunks =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    for (const std::string& reply : {ok, chunks}) {
        ScriptTransport t;
        WireScript script = answers({reply + ok});
        script.records = true;
        script.max_read = reply.size();  // so nothing shows that there is more
        t.net->scripts.push_back(script);
        const CallPtr call = t.get();
        t.run();
        CHECK(call->body == "ok");
        CHECK(t.stats().open == 0);
        CHECK(t.stats().leftover_bytes == 1);
    }
}

TEST_CASE("a response before the request is written ends the writing and closes the connection",
          "[R12]") {
    ScriptTransport t;
    WireScript script = answers({"HTTP/1.1 413 Large\r\nContent-Length: 2\r\n\r\nno"});
    script.room = 200;  // and not one byte more
    t.net->scripts.push_back(script);
    const CallPtr call = t.post(RequestBody{std::string(10'000, 'x')});
    t.run();
    REQUIRE(call->done());
    CHECK(call->status() == 413);
    CHECK(call->body == "no");
    CHECK(t.wire().written().size() == 200);
    CHECK(t.stats().open == 0);
    CHECK(t.stats().strands == 0);
    CHECK(t.stats().write_unfinished == 1);
}

TEST_CASE("the same with an unread body, which can still be read to its end", "[R12]") {
    ScriptTransport t;
    WireScript script =
        answers({"HTTP/1.1 413 Large\r\nContent-Length: 200\r\n\r\n" + std::string(200, 'n')});
    script.room = 200;
    script.max_read = 60;
    script.starved = true;
    t.net->scripts.push_back(script);
    const CallPtr call = t.post(RequestBody{std::string(10'000, 'x')});
    t.run();
    REQUIRE(call->done());
    CHECK(call->body == std::string(200, 'n'));
    CHECK_FALSE(call->body_ec);
    CHECK(t.stats().write_unfinished == 1);
}

TEST_CASE("a received response takes precedence over the write error", "[N02]") {
    ScriptTransport t;
    WireScript script = answers({"HTTP/1.1 413 Large\r\nContent-Length: 2\r\n\r\nno"});
    script.room = 200;
    script.write_error = asio::error::broken_pipe;
    t.net->scripts.push_back(script);
    const CallPtr call = t.post(RequestBody{std::string(10'000, 'x')});
    t.run();
    REQUIRE(call->done());
    CHECK_FALSE(call->ec);
    CHECK(call->status() == 413);
    CHECK(call->body == "no");
    CHECK(t.stats().open == 0);
}

TEST_CASE("without a response, the write error is reported", "[N02]") {
    WireScript script;
    script.room = 10;
    script.write_error = asio::error::broken_pipe;
    CHECK(fails_with(script) == error::connection_reset);
}

TEST_CASE("what the end of the connection means depends on when it occurs", "[N01]") {
    const auto cut = [](const std::string& reply, Ending ending) {
        return fails_with({{{head_end, reply, ending}}});
    };
    CHECK(cut("", Ending::eof) == error::server_closed);
    CHECK(cut("", Ending::reset) == error::connection_reset);
    CHECK(cut("HTTP/1.1 2", Ending::eof) == error::bad_response);
    CHECK(cut("HTTP/1.1 2", Ending::reset) == error::connection_reset);
    CHECK(cut("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", Ending::eof) ==
          error::incomplete_body);
    CHECK(cut("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", Ending::reset) ==
          error::incomplete_body);
    CHECK(cut("HTTP/1.1 200 OK\r\n\r\nto the end", Ending::eof) == std::error_code());
    CHECK(cut("HTTP/1.1 200 OK\r\n\r\nto the end", Ending::reset) == error::incomplete_body);
    CHECK(cut(ok.substr(0, ok.size()), Ending::eof) == std::error_code());
    CHECK(cut("garbage\r\n\r\n", Ending::none) == error::bad_response);
}

TEST_CASE("interim responses are skipped, in one piece or in many", "[F34]") {
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 H\r\nLink: x\r\n\r\n";
    for (const std::size_t most : {std::size_t{1}, std::size_t{20}, unlimited}) {
        ScriptTransport t;
        WireScript script = answers({interim + ok});
        script.max_read = most;
        script.starved = true;
        t.net->scripts.push_back(script);
        const CallPtr call = t.get();
        t.run();
        CHECK(call->status() == 200);
        CHECK(call->body == "ok");
        CHECK(t.stats().idle == 1);
    }
}

TEST_CASE("after an interim response that said close the connection is not kept", "[F33]") {
    ScriptTransport t;
    t.net->scripts.push_back(answers({"HTTP/1.0 100 C\r\n\r\n" + ok}));
    const CallPtr call = t.get();
    t.run();
    CHECK(call->body == "ok");
    CHECK(t.stats().not_persistent == 1);
}

TEST_CASE("an unsolicited 101 is a bad response") {
    CHECK(fails_with(answers({"HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"})) ==
          error::bad_response);
}

TEST_CASE("a body dropped before its end closes the connection, at its end it does not", "[R11]") {
    const std::string long_reply =
        "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'b');
    ScriptTransport t;
    t.net->scripts.push_back(answers({long_reply}));
    const CallPtr dropped = t.get(Reading::drop);
    t.run();
    CHECK(dropped->done());
    CHECK(t.stats().open == 0);
    CHECK(t.stats().early_close == 1);
    const CallPtr whole = t.get(Reading::drop);
    t.run();
    CHECK(whole->done());
    CHECK(t.stats().idle == 1);
}

TEST_CASE("short reads and writes, and would_block everywhere, change nothing", "[N04]") {
    WireScript script =
        answers({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "5\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n"});
    script.starved = true;
    for (std::size_t most = 1; most < 30; ++most) {
        ScriptTransport t;
        script.max_read = script.max_write = most;
        t.net->scripts.push_back(script);
        const CallPtr call = t.post(RequestBody{"the content"});
        t.run();
        REQUIRE(call->done());
        CHECK(call->body == "hello world");
        CHECK(call->response.trailers().get("X") == "y");
        CHECK(t.wire().written().ends_with("Content-Length: 11\r\n\r\nthe content"));
        CHECK(t.stats().idle == 1);
    }
}

TEST_CASE("a streamed body is sent chunked, as much as fits at a time") {
    for (const std::size_t most : {std::size_t{1}, std::size_t{8}, unlimited}) {
        ScriptTransport t;
        WireScript script{{{"0\r\n\r\n", ok}}};
        script.max_write = most;
        script.starved = most != unlimited;
        t.net->scripts.push_back(script);
        int pieces = 0;
        const CallPtr call = t.post(RequestBody::stream([&](asio::mutable_buffer buffer) {
            std::memcpy(buffer.data(), "abc", 3);
            return ++pieces <= 3 ? std::size_t{3} : std::size_t{0};
        }));
        t.run();
        REQUIRE(call->done());
        CHECK(call->body == "ok");
        CHECK(
            t.wire().written().ends_with("\r\n\r\n3\r\nabc\r\n3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n"));
        CHECK(t.stats().idle == 1);
    }
}

TEST_CASE("a source that fails or miscounts fails the request and its connection", "[B17][U07]") {
    for (const std::size_t announced : {4u, 6u}) {
        ScriptTransport t;
        bool given = false;
        const CallPtr call = t.post(RequestBody::stream(
            [&](asio::mutable_buffer buffer) -> std::size_t {
                std::memcpy(buffer.data(), "12345", 5);
                return std::exchange(given, true) ? 0 : 5;
            },
            announced));
        t.run();
        CHECK(call->ec == error::request_body_error);
        CHECK(t.stats().open == 0);
    }
    ScriptTransport t;
    const CallPtr call = t.post(RequestBody::stream(
        [](asio::mutable_buffer) -> std::size_t { throw std::runtime_error("broken"); }));
    t.run();
    CHECK(call->ec == error::request_body_error);
    CHECK(t.stats().open == 0);
}

TEST_CASE("a peer that accepts no bytes makes the write time out") {
    ScriptTransport t({.write_timeout = seconds{5}});
    t.net->scripts.push_back(full_after(20, {}));
    const CallPtr call = t.get();
    t.run();
    t.advance(milliseconds{4999});
    CHECK_FALSE(call->done());
    t.wire().take(1);  // progress: the timeout restarts
    t.run();
    t.advance(milliseconds{4999});
    CHECK_FALSE(call->done());
    t.advance(milliseconds{1});
    CHECK(call->ec == error::write_timeout);
    CHECK(t.stats().strands == 0);
}

TEST_CASE("the timeout for the head starts once the request is written, and no 1xx restarts it",
          "[F32]") {
    ScriptTransport t({.response_header_timeout = seconds{10}});
    t.net->scripts.push_back(full_after(20, {}));
    const CallPtr call = t.get();
    t.run();
    t.advance(seconds{60});
    CHECK_FALSE(call->done());
    t.wire().take(unlimited / 2);
    t.run();
    t.advance(seconds{9});
    t.wire().say("HTTP/1.1 100 Continue\r\n\r\n");
    t.run();
    t.advance(milliseconds{999});
    CHECK_FALSE(call->done());
    t.advance(milliseconds{1});
    CHECK(call->ec == error::header_timeout);
    CHECK(t.stats().open == 0);
}

TEST_CASE("the body's timeout restarts with every byte, and runs only during reads", "[N11]") {
    ScriptTransport t({.body_idle_timeout = seconds{10}});
    t.net->scripts.push_back(answers({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na"}));
    const CallPtr call = t.get(Reading::nothing);
    t.run();
    t.advance(seconds{60});  // no one is reading
    CHECK(t.stats().active == 1);
    Call::read(call);
    t.run();
    t.advance(seconds{9});
    t.wire().say("b");
    t.run();
    t.advance(seconds{9});
    CHECK_FALSE(call->done());
    t.advance(seconds{1});
    CHECK(call->body_ec == error::idle_timeout);
    CHECK(call->body == "ab");
    CHECK(t.stats().open == 0);
}

TEST_CASE("a body beyond its limit is refused even if it arrives together with its end", "[B03]") {
    const std::string text =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "6\r\n123456\r\n0\r\n\r\n";
    for (const std::size_t most : {unlimited, std::size_t{1}, std::size_t{60}}) {
        ScriptTransport t({.max_response_body_bytes = 5});
        t.net->scripts.push_back({{{"\r\n\r\n", text}}, false, most});
        const CallPtr call = t.get();
        t.run();
        CHECK(call->body_ec == error::body_too_large);
        CHECK(t.stats().open == 0);
    }
}
