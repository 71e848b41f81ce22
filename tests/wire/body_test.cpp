// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Bodies over plain http, in both directions: every kind of request body, every framing of a
// response body.

#include "../support/echo.hpp"
#include "../support/wire_tests.hpp"

#include <asio/read.hpp>
#include <asio/read_until.hpp>

using namespace hawser::test;

TEST_CASE("files and streams arrive whole, framed by what is known about their length", "[T-B03]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    const auto url = server.url("/u");
    const auto text = pattern(300'000);
    const auto with_length = "POST /u 300000 " + text;
    const auto chunked = "POST /u chunked " + text;
    const TempFile file{text};
    const auto step = GENERATE(as<std::size_t>{}, 1'000, 65'536, 1'000'000);
    CHECK(client.post(url, RequestBody::file(file.path())).body.read_all() == with_length);
    CHECK(client.post(url, RequestBody::stream(pieces(text, step))).body.read_all() == chunked);
    CHECK(client.post(url, RequestBody::stream(pieces(text, step), text.size())).body.read_all() ==
          with_length);
    CHECK(client.post(url, RequestBody::stream(awaitable_pieces(text, step))).body.read_all() ==
          chunked);
    CHECK(client.post(url, RequestBody::stream(awaitable_pieces(text, step), text.size()))
              .body.read_all() == with_length);
    CHECK(client.post(url, RequestBody::stream(pieces("", 1))).body.read_all() ==
          "POST /u chunked ");
    CHECK(client.post(url, RequestBody::stream(pieces("", 1), 0)).body.read_all() == "POST /u 0 ");
    CHECK(server.connections() == 1);
}

TEST_CASE("a source that fails, or lies about its length, fails only its own request", "[T-B04]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    const auto post = [&](RequestBody body) {
        return error_of(client, {"POST", server.url(), body});
    };
    using hawser::error;
    CHECK(post(RequestBody::file("/nonexistent")) == error::request_body_error);
    CHECK(server.connections() == 0);
    CHECK(post(RequestBody::stream(pieces("abc", 1), 4)) == error::request_body_error);
    CHECK(post(RequestBody::stream(pieces("abcde", 5), 4)) == error::request_body_error);
    int calls = 0;
    CHECK(post(RequestBody::stream([&](asio::mutable_buffer) -> std::size_t {
              ++calls;
              throw std::system_error{asio::error::no_permission};
          })) == asio::error::no_permission);
    CHECK(calls == 1);
    CHECK(post(RequestBody::stream([](asio::mutable_buffer) -> asio::awaitable<std::size_t> {
              throw std::runtime_error{"no"};
              co_return 0;
          })) == error::request_body_error);
    const auto stats = client.stats();
    CHECK(stats.retried == 0);
    CHECK(stats.open == 0);
    CHECK(stats.strands == 0);
    CHECK(client.get(server.url("/after")).body.read_all() == "GET /after - ");
}

