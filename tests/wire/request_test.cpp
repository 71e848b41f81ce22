// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What happens to one request through the public interface: it is refused before a connection is
// touched, sent on the right one, answered whatever the status, described when it fails.

#include "../support/echo.hpp"
#include "../support/scene.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <asio/bind_executor.hpp>
#include <asio/read.hpp>

#include <memory>
#include <string>
#include <system_error>
#include <vector>

using namespace hawser::test;

TEST_CASE("an invalid request is refused before a connection is touched", "[F-C07][F-T10][X-10]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    int sources = 0;
    const auto refused = [&](auto change) {
        Request request{"POST", server.url()};
        request.body = RequestBody::stream([&](asio::mutable_buffer) -> std::size_t {
            ++sources;
            return 0;
        });
        change(request);
        std::error_code ec;
        client.send(std::move(request), ec);
        return ec;
    };
    const auto refuse_all = [&] {
        CHECK(refused([](Request& r) { r.url = {}; }) == error::invalid_url);
        CHECK(refused([](Request& r) { r.method = "P T"; }) == error::invalid_request);
        CHECK(refused([](Request& r) { r.method = ""; }) == error::invalid_request);
        CHECK(refused([](Request& r) { r.host = "a b"; }) == error::invalid_request);
        CHECK(refused([](Request& r) { r.headers.set("A b", "c"); }) == error::invalid_request);
        CHECK(refused([](Request& r) { r.headers.set("A", "b\r\nC: d"); }) ==
              error::invalid_request);
        CHECK(refused([](Request& r) { r.headers.set("Content-Length", "1"); }) ==
              error::invalid_request);
        CHECK(refused([](Request& r) { r.trailers.set("A", "\n"); }) == error::invalid_request);
        CHECK(refused([](Request& r) { r.trailers.set("Trailer", "x"); }) ==
              error::invalid_request);
        CHECK(sources == 0);
    };
    refuse_all();
    CHECK(client.stats().dialed == 0);
    CHECK(client.get(server.url()).status == 200);
    refuse_all();  // with an idle connection at hand
    CHECK(client.stats().idle == 1);
    CHECK(client.get(server.url()).connection.reused);
    CHECK(client.stats().dialed == 1);
    CHECK(client.stats().retried == 0);
    std::error_code ec;
    for (const auto* url : {"ftp://127.0.0.1/", "file:///etc/passwd", "http:///x", "127.0.0.1"}) {
        CHECK_THROWS_AS(client.get(url), std::system_error);
        (void)Url::parse(url, ec);
        CHECK(ec == error::invalid_url);
    }
}

TEST_CASE("an invalid URL is reported by every call like its other errors") {
    FdGuard fds;
    const std::string bad = "http://joe:secret@bad host/";
    const std::string reason = "a byte that no host has: \"***@bad host/\"";
    const auto expect = [&](std::error_code ec, const hawser::Failure& failure) {
        CHECK(ec == error::invalid_url);
        CHECK(ec == hawser::condition::bad_request);
        CHECK(failure.reason() == reason);
        CHECK(failure.message().find("secret") == std::string::npos);
    };
    SECTION("blocking, with an error code") {
        Client client;
        const auto refused = [&](auto call) {
            std::error_code ec;
            const Response response = call(ec);
            expect(ec, response.failure);
        };
        refused([&](std::error_code& ec) { return client.get(bad, ec); });
        refused([&](std::error_code& ec) { return client.head(bad.c_str(), ec); });
        refused([&](std::error_code& ec) { return client.post(std::string_view(bad), "x", ec); });
        refused([&](std::error_code& ec) { return client.put(bad, "x", ec); });
        refused([&](std::error_code& ec) { return client.patch(bad, "x", ec); });
        refused([&](std::error_code& ec) { return client.del(bad, ec); });
        refused([&](std::error_code& ec) { return client.send({"GET", bad}, ec); });
        refused([&](std::error_code& ec) { return client.send({"GET", bad, "x"}, ec); });
        std::error_code ec;
        const char* const none = nullptr;
        client.get(none, ec);
        CHECK(ec == error::invalid_url);
        client.get(Url(), ec);
        CHECK(ec == error::invalid_url);
    }
    SECTION("blocking, with an exception") {
        Client client;
        try {
            client.get(bad);
            FAIL("that is no host");
        } catch (const std::system_error& failure) {
            CHECK(failure.code() == error::invalid_url);
            CHECK(std::string(failure.what()).find(reason) != std::string::npos);
        }
    }
    SECTION("handlers are called, not within the call") {
        asio::io_context io;
        Client client{io.get_executor()};
        int calls = 0;
        const auto handler = [&](std::error_code ec, Response response) {
            ++calls;
            expect(ec, response.failure);
        };
        client.async_get(bad, handler);
        client.async_head(bad, handler);
        client.async_post(bad, "x", handler);
        client.async_put(bad, "x", handler);
        client.async_patch(bad, "x", handler);
        client.async_del(bad, handler);
        client.async_send({"GET", bad}, handler);
        CHECK(calls == 0);
        io.run();
        CHECK(calls == 7);
    }
    SECTION("a coroutine gets its exception where it waits") {
        run([&]() -> asio::awaitable<void> {
            Client client{co_await asio::this_coro::executor};
            auto response = client.async_get(bad);
            bool thrown = false;
            try {
                co_await std::move(response);
            } catch (const std::system_error& failure) {
                thrown = failure.code() == error::invalid_url;
            }
            CHECK(thrown);
        });
    }
}

