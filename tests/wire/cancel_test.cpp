// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Giving up, by cancellation or by time, at every stage of a request: it completes once, at once,
// with the right reason, and what it held goes on to others or is closed.

#include <hawser/hawser.hpp>

#include "../support/fd_guard.hpp"
#include "../support/io_thread.hpp"
#include "../support/script_server.hpp"
#include "../support/stuck_network.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>

using namespace hawser::test;
using namespace std::chrono_literals;
using hawser::Client;
using hawser::ClientOptions;
using hawser::Request;
using hawser::RequestBody;
using hawser::Response;
using hawser::TransportOptions;

namespace {

const std::error_code aborted = asio::error::operation_aborted;

/// An operation that can be cancelled, and its outcome.
template <class Result>
struct Call {
    asio::cancellation_signal signal;
    Gate done;
    int completions = 0;
    std::error_code ec;
    Result result{};

    auto handler() {
        return asio::bind_cancellation_slot(signal.slot(), [this](std::error_code e, Result r) {
            ++completions;
            ec = e;
            result = std::move(r);
            done.open();
        });
    }
    void cancel(asio::any_io_executor executor,
                asio::cancellation_type type = asio::cancellation_type::terminal) {
        asio::post(executor, [this, type] { signal.emit(type); });
    }
    std::error_code outcome() {
        done.wait();
        return ec;
    }
};

/// Everything a scenario needs; checks at its end that nothing is left of the requests in it.
struct Scene {
    explicit Scene(Script script, TransportOptions transport = {}, ClientOptions options = {})
        : server(std::move(script)), client(io.executor(), std::move(transport), options) {}
    ~Scene() noexcept(false) {
        if (std::uncaught_exceptions() != 0) {
            return;
        }
        client.close_idle_connections();
        io.finish();
        const auto stats = client.stats();
        CHECK(stats.open == 0);
        CHECK(stats.dialing == 0);
        CHECK(stats.waiting == 0);
        CHECK(stats.strands == 0);
    }

    /// Starts a GET of `path`, on the thread of the context.
    void start(Call<Response>& call, std::string path = "/", hawser::RequestOptions options = {}) {
        Request request("GET", server.url(path));
        request.options = options;
        client.async_send(std::move(request), call.handler());
    }
    void cancel(auto& call) { call.cancel(io.executor()); }

    FdGuard fds;
    ScriptServer server;
    IoThread io;
    Client client;
};

hawser::RequestOptions timeout(std::chrono::milliseconds limit) {
    hawser::RequestOptions options;
    options.timeout = limit;
    return options;
}

/// Answers "/stuck" never, "/half" with half a body, everything else whole.
void moody(Peer& peer) {
    while (const auto request = peer.read_request()) {
        if (request->target == "/stuck") {
            peer.wait_for_eof();
            return;
        }
        if (request->target == "/half") {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
            peer.wait_for_eof();
            return;
        }
        peer.send(respond(request->target));
    }
}

}  // namespace

TEST_CASE("[L01 F-X11 T-C04] a request cancelled while it dials ends; its connection serves the "
          "next") {
    Scene scene(moody);
    Call<Response> call;
    asio::post(scene.io.executor(), [&] {
        scene.start(call);
        call.signal.emit(asio::cancellation_type::terminal);
        CHECK(call.completions == 0);  // never inside the initiating call, nor inside emit
    });
    CHECK(call.outcome() == aborted);
    CHECK(call.ec == hawser::condition::canceled);
    CHECK(scene.client.get(scene.server.url("/next")).body.read_all() == "/next");
    CHECK(scene.client.stats().dialed == 1);
    CHECK(call.completions == 1);
}

