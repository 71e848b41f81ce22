// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Decisions that only an unusual order of events reveals: a finished body read again while its
// connection serves another request, an upgraded stream that ended in one direction, a request that
// was ended before it began.

#include "../support/loops_tests.hpp"
#include <hawser/detail/transport/round_trip.hpp>

#include <optional>
#include <stop_token>
#include <string>

using namespace hawser::test;

namespace {

std::string answer(std::size_t length, const std::string& begun) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n" + begun;
}

}  // namespace

TEST_CASE("a finished body still reports its end while its connection serves another request") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, answer(4, "ab")}, {head_end, answer(4, "AB")}}});
    const CallPtr first = t.get();
    t.run();
    t.wire().say("cd");
    t.run();
    REQUIRE(first->body == "abcd");
    const CallPtr second = t.get();
    t.run();
    CHECK_FALSE(second->done());  // its read waits on the same connection
    char byte = 0;
    std::optional<std::error_code> again;
    first->response.body.async_read_some(asio::buffer(&byte, 1),
                                         [&](std::error_code ec, std::size_t) { again = ec; });
    t.run();
    CHECK(again == asio::error::eof);
    t.wire().say("CD");
    t.run();
    CHECK(second->body == "ABCD");
    CHECK(t.net->dialed == 1);
}

TEST_CASE("an upgraded stream that was read to its end can still write") {
    ScriptTransport t;
    t.net->scripts.push_back(
        {{{head_end, "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"}}});
    Request request("GET", t.url());
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", "x");
    const CallPtr call = t.send(std::move(request), Reading::nothing);
    t.run();
    REQUIRE(call->response.upgraded);
    hawser::UpgradedStream stream = call->response.upgrade();
    t.wire().say("bye", Ending::eof);
    std::string read;
    std::error_code end;
    char piece[8];
    const auto read_on = [&](auto&& self) -> void {
        stream.async_read_some(asio::buffer(piece), [&, self](std::error_code ec, std::size_t n) {
            read.append(piece, n);
            ec ? void(end = ec) : self(self);
        });
    };
    read_on(read_on);
    t.run();
    CHECK(read == "bye");
    CHECK(end == asio::error::eof);
    std::optional<std::error_code> written;
    stream.async_write_some(asio::buffer("after", 5),
                            [&](std::error_code ec, std::size_t) { written = ec; });
    t.run();
    REQUIRE(written);
    CHECK_FALSE(*written);
    CHECK(t.wire().written().ends_with("after"));
    CHECK(t.stats().open == 1);
    stream.close();
    t.run();
    CHECK(t.stats().upgraded == 1);
}

TEST_CASE("a connection that was lent meanwhile is not trimmed", "[X15]") {
    ScriptTransport t;
    WireScript script{{{head_end, ""}}};
    script.secure = true;
    t.net->scripts.push_back(script);
    auto pending = t.new_trip();
    const hawser::detail::IntrusivePtr<hawser::detail::RoundTrip> trip(
        static_cast<hawser::detail::RoundTrip*>(pending.get()));
    pending->to_send = Request("GET", t.url());
    auto handler = [](std::error_code, hawser::Response) {};
    using Completion = hawser::detail::HandlerCompletion<hawser::Response, decltype(handler)>;
    pending.release()->start(hawser::detail::CompletionPtr<hawser::Response>(
        Completion::create(std::move(handler), t.io->get_executor())));
    t.run();
    REQUIRE(trip->conn);
    trip->conn->trim(hawser::detail::CalledFrom::user);
    CHECK(t.wire().rests() == 0);
    t.wire().say("HTTP/1.1 204 N\r\n\r\n");
    t.run();
    CHECK(t.stats().idle == 1);
    trip->conn->trim(hawser::detail::CalledFrom::user);
    CHECK(t.wire().rests() == 1);
}

TEST_CASE("a request that was ended before it began takes no connection, neither dialed nor idle") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, answer(2, "ok")}}});
    std::stop_source stop;
    stop.request_stop();
    const bool idle = GENERATE(false, true);
    if (idle) {
        t.get();
        t.run();
    }
    Request request("GET", t.url());
    request.options.stop = stop.get_token();
    const CallPtr call = t.send(std::move(request));
    t.run();
    CHECK(call->ec == hawser::condition::canceled);
    CHECK(t.net->dialed == (idle ? 1 : 0));
    CHECK(t.stats().idle == (idle ? 1u : 0u));
}

TEST_CASE("the deadline of a request outlives the only connection") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, answer(2, "ok")}, {head_end, "", Ending::eof}}});
    t.net->scripts.push_back({});  // never responds
    t.get();
    t.run();
    REQUIRE(t.stats().idle == 1);
    Request request("GET", t.url());
    request.options.timeout = seconds{5};
    const CallPtr call = t.send(std::move(request));
    t.run();
    CHECK(t.net->dialed == 2);
    t.advance(seconds{5});
    CHECK(call->ec == error::total_timeout);
}
