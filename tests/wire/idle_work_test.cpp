// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// An idle connection is watched, but does not count as work: run() and join() return when only idle
// connections are left, and never while a request is in progress.

#include "../support/echo.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/detail/rt/context_work.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

using namespace hawser::test;

namespace {

/// A program's own executor, which does not track work.
struct OwnExecutor {
    asio::io_context::executor_type inner;

    asio::execution_context& query(asio::execution::context_t) const noexcept {
        return inner.context();
    }
    OwnExecutor require(asio::execution::blocking_t::never_t) const noexcept { return *this; }
    template <class F>
    void execute(F f) const {
        asio::post(inner, std::move(f));
    }
    friend bool operator==(const OwnExecutor& a, const OwnExecutor& b) noexcept {
        return a.inner == b.inner;
    }
    [[maybe_unused]] friend bool operator!=(const OwnExecutor& a, const OwnExecutor& b) noexcept {
        return !(a == b);
    }
};

enum class Kind { context, strand, strand_of_any, own };

asio::any_io_executor executor_of(asio::io_context& io, Kind kind) {
    switch (kind) {
        case Kind::context:
            break;
        case Kind::strand:
            return asio::make_strand(io);
        case Kind::strand_of_any:
            return asio::make_strand(asio::any_io_executor(io.get_executor()));
        case Kind::own:
            return OwnExecutor{io.get_executor()};
    }
    return io.get_executor();
}

/// Runs until nothing is left to do.
void run_out(asio::io_context& io) {
    io.restart();
    io.run_for(patience);
    REQUIRE(io.stopped());
}

void expect_ok(std::error_code ec, const Response& response) {
    CHECK_FALSE(ec);
    CHECK(response.status == 200);
}

}  // namespace

TEST_CASE("run() returns when only idle connections are left, on every kind of executor") {
    FdGuard fds;
    const Kind kind = GENERATE(Kind::context, Kind::strand, Kind::strand_of_any, Kind::own);
    ScriptServer server(hello_server());
    asio::io_context io;
    Client client(executor_of(io, kind));
    for (int round = 0; round < 3; ++round) {  // and again after a restart, on the same connection
        int answered = 0;
        client.async_get(server.url(), [&](std::error_code ec, const Response& response) {
            expect_ok(ec, response);
            ++answered;
        });
        run_out(io);
        CHECK(answered == 1);
        CHECK(client.stats().idle == 1);
    }
    CHECK(server.connections() == 1);
}

/// Reads a body piece by piece, by callbacks.
struct PieceReader {
    Response response{};
    std::string read{};
    std::string buffer = std::string(65536, '-');
    std::error_code ended{};

    void next() {
        response.body.async_read_some(asio::buffer(buffer), [this](std::error_code ec, auto n) {
            read.append(buffer, 0, n);
            ec ? void(ended = ec) : next();
        });
    }
};