TEST_CASE("[L01 L13] a request cancelled in the queue leaves it; the others move up") {
    Scene scene(moody, {.max_conns_per_host = 1});
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

TEST_CASE("[L01 T-C02 T-C07 F-X05] a request cancelled before its head ends with its connection") {
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

TEST_CASE("[L01 T-C01 T-C08 F-X07] a cancelled read ends the connection; what came is not lost") {
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
    CHECK(ec == aborted);  // it repeats itself
    scene.server.wait_for_open(0);
}

TEST_CASE("[L01] a cancelled read of everything holds what came before") {
    Scene scene(moody);
    Response response = scene.client.get(scene.server.url("/half"));
    Call<std::string> read;
    response.body.async_read_all(read.handler());
    scene.cancel(read);
    CHECK(read.outcome() == aborted);
    CHECK(read.result == "half:");
}

TEST_CASE("[F-X08 T-C09 T-C10 L12] a cancellation after the end touches nobody") {
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

TEST_CASE("[F-X06 F-X01] a response that is there beats its cancellation, which ends its body") {
    Scene scene(moody);
    Call<Response> call;
    asio::post(scene.io.executor(), [&] {
        Request request("GET", scene.server.url("/half"));
        scene.client.async_send(std::move(request),
                                [&](std::error_code ec, Response response) {
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
    call.result.body.close();  // [L12] of a pending read, and again
    call.result.body.close();
    CHECK(read.outcome() == hawser::error::canceled);
    std::error_code ec;
    call.result.body.read_some(asio::buffer(bytes), ec);
    CHECK(ec == hawser::error::body_closed);
}

TEST_CASE("[L12] a second read while one is pending is refused, and harms nobody") {
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

TEST_CASE("[X-01 F-X12] a request ends although the source of its body is stuck") {
    Scene scene([](Peer& peer) {
        if (peer.read_head()) {
            peer.wait_for_eof();
        }
    });
    asio::steady_timer never(scene.io.executor(), 1h);
    Gate left;
    const bool by_time = GENERATE(false, true);
    Request request("POST", scene.server.url());
    request.body = RequestBody::stream([&](asio::mutable_buffer buffer) -> asio::awaitable<std::size_t> {
        auto [ec] = co_await never.async_wait(asio::experimental::as_tuple(asio::use_awaitable));
        std::memset(buffer.data(), 'x', buffer.size());  // its memory outlives the request
        left.open();
        co_return buffer.size();
    });
    if (by_time) {
        request.options.timeout = 20ms;
    }
    Call<Response> call;
    scene.client.async_send(std::move(request), call.handler());
    scene.server.wait_for_requests(1);  // the head does not wait for the body
    if (!by_time) {
        scene.cancel(call);
    }
    CHECK(call.outcome() == (by_time ? make_error_code(hawser::error::total_timeout) : aborted));
    CHECK_FALSE(left.is_open());
    asio::post(scene.io.executor(), [&] { never.cancel(); });
    left.wait();
}

TEST_CASE("[X-01] a source that blocks its thread does not block the end of the request") {
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
        call.cancel(pool.get_executor());
        CHECK(call.outcome() == aborted);
        release.open();
    }
    pool.join();
}

// ── Time ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("[T-C14 T-C15 T-C18 T-C19] the total timeout ends a request before its head and after") {
    const bool of_client = GENERATE(false, true);
    const bool in_body = GENERATE(false, true);
    Scene scene(moody, {}, {.timeout = of_client ? 30ms : 1h});
    Call<Response> call;
    scene.start(call,
                in_body ? "/half" : "/stuck",
                of_client ? hawser::RequestOptions{} : timeout(30ms));
    std::error_code ec = call.outcome();
    if (in_body) {
        REQUIRE_FALSE(ec);
        CHECK(call.result.body.read_all(ec) == "half:");
    }
    CHECK(ec == hawser::error::total_timeout);
    CHECK(ec == hawser::condition::timeout);
    scene.server.wait_for_open(0);
}

TEST_CASE("[T-C16 T-C17 T-C23] a timeout that does not pass is not seen, nor mistaken for another") {
    Scene scene(moody, {}, {.timeout = 1h});
    Call<Response> call;
    scene.start(call, "/stuck");
    scene.server.wait_for_requests(1);
    scene.cancel(call);
    CHECK(call.outcome() == aborted);
    CHECK(scene.client.get(scene.server.url("/a")).body.read_all() == "/a");
    Call<Response> unlimited;
    scene.start(unlimited, "/b", timeout(0ms));
    CHECK_FALSE(unlimited.outcome());
}

TEST_CASE("[L13] the total timeout also counts in the queue") {
    Scene scene(moody, {.max_conns_per_host = 1});
    Call<Response> first, second;
    scene.start(first, "/half");
    REQUIRE_FALSE(first.outcome());
    scene.start(second, "/", timeout(20ms));
    CHECK(second.outcome() == hawser::error::total_timeout);
    CHECK(scene.server.requests() == 1);
    first.result.body.close();
}

TEST_CASE("[T-C12] the header timeout: fast is fine, slow is an error, fast is fine again") {
    Scene scene(moody, {.response_header_timeout = 40ms});
    CHECK(scene.client.get(scene.server.url("/a")).body.read_all() == "/a");
    std::error_code ec;
    scene.client.get(scene.server.url("/stuck"), ec);
    CHECK(ec == hawser::error::header_timeout);
    CHECK(scene.client.get(scene.server.url("/b")).body.read_all() == "/b");
    Response half = scene.client.get(scene.server.url("/half"));
    Call<std::string> rest;
    half.body.async_read_all(rest.handler());
    Call<Response> slower;  // so that more than the timeout passes before the body is given up
    scene.start(slower, "/stuck");
    CHECK(slower.outcome() == hawser::error::header_timeout);
    CHECK_FALSE(rest.done.is_open());
    scene.cancel(rest);
    CHECK(rest.outcome() == aborted);
}

TEST_CASE("[F-X13] the write timeout: a server that never reads") {
    Gate over;
    Scene scene([&](Peer& peer) { peer.await(over); }, {.write_timeout = 30ms});
    std::error_code ec;
    scene.client.post(scene.server.url(), std::string(32 << 20, 'x'), ec);
    CHECK(ec == hawser::error::write_timeout);
    over.open();
}

TEST_CASE("[F-X13] the body's idle timeout: a silent server, also while the request goes on") {
    const bool duplex = GENERATE(false, true);
    Gate last_piece;
    Scene scene(
        [&](Peer& peer) {
            if (peer.read_head()) {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
                peer.wait_for_eof();
            }
        },
        {.body_idle_timeout = 40ms});
    Request request(duplex ? "POST" : "GET", scene.server.url());
    asio::steady_timer source(scene.io.executor(), 1h);
    if (duplex) {
        request.body = RequestBody::stream([&](asio::mutable_buffer) -> asio::awaitable<std::size_t> {
            co_await source.async_wait(asio::experimental::as_tuple(asio::use_awaitable));
            co_return 0;
        });
    }
    Call<Response> call;
    scene.client.async_send(std::move(request), call.handler());
    REQUIRE_FALSE(call.outcome());
    Call<std::string> read;
    asio::post(scene.io.executor(), [&] {
        call.result.body.async_read_all(read.handler());
        source.cancel();  // the request is written while the response is awaited
    });
    CHECK(read.outcome() == hawser::error::idle_timeout);
    CHECK(read.result == "half:");
}

TEST_CASE("[F-X13] the connect timeout, and a cancellation, of a connect that gets no answer") {
    FdGuard fds;
    FullListener full;
    IoThread io;
    Client client(io.executor(), TransportOptions{.connect_timeout = 30ms});
    Call<Response> late, cancelled;
    client.async_get(full.url(), late.handler());
    client.async_get(full.url(), cancelled.handler());
    cancelled.cancel(io.executor());
    CHECK(cancelled.outcome() == aborted);
    CHECK(late.outcome() == hawser::error::connect_timeout);
    CHECK(late.ec == hawser::condition::timeout);
    io.finish();
    CHECK(client.stats().dialing == 0);
}

TEST_CASE("[F-X13] a resolver that is stuck holds up no request: timeout, cancel, destruction") {
    FdGuard fds;
    IoThread io;
    StuckResolver stuck;
    std::optional<Client> client(std::in_place, io.executor(), TransportOptions{.resolve_timeout = 30ms});
    std::optional<Client> other(io.executor());
    Call<Response> late, cancelled, closed;
    client->async_get(stuck.url(), late.handler());
    client->async_get(stuck.url(), cancelled.handler());
    other->async_get(stuck.url(), closed.handler());
    cancelled.cancel(io.executor());
    CHECK(cancelled.outcome() == aborted);
    CHECK(late.outcome() == hawser::error::resolve_timeout);
    other.reset();
    CHECK(closed.outcome() == hawser::error::client_closed);
    client.reset();
    stuck.release();
    io.finish();
}

TEST_CASE("[L01] a cancellation after the k-th step of the executor, for every k") {
    FdGuard fds;
    ScriptServer server([](Peer& peer) {
        while (peer.read_request()) {
            peer.send_slowly(respond("0123456789"), 3);
        }
    });
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
