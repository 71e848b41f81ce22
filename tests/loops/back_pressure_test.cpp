// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A body is read from its connection only as its caller reads it, and memory grows with the bytes
// received, not with the announced length.

#include "../support/loops_tests.hpp"

#include <string>

using namespace hawser::test;

namespace {}  // namespace

TEST_CASE("no more than one buffer of an unread body is received", "[B19]") {
    const std::string size = "10000000";
    for (const std::string& framing : {"Content-Length: " + size,
                                       std::string("Transfer-Encoding: chunked"),
                                       std::string("A: b")}) {
        INFO(framing);
        ScriptTransport t;
        const std::string start = framing[0] == 'T' ? "989680\r\n" : "";
        WireScript script{{{head_end,
                            "HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n" + start +
                                std::string(10'000'000, 'b')}}};
        script.max_read = 1000;
        t.net->scripts.push_back(script);
        const CallPtr call = t.get(Reading::nothing);
        t.run();
        REQUIRE(call->done());
        CHECK_FALSE(call->ec);
        CHECK(t.net->fault->operations < 80);  // at most a thousand bytes each
        char some[10'000];
        const std::size_t before = t.net->fault->operations;
        std::error_code ec;
        CHECK(call->response.body.read_some(asio::buffer(some), ec) > 0);
        CHECK_FALSE(ec);
        CHECK(t.net->fault->operations < before + 80);
    }
}

TEST_CASE("an announced length reserves no memory", "[B15][F19]") {
    for (const std::string size : {"8796093022208", "9223372036854775807"}) {
        for (const bool chunked : {false, true}) {
            INFO(size << chunked);
            ScriptTransport t;
            const std::string reply =
                chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "7fffffffffffffff\r\nx"
                        : "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\nx";
            t.net->scripts.push_back({{{head_end, reply, Ending::eof}}});
            const CallPtr call = t.get();
            t.run();
            REQUIRE(call->done());
            CHECK(call->body_ec == error::incomplete_body);
            CHECK(call->body == "x");
            CHECK(call->body.capacity() <= 128 * 1024);
        }
    }
}

TEST_CASE("a body whose announced length is too large fails before a byte of it is read",
          "[F19][B14]") {
    ScriptTransport t({.max_response_body_bytes = 100});
    const CallPtr call = [&] {
        t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"}}});
        return t.get();
    }();
    t.run();
    REQUIRE(call->done());  // although no body byte arrived
    CHECK((call->ec ? call->ec : call->body_ec) == error::body_too_large);
    CHECK(t.stats().open == 0);
}

TEST_CASE("a connection that always has more to read lets the others take their turns", "[L20]") {
    ScriptTransport t;
    t.net->scripts.push_back(
        {{{head_end,
           "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + std::string(10'000'000, 'b')}}});
    const CallPtr busy = t.get();
    while (t.net->wires.empty() || t.wire().written().empty()) {
        REQUIRE(t.step());
    }
    const CallPtr neighbor = t.get();
    while (!neighbor->done()) {
        REQUIRE(t.step());
    }
    CHECK_FALSE(busy->done());
    CHECK(neighbor->body == "ok");
    t.run();
    CHECK(busy->body.size() == 10'000'000);
}
