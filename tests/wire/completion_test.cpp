// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// How operations complete: with every kind of token, once, later, on the handler's own executor and
// with its own memory.

#include "../support/wire_tests.hpp"

#include <asio/bind_allocator.hpp>
#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/strand.hpp>
#include <asio/use_future.hpp>

#include <functional>

using namespace hawser::test;

namespace {

/// Counts its allocations. Not thread-safe.
template <class T>
struct CountingAllocator {
    using value_type = T;
    int* live;

    explicit CountingAllocator(int& count) : live(&count) {}
    template <class U>
    CountingAllocator(const CountingAllocator<U>& other) : live(other.live) {}
    T* allocate(std::size_t n) {
        ++*live;
        return std::allocator<T>().allocate(n);
    }
    void deallocate(T* memory, std::size_t n) {
        --*live;
        std::allocator<T>().deallocate(memory, n);
    }
    friend bool operator==(const CountingAllocator& a, const CountingAllocator& b) {
        return a.live == b.live;
    }
};

}  // namespace

// ── Tokens ───────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("futures", "[L18]") {
    FdGuard fds;
    ScriptServer server(serve);
    IoThread io;
    Client client(io.executor());
    Response response = client.async_get(server.url("/a"), asio::use_future).get();
    CHECK(response.body.async_read_all(asio::use_future).get() == "/a");
    auto failing = client.async_get(refusing_url(), asio::use_future);
    CHECK_THROWS_AS(failing.get(), std::system_error);
}

TEST_CASE("coroutines, bare and as_tuple, and deferred operations", "[L18]") {
    FdGuard fds;
    ScriptServer server(serve);
    asio::io_context io;
    bool done = false;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            Client client(co_await asio::this_coro::executor);
            Response a = co_await client.async_get(server.url("/a"));
            const std::string all = co_await a.body.async_read_all();  // g++ 12: not inside CHECK
            CHECK(all == "/a");
            constexpr auto tuple = as_tuple(asio::use_awaitable);
            auto [ec, b] = co_await client.async_get(server.url("/half"), tuple);
            REQUIRE_FALSE(ec);
            auto [end, text] = co_await b.body.async_read_all(tuple);
            CHECK(end == hawser::error::incomplete_body);
            CHECK(text == "half:");
            auto later = client.async_get(server.url("/c"), deferred);
            Response c = co_await std::move(later)(asio::use_awaitable);
            char bytes[8];
            const auto n = co_await c.body.async_read_some(asio::buffer(bytes));
            CHECK(n == 2);
            const auto unused = client.async_get(server.url("/d"), deferred);
            done = true;
        },
        [](std::exception_ptr failure) { CHECK(failure == nullptr); });
    io.run_for(patience);
    CHECK(done);
    CHECK(io.stopped());
    CHECK(server.requests() == 3);
}

TEST_CASE("a bound allocator is used, and everything is deallocated before the handler runs",
          "[L18]") {
    FdGuard fds;
    ScriptServer server(serve);
    int live = 0;
    asio::io_context io;
    Client client(io.get_executor());
    bool done = false;
    client.async_get(
        server.url("/a"),
        asio::bind_allocator(CountingAllocator<char>(live), [&](std::error_code ec, Response) {
            CHECK_FALSE(ec);
            CHECK(live == 0);
            done = true;
            client.close_idle_connections();
        }));
    CHECK(live > 0);
    io.run_for(patience);
    CHECK(done);
}

TEST_CASE("handlers run on their own executor: another context, a strand, a pool", "[L07][L18]") {
    FdGuard fds;
    ScriptServer server(serve);
    IoThread io;
    IoThread home;
    Client client(io.executor());
    const auto check = [&](auto executor, std::thread::id thread, const hawser::Url& url) {
        Gate done;
        client.async_get(url, asio::bind_executor(executor, [&](std::error_code, Response r) {
                             CHECK(executor.running_in_this_thread());
                             CHECK(std::this_thread::get_id() == thread);
                             auto response = std::make_shared<Response>(std::move(r));
                             response->body.async_read_all(asio::bind_executor(
                                 executor, [&, response](std::error_code, std::string) {
                                     CHECK(std::this_thread::get_id() == thread);
                                     done.open();
                                 }));
                         }));
        done.wait();
    };
    for (const hawser::Url& url :
         {hawser::Url(server.url("/a")), hawser::Url(server.url("/half")), hawser::Url()}) {
        check(home.executor(), home.thread_id(), url);
        check(io.executor(), io.thread_id(), url);
        check(asio::make_strand(home.executor()), home.thread_id(), url);
        check(asio::make_strand(io.executor()), io.thread_id(), url);
    }
    client.close_idle_connections();
    io.finish();
    home.finish();
}

