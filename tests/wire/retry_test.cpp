// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A connection that ends while it serves a request: which requests are sent once more, how the
// others fail, and what the caller still gets.

#include "../support/echo.hpp"
#include "../support/wire_tests.hpp"

using namespace hawser::test;

namespace {

void end_by(Peer& peer, std::string_view how) {
    how == "RST" ? peer.reset() : peer.close();
}

/// The first connection responds once, and ends during its second request; later ones are ordinary.
Script stale_once(std::string how, std::string before_the_end = {}) {
    return in_order({[=](Peer& peer) {
                         peer.read_request();
                         peer.send(respond("warm"));
                         if (peer.read_request()) {
                             peer.send(before_the_end);
                             end_by(peer, how);
                         }
                     },
                     keep_alive_server(echo)});
}

Request warm_up(const ScriptServer& server) {
    return {"GET", server.url("/warm")};
}

}  // namespace

TEST_CASE("a stale connection leads to one retry, if allowed",
          "[R07][T-B01][T-B02][T-B03][T-B07]") {
    FdGuard fds;
    struct Case {
        const char* what;
        std::string method;
        RequestBody body{};
        bool marked = false;  // as idempotent
        bool retried = false;
    };
    const auto text = pattern(1000);
    int rewound = 0;
    auto next = std::make_shared<decltype(pieces("", 1))>(pieces(text, 300));
    const auto source = [&](asio::mutable_buffer into) { return (*next)(into); };
    const auto rewind = [&] {
        ++rewound;
        next = std::make_shared<decltype(pieces("", 1))>(pieces(text, 300));
    };
    const TempFile file{text};
    const auto how = GENERATE(as<std::string>{}, "FIN", "RST");
    const std::vector<Case> cases{
        {.what = "GET", .method = "GET", .retried = true},
        {.what = "HEAD", .method = "HEAD", .retried = true},
        {.what = "DELETE", .method = "DELETE", .retried = true},
        {.what = "PUT of a string", .method = "PUT", .body = text, .retried = true},
        {.what = "PUT of a file",
         .method = "PUT",
         .body = RequestBody::file(file.path()),
         .retried = true},
        {.what = "PUT of a stream",
         .method = "PUT",
         .body = RequestBody::stream(pieces(text, 300))},
        {.what = "PUT of a rewindable stream",
         .method = "PUT",
         .body = RequestBody::stream(source, {}, rewind),
         .retried = true},
        {.what = "POST", .method = "POST", .body = text},
        {.what = "PATCH", .method = "PATCH", .body = text},
        {.what = "marked POST", .method = "POST", .body = text, .marked = true, .retried = true},
        {.what = "marked POST of a stream",
         .method = "POST",
         .body = RequestBody::stream(pieces(text, 300)),
         .marked = true},
    };
    for (const Case& row : cases) {
        INFO(row.what << ' ' << how);
        ScriptServer server{stale_once(how)};
        Client client;
        client.send(warm_up(server));
        Request request{row.method, server.url("/r"), row.body};
        request.options.idempotent = row.marked;
        std::error_code ec;
        Response res = client.send(request, ec);
        CHECK(client.stats().retried == (row.retried ? 1 : 0));
        CHECK(server.requests() == (row.retried ? 3 : 2));
        if (!row.retried) {
            CHECK(ec == (how == "RST" ? error::connection_reset : error::server_closed));
            CHECK(ec == hawser::condition::connection_lost);
            CHECK(client.stats().open == 0);
            continue;
        }
        CHECK(!ec);
        const auto heads = server.heads();
        CHECK(heads.at(1) == heads.at(2));
        if (!row.body.empty()) {
            const auto got = res.body.read_all();
            CHECK(got.substr(got.size() - text.size()) == text);
        }
    }
    CHECK(rewound == 1);
}

TEST_CASE("a fresh connection's failure is final, even that of a retry", "[R08][R09][T-B10]") {
    FdGuard fds;
    const auto how = GENERATE(as<std::string>{}, "FIN", "RST");
    const auto expected = how == "RST" ? error::connection_reset : error::server_closed;
    ScriptServer server{in_order({[&](Peer& peer) {
                                      peer.read_request();
                                      end_by(peer, how);
                                  },
                                  [&](Peer& peer) {
                                      peer.read_request();
                                      peer.send(respond("warm"));
                                      peer.read_request();
                                      end_by(peer, how);
                                  },
                                  [&](Peer& peer) {
                                      peer.read_request();
                                      end_by(peer, how);
                                  }})};
    Client client;
    CHECK(error_of(client, {"GET", server.url()}) == expected);
    CHECK(server.requests() == 1);
    client.send(warm_up(server));
    CHECK(error_of(client, {"GET", server.url()}) == expected);
    CHECK(server.requests() == 4);  // the warm-up, the request, and its only retry
    CHECK(client.stats().retried == 1);
    CHECK(client.stats().failed == 3);
    CHECK(client.stats().strands == 0);
}

TEST_CASE("nothing is retried once a byte of its response has arrived", "[R10]") {
    FdGuard fds;
    const auto how = GENERATE(as<std::string>{}, "FIN", "RST");
    const auto bytes =
        GENERATE(as<std::string>{}, "H", "HTTP/1.1 2", "HTTP/1.1 100 Continue\r\n\r\n");
    ScriptServer server{stale_once(how, bytes)};
    Client client;
    client.send(warm_up(server));
    CHECK(error_of(client, {"GET", server.url()}) ==
          (how == "RST" ? error::connection_reset : error::bad_response));
    CHECK(server.requests() == 2);
    CHECK(client.stats().retried == 0);
}

