// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Lifetimes, and what a handler may do: clients, contexts and responses destroyed in any order at
// any moment, handlers that throw and call back, and when run() returns.

#include "../support/wire_tests.hpp"

#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/strand.hpp>

#include <functional>
#include <optional>
#include <utility>

using namespace hawser::test;

namespace {

/// Never responds to "/stuck", responds to "/half" with half a body, to "/late" with its end once
/// `late` is open, to anything else completely.
Script moody(Gate* late = nullptr) {
    return [late](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->target == "/stuck") {
                peer.wait_for_eof();
                return;
            }
            if (request->target == "/half" || request->target == "/late") {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
                if (request->target == "/half") {
                    peer.wait_for_eof();
                    return;
                }
                peer.await(*late);
                peer.send("whole");
                continue;
            }
            peer.send(respond(request->target));
        }
    };
}

/// A context that the test's own thread runs.
struct Context : asio::io_context {
    /// Runs until `done` holds or nothing is left to do.
    void run_until(const std::function<bool()>& done) {
        const auto limit = std::chrono::steady_clock::now() + patience;
        while (!done() && std::chrono::steady_clock::now() < limit) {
            restart();  // it ran out of work while the test held a response
            run_one_for(1ms);
        }
        REQUIRE(done());
    }
    void run_out() {
        restart();
        run_for(patience);
        REQUIRE(stopped());
    }
};

void check_nothing_left(const hawser::TransportStats& stats) {
    CHECK(stats.open == 0);
    CHECK(stats.dialing == 0);
    CHECK(stats.waiting == 0);
    CHECK(stats.strands == 0);
}

}  // namespace

// ── The client goes first ────────────────────────────────────────────────────────────────────────

TEST_CASE("a client destroyed after the k-th step of the executor, for every k", "[L03]") {
    FdGuard fds;
    ScriptServer server(serve_slowly);
    bool reached_end = false;
    for (int k = 0; !reached_end; ++k) {
        REQUIRE(k < 100);
        Context io;
        std::optional<Client> client(std::in_place, io.get_executor());
        std::optional<std::error_code> head, body;
        Response response;
        std::string text;
        client->async_get(server.url(), [&](std::error_code ec, Response r) {
            CHECK_FALSE(head);
            head = ec;
            response = std::move(r);
            if (!ec) {
                response.body.async_read_all([&](std::error_code e, std::string t) {
                    CHECK_FALSE(body);
                    body = e;
                    text = std::move(t);
                });
            }
        });
        for (int step = 0; step < k && !body; ++step) {
            io.run_one_for(patience);
        }
        reached_end = body.has_value();
        const bool had_head = head.has_value();
        client.reset();
        io.run_out();
        REQUIRE(head);
        if (!had_head) {
            CHECK((!*head || *head == hawser::error::client_closed));
        }
        if (!*head) {
            REQUIRE(body);  // a delivered response is read to its end
            CHECK_FALSE(*body);
            CHECK(text == "0123456789");
        }
    }
}

TEST_CASE("a client destroyed with requests queued, unanswered and half read", "[L03]") {
    FdGuard fds;
    Gate late;
    ScriptServer server(moody(&late));
    Context io;
    std::optional<Client> client(std::in_place,
                                 io.get_executor(),
                                 hawser::ClientOptions{.transport = {.max_conns_per_host = 2}});
    std::vector<std::error_code> ended;
    Response half;
    client->async_get(server.url("/late"), [&](std::error_code ec, Response response) {
        REQUIRE_FALSE(ec);
        half = std::move(response);
    });
    io.run_until([&] { return half.status == 200; });
    for (const auto* path : {"/stuck", "/queued", "/queued"}) {
        client->async_get(server.url(path),
                          [&](std::error_code ec, Response) { ended.push_back(ec); });
    }
    io.run_until([&] { return server.requests() == 2; });
    CHECK(client->stats().waiting == 2);
    client.reset();
    CHECK(ended.empty());  // never inside the call
    io.run_until([&] { return ended.size() == 3; });
    for (const auto ec : ended) {
        CHECK(ec == hawser::error::client_closed);
    }
    late.open();
    std::string text;
    half.body.async_read_all([&](std::error_code ec, std::string t) {
        CHECK_FALSE(ec);
        text = std::move(t);
    });
    io.run_until([&] { return !text.empty(); });
    CHECK(text == "half:whole");
    io.run_out();
    server.wait_for_open(0);
}

TEST_CASE("a transport lives as long as the last client on it", "[L03][L11]") {
    FdGuard fds;
    Gate late;
    late.open();
    ScriptServer server(moody(&late));
    IoThread io;
    auto transport = std::make_shared<hawser::Transport>(io.executor());
    std::optional<Client> first(std::in_place, transport);
    transport.reset();
    {
        Client second(first->transport());
        CHECK(second.get(server.url("/late")).body.read_all() == "half:whole");
    }
    CHECK(first->get(server.url("/late")).body.read_all() == "half:whole");
    Client copy = *first;
    first.reset();
    CHECK(copy.get(server.url("/late")).body.read_all() == "half:whole");
    CHECK(copy.stats().dialed == 1);
    copy.close_idle_connections();
    io.finish();
    check_nothing_left(copy.stats());
}