TEST_CASE("characters that browsers encode in a path and query are encoded", "[F-W06]") {
    ScriptServer server{
        keep_alive_server([](const ReceivedRequest& request) { return respond(request.target); })};
    Client client;
    CHECK(client.get(server.url("/a b\"<>?c d|{}^`\xc3\xa4#x")).body.read_all() ==
          "/a%20b%22%3C%3E?c%20d%7C%7B%7D%5E%60%C3%A4");
}

TEST_CASE("a request about the server as a whole has the target *", "[T-G08][T-G09]") {
    FdGuard fds;
    ScriptServer server{
        keep_alive_server([](const auto& request) { return respond(request.target); })};
    Client client;
    Request request{"OPTIONS", server.url("/ignored")};
    request.options.asterisk_form = true;
    CHECK(client.send(request).body.read_all() == "*");
    hawser::TransportOptions options;
    options.proxy = hawser::ProxyRules(server.url());
    Client through_proxy{{.transport = options}};
    request.url = hawser::Url("http://origin.example/ignored");
    CHECK(through_proxy.send(request).body.read_all() == "http://origin.example");
}

TEST_CASE("every status is a response, not an error", "[F-C03][F-C05]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server([](const ReceivedRequest& request) {
        return reply(request.target.substr(1) + " X", "body", "Location: /elsewhere\r\n");
    })};
    Client client{{.max_redirects = 0}};
    for (const int status :
         {200, 201, 299, 300, 301, 307, 308, 400, 401, 404, 429, 500, 503, 599}) {
        std::error_code ec;
        Response res = client.get(server.url('/' + std::to_string(status)), ec);
        CHECK_FALSE(ec);
        CHECK(res.status == status);
        CHECK(res.body.read_all() == "body");
    }
    CHECK(server.requests() == 14);  // none was followed
    CHECK(server.connections() == 1);
}

TEST_CASE("what() names method and URL without its password", "[F-C04]") {
    std::string url;
    {
        ScriptServer gone{keep_alive_server(echo)};
        url = gone.url_as("127.0.0.1", "/path?q");
    }
    url.replace(0, 7, "http://user:secret@");
    Client client;
    try {
        client.put(url, "x");
        FAIL("nobody listens there");
    } catch (const std::system_error& failure) {
        const std::string what = failure.what();
        CAPTURE(what);
        CHECK(what.starts_with("PUT http://127.0.0.1:"));
        CHECK(what.find("/path?q") != std::string::npos);
        CHECK(what.find("secret") == std::string::npos);
        CHECK(failure.code() == error::connect_failed);
    }
}

TEST_CASE("a body of unknown length is chunked whatever the method, without waiting", "[F-B04]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    for (const std::string method : {"GET", "DELETE", "OPTIONS", "PROPFIND", "POST", "CUSTOM"}) {
        for (const std::string text : {"", "some"}) {
            Request request{method, server.url(), RequestBody::stream(pieces(text, 3))};
            CHECK(client.send(std::move(request)).body.read_all() == method + " / chunked " + text);
        }
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("Request::host affects only the Host field, the URL everything else",
          "[F-Q07][F-S01][F-T11]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
                            return respond(request.header("Host").value_or("-"));
                        }),
                        {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    for (const std::string host : {"one.example", "two.example:99", "127.0.0.1"}) {
        Request request{"GET", server.url_as("localhost")};
        request.host = host;
        Response res = client.send(std::move(request));
        CHECK(res.body.read_all() == host);
        CHECK(res.connection.id == 1);
    }
    REQUIRE(server.client_hellos().size() == 1);
    CHECK(server.client_hellos()[0].sni == "localhost");
}