TEST_CASE("run() does not return before the last piece of a body is read, for whatever threads") {
    FdGuard fds;
    const std::string text = pattern(1'000'000);
    const bool tls = GENERATE(false, true);
    ServerOptions server_options;
    if (tls) {
        server_options.tls = good_tls();
    }
    ScriptServer server(keep_alive_server([&](const auto&) { return respond(text); }),
                        server_options);
    asio::io_context io(GENERATE(1, 2));  // a hint of 1 makes it count its work in another way
    Client client{io.get_executor(), {.transport = trusting()}};
    for (int round = 0; round < 5; ++round) {
        PieceReader reader;
        client.async_get(server.url(), [&](std::error_code ec, Response response) {
            expect_ok(ec, response);
            reader.response = std::move(response);
            reader.next();
        });
        run_out(io);
        CHECK(reader.ended == asio::error::eof);
        CHECK(reader.read == text);
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("run() returns with idle TLS connections, before and after they are trimmed") {
    FdGuard fds;
    ScriptServer server(hello_server(), {.tls = good_tls()});
    asio::io_context io;
    Client client{io.get_executor(), {.transport = trusting()}};
    for (int round = 0; round < 3; ++round) {
        client.async_get(server.url(), expect_ok);
        run_out(io);
        CHECK(client.stats().idle == 1);
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("run() continues while a request is in progress on a connection that was idle") {
    FdGuard fds;
    Gate answer;
    ScriptServer server([&](Peer& peer) {
        for (int i = 0; peer.read_request(); ++i) {
            if (i != 0) {
                peer.await(answer);
            }
            peer.send(respond("ok"));
        }
    });
    asio::io_context io;
    TransportOptions options;
    options.response_header_timeout = 1h;
    Client client{io.get_executor(), {.transport = options}};
    client.async_get(server.url(), expect_ok);
    run_out(io);
    bool answered = false;
    client.async_get(server.url(), [&](std::error_code ec, const Response& response) {
        expect_ok(ec, response);
        answered = true;
    });
    io.restart();
    io.run_for(20ms);  // time for anything that could end it too early
    CHECK_FALSE(io.stopped());
    CHECK_FALSE(answered);
    answer.open();
    run_out(io);
    CHECK(answered);
    CHECK(client.stats().idle == 1);
}

TEST_CASE("while the context has other work, an idle connection's end is still noticed") {
    FdGuard fds;
    Gate close;
    ScriptServer server([&](Peer& peer) {
        peer.read_request();
        peer.send(respond("ok"));
        peer.await(close);
        peer.close();
    });
    asio::io_context io;
    Client client(io.get_executor());
    client.async_get(server.url(), expect_ok);
    run_out(io);
    auto other = std::make_optional(asio::make_work_guard(io));
    close.open();
    io.restart();
    while (client.stats().open != 0) {
        io.run_one_for(patience);
    }
    other.reset();
    run_out(io);
    CHECK(client.stats().torn_down == 1);
}

TEST_CASE("idle connections expire while the context has other work") {
    FdGuard fds;
    ScriptServer server(hello_server());
    asio::io_context io;
    Client client{io.get_executor(), {.transport = {.idle_conn_timeout = 200ms}}};
    client.async_get(server.url(), expect_ok);
    run_out(io);
    CHECK(client.stats().idle == 1);
    auto other = std::make_optional(asio::make_work_guard(io));
    io.restart();
    while (client.stats().open != 0) {
        io.run_one_for(patience);
    }
    other.reset();
    run_out(io);
}

TEST_CASE("a limit that nothing waits for any longer does not keep run() busy") {
    FdGuard fds;
    ScriptServer server(hello_server());
    asio::io_context io;
    TransportOptions options;
    options.max_conns_per_host = 1;
    options.pool_wait_timeout = 1h;
    options.dial_linger = 1h;
    Client client{io.get_executor(), {.transport = options}};
    asio::cancellation_signal first;
    asio::cancellation_signal second;
    SECTION("a request that queued was served") {
        client.async_get(server.url(), expect_ok);
        client.async_get(server.url(), expect_ok);
    }
    SECTION("a request that queued was canceled, and so was one whose dial went on") {
        const auto canceled = [](std::error_code ec, const Response&) {
            CHECK(ec == asio::error::operation_aborted);
        };
        client.async_get(server.url(), asio::bind_cancellation_slot(first.slot(), canceled));
        client.async_get(server.url(), asio::bind_cancellation_slot(second.slot(), canceled));
        second.emit(asio::cancellation_type::terminal);
        first.emit(asio::cancellation_type::terminal);
    }
    run_out(io);
    CHECK(client.stats().idle == 1);
}

TEST_CASE("a thread pool can be joined although connections are idle") {
    FdGuard fds;
    ScriptServer server(hello_server());
    std::atomic<int> answered{0};
    {
        asio::thread_pool pool(2);
        Client client(pool.get_executor());
        for (int i = 0; i < 8; ++i) {
            client.async_get(server.url(),
                             [&](std::error_code ec, const Response&) { answered += !ec; });
        }
        pool.join();
        CHECK(answered == 8);
        CHECK(client.stats().idle >= 1);
    }
    server.wait_for_open(0);
}

TEST_CASE("a context can be destroyed with connections that gave back their work") {
    FdGuard fds;
    ScriptServer server(hello_server());
    auto io = std::make_unique<asio::io_context>();
    Client client(io->get_executor());
    client.async_get(server.url(), expect_ok);
    run_out(*io);
    CHECK(client.stats().idle == 1);
    io.reset();
    CHECK(client.stats().open == 0);
    server.wait_for_open(0);
}

TEST_CASE("a client can be destroyed while its connections are idle and nobody runs the context") {
    FdGuard fds;
    ScriptServer server(hello_server());
    asio::io_context io;
    {
        Client client(io.get_executor());
        client.async_get(server.url(), expect_ok);
        run_out(io);
    }
    server.wait_for_open(0);
    run_out(io);
}

TEST_CASE("the count of work is balanced after many requests on several threads") {
    FdGuard fds;
    ScriptServer server(hello_server());
    asio::io_context io;
    Client client{io.get_executor(), {.transport = {.max_conns_per_host = 3}}};
    for (int round = 0; round < 5; ++round) {
        std::atomic<int> left{600};
        struct Chain {
            Client& client;
            ScriptServer& server;
            std::atomic<int>& left;
            void operator()() const {
                client.async_get(server.url(), [self = *this](std::error_code ec, Response) {
                    if (!ec && --self.left > 0) {
                        self();
                    }
                });
            }
        };
        for (int i = 0; i < 4; ++i) {
            Chain{client, server, left}();
        }
        io.restart();
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&] { io.run(); });  // returns: no work was lost or kept
        }
        for (auto& thread : threads) {
            thread.join();
        }
        CHECK(left <= 0);
        CHECK(client.stats().idle == client.stats().open);
    }
}

TEST_CASE("work given back and taken a million times leaves the count as it was") {
    asio::io_context io;
    hawser::detail::ContextWork work(io);
    const auto guard = asio::make_work_guard(io);
    for (int i = 0; i < 1'000'000; ++i) {
        work.started();
        work.finished();
    }
    CHECK_FALSE(io.stopped());
    work.finished();  // the guard's
    CHECK(io.stopped());
    work.started();
}
