// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Cancellation at every stage of a request: it completes once, at once, with the right reason, and
// what it held is passed on or closed.

#include "../support/scene.hpp"
#include "../support/wire_tests.hpp"

#include <asio/co_spawn.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>

using namespace hawser::test;

TEST_CASE("a request canceled while it dials ends, and its connection serves the next",
          "[L01][F-X11][T-C04]") {
    Scene scene(moody);
    Call<Response> call;
    asio::post(scene.io.executor(), [&] {
        scene.start(call);
        call.signal.emit(asio::cancellation_type::terminal);
        CHECK(call.completions == 0);  // neither inside the initiating call nor inside emit
    });
    CHECK(call.outcome() == aborted);
    CHECK(call.ec == hawser::condition::canceled);
    // A request that arrives between the end of the dial and the return to the pool dials itself.
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (scene.client.stats().idle == 0 && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::yield();
    }
    CHECK(scene.client.get(scene.server.url("/next")).body.read_all() == "/next");
    CHECK(scene.client.stats().dialed == 1);
    CHECK(call.completions == 1);
}

TEST_CASE("a request canceled in the queue leaves it, and the others move up", "[L01][L13]") {
    Scene scene(moody, {.transport = {.max_conns_per_host = 1}});
    Call<Response> first, second, third;
    scene.start(first, "/half");
    REQUIRE_FALSE(first.outcome());
    scene.start(second);
    scene.start(third);
    CHECK(scene.client.stats().waiting == 2);
    scene.cancel(second);
    CHECK(second.outcome() == aborted);
    CHECK(scene.client.stats().waiting == 1);
    first.result.body.close();
    REQUIRE_FALSE(third.outcome());
    CHECK(third.result.body.read_all() == "/");
    CHECK(scene.client.stats().dialed == 2);
    CHECK(scene.server.requests() == 2);
}

TEST_CASE("a request canceled before its head ends and closes its connection",
          "[L01][T-C02][T-C07][F-X05]") {
    for (const auto type : {asio::cancellation_type::terminal,
                            asio::cancellation_type::partial,
                            asio::cancellation_type::total}) {
        Scene scene(moody);
        Call<Response> call;
        scene.start(call, "/stuck");
        scene.server.wait_for_requests(1);
        call.cancel(scene.io.executor(), type);
        CHECK(call.outcome() == aborted);
        scene.server.wait_for_open(0);
        CHECK(scene.client.stats().torn_down == 1);
    }
}

TEST_CASE("a canceled read closes the connection, and received bytes are not lost",
          "[L01][T-C01][T-C08][F-X07]") {
    Scene scene(moody);
    Response response = scene.client.get(scene.server.url("/half"));
    char bytes[16];
    CHECK(response.body.read_some(asio::buffer(bytes)) == 5);
    Call<std::size_t> read;
    asio::post(scene.io.executor(), [&] {
        response.body.async_read_some(asio::buffer(bytes), read.handler());
        read.signal.emit(asio::cancellation_type::terminal);
        read.signal.emit(asio::cancellation_type::terminal);  // [L12]
        CHECK(read.completions == 0);
    });
    CHECK(read.outcome() == aborted);
    std::error_code ec;
    response.body.read_some(asio::buffer(bytes), ec);
    CHECK(ec == aborted);  // the error is repeated
    scene.server.wait_for_open(0);
}

TEST_CASE("a canceled read of everything keeps the bytes received before", "[L01]") {
    Scene scene(moody);
    Response response = scene.client.get(scene.server.url("/half"));
    Call<std::string> read;
    response.body.async_read_all(read.handler());
    scene.cancel(read);
    CHECK(read.outcome() == aborted);
    CHECK(read.result == "half:");
}

TEST_CASE("a cancellation after the end affects nobody", "[F-X08][T-C09][T-C10][L12]") {
    Scene scene(moody);
    Call<Response> first, second;
    scene.start(first);
    REQUIRE_FALSE(first.outcome());
    CHECK(first.result.body.read_all() == "/");
    scene.start(second, "/stuck");  // on the same connection
    scene.server.wait_for_requests(2);
    scene.cancel(first);
    scene.cancel(first);
    scene.cancel(second);
    CHECK(second.outcome() == aborted);
    CHECK(first.completions == 1);
    CHECK(scene.server.connections() == 1);
}