TEST_CASE("a pending operation is work for the executor of its handler", "[L07]") {
    FdGuard fds;
    ScriptServer server(serve);
    asio::io_context home;
    IoThread io;  // ends before the context that it posts to
    Client client(io.executor());
    int completed = 0;
    client.async_get(server.url("/a"),
                     asio::bind_executor(home, [&](std::error_code, Response) { ++completed; }));
    home.run_for(patience);
    CHECK(completed == 1);
    CHECK(home.stopped());
}

TEST_CASE("a client on a strand stays on it", "[L07]") {
    FdGuard fds;
    ScriptServer server(serve);
    IoThread io;
    const auto strand = asio::make_strand(io.executor());
    Client client(strand);
    Gate done;
    client.async_get(server.url("/a"), [&](std::error_code ec, Response) {
        CHECK_FALSE(ec);
        CHECK(strand.running_in_this_thread());
        std::error_code refused;
        client.get(server.url("/b"), refused);
        CHECK(refused == hawser::error::would_deadlock);
        done.open();
    });
    done.wait();
    CHECK(client.get(server.url("/c")).body.read_all() == "/c");
}

// ── Later, and once ──────────────────────────────────────────────────────────────────────────────

TEST_CASE("nothing completes inside its initiating call, even if the result is available",
          "[L06]") {
    FdGuard fds;
    ScriptServer server(serve);
    asio::io_context io;
    Client client(io.get_executor());
    int completed = 0;
    const auto count = [&](std::error_code, auto&&) { ++completed; };
    client.async_get(hawser::Url(), count);  // no URL at all
    Request bad("BAD METHOD", server.url());
    client.async_send(std::move(bad), count);
    CHECK(completed == 0);
    io.run();
    CHECK(completed == 2);
    Response response;
    io.restart();
    client.async_get(server.url("/whole"), [&](std::error_code, Response r) {
        response = std::move(r);
        char bytes[2];
        const int before = completed;
        response.body.async_read_some(asio::buffer(bytes), count);
        CHECK(completed == before);
        response.body.async_read_some(asio::mutable_buffer(), count);
        CHECK(completed == before);
        client.close_idle_connections();
    });
    io.run_for(patience);
    CHECK(completed == 4);
}

TEST_CASE("a handler that is an lvalue is copied, not moved from") {
    asio::io_context io;
    Client client(io.get_executor());
    int completed = 0;
    std::function<void(std::error_code, Response)> handler = [&](std::error_code, const Response&) {
        ++completed;
    };
    client.async_get(hawser::Url(), handler);  // no URL: it fails at once
    REQUIRE(handler);
    client.async_get(hawser::Url(), handler);
    REQUIRE(handler);
    io.run();
    CHECK(completed == 2);
}

TEST_CASE("a hundred thousand immediate completions use no extra stack", "[L06]") {
    FdGuard fds;
    ScriptServer server([](Peer& peer) {
        while (peer.read_request()) {
            peer.send(respond(std::string(100'000, 'x')));
        }
    });
    asio::io_context io;
    Client client(io.get_executor());
    Response response;
    std::size_t reads = 0;
    const char* deepest = nullptr;
    const char* highest = nullptr;
    char byte;
    std::function<void(std::error_code, std::size_t)> next = [&](std::error_code ec, std::size_t) {
        const char here = 0;
        const char* at = &here;
        deepest = deepest == nullptr ? at : std::min(deepest, at);
        highest = std::max(highest, at);
        if (!ec) {
            ++reads;
            response.body.async_read_some(asio::buffer(&byte, 1), next);
        }
    };
    client.async_get(server.url(), [&](std::error_code, Response r) {
        response = std::move(r);
        response.body.async_read_some(asio::buffer(&byte, 1), next);
    });
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            Response own = co_await client.async_get(server.url());
            char one;
            std::size_t n = 0;
            const char here = 0;
            for (std::error_code ec; !ec; ++n) {
                co_await own.body.async_read_some(asio::buffer(&one, 1),
                                                  asio::redirect_error(asio::use_awaitable, ec));
            }
            CHECK(n == 100'001);
            (void)here;
            client.close_idle_connections();
        },
        asio::detached);
    io.run_for(5 * patience);
    CHECK(reads == 100'000);
    CHECK(highest - deepest < 16'384);
    client.close_idle_connections();
}
