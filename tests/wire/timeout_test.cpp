// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Every timeout, each with its own error; none is missed, and none fires early. Also operations
// that get stuck below: unanswered connects, and the resolver.

#include "../support/scene.hpp"
#include "../support/stuck_network.hpp"
#include "../support/wire_tests.hpp"

#include <asio/co_spawn.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

using namespace hawser::test;

TEST_CASE("the total timeout ends a request before and after its head",
          "[T-C14][T-C15][T-C18][T-C19]") {
    const bool of_client = GENERATE(false, true);
    const bool in_body = GENERATE(false, true);
    constexpr auto limit = 400ms;  // the connection, and the head, have to come in time
    Scene scene(moody, {.timeout = of_client ? limit : 1h});
    Call<Response> call;
    scene.start(
        call, in_body ? "/half" : "/stuck", of_client ? hawser::RequestOptions{} : timeout(limit));
    std::error_code ec = call.outcome();
    if (in_body) {
        REQUIRE_FALSE(ec);
        CHECK(call.result.body.read_all(ec) == "half:");
    }
    CHECK(ec == hawser::error::total_timeout);
    CHECK(ec == hawser::condition::timeout);
    scene.server.wait_for_open(0);
}

TEST_CASE("a timeout that does not expire has no effect and is not mistaken for another",
          "[T-C16][T-C17][T-C23]") {
    Scene scene(moody, {.timeout = 1h});
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

TEST_CASE("the total timeout includes time in the queue", "[L13]") {
    Scene scene(moody, {.transport = {.max_conns_per_host = 1}});
    Call<Response> first, second;
    scene.start(first, "/half");
    REQUIRE_FALSE(first.outcome());
    scene.start(second, "/", timeout(20ms));
    CHECK(second.outcome() == hawser::error::total_timeout);
    CHECK(scene.server.requests() == 1);
    first.result.body.close();
}

TEST_CASE("the header timeout: fast is fine, slow is an error, fast is fine again", "[T-C12]") {
    Scene scene(moody, {.transport = {.response_header_timeout = 400ms}});
    CHECK(scene.client.get(scene.server.url("/a")).body.read_all() == "/a");
    std::error_code ec;
    scene.client.get(scene.server.url("/stuck"), ec);
    CHECK(ec == hawser::error::header_timeout);
    CHECK(scene.client.get(scene.server.url("/b")).body.read_all() == "/b");
    Response half = scene.client.get(scene.server.url("/half"));
    Call<std::string> rest;
    half.body.async_read_all(rest.handler());
    Call<Response> slower;  // so that more than the timeout passes before the body is abandoned
    scene.start(slower, "/stuck");
    CHECK(slower.outcome() == hawser::error::header_timeout);
    CHECK_FALSE(rest.done.is_open());
    scene.cancel(rest);
    CHECK(rest.outcome() == aborted);
}

TEST_CASE("the write timeout: a server that never reads", "[F-X13]") {
    Gate over;
    Scene scene([&](Peer& peer) { peer.await(over); }, {.transport = {.write_timeout = 30ms}});
    std::error_code ec;
    scene.client.post(scene.server.url(), std::string(32 << 20, 'x'), ec);
    CHECK(ec == hawser::error::write_timeout);
    over.open();
}

TEST_CASE("the body's idle timeout: a silent server, even while the request is being written",
          "[F-X13]") {
    const bool duplex = GENERATE(false, true);
    Gate last_piece;
    Scene scene(
        [&](Peer& peer) {
            if (peer.read_head()) {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
                peer.wait_for_eof();
            }
        },
        {.transport = {.body_idle_timeout = 40ms}});
    Request request(duplex ? "POST" : "GET", scene.server.url());
    asio::steady_timer source(scene.io.executor(), 1h);
    if (duplex) {
        request.body =
            RequestBody::stream([&](asio::mutable_buffer) -> asio::awaitable<std::size_t> {
                co_await source.async_wait(as_tuple(asio::use_awaitable));
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

TEST_CASE("the connect timeout, and a cancellation, of an unanswered connect", "[F-X13]") {
    FdGuard fds;
    FullListener full;
    IoThread io;
    Client client{io.executor(), {.transport = {.connect_timeout = 30ms}}};
    Client patient{io.executor()};
    Call<Response> late, canceled;
    client.async_get(full.url(), late.handler());
    patient.async_get(full.url(), canceled.handler());
    canceled.cancel(io.executor());
    CHECK(canceled.outcome() == aborted);
    CHECK(late.outcome() == hawser::error::connect_timeout);
    CHECK(late.ec == hawser::condition::timeout);
    io.finish();
    CHECK(client.stats().dialing == 0);
    CHECK(patient.stats().dialing == 0);
}

TEST_CASE("the connects of all addresses together stay within their limit", "[B-10]") {
    FdGuard fds;
    FullListener full(true);
    const bool each_in_time = GENERATE(true, false);
    IoThread io;
    Client client{io.executor(),
                  {.transport = {.connect_timeout = each_in_time ? 1h : 5ms,
                                 .connect_total_timeout = each_in_time ? 30ms : 1h}}};
    Call<Response> call;
    client.async_get(full.url(three_addresses), call.handler());
    CHECK(call.outcome() == hawser::error::connect_timeout);
    io.finish();
    CHECK(client.stats().dialing == 0);
}

TEST_CASE("when the time for all addresses has run out, no other is tried", "[B-10]") {
    FullListener full;
    ScriptServer server(moody, {.address = "127.0.0.3", .port = full.port()});
    IoThread io;
    Client client{io.executor(),
                  {.transport = {.connect_timeout = 1h, .connect_total_timeout = 20ms}}};
    Call<Response> call;
    client.async_get(full.url(three_addresses), call.handler());
    CHECK(call.outcome() == hawser::error::connect_timeout);
    io.finish();
    CHECK(server.connections() == 0);
}

TEST_CASE("an address that never answers leaves time for the next one", "[B-10]") {
    FdGuard fds;
    FullListener full;  // on the first address
    ScriptServer server(moody, {.address = "127.0.0.3", .port = full.port()});
    IoThread io;
    {
        Client client{io.executor(), {.transport = {.connect_timeout = 200ms}}};
        Call<Response> call;
        client.async_get(full.url(three_addresses), call.handler());  // the second one refuses
        CHECK_FALSE(call.outcome());
        CHECK(call.result.connection.remote_endpoint.address().to_string() == "127.0.0.3");
    }
    io.finish();
}

TEST_CASE("a stuck resolver holds up no request: timeout, cancel, destruction", "[F-X13]") {
    FdGuard fds;
    IoThread io;
    StuckResolver stuck;
    std::optional<Client> client(std::in_place,
                                 io.executor(),
                                 hawser::ClientOptions{.transport = {.resolve_timeout = 30ms}});
    std::optional<Client> other(io.executor());
    Call<Response> late, canceled, closed;
    client->async_get(stuck.url(), late.handler());
    other->async_get(stuck.url(), canceled.handler());
    other->async_get(stuck.url(), closed.handler());
    canceled.cancel(io.executor());
    CHECK(canceled.outcome() == aborted);
    CHECK(late.outcome() == hawser::error::resolve_timeout);
    other.reset();
    CHECK(closed.outcome() == hawser::error::client_closed);
    client.reset();
    stuck.release();
    io.finish();
}