TEST_CASE("every framing of a body reads the same in pieces of every size", "[T-A07]") {
    FdGuard fds;
    const auto text = pattern(1'000'001);
    ScriptServer server{[&](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->target == "/length") {
                peer.send(respond(text));
            } else if (request->target == "/chunked") {
                peer.send(respond_chunked({text.substr(0, 1),
                                           text.substr(1, 70'000),
                                           text.substr(70'001, 15),
                                           text.substr(70'016)}));
            } else {
                peer.send("HTTP/1.1 200 OK\r\n\r\n" + text);
                return;
            }
        }
    }};
    const auto path = GENERATE(as<std::string>{}, "/length", "/chunked", "/close");
    const auto size = GENERATE(as<std::size_t>{}, 999, 16'384, 1'000'000);
    Client client;
    Response res = client.get(server.url(path));
    CHECK(res.content_length.has_value() == (path == "/length"));
    std::string got;
    std::string buffer(size, '\0');
    std::error_code ec;
    while (!ec) {
        got.append(buffer, 0, res.body.read_some(asio::buffer(buffer), ec));
    }
    CHECK(ec == asio::error::eof);
    CHECK(got == text);
    CHECK(client.stats().idle == (path == "/close" ? 0u : 1u));
    CHECK(res.body.read_some(asio::buffer(buffer), ec) == 0);
    CHECK(ec == asio::error::eof);
    CHECK(client.get(server.url(path)).body.read_all() == text);
    run([&]() -> asio::awaitable<void> {
        Client async{co_await asio::this_coro::executor};
        expect(co_await (co_await async.async_get(server.url(path))).body.async_read_all(), text);
    });
}

TEST_CASE("bytes that follow a large body, read in pieces of any size, close its connection") {
    FdGuard fds;
    const auto text = pattern(1'000'001);
    ScriptServer server{keep_alive_server([&](auto&) { return respond(text) + "more"; })};
    const auto size = GENERATE(as<std::size_t>{}, 999, 16'384, 1'000'000);
    Client client;
    Response res = client.get(server.url());
    std::string got;
    std::string buffer(size, '\0');
    std::error_code ec;
    while (!ec) {
        got.append(buffer, 0, res.body.read_some(asio::buffer(buffer), ec));
    }
    CHECK(ec == asio::error::eof);
    CHECK(got == text);
    CHECK(client.get(server.url()).body.read_all() == text);
    CHECK(server.connections() == 2);
}

TEST_CASE("Asio's own reads work on a body", "[T-A07]") {
    FdGuard fds;
    const auto text = pattern(100'000);
    ScriptServer server{keep_alive_server([&](auto&) { return respond("line\n" + text); })};
    run([&]() -> asio::awaitable<void> {
        Client client{co_await asio::this_coro::executor};
        Response res = co_await client.async_get(server.url());
        std::string line;
        const auto n = co_await asio::async_read_until(
            res.body, asio::dynamic_buffer(line), '\n', asio::use_awaitable);
        CHECK(line.substr(0, n) == "line\n");
        std::string rest(text.size() - (line.size() - n), '\0');
        co_await asio::async_read(res.body, asio::buffer(rest), asio::use_awaitable);
        CHECK(line.substr(n) + rest == text);
        char more[1];
        const auto [ec, m] =
            co_await res.body.async_read_some(asio::buffer(more), as_tuple(asio::use_awaitable));
        CHECK(ec == asio::error::eof);
        CHECK(m == 0);
        CHECK(client.stats().idle == 1);
    });
    Client client;
    Response res = client.get(server.url());
    std::string all(text.size() + 5, '\0');
    CHECK(asio::read(res.body, asio::buffer(all)) == all.size());
    CHECK(all == "line\n" + text);
}

TEST_CASE("a response is read while its request is still being sent", "[N03]") {
    FdGuard fds;
    const auto text = pattern(3'000'000);
    ScriptServer server{[&](Peer& peer) {  // echoes as it reads
        for (int i = 0; i < 2; ++i) {
            peer.read_head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n");
            for (int n = 0; n < 100; ++n) {
                peer.send(peer.read_exactly(30'000));
            }
        }
    }};
    Client client;
    CHECK(client.post(server.url(), text).body.read_all() == text);
    CHECK(client.post(server.url(), RequestBody::stream(awaitable_pieces(text, 7'777), text.size()))
              .body.read_all() == text);
    CHECK(server.connections() == 1);
}

TEST_CASE("a body longer than its reader allows is cut there", "[T-A07]") {
    FdGuard fds;
    const auto size = GENERATE(as<std::size_t>{}, 100, 300'000);  // held, and streamed
    ScriptServer server{keep_alive_server([&](auto&) { return respond(pattern(size)); })};
    Client client;
    std::error_code ec;
    Response res = client.get(server.url());
    CHECK(res.body.read_all(size - 1, ec) == pattern(size).substr(0, size - 1));
    CHECK(ec == hawser::error::body_too_large);
    CHECK(client.get(server.url()).body.read_all(size) == pattern(size));
    Client limited{{.transport = {.max_response_body_bytes = size - 1}}};
    limited.get(server.url(), ec);
    CHECK(ec == hawser::error::body_too_large);
    CHECK(limited.stats().open == 0);
}