TEST_CASE("a server that hangs up at any time never fails a repeatable request", "[T-B08]") {
    FdGuard fds;
    ScriptServer server{[](Peer& peer) {
        for (std::size_t i = 0; i <= peer.number() % 4 && peer.read_request(); ++i) {
            peer.send(respond("ok"));
        }
        if (peer.number() % 3 == 0) {
            peer.reset();
        }
    }};
    Client client;
    for (int i = 0; i < 500; ++i) {
        REQUIRE(client.get(server.url()).body.read_all() == "ok");
    }
    CHECK(client.stats().dialed < 500);
}

TEST_CASE("an early response is delivered, and its connection is not reused", "[R12][N02][T-A26]") {
    FdGuard fds;
    const auto how = GENERATE(as<std::string>{}, "waits", "RST");
    const auto streamed = GENERATE(false, true);
    INFO(how << streamed);
    ScriptServer server{in_order({[&](Peer& peer) {
                                      peer.read_head();
                                      peer.read_exactly(1024);
                                      peer.send(reply("413 Too Large", "no"));
                                      how == "RST" ? peer.drop() : (void)peer.wait_for_eof();
                                  },
                                  keep_alive_server(echo)})};
    Client client;
    const auto large = pattern(20'000'000);
    Response res =
        client.post(server.url(), streamed ? RequestBody::stream(pieces(large, 65'536)) : large);
    CHECK(res.status == 413);
    CHECK(res.body.read_all() == "no");
    CHECK(client.stats().open == 0);
    CHECK(client.stats().strands == 0);
    CHECK(client.get(server.url("/next")).body.read_all() == "GET /next - ");
    CHECK(server.connections() == 2);
}

TEST_CASE("a response truncated at any byte is never mistaken for a whole one", "[F48][F49][N01]") {
    FdGuard fds;
    struct Case {
        std::string head;
        std::string body;          // as on the wire
        std::size_t overhead = 0;  // of framing before the first byte of the body
    };
    const std::vector<Case> cases{
        {.head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .body = "hello"},
        {.head = "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
         .body = "5\r\nhello\r\n0\r\n\r\n",
         .overhead = 3},
        {.head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
         .body = "5\r\nhello\r\n0\r\nA: b\r\n\r\n",
         .overhead = 3},
        {.head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n",
         .body = "hello"},
    };
    const auto how = GENERATE(as<std::string>{}, "FIN", "RST");
    for (const Case& row : cases) {
        const auto whole = row.head + row.body;
        ScriptServer server{[&](Peer& peer) {
            peer.read_request();
            peer.send(whole.substr(0, peer.number() - 1));
            end_by(peer, how);
        }};
        Client client{{.transport = {.disable_keep_alives = true}}};
        for (std::size_t n = 0; n <= whole.size(); ++n) {
            INFO(how << " after " << whole.substr(0, n));
            std::error_code ec;
            Response res = client.get(server.url(), ec);
            if (n < row.head.size()) {
                REQUIRE(ec == (how == "RST" ? error::connection_reset
                               : n == 0     ? error::server_closed
                                            : error::bad_response));
                continue;
            }
            REQUIRE(!ec);
            const auto got = res.body.read_all(ec);
            const auto begun = n - row.head.size();
            const auto there = std::min<std::size_t>(5, begun - std::min(begun, row.overhead));
            REQUIRE(got == std::string{"hello"}.substr(0, there));
            REQUIRE(ec == (n == whole.size() ? std::error_code{}
                                             : make_error_code(error::incomplete_body)));
        }
        CHECK(client.stats().open == 0);
        CHECK(client.stats().strands == 0);
    }
}

TEST_CASE("a body without a length ends with FIN and not with RST", "[F47][N01][N03]") {
    FdGuard fds;
    const auto large = pattern(500'000);
    Gate read;
    ScriptServer server{in_order({[&](Peer& peer) {
                                      peer.read_request();
                                      peer.send("HTTP/1.1 200 OK\r\n\r\n" + large);
                                      peer.half_close();
                                      peer.wait_for_eof();
                                  },
                                  [&](Peer& peer) {
                                      peer.read_request();
                                      peer.send("HTTP/1.1 200 OK\r\n\r\nsome");
                                      peer.await(read);
                                      peer.reset();
                                  },
                                  [&](Peer& peer) {  // FIN with the last byte
                                      peer.read_request();
                                      peer.send(respond("all"));
                                  }})};
    Client client;
    CHECK(client.get(server.url()).body.read_all() == large);
    CHECK(client.stats().not_persistent == 1);
    Response res = client.get(server.url());
    read.open();
    std::error_code ec;
    CHECK(res.body.read_all(ec) == "some");
    CHECK(ec == error::incomplete_body);
    CHECK(client.get(server.url()).body.read_all() == "all");
}

TEST_CASE("a port that nobody listens on is a refusal, not a lost connection", "[N05]") {
    FdGuard fds;
    std::string url;
    {
        ScriptServer gone{keep_alive_server(echo)};
        url = gone.url();
    }
    Client client;
    CHECK(error_of(client, {"POST", url, "x"}) == error::connect_failed);
    CHECK(error_of(client, {"GET", url}) == hawser::condition::refused);
    CHECK(client.stats().dial_failures == 2);
    CHECK(client.stats().retried == 0);
}
