// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// 101 and CONNECT: the connection is handed over, in both directions, to its last byte.

#include "../support/scene.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <asio/read.hpp>
#include <asio/write.hpp>

#include <thread>

using namespace hawser::test;

namespace {

const std::string switching =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

Request offer(const ScriptServer& server) {
    Request request("GET", server.url());
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", "echo");
    return request;
}

/// Switches protocols, with `early` in the same segment, then echoes everything until its end.
Script echo_after(std::string early, std::string reply = switching) {
    return [=](Peer& peer) {
        if (!peer.read_head()) {
            return;
        }
        peer.send(reply + early);
        for (;;) {
            const std::string bytes = peer.read_some();
            if (bytes.empty()) {
                break;
            }
            peer.send(bytes);
        }
        peer.send("bye");
        peer.close();
    };
}

std::string read_exactly(UpgradedStream& stream, std::size_t n) {
    std::string text(n, '\0');
    asio::read(stream, asio::buffer(text));
    return text;
}

}  // namespace

TEST_CASE("101 hands over the connection, with buffered bytes, in both directions",
          "[F-P12][F-U02]") {
    FdGuard fds;
    ServerOptions server_options;
    if (GENERATE(false, true)) {
        server_options.tls = good_tls();
    }
    ScriptServer server(echo_after("early"), server_options);
    TransportOptions options = trusting();
    options.disable_keep_alives = GENERATE(false, true);
    options.max_response_body_bytes = 4;
    Client client{{.transport = options}};
    Response response = client.send(offer(server));
    CHECK(response.status == 101);
    REQUIRE(response.upgraded);
    UpgradedStream stream = response.upgrade();
    CHECK(read_exactly(stream, 5) == "early");
    asio::write(stream, asio::buffer(std::string("hello")));
    CHECK(read_exactly(stream, 5) == "hello");
    CHECK(client.stats().active == 1);
    stream.close_write();
    CHECK(read_exactly(stream, 3) == "bye");
    std::error_code ec;
    char byte = 0;
    stream.read_some(asio::buffer(&byte, 1), ec);
    CHECK(ec == asio::error::eof);
    stream.close();
    stream.close();
    CHECK(stream.write_some(asio::buffer(&byte, 1), ec) == 0);
    CHECK(ec == error::body_closed);
    CHECK(client.stats().open == 0);
    CHECK(client.stats().upgraded == 1);
}

TEST_CASE("a successful CONNECT is a tunnel, whatever lengths it announces", "[F-U01][F30][P11]") {
    FdGuard fds;
    const std::string granted = GENERATE(as<std::string>{},
                                         "HTTP/1.1 200 Yes\r\n\r\n",
                                         "HTTP/1.1 200 Yes\r\nContent-Length: 3\r\n\r\n",
                                         "HTTP/1.1 299 Yes\r\nTransfer-Encoding: chunked\r\n\r\n",
                                         "HTTP/1.1 103 Wait\r\n\r\nHTTP/1.1 200 Yes\r\n\r\n");
    ScriptServer server(echo_after("x", granted));
    Client client;
    Request request("CONNECT", server.url());
    request.host = "far.example:443";
    Response response = client.send(std::move(request));
    CHECK(server.heads().at(0).starts_with("CONNECT far.example:443 HTTP/1.1\r\n"));
    REQUIRE(response.upgraded);
    UpgradedStream stream = response.upgrade();
    CHECK(read_exactly(stream, 1) == "x");
    asio::write(stream, asio::buffer(std::string("hello")));
    CHECK(read_exactly(stream, 5) == "hello");
}