TEST_CASE("close() ends a pending read, and a second close() changes nothing", "[L12]") {
    Scene scene(moody);
    Call<Response> call;
    asio::post(scene.io.executor(), [&] {
        Request request("GET", scene.server.url("/half"));
        scene.client.async_send(std::move(request), [&](std::error_code ec, Response response) {
            call.result = std::move(response);
            call.ec = ec;
            call.done.open();
        });
    });
    CHECK_FALSE(call.outcome());
    Call<std::size_t> read;
    char bytes[16];
    call.result.body.read_some(asio::buffer(bytes));
    call.result.body.async_read_some(asio::buffer(bytes), read.handler());
    call.result.body.close();  // [L12] during a read, and again
    call.result.body.close();
    CHECK(read.outcome() == hawser::error::canceled);
    std::error_code ec;
    call.result.body.read_some(asio::buffer(bytes), ec);
    CHECK(ec == hawser::error::body_closed);
}

TEST_CASE("a second read while one is pending is refused, and harms nobody", "[L12]") {
    Scene scene(moody);
    Response response = scene.client.get(scene.server.url("/half"));
    char bytes[16];
    response.body.read_some(asio::buffer(bytes));
    Call<std::size_t> first, second;
    response.body.async_read_some(asio::buffer(bytes), first.handler());
    response.body.async_read_some(asio::buffer(bytes), second.handler());
    CHECK(second.outcome() == hawser::error::concurrent_read);
    CHECK(first.completions == 0);
    scene.cancel(first);
    CHECK(first.outcome() == aborted);
}

TEST_CASE("a request ends the stuck source of its body, then itself", "[X-01][F-X12]") {
    Scene scene([](Peer& peer) {
        if (peer.read_head()) {
            peer.wait_for_eof();
        }
    });
    asio::steady_timer never(scene.io.executor(), 1h);
    Gate left;
    const bool by_time = GENERATE(false, true);
    Request request("POST", scene.server.url());
    request.body =
        RequestBody::stream([&](asio::mutable_buffer buffer) -> asio::awaitable<std::size_t> {
            (void)co_await never.async_wait(as_tuple(asio::use_awaitable));
            std::memset(buffer.data(), 'x', buffer.size());
            left.open();
            co_return buffer.size();
        });
    if (by_time) {
        request.options.timeout = 400ms;  // enough for the head to arrive on a busy machine
    }
    Call<Response> call;
    scene.client.async_send(std::move(request), call.handler());
    scene.server.wait_for_requests(1);  // the head does not wait for the body
    if (!by_time) {
        scene.cancel(call);
    }
    CHECK(call.outcome() == (by_time ? make_error_code(hawser::error::total_timeout) : aborted));
    CHECK(left.is_open());
}

TEST_CASE("a request ends once the source that blocks its thread has returned", "[X-01]") {
    FdGuard fds;
    Gate release, blocked;
    ScriptServer server([](Peer& peer) { peer.wait_for_eof(); });
    asio::thread_pool pool(2);
    {
        Client client(pool.get_executor());
        Request request("POST", server.url());
        request.body = RequestBody::stream([&](asio::mutable_buffer) -> std::size_t {
            blocked.open();
            release.wait();
            return 0;
        });
        Call<Response> call;
        client.async_send(std::move(request), call.handler());
        blocked.wait();
        Gate canceled;
        asio::post(pool.get_executor(), [&] {
            call.signal.emit(asio::cancellation_type::terminal);
            canceled.open();
        });
        canceled.wait();
        CHECK_FALSE(call.done.is_open());
        release.open();
        CHECK(call.outcome() == aborted);
    }
    pool.join();
}

TEST_CASE("a cancellation after the k-th step of the executor, for every k", "[L01]") {
    FdGuard fds;
    ScriptServer server(serve_slowly);
    bool reached_end = false;
    for (int k = 0; !reached_end; ++k) {
        REQUIRE(k < 100);
        asio::io_context io;
        Client client(io.get_executor());
        Call<Response> call;
        Call<std::string> read;
        client.async_get(server.url(),
                         asio::bind_cancellation_slot(
                             call.signal.slot(), [&](std::error_code ec, Response response) {
                                 ++call.completions;
                                 call.ec = ec;
                                 call.result = std::move(response);
                                 if (!ec) {
                                     call.result.body.async_read_all(read.handler());
                                 }
                             }));
        for (int step = 0; step < k && (reached_end = read.completions != 0) == false; ++step) {
            io.run_one_for(patience);
        }
        call.signal.emit(asio::cancellation_type::terminal);
        read.signal.emit(asio::cancellation_type::terminal);
        while (read.completions == 0 && !(call.completions != 0 && call.ec)) {
            REQUIRE(io.run_one_for(patience) != 0);
        }
        const auto outcome = call.ec ? call.ec : read.ec;
        CHECK((outcome == aborted || (!outcome && read.result == "0123456789")));
        CHECK(outcome == (reached_end ? std::error_code{} : outcome));
        client.close_idle_connections();
        io.run_for(patience);
        CHECK(io.stopped());
        CHECK(client.stats().strands == 0);
        CHECK(call.completions + read.completions == (call.ec ? 1 : 2));
    }
}