TEST_CASE("clients that share the transport of a blocking one block like it", "[L11]") {
    FdGuard fds;
    Gate late;
    late.open();
    ScriptServer server(moody(&late));
    std::optional<Client> first(std::in_place);
    std::optional<Client> second(std::in_place, first->transport());
    CHECK(second->get(server.url("/late")).body.read_all() == "half:whole");
    CHECK(first->get(server.url("/late")).body.read_all() == "half:whole");
    first.reset();
    Response response = second->get(server.url("/late"));
    second.reset();
    CHECK(response.body.read_all() == "half:whole");
}

// ── The response goes last ───────────────────────────────────────────────────────────────────────

TEST_CASE("a response outlives its blocking client, read or not", "[L11]") {
    FdGuard fds;
    Gate late;
    ScriptServer server(moody(&late));
    Response read, unread, whole;
    {
        Client client;
        read = client.get(server.url("/late"));
        unread = client.get(server.url("/half"));
        whole = client.get(server.url("/whole"));
    }
    late.open();
    CHECK(whole.body.read_all() == "/whole");
    CHECK(read.body.read_all() == "half:whole");
    unread = {};
    server.wait_for_open(0);
}

TEST_CASE("a response outlives its client and the context, which fails its body", "[L11][L04]") {
    FdGuard fds;
    ScriptServer server(moody());
    const bool client_first = GENERATE(false, true);
    auto io = std::make_unique<Context>();
    std::optional<Client> client(std::in_place, io->get_executor());
    Response response;
    client->async_get(server.url("/half"), [&](std::error_code ec, Response r) {
        REQUIRE_FALSE(ec);
        response = std::move(r);
    });
    io->run_until([&] { return response.status == 200; });
    if (client_first) {
        client.reset();
    }
    io.reset();
    server.wait_for_open(0);
    CHECK(fds.leaked().size() <= 4);  // the server's own
    char bytes[16];
    std::error_code ec;
    response.body.read_some(asio::buffer(bytes), ec);
    if (!ec) {  // bytes that arrived with the head
        response.body.read_some(asio::buffer(bytes), ec);
    }
    CHECK(ec == hawser::error::client_closed);
    response.body.close();
}

TEST_CASE("moved-from objects are empty, and can be destroyed, assigned and read", "[L11]") {
    FdGuard fds;
    ScriptServer server(moody());
    Client client;
    Client moved = std::move(client);
    client = moved;
    Response response = client.get(server.url("/0123456789abcdef0123456789"));
    char bytes[4];
    CHECK(response.body.read_some(asio::buffer(bytes)) == 4);
    Response other = std::move(response);
    std::error_code ec;
    CHECK(response.body.read_some(asio::buffer(bytes), ec) == 0);
    CHECK(ec == asio::error::eof);
    CHECK(response.body.read_all() == "");
    CHECK(response.trailers().size() == 0);
    response.body.close();
    CHECK(other.body.read_all() == "3456789abcdef0123456789");
    response = client.get(server.url("/half"));
    other = std::move(response);
    other = {};  // drops it
    server.wait_for_open(0);
    CHECK(client.get(server.url("/x")).body.read_all() == "/x");
    Response empty;
    CHECK(empty.body.read_all() == "");
    empty.body.close();
}

TEST_CASE("an empty body completes on its reader's executor, a failed one on its client's") {
    asio::io_context io;
    Response empty;
    CHECK(empty.body.get_executor() == asio::any_io_executor());
    CHECK_THROWS_AS(empty.body.async_read_all([](std::error_code, std::string) { FAIL(); }),
                    asio::execution::bad_executor);
    int read = 0;
    const auto count = [&](std::error_code ec, std::string text) {
        read += !ec && text.empty() && io.get_executor().running_in_this_thread();
    };
    empty.body.async_read_all(asio::bind_executor(io, count));
    CHECK(read == 0);  // not inside the call

    Client client(io.get_executor());
    client.async_get("http://127.0.0.1:1/", [&](std::error_code ec, Response response) {
        CHECK(ec);
        CHECK(response.body.get_executor() == client.get_executor());
        response.body.async_read_all(count);
    });
    io.run();
    CHECK(read == 2);
}

// ── The context goes first, or stops ─────────────────────────────────────────────────────────────