TEST_CASE("only requests with equal scheme, host, port and tag share a connection", "[F-T11]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    ScriptServer other{keep_alive_server(echo), {.address = "127.0.0.2"}};
    Client client;
    const auto connection = [&](std::string url, std::string tag = {}) {
        Request request{"GET", std::move(url)};
        request.options.pool_tag = std::move(tag);
        return client.send(std::move(request)).connection.id;
    };
    CHECK(connection(server.url("/a")) == 1);
    CHECK(connection(server.url("/b?c")) == 1);
    CHECK(connection(server.url_as("localhost")) == 2);
    CHECK(connection(server.url_as("LOCALHOST")) == 2);
    CHECK(connection(other.url()) == 3);
    CHECK(connection(server.url(), "tenant") == 4);
    CHECK(connection(server.url(), "tenant") == 4);
    CHECK(connection(server.url(), "another") == 5);
    CHECK(connection(server.url()) == 1);
}

TEST_CASE("a connection that was only idle counts as reused, and may have gone stale", "[F-T13]") {
    FdGuard fds;
    ScriptServer server{in_order({[](Peer& peer) {
                                      peer.read_request();
                                      peer.reset();
                                  },
                                  keep_alive_server(echo)})};
    IoThread io;
    {
        Client client{io.executor()};
        Gate ahead;
        client.transport()->async_preconnect(server.url(), 1, [&](std::error_code ec) {
            CHECK_FALSE(ec);
            ahead.open();
        });
        ahead.wait();
        CHECK(client.get(server.url("/x")).body.read_all() == "GET /x - ");
        CHECK(client.stats().retried == 1);
        CHECK(client.stats().reused == 1);
        client.close_idle_connections();
    }
    io.finish();
}

TEST_CASE("a response that has already arrived is delivered even if the request is canceled",
          "[F-X06]") {
    Scene scene(moody);
    asio::io_context mine;  // not run yet: the handler has to wait
    Call<Response> call;
    scene.client.async_get(scene.server.url("/now"),
                           asio::bind_executor(mine.get_executor(), call.handler()));
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (scene.client.stats().returned == 0) {
        REQUIRE(std::chrono::steady_clock::now() < give_up);
        std::this_thread::yield();
    }
    Gate emitted;
    asio::post(scene.io.executor(), [&] {
        call.signal.emit(asio::cancellation_type::all);
        emitted.open();
    });
    emitted.wait();
    CHECK(call.completions == 0);
    mine.run();
    CHECK(call.completions == 1);
    CHECK_FALSE(call.ec);
    CHECK(call.result.body.read_all() == "/now");
    CHECK(scene.client.stats().idle == 1);
}

TEST_CASE("the fields of a response stay as received", "[F-P08][F-P17]") {
    FdGuard fds;
    ScriptServer server{[](Peer& peer) {
        peer.read_request();
        peer.send(respond_chunked(
            {"ok"}, "Connection: close, x\r\nTrailer: A\r\nPragma: no-cache\r\n", "A: b\r\n"));
    }};
    Client client;
    Response res = client.get(server.url());
    CHECK(res.body.read_all() == "ok");
    CHECK(res.headers.get("Connection") == "close, x");
    CHECK(res.headers.get("Transfer-Encoding") == "chunked");
    CHECK(res.headers.get("Trailer") == "A");
    CHECK(res.headers.get("Pragma") == "no-cache");
    CHECK_FALSE(res.headers.contains("Cache-Control"));
    CHECK_FALSE(res.headers.contains("A"));
}

TEST_CASE("reading exactly the length of a body returns its connection", "[F-D02]") {
    FdGuard fds;
    const auto size = GENERATE(as<std::size_t>{}, 2, 20'000, 3'000'000);
    ScriptServer server{keep_alive_server([&](auto&) { return respond(pattern(size)); })};
    Client client;
    for (int i = 0; i < 3; ++i) {
        Response res = client.get(server.url());
        std::string text(size, '\0');
        asio::read(res.body, asio::buffer(text));
        CHECK(text == pattern(size));
        CHECK(client.stats().idle == 1);
    }
    CHECK(server.connections() == 1);
}
