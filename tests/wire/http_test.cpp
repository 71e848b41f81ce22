// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The public interface over plain http: the usual ways to send a request and to read a response,
// blocking and in coroutines. Failures on the wire are tested elsewhere.

#include "../support/echo.hpp"
#include "../support/wire_tests.hpp"

#include <asio/redirect_error.hpp>
#include <asio/use_future.hpp>

using namespace hawser::test;

namespace {

void expect_ok(const Response& res) {
    CHECK(res.status == 200);
}

}  // namespace

TEST_CASE("every verb arrives as sent, blocking, on one connection", "[T-A01]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    const auto url = server.url("/x?y=1");
    CHECK(client.get(url).body.read_all() == "GET /x?y=1 - ");
    CHECK(client.post(url, "ab").body.read_all() == "POST /x?y=1 2 ab");
    CHECK(client.put(url, "abc").body.read_all() == "PUT /x?y=1 3 abc");
    CHECK(client.patch(url, "").body.read_all() == "PATCH /x?y=1 0 ");
    CHECK(client.post(url, {}).body.read_all() == "POST /x?y=1 0 ");
    CHECK(client.del(url).body.read_all() == "DELETE /x?y=1 - ");
    CHECK(client.send({"PROPFIND", url, "abcd"}).body.read_all() == "PROPFIND /x?y=1 4 abcd");
    Response head = client.head(url);
    CHECK(head.content_length == 1234u);
    CHECK(head.body.read_all().empty());
    CHECK(head.connection.reused);
    CHECK(head.connection.remote_endpoint.port() == server.port());
    CHECK(server.connections() == 1);
    CHECK(client.stats().idle == 1);
    CHECK(client.stats().strands == 2);
}

TEST_CASE("every verb arrives as sent, in a coroutine, on one connection", "[T-A01]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    run([&]() -> asio::awaitable<void> {
        Client client{co_await asio::this_coro::executor};
        const auto url = server.url("/x");
        Response res = co_await client.async_get(url);
        expect(co_await res.body.async_read_all(), "GET /x - ");
        res = co_await client.async_post(url, "ab");
        expect(co_await res.body.async_read_all(), "POST /x 2 ab");
        res = co_await client.async_put(url, "abc");
        expect(co_await res.body.async_read_all(), "PUT /x 3 abc");
        res = co_await client.async_patch(url, "");
        expect(co_await res.body.async_read_all(), "PATCH /x 0 ");
        res = co_await client.async_del(url);
        expect(co_await res.body.async_read_all(), "DELETE /x - ");
        res = co_await client.async_head(url);
        CHECK(res.content_length == 1234u);
        expect(co_await res.body.async_read_all(), "");
        CHECK(client.stats().reused == 5);
    });
    CHECK(server.connections() == 1);
}

TEST_CASE("the usual forms of co_await compile, and free everything once", "[T-A29]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    run([&]() -> asio::awaitable<void> {
        Client plain{co_await asio::this_coro::executor};
        expect_ok(co_await plain.async_get(server.url("/plain")));
        Client client{co_await asio::this_coro::executor,
                      {.timeout = 20s, .transport = {.max_conns_per_host = 8}}};
        // options everywhere, with everything that can be set inside co_await (numbers and flags)
        Client{co_await asio::this_coro::executor, {.timeout = 20s}}.close_idle_connections();
        expect_ok(co_await Client{client.get_executor(),
                                  {.transport = {.tls = {.insecure_skip_verify = true}}}}
                      .async_get(server.url("/options")));
        auto transport = std::make_shared<hawser::Transport>(
            co_await asio::this_coro::executor,
            hawser::TransportOptions{.max_idle_conns = 2, .tls = {.session_resumption = false}});
        expect_ok(co_await Client{transport, {.timeout = 20s}}.async_get(server.url("/shared")));
        const std::string url = server.url("/a-path-too-long-for-the-small-string-buffer");
        const std::string large(100, 'x');
        // temporaries everywhere, chained
        expect_ok(co_await client.async_get(server.url("/1")));
        expect(co_await (co_await client.async_get(server.url("/2"))).body.async_read_all(),
               "GET /2 - ");
        expect_ok(co_await client.async_post(url, large + large));
        expect_ok(co_await client.async_post(hawser::Url{url}, RequestBody{large}));
        // requests as braces, temporaries, results of functions, copies
        expect_ok(co_await client.async_send({"PUT", url, large}));
        expect_ok(co_await client.async_send(Request{"PUT", url, large}));
        expect_ok(co_await client.async_send(Request("GET", url), asio::use_awaitable));
        Request request{"POST", url, large};
        request.headers = {{"X-One", "1"}, {"X-Two", std::string(100, '2')}};
        request.options.timeout = 20s;
        expect_ok(co_await client.async_send(request));
        expect_ok(co_await client.async_send(std::move(request)));
        const auto make = [&](hawser::Headers headers, hawser::RequestOptions options) {
            Request made{"GET", url};
            made.headers = std::move(headers);
            made.options = std::move(options);
            return made;
        };
        expect_ok(co_await client.async_send(make(hawser::Headers().set("X-Long", large), {})));
        expect_ok(co_await client.async_send(make({}, hawser::RequestOptions())));
        // streams created in place
        expect(co_await (co_await client.async_post(server.url("/s"),
                                                    RequestBody::stream(pieces("abc", 2))))
                   .body.async_read_all(),
               "POST /s chunked abc");
        // in conditions (not the arms of ?:, which g++ 12 destroys twice), and with other tokens
        if (Response got = co_await client.async_get(url); got.status == 200) {
            expect((co_await got.body.async_read_all()).substr(0, 3), "GET");
        }
        std::error_code ec;
        Response res = co_await client.async_get("http://127.0.0.1:1/",
                                                 asio::redirect_error(asio::use_awaitable, ec));
        CHECK(ec == hawser::error::connect_failed);
        try {
            co_await client.async_get("http://127.0.0.1:1/");
            FAIL_CHECK("nobody listens there");
        } catch (const std::system_error& failure) {
            CHECK(failure.code() == hawser::condition::refused);
        }
    });
    CHECK(server.connections() == 4);  // a transport each
}

