// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What a handler, or the source of a request body, may do: throw, call back, destroy the client.
// Also, that nothing keeps the context running after that.

#include "../support/wire_tests.hpp"

#include <csignal>
#include <functional>

using namespace hawser::test;

TEST_CASE("an exception from a handler leaves run() and affects nothing else", "[L05]") {
    FdGuard fds;
    ScriptServer server(serve);
    asio::io_context io;
    Client client{io.get_executor(), {.transport = {.max_conns_per_host = 1}}};
    const auto dead = refusing_url();
    const std::string url = GENERATE_REF(server.url("/a"), server.url("/stuck"), dead);
    int completed = 0;
    for (int i = 0; i < 3; ++i) {
        Request request("GET", url);
        request.options.timeout = 20ms;
        client.async_send(std::move(request), [&](std::error_code, Response) {
            ++completed;
            throw std::runtime_error("of the handler");
        });
    }
    int thrown = 0;
    for (const auto limit = std::chrono::steady_clock::now() + 5s;
         completed < 3 && std::chrono::steady_clock::now() < limit;) {
        try {
            io.run_one_for(10ms);
        } catch (const std::runtime_error&) {
            ++thrown;
        }
    }
    CHECK(completed == 3);
    CHECK(thrown >= 1);
    client.close_idle_connections();
    io.restart();
    io.run_for(patience);
    CHECK(io.stopped());
    CHECK(client.stats().strands == 0);
    CHECK(client.stats().waiting == 0);
    CHECK(client.stats().dialing == 0);
}

TEST_CASE("a handler may call anything, and may destroy the client", "[L08]") {
    FdGuard fds;
    ScriptServer server(serve);
    asio::io_context io;
    std::optional<Client> client(std::in_place, io.get_executor());
    int completed = 0;
    client->async_get(server.url("/a"), [&](std::error_code, Response first) {
        client->async_get(server.url("/half"), [&](std::error_code, Response half) {
            auto response = std::make_shared<Response>(std::move(half));
            response->body.async_read_all([&, response](std::error_code, std::string) {
                response->body.close();
                client->close_idle_connections();
                CHECK(client->stats().active == 0);
                client->async_get(server.url("/c"), [&](std::error_code ec, Response) {
                    CHECK(ec == hawser::error::client_closed);
                    ++completed;
                });
                client.reset();
            });
        });
        first.body.close();
    });
    io.run_for(patience);
    CHECK(completed == 1);
    CHECK(io.stopped());
}

TEST_CASE("the source of a request body may call anything, and may be the last owner of the client",
          "[L08]") {
    FdGuard fds;
    ScriptServer server(serve);
    IoThread io;
    Gate done;
    {
        auto client = std::make_shared<Client>(io.executor());
        Request request("POST", server.url("/a"));
        request.body = RequestBody::stream([client, url = server.url("/b"), n = 0](
                                               asio::mutable_buffer buffer) mutable -> std::size_t {
            CHECK(client->stats().active >= 1);
            client->async_get(url, [](std::error_code, Response) {});
            client->close_idle_connections();
            *static_cast<char*>(buffer.data()) = 'x';
            return n++ == 0 ? 1 : 0;
        });
        client->async_send(std::move(request), [&](std::error_code, Response) { done.open(); });
    }
    done.wait();
    io.finish();
}

TEST_CASE("writing to a connection that was reset raises no signal", "[L15]") {
    FdGuard fds;
    struct sigaction before {};
    struct sigaction deadly {};
    deadly.sa_handler = SIG_DFL;
    ::sigaction(SIGPIPE, &deadly, &before);
    ScriptServer server([](Peer& peer) {
        peer.read_head();
        peer.reset();
    });
    Client client;
    for (int i = 0; i < 10; ++i) {
        std::error_code ec;
        client.post(server.url(), std::string(4 << 20, 'x'), ec);
        CHECK(ec == hawser::condition::connection_lost);
    }
    ::sigaction(SIGPIPE, &before, nullptr);
}

// ── The end of run() ─────────────────────────────────────────────────────────────────────────────

TEST_CASE("run() returns at once when nothing is open any more, whatever timers ran before",
          "[L11]") {
    FdGuard fds;
    ScriptServer server(serve);
    const auto dead = refusing_url();
    const std::string url = GENERATE_REF(server.url("/close"),  // the server closes after it
                                         server.url("/half"),   // truncated
                                         server.url("/a"),      // idle, closed below
                                         dead);
    asio::io_context io;
    Client client(io.get_executor());
    Request request("GET", url);
    request.options.timeout = 1h;
    client.async_send(std::move(request), [&](std::error_code ec, Response r) {
        auto response = std::make_shared<Response>(std::move(r));
        if (!ec) {
            response->body.async_read_all(
                [&, response](std::error_code, std::string) { client.close_idle_connections(); });
        }
    });
    const auto begin = std::chrono::steady_clock::now();
    io.run_for(patience);
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    CHECK(io.stopped());
    CHECK(client.stats().strands == 0);
}
