// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Request bodies sent piece by piece, as they are produced, possibly from the response of another
// server.

#include "../support/echo.hpp"
#include "../support/wire_tests.hpp"

using namespace hawser::test;

namespace {

/// Reads a head, then a body of three times "abc", opening a gate after each; responds with the
/// body.
void read_in_pieces(Peer& peer, Gate (&came)[4]) {
    auto request = peer.read_head();
    if (!request) {
        return;
    }
    came[0].open();
    for (int i = 1; i < 4; ++i) {
        if (request->is_chunked()) {
            peer.read_until("\r\n");
        }
        request->body += peer.read_exactly(3);
        if (request->is_chunked()) {
            peer.read_exactly(2);
        }
        came[i].open();
    }
    if (request->is_chunked()) {
        peer.read_until("0\r\n\r\n");
    }
    peer.send(respond(request->body));
}

}  // namespace

TEST_CASE("each piece of a body reaches the server before the next is requested",
          "[T-G11][T-G12]") {
    FdGuard fds;
    Gate came[4];
    ScriptServer server{[&](Peer& peer) { read_in_pieces(peer, came); }};
    const auto length = GENERATE(as<std::optional<std::uint64_t>>{}, std::nullopt, 9);
    const auto method = GENERATE(as<std::string>{}, "POST", "GET");
    const auto delayed = GENERATE(false, true);
    int given = 0;
    const auto next = [&](asio::mutable_buffer into) -> std::size_t {
        if (given != 0 || delayed) {
            // Waits for the previous piece, or for the head to arrive. Only a source that delivers
            // its first piece at once delays the head.
            came[given].wait();
        }
        std::memcpy(into.data(), "abc", 3);
        return ++given <= 3 ? 3 : 0;
    };
    Request request{method, server.url(), RequestBody::stream(next, length)};
    if (delayed) {
        request.body = RequestBody::stream(
            [&](asio::mutable_buffer into) -> asio::awaitable<std::size_t> {
                co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
                co_return next(into);
            },
            length);
    }
    Client client;
    std::error_code ec;
    Response res = client.send(std::move(request), ec);
    CAPTURE(given, method, delayed);
    CHECK_FALSE(ec);
    CHECK(res.body.read_all() == "abcabcabc");
}

TEST_CASE("the body of one response can be the body of another request", "[T-G52]") {
    FdGuard fds;
    const std::string text = pattern(1'000'000);
    ScriptServer origin{keep_alive_server([&](const ReceivedRequest& request) {
        return request.target == "/chunked" ? respond_chunked({text.substr(0, 5), text.substr(5)})
                                            : respond(text);
    })};
    ScriptServer target{keep_alive_server(echo)};
    const auto path = GENERATE(as<std::string>{}, "/length", "/chunked");
    IoThread io;
    {
        Client client{io.executor()};
        auto from = std::make_shared<Response>(client.get(origin.url(path)));
        const auto length = from->content_length;
        CHECK(length.has_value() == (path == "/length"));
        Response res =
            client.post(target.url("/copy"),
                        RequestBody::stream(
                            [from](asio::mutable_buffer into) -> asio::awaitable<std::size_t> {
                                const auto [ec, n] = co_await from->body.async_read_some(
                                    asio::buffer(into), as_tuple(asio::use_awaitable));
                                if (ec && ec != asio::error::eof) {
                                    throw std::system_error(ec);
                                }
                                co_return n;
                            },
                            length));
        from.reset();
        CHECK(res.body.read_all() ==
              "POST /copy " + std::string(length ? "1000000 " : "chunked ") + text);
        CHECK(client.stats().idle == 2);
        CHECK(client.stats().early_close == 0);
    }
    io.finish();
}