TEST_CASE("a context destroyed after the k-th step, before the client, for every k", "[L04]") {
    FdGuard fds;
    ScriptServer server(serve_slowly);
    bool reached_end = false;
    for (int k = 0; !reached_end; ++k) {
        REQUIRE(k < 100);
        auto io = std::make_unique<Context>();
        Client client{io->get_executor(), {.transport = {.max_conns_per_host = 1}}};
        auto alive = std::make_shared<int>();  // owned by a handler
        bool done = false;
        client.async_get(server.url(), [&done, alive](std::error_code ec, Response r) {
            CHECK_FALSE(ec);
            auto response = std::make_shared<Response>(std::move(r));
            response->body.async_read_all(
                [&done, alive, response](std::error_code, std::string) { done = true; });
        });
        client.async_get(server.url(), [alive](std::error_code, Response) {});  // in the queue
        for (int step = 0; step < k && !done; ++step) {
            io->run_one_for(patience);
        }
        reached_end = done;
        io.reset();
        CHECK(alive.use_count() == 1);  // destroyed, not leaked
        check_nothing_left(client.stats());
    }
}

TEST_CASE("a context may shut its services down twice, as it does from Asio 1.27 on", "[L04]") {
    struct Twice : asio::io_context {
        ~Twice() { shutdown(); }  // execution_context's destructor does it again
    };
    FdGuard fds;
    ScriptServer server(moody());
    auto io = std::make_unique<Twice>();
    std::optional<Client> first{std::in_place, io->get_executor()};
    std::optional<Client> second{std::in_place, io->get_executor()};
    std::optional<Response> kept;
    first->async_get(server.url("/half"), [&](std::error_code ec, Response response) {
        CHECK_FALSE(ec);
        kept = std::move(response);
        io->stop();
    });
    io->run();
    REQUIRE(kept);
    SECTION("its clients go before it") {
        first.reset();
        second.reset();
        kept.reset();
        io.reset();
    }
    SECTION("the clients outlive it") {
        io.reset();
    }
    SECTION("one client is owned by a handler that goes with it") {
        asio::post(*io, [owned = std::move(second), held = std::move(kept)] {});
        second.reset();
        io.reset();
    }
    SECTION("a client is made while it goes") {
        struct Late {
            explicit Late(Twice& context) noexcept : io(&context) {}
            Late(Late&& other) noexcept : io(std::exchange(other.io, nullptr)) {}
            ~Late() {
                if (io != nullptr) {
                    Client late(io->get_executor());
                    late.async_get("http://127.0.0.1:1/", [](std::error_code, Response) {});
                }
            }
            void operator()() {}
            Twice* io;
        };
        asio::post(*io, Late(*io));
        io.reset();
    }
    first.reset();
    second.reset();
}

TEST_CASE("a response destroyed with its context starts nothing there", "[L04]") {
    FdGuard fds;
    ScriptServer server(moody());
    const bool by_name = GENERATE(false, true);
    const std::string url = server.url_as(by_name ? "localhost" : "127.0.0.1", "/half");
    const bool strand_first = GENERATE(true, false);
    for (int order = 0; order < 3; ++order) {
        auto io = std::make_unique<asio::io_context>();
        std::optional<asio::strand<asio::io_context::executor_type>> strand;
        if (strand_first) {
            strand = asio::make_strand(*io);
        }
        std::optional<Client> client{std::in_place,
                                     io->get_executor(),
                                     hawser::ClientOptions{.transport = {.max_conns_per_host = 1}}};
        if (!strand_first) {
            strand = asio::make_strand(*io);
        }
        client->async_get(url, [&](std::error_code ec, Response response) {
            CHECK_FALSE(ec);
            asio::post(*strand, [kept = std::make_shared<Response>(std::move(response))] {});
            io->stop();
        });
        io->run_for(patience);
        client->async_get(url, [](std::error_code, Response) {});  // queues for the only connection
        if (order == 1) {
            client.reset();
        }
        strand.reset();  // what it has to run is in its context
        if (order == 2) {
            client.reset();
        }
        io.reset();
    }
}

TEST_CASE("a coroutine that owns its client is destroyed with its context", "[L04]") {
    FdGuard fds;
    ScriptServer server(moody());
    for (const auto* path : {"/stuck", "/half"}) {
        asio::io_context io;
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> {
                Client client(co_await asio::this_coro::executor);
                Response response = co_await client.async_get(server.url(path));
                co_await response.body.async_read_all();
            },
            asio::detached);
        const auto seen = server.requests();
        while (server.requests() == seen) {
            io.run_one_for(1ms);
        }
        io.run_for(1ms);
    }
    server.wait_for_open(0);
}

TEST_CASE("a context that is stopped and restarted loses nothing", "[L04]") {
    FdGuard fds;
    Gate late;
    ScriptServer server(moody(&late));
    Context io;
    Client client(io.get_executor());
    std::string text;
    Response response;
    client.async_get(server.url("/late"), [&](std::error_code, Response r) {
        response = std::move(r);
        io.stop();
        response.body.async_read_all([&](std::error_code, std::string t) {
            text = std::move(t);
            io.stop();
        });
    });
    io.run();
    REQUIRE(response.status == 200);
    late.open();
    io.restart();
    io.run();
    CHECK(text == "half:whole");
    client.close_idle_connections();
    io.run_out();
    check_nothing_left(client.stats());
}
