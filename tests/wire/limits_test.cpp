// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// How many connections there are: limits on open and on idle ones, the order in which requests wait
// and connections are closed, how long an idle one stays, and that thousands of careless callers
// leave nothing behind.

#include "../support/echo.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <asio/use_future.hpp>

#include <future>

using namespace hawser::test;

namespace {

Response wait_for(std::future<Response>& future) {
    if (future.wait_for(patience) != std::future_status::ready) {
        throw TimedOut{"no response"};
    }
    return future.get();
}

std::error_code error_of_all(Client& client, Request request) {
    std::error_code ec;
    Response res = client.send(std::move(request), ec);
    if (!ec) {
        res.body.read_all(ec);
    }
    return ec;
}

}  // namespace

TEST_CASE("requests beyond the limit of their host are served in their order", "[T-A12][F-I04]") {
    FdGuard fds;
    const auto limit = GENERATE(as<std::size_t>{}, 1, 3);
    Gate go;
    ScriptServer server{[&](Peer& peer) {
        while (const auto request = peer.read_request()) {
            peer.await(go);
            peer.send(echo(*request));
        }
    }};
    IoThread io;
    {
        Client client{io.executor(), {.transport = {.max_conns_per_host = limit}}};
        std::vector<std::future<Response>> futures;
        for (int i = 0; i < 30; ++i) {
            futures.push_back(
                client.async_get(server.url('/' + std::to_string(i)), asio::use_future));
        }
        server.wait_for_requests(limit);
        CHECK(client.stats().waiting == 30 - limit);
        CHECK(client.stats().active == limit);
        go.open();
        for (int i = 0; i < 30; ++i) {
            CHECK(wait_for(futures[static_cast<std::size_t>(i)]).body.read_all() ==
                  "GET /" + std::to_string(i) + " - ");
        }
        CHECK(server.connections() == limit);
        CHECK(client.stats().waiting == 0);
        CHECK(client.stats().idle == limit);
        const auto heads = server.heads();
        for (std::size_t i = 0; i < heads.size() && limit == 1; ++i) {
            CHECK(heads[i].starts_with("GET /" + std::to_string(i) + " "));
        }
        client.close_idle_connections();
        CHECK(wait_for(futures.emplace_back(client.async_get(server.url(), asio::use_future)))
                  .status == 200);
        CHECK(server.connections() == limit + 1);
    }
    io.finish();
}

TEST_CASE("however a request ends, its place goes to the next one", "[R28][T-A13][F-I09]") {
    FdGuard fds;
    const auto large = pattern(3'000'000);
    ScriptServer server{[&](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->target == "/fin") {
                return;
            }
            if (request->target == "/silent") {
                peer.wait_for_eof();
                return;
            }
            if (request->target == "/cut") {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
                return;
            }
            peer.send(request->target == "/bad"     ? "nonsense\r\n\r\n"
                      : request->target == "/large" ? respond(large)
                                                    : echo(*request));
        }
    }};
    Client client{{.transport = {.max_conns_per_host = 1}}};
    const auto works = [&] {
        return client.get(server.url("/ok")).body.read_all() == "GET /ok - " &&
               client.stats().open == 1 && client.stats().waiting == 0;
    };
    CHECK(error_of_all(client, {"GET", server.url("/fin")}) == error::server_closed);
    CHECK(works());
    CHECK(error_of_all(client, {"GET", server.url("/fin")}) ==
          error::server_closed);  // including its retry
    CHECK(works());
    CHECK(error_of_all(client, {"GET", server.url("/bad")}) == error::bad_response);
    CHECK(works());
    CHECK(error_of_all(client, {"GET", server.url("/cut")}) == error::incomplete_body);
    CHECK(works());
    client.get(server.url("/large"));
    CHECK(works());
    Request request{"GET", server.url("/silent")};
    request.options.response_header_timeout = 10ms;
    CHECK(error_of_all(client, request) == error::header_timeout);
    CHECK(works());
    request.options.timeout = 10ms;
    CHECK(error_of_all(client, request) == hawser::condition::timeout);
    CHECK(works());
    {
        Response holds = client.get(server.url("/large"));  // one request waits for the place in
                                                            // vain
        request.options.response_header_timeout.reset();
        CHECK(error_of_all(client, request) == error::total_timeout);
        CHECK(client.stats().waiting == 0);
    }
    CHECK(works());
    CHECK(error_of_all(client, {"POST", server.url(), RequestBody::stream(pieces("abc", 1), 9)}) ==
          error::request_body_error);
    CHECK(works());
}

TEST_CASE("a host keeps no more idle connections than its limit", "[T-A09]") {
    FdGuard fds;
    const auto large = pattern(3'000'000);
    ScriptServer server{keep_alive_server([&](auto&) { return respond(large); })};
    Client client{{.transport = {.max_idle_conns_per_host = 2}}};
    std::vector<Response> responses;
    for (int i = 0; i < 4; ++i) {
        responses.push_back(client.get(server.url()));
    }
    for (auto& response : responses) {
        CHECK(response.body.read_all() == large);
    }
    CHECK(client.stats().idle == 2);
    CHECK(client.stats().open == 2);
    CHECK(client.stats().closed_idle == 2);
    server.wait_for_open(2);
}

