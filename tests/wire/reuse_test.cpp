// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// When a connection serves another request and when it must not: depending on the response, on what
// follows it, on what happens while it is idle, and on what the caller does with the body.

#include "../support/echo.hpp"
#include "../support/wire_tests.hpp"

#include <asio/use_future.hpp>

using namespace hawser::test;

namespace {

struct Row {
    const char* what;
    std::string method = "GET";
    std::string bytes;      // of the response
    std::string extra{};    // sent after it, in the same segment
    std::string body = "";  // what the caller gets
    bool reusable = true;
};

std::string ok(std::string_view fields, std::string_view body = {}) {
    return "HTTP/1.1 200 OK\r\n" + std::string{fields} + "\r\n" + std::string{body};
}

const std::vector<Row>& rows() {
    static const std::string two = ok("Content-Length: 2\r\n", "ok");
    static const std::string chunked = respond_chunked({"o", "k"});
    static const std::string no_content = "HTTP/1.1 204 No Content\r\n\r\n";
    static const std::string not_modified = "HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n";
    static const std::string of_head = ok("Content-Length: 9\r\n");
    static const std::vector<Row> all{
        {.what = "length", .bytes = two, .body = "ok"},
        {.what = "no length at all", .bytes = ok("Content-Length: 0\r\n")},
        {.what = "chunked", .bytes = chunked, .body = "ok"},
        {.what = "trailers", .bytes = respond_chunked({"ok"}, "", "X-T: 1\r\n"), .body = "ok"},
        {.what = "204", .bytes = no_content},
        {.what = "304", .bytes = not_modified},
        {.what = "HEAD", .method = "HEAD", .bytes = of_head},
        {.what = "HEAD, chunked", .method = "HEAD", .bytes = ok("Transfer-Encoding: chunked\r\n")},
        {.what = "interim first",
         .bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\n" + two,
         .body = "ok"},
        {.what = "1.0 keep-alive",
         .bytes = "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok",
         .body = "ok"},
        {.what = "1.0",
         .bytes = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
         .body = "ok",
         .reusable = false},
        {.what = "close",
         .bytes = ok("Connection: close\r\nContent-Length: 2\r\n", "ok"),
         .body = "ok",
         .reusable = false},
        {.what = "a list with close",
         .bytes = ok("Connection: x, Close\r\nContent-Length: 2\r\n", "ok"),
         .body = "ok",
         .reusable = false},
        {.what = "keep-alive and close",
         .bytes = ok("Connection: keep-alive\r\nConnection: close\r\nContent-Length: 2\r\n", "ok"),
         .body = "ok",
         .reusable = false},
        {.what = "close on 204",
         .bytes = "HTTP/1.1 204 x\r\nConnection: close\r\n\r\n",
         .reusable = false},
        {.what = "junk after a length",
         .bytes = two,
         .extra = "x",
         .body = "ok",
         .reusable = false},
        {.what = "CRLF after a length",
         .bytes = two,
         .extra = "\r\n",
         .body = "ok",
         .reusable = false},
        {.what = "a second response", .bytes = two, .extra = two, .body = "ok", .reusable = false},
        {.what = "junk after chunks",
         .bytes = chunked,
         .extra = "0\r\n\r\n",
         .body = "ok",
         .reusable = false},
        {.what = "a second chunked response",
         .bytes = chunked,
         .extra = chunked,
         .body = "ok",
         .reusable = false},
        {.what = "a body after 204", .bytes = no_content, .extra = "hi", .reusable = false},
        {.what = "a body after 304",
         .bytes = not_modified,
         .extra = "not it us",
         .reusable = false},
        {.what = "a body after HEAD",
         .method = "HEAD",
         .bytes = of_head,
         .extra = "not it us",
         .reusable = false},
        {.what = "a response after HEAD",
         .method = "HEAD",
         .bytes = of_head,
         .extra = two,
         .reusable = false},
        {.what = "junk after close",
         .bytes = ok("Connection: close\r\nContent-Length: 2\r\n", "ok"),
         .extra = "junk",
         .body = "ok",
         .reusable = false},
    };
    return all;
}

/// `first` serves the first connection; all later ones respond "next".
Script then_ordinary(Script first) {
    return in_order({std::move(first), keep_alive_server([](auto&) { return respond("next"); })});
}

/// What a server does to an idle connection: ends it, or sends what nobody asked for.
void disturb(Peer& peer, const std::string& what) {
    if (what == "FIN") {
        peer.half_close();
    } else if (what == "RST") {
        peer.reset();
    } else if (what == "RESPONSE") {
        peer.send(respond("poison"));
    } else if (what == "408") {
        peer.send(reply("408 Request Timeout", "late", "Connection: close\r\n"));
    } else {
        peer.send(what);
    }
}

/// A connection idle for less than this is not probed for a request that could be sent again.
void let_it_idle() {
    const auto until = std::chrono::steady_clock::now() + 1ms;
    eventually([&] { return std::chrono::steady_clock::now() > until; });
}

}  // namespace