TEST_CASE("a refused CONNECT is a response like any other, and its connection is reused",
          "[F-U01]") {
    ScriptServer server(keep_alive_server([](auto&) { return reply("403 No", "no"); }));
    Client client;
    for (int i = 0; i < 2; ++i) {
        Request request("CONNECT", server.url());
        request.host = "far.example:443";
        Response response = client.send(std::move(request));
        CHECK(response.status == 403);
        CHECK_FALSE(response.upgraded);
        CHECK(response.body.read_all() == "no");
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("an unsolicited 101, or one that names no protocol, is an error", "[F31]") {
    ScriptServer server(echo_after("",
                                   GENERATE(as<std::string>{},
                                            switching,
                                            "HTTP/1.1 101 S\r\nConnection: Upgrade\r\n\r\n",
                                            "HTTP/1.1 101 S\r\nUpgrade: echo\r\n\r\n",
                                            "HTTP/1.1 101 S\r\n\r\n")));
    Client client;
    std::error_code ec;
    client.get(server.url(), ec);
    CHECK(ec == error::bad_response);
    if (server.heads().size() == 1) {
        CHECK(client.stats().open == 0);
    }
    server.take_failures();
}

TEST_CASE("101 to an offer must name the protocol", "[F31]") {
    ScriptServer server(echo_after("",
                                   GENERATE(as<std::string>{},
                                            "HTTP/1.1 101 S\r\nConnection: Upgrade\r\n\r\n",
                                            "HTTP/1.1 101 S\r\nUpgrade: echo\r\n\r\n")));
    Client client;
    std::error_code ec;
    client.send(offer(server), ec);
    CHECK(ec == error::bad_response);
    CHECK(client.stats().open == 0);
    server.take_failures();
}

TEST_CASE("101 before the request is sent is an error: its rest would be taken for the protocol",
          "[F31]") {
    ScriptServer server([](Peer& peer) {
        peer.read_head();
        peer.send(switching);
        peer.wait_for_eof();
    });
    Client client;
    Request request = offer(server);
    request.method = "POST";
    request.body = std::string(64 * 1024 * 1024, 'x');
    std::error_code ec;
    client.send(std::move(request), ec);
    CHECK(ec == error::bad_response);
    CHECK(client.stats().open == 0);
}

TEST_CASE("a declined offer is an ordinary exchange") {
    ScriptServer server(keep_alive_server([](auto&) { return respond("no"); }));
    Client client;
    for (int i = 0; i < 2; ++i) {
        Response response = client.send(offer(server));
        CHECK_FALSE(response.upgraded);
        CHECK(response.body.read_all() == "no");
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("neither the deadline of the request nor the idle timeout affects the stream",
          "[F-X10]") {
    TransportOptions options;
    options.body_idle_timeout = 1ms;
    Scene scene(echo_after("early"), {.transport = options});
    Call<Response> call;
    Request request = offer(scene.server);
    request.options.timeout = 300ms;
    scene.client.async_send(std::move(request), call.handler());
    REQUIRE_FALSE(call.outcome());
    UpgradedStream stream = call.result.upgrade();
    CHECK(read_exactly(stream, 5) == "early");
    char byte = 0;
    Call<std::size_t> read;
    stream.async_read_some(asio::buffer(&byte, 1), read.handler());
    std::this_thread::sleep_for(400ms);  // there is no event for something that must not happen
    asio::write(stream, asio::buffer(std::string("x")));
    CHECK_FALSE(read.outcome());
    CHECK(byte == 'x');
}

TEST_CASE("reading and writing work at the same time, with more data than the kernel buffers") {
    Scene scene(echo_after(""));
    Call<Response> call;
    scene.client.async_send(offer(scene.server), call.handler());
    REQUIRE_FALSE(call.outcome());
    UpgradedStream stream = call.result.upgrade();
    const std::string sent(8 * 1024 * 1024, 'x');
    std::thread writer([&] { asio::write(stream, asio::buffer(sent)); });
    CHECK(read_exactly(stream, sent.size()) == sent);
    writer.join();
}

TEST_CASE("an upgraded connection counts towards the limits until it is closed", "[X-04][B-09]") {
    TransportOptions options;
    options.max_conns_per_host = 1;
    Scene scene(echo_after(""), {.transport = options});
    Call<Response> first;
    scene.client.async_send(offer(scene.server), first.handler());
    REQUIRE_FALSE(first.outcome());
    Call<Response> second;
    scene.client.async_send(offer(scene.server), second.handler());
    UpgradedStream stream = first.result.upgrade();
    asio::write(stream, asio::buffer(std::string("a")));
    CHECK(read_exactly(stream, 1) == "a");
    CHECK(scene.client.stats().waiting == 1);
    stream.close();
    REQUIRE_FALSE(second.outcome());
    CHECK(second.result.upgraded);
    second.result = {};
}

TEST_CASE("a pending read and a pending write end with the stream, and when they are canceled") {
    const bool cancel = GENERATE(true, false);
    Gate end;
    Scene scene([&](Peer& peer) {
        peer.read_head();
        peer.send(switching);
        peer.await(end);
    });
    Call<Response> call;
    scene.client.async_send(offer(scene.server), call.handler());
    REQUIRE_FALSE(call.outcome());
    UpgradedStream stream = call.result.upgrade();
    std::string room(100, '\0');
    const std::string sent(64 * 1024 * 1024, 'x');
    Call<std::size_t> read;
    Call<std::size_t> write;
    stream.async_read_some(asio::buffer(room), read.handler());
    asio::async_write(stream, asio::buffer(sent), write.handler());
    Call<std::size_t> third;
    asio::post(scene.io.executor(),
               [&] { stream.async_read_some(asio::buffer(room), third.handler()); });
    CHECK(third.outcome() == error::concurrent_read);
    if (cancel) {
        read.cancel(scene.io.executor());
        CHECK(read.outcome() == aborted);
        CHECK(write.outcome() == aborted);
    } else {
        stream.close();
        CHECK(read.outcome() == error::canceled);
        const std::error_code ec = write.outcome();  // of the pending piece, or of the next
        CHECK((ec == error::canceled || ec == error::body_closed));
    }
    end.open();
}

TEST_CASE("a stream that never existed is closed") {
    UpgradedStream stream = Response().upgrade();
    std::error_code ec;
    char byte = 0;
    CHECK(stream.read_some(asio::buffer(&byte, 1), ec) == 0);
    CHECK(ec == error::body_closed);
    CHECK(stream.write_some(asio::buffer(&byte, 1), ec) == 0);
    CHECK(ec == error::body_closed);
    stream.close_write();
}