TEST_CASE("the least recently used idle connection makes room for new ones", "[T-A10]") {
    FdGuard fds;
    std::list<ScriptServer> servers;
    Client client{{.transport = {.max_idle_conns = 4}}};
    for (int i = 1; i <= 5; ++i) {
        servers.emplace_back(keep_alive_server(echo),
                             ServerOptions{.address = "127.0.0." + std::to_string(i)});
    }
    const auto visit = [&](int i) {
        return client.get(std::next(servers.begin(), i)->url()).connection.reused;
    };
    for (int i = 0; i < 4; ++i) {
        CHECK_FALSE(visit(i));
    }
    CHECK(visit(0));        // now the second is the oldest
    CHECK_FALSE(visit(4));  // evicts it
    CHECK(client.stats().idle == 4);
    std::next(servers.begin(), 1)->wait_for_open(0);
    CHECK(visit(0));
    CHECK(visit(2));
    CHECK(visit(3));
    CHECK(visit(4));
    CHECK_FALSE(visit(1));
}

TEST_CASE("an idle connection closes when its time is up, and used ones stay", "[T-A15][T-A17]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    IoThread io;
    {
        Client client{io.executor(), {.transport = {.idle_conn_timeout = 400ms}}};
        const auto begin = std::chrono::steady_clock::now();
        auto used = begin;
        while (used < begin + 500ms) {
            used = std::chrono::steady_clock::now();
            client.get(server.url());
        }
        CHECK(server.connections() == 1);
        server.wait_for_open(0);  // nobody touches it
        CHECK(std::chrono::steady_clock::now() >= used + 400ms);
        CHECK(eventually([&] { return client.stats().strands == 0; }));
        CHECK(client.get(server.url()).connection.id == 2);
    }
    io.finish();
    // a blocking client has no running loop to watch the time: it checks when it is called
    Client client{{.transport = {.idle_conn_timeout = 300ms}}};
    client.get(server.url());
    CHECK(client.get(server.url()).connection.id == 1);
    const auto until = std::chrono::steady_clock::now() + 301ms;
    eventually([&] { return std::chrono::steady_clock::now() > until; });
    CHECK(client.get(server.url()).connection.id == 2);
    CHECK(client.stats().open == 1);
    CHECK(client.stats().retried == 0);
}

TEST_CASE("the server's hint shortens the idle time, less a second or half of it", "[R15]") {
    FdGuard fds;
    std::string fields;
    ScriptServer server{keep_alive_server([&](auto&) { return respond("ok", fields); })};
    const auto kept = [&](std::string hint) {
        fields = "Keep-Alive: " + hint + "\r\n";
        Client client;
        client.get(server.url());
        return client.stats().idle == 1;
    };
    CHECK(kept("timeout=5"));
    CHECK(kept("timeout=2, max=100"));
    CHECK(kept("max=100"));
    CHECK(kept("timeout=99999999999999999999999"));
    CHECK(kept("timeout=x"));
    CHECK(kept("timeout=1"));
    CHECK_FALSE(kept("timeout=0"));
    CHECK_FALSE(kept("max=5, timeout=0"));
}

TEST_CASE("a request takes whichever comes first, its dial or a returned connection",
          "[T-A21][R29][F-I02][F-I03]") {
    FdGuard fds;
    const TlsContext tls{good_tls()};
    const auto large = pattern(3'000'000);
    Gate handshake;
    ScriptServer server{[&](Peer& peer) {
        if (peer.number() == 2) {
            peer.await(handshake);  // the dial takes until then
        }
        peer.start_tls(tls);
        keep_alive_server([&](auto& r) { return respond(r.target == "/large" ? large : "ok"); })(
            peer);
    }};
    IoThread io;
    {
        Client client{io.executor(), {.transport = trusting()}};
        Response first = client.get(server.https_url("/large"));
        auto second = client.async_get(server.https_url("/2"), asio::use_future);
        server.wait_for_connections(2);
        CHECK(client.stats().dialing == 1);
        CHECK(client.stats().waiting == 1);
        CHECK(first.body.read_all() == large);
        CHECK(wait_for(second).connection.id == 1);
        CHECK(client.stats().dialing == 1);
        handshake.open();
        CHECK(eventually([&] { return client.stats().idle == 2; }));
        CHECK(client.stats().dialed == 2);
        CHECK(client.get(server.https_url("/3")).connection.reused);
        CHECK(server.connections() == 2);
    }
    io.finish();
}

TEST_CASE("thousands of careless requests leave nothing behind", "[L11][T-A25]") {
    FdGuard fds;
    const auto large = pattern(100'000);
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
        return request.target == "/chunked" ? respond_chunked({large, large})
                                            : respond(request.target == "/small" ? "small" : large);
    })};
    Client client;
    char some[10];
    std::size_t rss = 0;
    for (int i = 0; i < 2000; ++i) {
        Response res = client.get(server.url(i % 3 == 0   ? "/small"
                                             : i % 3 == 1 ? "/large"
                                                          : "/chunked"));
        if (i % 4 == 1) {
            res.body.read_some(asio::buffer(some));
        } else if (i % 4 == 2) {
            res.body.read_all();
        } else if (i % 4 == 3) {
            res.body.close();
        }
        REQUIRE(client.stats().open <= 2);
        REQUIRE(client.stats().strands == 2 * client.stats().open);
        if (i == 500) {
            rss = rss_kib();
        }
    }
    CHECK(rss_kib() < rss + 20'000);
    const auto stats = client.stats();
    CHECK(stats.torn_down == stats.early_close + stats.failed + stats.not_persistent +
                                 stats.write_unfinished + stats.leftover_bytes + stats.closed_idle);
    CHECK(stats.dialed == stats.open + stats.torn_down);
    CHECK(stats.dialed + stats.reused == 2000);
    client.close_idle_connections();
    CHECK(client.stats().strands == 0);
    server.wait_for_open(0);
}