TEST_CASE("the response decides whether its connection is reused",
          "[R03][F-I20][F50][F51][T-A02][T-A22][T-A27]") {
    FdGuard fds;
    for (const Row& row : rows()) {
        INFO(row.what);
        for (std::size_t at = 0; at < row.bytes.size(); ++at) {
            ScriptServer server{then_ordinary([&](Peer& peer) {
                peer.read_request();
                at == 0 ? peer.send(row.bytes + row.extra)
                        : (void)peer.send_split(row.bytes + row.extra, at);
                keep_alive_server([](auto&) { return respond("next"); })(peer);
            })};
            Client client;
            Response res = client.send({row.method, server.url()});
            REQUIRE(res.body.read_all() == row.body);
            const auto stats = client.stats();
            REQUIRE(stats.idle == (row.reusable ? 1 : 0));
            REQUIRE(stats.torn_down == (row.reusable ? 0 : 1));
            REQUIRE(client.get(server.url()).body.read_all() == "next");
            REQUIRE(server.connections() == (row.reusable ? 1 : 2));
            at += row.bytes.size() > 60 && at > 20 ? 6 : 0;  // every offset of the short ones
        }
    }
}

TEST_CASE("a response is the same after any other one on its connection", "[R30]") {
    FdGuard fds;
    std::vector<const Row*> reusable;
    for (const Row& row : rows()) {
        if (row.reusable) {
            reusable.push_back(&row);
        }
    }
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
        return reusable.at(std::stoul(request.target.substr(1)))->bytes;
    })};
    Client client;
    const auto ask = [&](Client& who, std::size_t i) {
        Response res = who.send({reusable[i]->method, server.url("/" + std::to_string(i))});
        std::string all = std::to_string(res.status) + res.reason + ' ' +
                          std::to_string(res.content_length.value_or(99)) + ' ' +
                          res.body.read_all();
        for (const auto& [name, value] : res.headers) {
            all.append("|").append(name).append(":").append(value);
        }
        for (const auto& [name, value] : res.trailers()) {
            all.append("|t|").append(name).append(":").append(value);
        }
        return all;
    };
    std::vector<std::string> fresh;
    for (std::size_t i = 0; i < reusable.size(); ++i) {
        Client once;
        fresh.push_back(ask(once, i));
    }
    for (std::size_t i = 0; i < reusable.size(); ++i) {
        for (std::size_t j = 0; j < reusable.size(); ++j) {
            REQUIRE(ask(client, i) == fresh[i]);
            REQUIRE(ask(client, j) == fresh[j]);
        }
    }
    CHECK(server.connections() == reusable.size() + 1);
}

TEST_CASE("any event on an idle connection closes it",
          "[R01][R05][R06][F-I10][F-I11][T-A14][T-A16]") {
    FdGuard fds;
    const auto what = GENERATE(as<std::string>{}, "x", "\r\n", "RESPONSE", "408", "FIN", "RST");
    INFO(what);
    Gate go;
    Gate gone;
    ScriptServer server{then_ordinary([&](Peer& peer) {
        peer.read_request();
        peer.send(respond("first"));
        peer.await(go);
        disturb(peer, what);
        if (what != "RST") {
            peer.wait_for_eof();
        }
        gone.open();
    })};
    IoThread io;
    {
        Client client{io.executor()};
        CHECK(client.get(server.url()).body.read_all() == "first");
        CHECK(client.stats().idle == 1);
        go.open();
        gone.wait();  // the loop noticed by itself, and closed its end
        CHECK(eventually([&] { return client.stats().open == 0; }));
        CHECK(eventually([&] { return client.stats().strands == 0; }));
        CHECK(client.stats().closed_idle == 1);
        Response res = client.get(server.url());
        CHECK(res.status == 200);
        CHECK(res.body.read_all() == "next");
        CHECK(client.stats().retried == 0);
    }
    io.finish();
}

TEST_CASE("the same events are noticed at checkout if nothing watched meanwhile", "[R02]") {
    FdGuard fds;
    const auto what = GENERATE(as<std::string>{}, "x", "RESPONSE", "FIN", "RST");
    const auto method = GENERATE(as<std::string>{}, "GET", "POST");
    INFO(what);
    Gate go;
    Gate sent;
    ScriptServer server{then_ordinary([&](Peer& peer) {
        peer.read_request();
        peer.send(respond("first"));
        peer.await(go);
        disturb(peer, what);
        sent.open();
        if (what != "RST") {
            peer.wait_for_eof();
        }
    })};
    Client client;
    CHECK(client.get(server.url()).body.read_all() == "first");
    go.open();
    sent.wait();  // on loopback it has now reached our kernel
    let_it_idle();
    CHECK(client.send({method, server.url()}).body.read_all() == "next");
    CHECK(client.stats().retried == 0);
    CHECK(client.stats().open == 1);
    CHECK(server.requests() == 2);
}

