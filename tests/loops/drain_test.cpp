// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A body that is closed before its end: how much of the rest is read, and whether the connection is
// reused.

#include "../support/loops_tests.hpp"

#include <string>

using namespace hawser::test;

namespace {

TransportOptions draining(std::uint64_t bytes) {
    TransportOptions options;
    options.drain_bytes = bytes;
    return options;
}

/// A transport whose only connection began a response that the caller then dropped.
struct Dropped : ScriptTransport {
    explicit Dropped(const std::string& reply, TransportOptions options = draining(10))
        : ScriptTransport(std::move(options)) {
        net->scripts.push_back({{{head_end, reply}}});
        call = get(Reading::drop);
        run();
    }
    CallPtr call;
};

}  // namespace

TEST_CASE("by default a body closed early closes its connection at once", "[R11][F-D06]") {
    Dropped t("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", TransportOptions{});
    CHECK(t.stats().open == 0);
    CHECK(t.stats().early_close == 1);
}

TEST_CASE("a small rest of known length is drained in the background, then the connection is idle",
          "[R11][F-X09]") {
    Dropped t("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nab");
    CHECK(t.stats().active == 1);
    t.wire().say("cdefg");
    t.run();
    CHECK(t.stats().active == 1);
    t.wire().say("hijkl");
    t.run();
    CHECK(t.stats().idle == 1);
    CHECK(t.stats().drained == 1);
    CHECK(t.stats().early_close == 0);
}

TEST_CASE("only bytes still to be received count", "[R11][X-20]") {
    Dropped small("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789");
    CHECK(small.stats().active == 1);
    small.wire().say("0123456789");
    small.run();
    CHECK(small.stats().idle == 1);
    Dropped large("HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n0123456789");
    CHECK(large.stats().open == 0);
}

TEST_CASE("a rest of unknown length is not waited for, unless it has already arrived", "[R11]") {
    Dropped open_end("HTTP/1.1 200 OK\r\n\r\nab");
    CHECK(open_end.stats().open == 0);
    Dropped chunked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
    CHECK(chunked.stats().open == 0);
    CHECK(chunked.stats().early_close == 1);
}

TEST_CASE("a rest that does not arrive in time closes the connection", "[F-D07]") {
    Dropped t("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
    t.advance(milliseconds{49});
    CHECK(t.stats().active == 1);
    t.advance(milliseconds{1});
    CHECK(t.stats().open == 0);
    CHECK(t.stats().early_close == 1);
    CHECK(t.stats().drained == 0);
}

TEST_CASE("a connection that ends while it is being drained counts as closed early") {
    Dropped t("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
    t.wire().say("c", Ending::eof);
    t.run();
    CHECK(t.stats().open == 0);
    CHECK(t.stats().early_close == 1);
}

TEST_CASE("the deadline of the request does not apply to the draining", "[F-X09]") {
    TransportOptions options = draining(10);
    options.drain_timeout = milliseconds{1000};
    ScriptTransport t(options);
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}}});
    Request request("GET", t.url());
    request.options.timeout = milliseconds{100};
    t.send(std::move(request), Reading::drop);
    t.run();
    t.advance(milliseconds{500});
    CHECK(t.stats().active == 1);
    t.wire().say("cde");
    t.run();
    CHECK(t.stats().idle == 1);
}

TEST_CASE("a connection that could not be reused anyway is not drained") {
    Dropped t("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nab");
    CHECK(t.stats().open == 0);
}

TEST_CASE("bytes beyond the drained rest close the connection") {
    Dropped t("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
    t.wire().say("cdeX");
    t.run();
    CHECK(t.stats().open == 0);
    CHECK(t.stats().leftover_bytes == 1);
}

TEST_CASE("a new request dials meanwhile, and a waiting one gets the drained connection",
          "[F-D06]") {
    TransportOptions options = draining(10);
    options.max_conns_per_host = 1;
    Dropped t("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", options);
    const CallPtr next = t.get();
    t.run();
    CHECK_FALSE(next->done());
    CHECK(t.net->dialed == 1);
    t.wire().say("cde");
    t.run();
    CHECK(t.wire().written().find("GET", 10) != std::string::npos);
    t.wire().say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    t.run();
    CHECK(next->body == "ok");
    CHECK(t.net->dialed == 1);
}

TEST_CASE("a body that arrived with its head needs no draining") {
    Dropped t("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nX");
    CHECK(t.stats().open == 0);
    CHECK(t.stats().leftover_bytes == 1);
    CHECK(t.stats().drained == 0);
}

TEST_CASE("while the request is still being written, its response is not drained", "[R11]") {
    ScriptTransport t(draining(10));
    t.net->scripts.push_back(
        full_after(1000, answers(head_end, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")));
    t.send(Request("POST", t.url(), std::string(5000, 'x')), Reading::drop);
    t.run();
    CHECK(t.stats().open == 0);
    CHECK(t.stats().early_close == 1);
}

TEST_CASE("a request that asked for close is not drained", "[R11]") {
    ScriptTransport t(draining(10));
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}}});
    Request request("GET", t.url());
    request.close = true;
    t.send(std::move(request), Reading::drop);
    t.run();
    CHECK(t.stats().open == 0);
}