TEST_CASE("callbacks and futures work with the same calls", "[T-A01]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    IoThread io;
    {
        Client client{io.executor()};
        auto future = client.async_get(server.url("/f"), asio::use_future);
        REQUIRE(future.wait_for(patience) == std::future_status::ready);
        Response res = future.get();
        CHECK(res.body.async_read_all(asio::use_future).get() == "GET /f - ");
        Gate done;
        client.async_post(server.url("/c"), "z", [&](std::error_code ec, Response r) {
            CHECK(!ec);
            CHECK(r.body.read_all() == "POST /c 1 z");  // already held: does not block
            CHECK(std::this_thread::get_id() == io.thread_id());
            done.open();
        });
        done.wait();
        CHECK(client.get(server.url("/b")).body.read_all() ==
              "GET /b - ");  // waits for io's thread
    }
    io.finish();
}

TEST_CASE("many sequential requests share one connection", "[T-A01]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    for (int i = 0; i < 200; ++i) {
        const auto n = std::to_string(i);
        REQUIRE(client.post(server.url("/" + n), n).body.read_all() ==
                "POST /" + n + ' ' + std::to_string(n.size()) + ' ' + n);
    }
    CHECK(server.connections() == 1);
    CHECK(client.stats().reused == 199);
    CHECK(client.stats().torn_down == 0);
    client.close_idle_connections();
    CHECK(client.stats().strands == 0);
}

TEST_CASE("fields keep their order and spelling in both directions", "[T-A29]") {
    ReceivedRequest seen;
    ScriptServer server{[&](Peer& peer) {
        seen = *peer.read_request();
        peer.send(
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 404 Not At All\r\n"
            "x-b: 1\r\nX-A:  two words \r\nX-B: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
            "Content-Length: 0\r\n\r\n");
        peer.read_request();
        peer.send("HTTP/1.0 200 \r\nContent-Length: 2\r\n\r\nok");
    }};
    Client client{{.transport = {.user_agent = "mine/1"}}};
    Request request{"GET", server.url("/p#fragment")};
    request.headers.add("x-Lower", "1").add("X-Lower", "2").add("Accept", "*/*");
    Response res = client.send(request);
    CHECK(res.status == 404);
    CHECK(res.reason == "Not At All");
    CHECK(res.version == hawser::Version::http_1_1);
    CHECK(res.headers.get("X-b") == "1");
    CHECK(res.headers.values("x-B").size() == 2);
    CHECK(res.headers.get("x-a") == "two words");
    CHECK(res.headers.values("set-cookie").size() == 2);
    CHECK(res.headers.begin()->name == "x-b");
    CHECK_FALSE(res.headers.contains("Link"));
    CHECK(res.url.to_string() == server.url("/p#fragment"));

    request.host = "other.example";
    res = client.send(request);
    CHECK(res.version == hawser::Version::http_1_0);
    CHECK(res.reason.empty());
    CHECK(res.body.read_all() == "ok");
    CHECK(client.stats().not_persistent == 1);

    CHECK(seen.target == "/p");
    CHECK(seen.version == "HTTP/1.1");
    CHECK(seen.header("Host") == "127.0.0.1:" + std::to_string(server.port()));
    CHECK(seen.header("User-Agent") == "mine/1");
    CHECK(seen.head.find("x-Lower: 1\r\nX-Lower: 2\r\nAccept: */*\r\n") != std::string::npos);
    CHECK(server.heads()[1].find("Host: other.example\r\n") != std::string::npos);
}

TEST_CASE("trailers work in both directions", "[T-A07]") {
    ReceivedRequest seen;
    ScriptServer server{[&](Peer& peer) {
        seen = *peer.read_request();
        peer.send(respond_chunked({"a", pattern(100'000)}, "Trailer: X-Sum\r\n", "X-Sum: 7\r\n"));
        peer.read_request();
        peer.send(respond_chunked({"a"}, "", "X-Sum: 8\r\n"));
        peer.read_request();
    }};
    Client client;
    Request request{"POST", server.url(), "body"};
    request.trailers.set("X-Digest", "abc");
    Response res = client.send(request);
    CHECK(res.trailers().empty());
    CHECK(res.body.read_all().size() == 100'001);
    CHECK(res.trailers().get("x-sum") == "7");
    CHECK_FALSE(res.headers.contains("X-Sum"));
    res = client.get(server.url());
    CHECK(res.body.read_all() == "a");
    CHECK(res.trailers().get("x-sum") == "8");
    CHECK(seen.body == "body");
    CHECK(seen.header("Trailer") == "X-Digest");
    CHECK(seen.trailers == ReceivedRequest::Fields{{"X-Digest", "abc"}});
    CHECK(server.connections() == 1);
}
