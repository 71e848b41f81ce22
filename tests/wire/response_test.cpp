// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Responses as their readers meet them: received bytes can be read at once, a broken body stays
// broken, an endless one can be abandoned, and the limits of the options hold.

#include "../support/echo.hpp"
#include "../support/wire_tests.hpp"

using namespace hawser::test;

namespace {

const std::string chunked_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string read_some(Response& res, std::size_t room) {
    std::string buffer(room, '\0');
    buffer.resize(res.body.read_some(asio::buffer(buffer)));
    return buffer;
}

}  // namespace

TEST_CASE("what the server has sent can be read before it sends more",
          "[T-H19][T-H38][T-H39][T-H53]") {
    FdGuard fds;
    struct Case {
        const char* what;
        std::string head, first, later, end = "";
        bool closes = false;
    };
    const std::vector<Case> cases = {
        {.what = "a length",
         .head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
         .first = "first",
         .later = "later"},
        {.what = "chunks",
         .head = chunked_head,
         .first = "5\r\nfirst\r\n",
         .later = "5\r\nlater\r\n",
         .end = "0\r\n\r\n"},
        {.what = "a chunk begun",
         .head = chunked_head,
         .first = "a\r\nfirst",
         .later = "later\r\n",
         .end = "0\r\n\r\n"},
        {.what = "until close",
         .head = "HTTP/1.1 200 OK\r\n\r\n",
         .first = "first",
         .later = "later",
         .closes = true},
    };
    for (const Case& c : cases) {
        for (const bool head_alone : {false, true}) {
            CAPTURE(c.what, head_alone);
            Gate got_head, got_first;
            ScriptServer server{[&](Peer& peer) {
                peer.read_request();
                if (head_alone) {
                    peer.send(c.head);
                    peer.await(got_head);
                    peer.send(c.first);
                } else {
                    peer.send(c.head + c.first);
                }
                peer.await(got_first);
                peer.send(c.later);
                peer.send(c.end);
                if (!c.closes) {
                    peer.read_request();
                }
            }};
            Client client;
            Response res = client.get(server.url());
            got_head.open();
            CHECK(read_some(res, 100) == "first");
            got_first.open();
            CHECK(res.body.read_all() == "later");
        }
    }
}

TEST_CASE("a body with a bad end fails after its good bytes, and keeps failing", "[T-H12]") {
    FdGuard fds;
    const auto end = GENERATE(as<std::string>{}, "0\r\nA b: c\r\n\r\n", "0\r\nX\r\n\r\n", "zz\r\n");
    const auto text = pattern(GENERATE(as<std::size_t>{}, 10, 300'000));
    ScriptServer server{[&](Peer& peer) {
        peer.read_request();
        const std::string whole = respond_chunked({text});
        peer.send(whole.substr(0, whole.size() - 5) + end);
        peer.wait_for_eof();
    }};
    Client client;
    Response res = client.get(server.url());
    std::error_code ec;
    CHECK(res.body.read_all(ec) == text);
    CHECK(ec == error::bad_response);
    for (int i = 0; i < 2; ++i) {
        char byte = 0;
        CHECK(res.body.read_some(asio::buffer(&byte, 1), ec) == 0);
        CHECK(ec == error::bad_response);
    }
    CHECK(res.trailers().empty());
    CHECK(client.stats().open == 0);
}

TEST_CASE("responses without content, again and again on one connection", "[T-H26][T-H27][T-H46]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server([](const ReceivedRequest& request) -> std::string {
        return request.target == "/chunked"  ? respond_chunked({})
               : request.target == "/length" ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
                                             : "HTTP/1.1 200 OK\r\n\r\n";
    })};
    Client client;
    for (int i = 0; i < 3; ++i) {
        Response res = client.get(server.url("/chunked"));
        CHECK_FALSE(res.content_length);
        CHECK(res.body.read_all().empty());
        res = client.head(server.url("/length"));
        CHECK(res.content_length == 77u);
        CHECK(res.body.read_all().empty());
        res = client.head(server.url("/none"));
        CHECK_FALSE(res.content_length);
        CHECK(res.body.read_all().empty());
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("closing an endless body ends the server's writing", "[T-H51]") {
    FdGuard fds;
    const auto how = GENERATE(as<std::string>{}, "close", "destroy");
    Gate stopped;
    ScriptServer server{[&](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\n\r\n");
        try {
            for (;;) {
                peer.send("for ever and ever ");
            }
        } catch (const PeerGone&) {
            stopped.open();
            throw;
        }
    }};
    Client client;
    Response res = client.get(server.url());
    for (int i = 0; i < 10; ++i) {
        CHECK_FALSE(read_some(res, 1000).empty());
    }
    if (how == "close") {
        res.body.close();
    } else {
        res = {};
    }
    stopped.wait();
    CHECK(client.stats().open == 0);
    CHECK(client.stats().early_close == 1);
}

TEST_CASE("malformed heads fail their request", "[T-H10][T-H11][T-H55]") {
    FdGuard fds;
    const auto fields = GENERATE(as<std::string>{},
                                 "Content-Length: +3\r\n",
                                 "Content-Length: -3\r\n",
                                 "Content-Length:\r\n",
                                 "Content-Length: 3\r\nContent-Length: 4\r\n",
                                 "Content-Length: 3\r\nFoo : bar\r\n",
                                 "Content-Length: 3\r\nFoo: bar\r\n baz\r\n");
    const bool strict = GENERATE(false, true);
    const bool everybody_reads_it = fields.find("Foo") != std::string::npos;
    CAPTURE(fields, strict);
    ScriptServer server{[&](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\n" + fields + "\r\nabc");
        peer.wait_for_eof();
    }};
    TransportOptions options;
    options.framing = strict ? hawser::Framing::strict : hawser::Framing::tolerant;
    Client client{{.transport = options}};
    std::error_code ec;
    Response res = client.get(server.url(), ec);
    CHECK(ec == (everybody_reads_it && !strict ? std::error_code{}
                                               : make_error_code(error::bad_response)));
    CHECK(client.stats().open == 0);
    CHECK(res.body.read_all() == (ec ? "" : "abc"));
}

TEST_CASE("a head beyond the limits of the options has its own error", "[T-H54]") {
    FdGuard fds;
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: " + std::string(57, 'x') + "\r\n\r\n";
    REQUIRE(head.size() == 100);
    ScriptServer server{keep_alive_server([&](auto&) { return head + "ok"; })};
    const auto error_with = [&](TransportOptions options) {
        Client client{{.transport = options}};
        std::error_code ec;
        Response res = client.get(server.url(), ec);
        if (!ec) {
            CHECK(res.body.read_all() == "ok");
        } else {
            CHECK(client.stats().open == 0);
        }
        return ec;
    };
    CHECK_FALSE(error_with({.max_response_header_bytes = 100}));
    CHECK(error_with({.max_response_header_bytes = 99}) == error::headers_too_large);
    CHECK_FALSE(error_with({.max_response_header_fields = 2}));
    CHECK(error_with({.max_response_header_fields = 1}) == error::headers_too_large);
    CHECK_FALSE(error_with({.max_response_header_bytes = 0, .max_response_header_fields = 0}));
}