TEST_CASE("a request with close says so once, and closes its connection", "[T-A03][T-A04][T-A05]") {
    FdGuard fds;
    ScriptServer server{[](Peer& peer) {
        while (peer.read_request()) {
            peer.send(respond("ok"));  // does not close by itself
        }
    }};
    const bool flag = GENERATE(false, true);
    const bool field = GENERATE(false, true);
    const bool never = GENERATE(false, true);
    Client client{{.transport = {.disable_keep_alives = never}}};
    Request request{"GET", server.url()};
    request.close = flag;
    if (field) {
        request.headers.set("Connection", "close");
    }
    for (int i = 0; i < 2; ++i) {
        CHECK(client.send(request).body.read_all() == "ok");
    }
    const bool closes = flag || field || never;
    CHECK(server.connections() == (closes ? 2 : 1));
    CHECK(client.stats().open == (closes ? 0 : 1));
    for (const auto& head : server.heads()) {
        CHECK(parse_request_head(head).count("Connection") == (closes ? 1 : 0));
        CHECK((head.find("close") != std::string::npos) == closes);
    }
}

TEST_CASE("dropped bodies keep their connection only if they had already arrived",
          "[L11][F-I05][R11]") {
    FdGuard fds;
    const auto large = pattern(5'000'000);
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
        return respond(request.target == "/small" ? "small" : large);
    })};
    Client client;
    for (int i = 0; i < 50; ++i) {
        client.get(server.url("/small"));
    }
    CHECK(server.connections() == 1);
    CHECK(client.stats().early_close == 0);
    client.get(server.url("/large"));
    CHECK(client.stats().early_close == 1);
    CHECK(client.stats().open == 0);
    Response res = client.get(server.url("/large"));
    char some[100];
    CHECK(res.body.read_some(asio::buffer(some)) == 100);
    res.body.close();
    res.body.close();
    std::error_code ec;
    CHECK(res.body.read_some(asio::buffer(some), ec) == 0);
    CHECK(ec == hawser::error::body_closed);
    CHECK(client.stats().early_close == 2);
    CHECK(client.stats().strands == 0);
    res = client.get(server.url("/large"));
    res = client.get(server.url("/small"));  // assignment closes the previous body
    CHECK(client.stats().early_close == 3);
    CHECK(res.body.read_all() == "small");
}

TEST_CASE("a response outlives its client, and a moved-from body is at its end", "[L11]") {
    FdGuard fds;
    const auto large = pattern(3'000'000);
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
        return respond(request.target == "/small" ? "small" : large);
    })};
    Response res;
    char byte[4] = {};
    std::error_code ec;
    CHECK(res.body.read_some(asio::buffer(byte), ec) == 0);
    CHECK(ec == asio::error::eof);
    {
        Client client;
        res = client.get(server.url("/large"));
    }
    CHECK(res.body.read_all() == large);
    Client client;
    res = client.get(server.url("/small"));
    CHECK(res.body.read_some(asio::buffer(byte)) == 4);
    Response other = std::move(res);
    CHECK(other.body.read_all() == "l");
    CHECK(res.body.read_some(asio::buffer(byte), ec) == 0);
    CHECK(ec == asio::error::eof);
    CHECK(res.body.read_all().empty());
    other = client.get(server.url("/large"));
    res = std::move(other);
    CHECK(other.body.read_all().empty());
    CHECK(res.body.read_all() == large);
}

TEST_CASE("closing idle connections also closes those returned next", "[T-A19][T-A20]") {
    FdGuard fds;
    const auto large = pattern(3'000'000);
    ScriptServer server{keep_alive_server([&](auto&) { return respond(large); })};
    Client client;
    Response res = client.get(server.url());
    CHECK(client.get(server.url()).body.read_all() == large);
    CHECK(client.stats().idle == 1);
    client.close_idle_connections();
    CHECK(client.stats().idle == 0);
    server.wait_for_open(1);
    CHECK(res.body.read_all() == large);
    CHECK(client.stats().open == 0);
    server.wait_for_open(0);
    CHECK(client.get(server.url()).body.read_all() == large);  // from now on they are kept again
    CHECK(client.stats().idle == 1);
    CHECK(client.get(server.url()).body.read_all() == large);
    CHECK(server.connections() == 3);
}

TEST_CASE("connections have ids that are never reused, the newest is taken first", "[R24][F-I01]") {
    FdGuard fds;
    const auto large = pattern(3'000'000);
    ScriptServer server{keep_alive_server([&](auto&) { return respond(large); })};
    Client client;
    Response a = client.get(server.url());
    Response b = client.get(server.url());
    CHECK(a.connection.id == 1);
    CHECK(b.connection.id == 2);
    CHECK_FALSE(b.connection.reused);
    a.body.read_all();
    b.body.read_all();
    Response c = client.get(server.url());
    CHECK(c.connection.id == 2);
    CHECK(c.connection.reused);
    c.body.close();
    CHECK(client.get(server.url()).connection.id == 1);
    CHECK(client.get(server.url()).connection.id == 3);
}
