// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The ClientTrace events of a dial, of an upgrade, and of many concurrent requests.

#include "../support/echo.hpp"
#include "../support/scene.hpp"
#include "../support/tls_setup.hpp"
#include "../support/trace_log.hpp"
#include "../support/wire_tests.hpp"

#include <thread>

using namespace hawser::test;

namespace {

ClientOptions traced_by(const std::shared_ptr<TraceLog>& log) {
    ClientOptions options;
    options.trace = log;
    return options;
}

bool has(const TraceLog& log, std::string_view what) {
    return log.text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("the steps of a dial are reported in order, each with its end", "[F-H04][F-H05]") {
    ScriptServer server(hello_server(), {.tls = good_tls()});
    const auto log = std::make_shared<TraceLog>();
    Client client{{.trace = log, .transport = trusting()}};
    client.get(server.url_as("localhost")).body.read_all();
    CAPTURE(log->text);
    CHECK(has(*log, "get_conn localhost:"));
    CHECK(has(*log, "dns_start localhost, dns_done found, connect_start "));
    CHECK(
        has(*log, "connect_done 127.0.0.1, tls_start, tls_done, got_conn 1 new, Host: localhost"));
    CHECK(log->balanced());
    log->text.clear();
    client.get(server.url_as("localhost")).body.read_all();
    CHECK_FALSE(has(*log, "dns"));
    CHECK_FALSE(has(*log, "tls"));
}

TEST_CASE("a failed step says why, and is the last of its dial", "[F-H04][F-H05]") {
    const auto log = std::make_shared<TraceLog>();
    Client client(traced_by(log));
    std::error_code ec;
    SECTION("a certificate nobody vouches for") {
        ScriptServer server(hello_server(), {.tls = good_tls()});
        client.get(server.url(), ec);
        CHECK(ec == error::cert_error);
        CHECK(has(*log, "tls_start, tls_done cert_error, end cert_error out 0 in 0"));
        CHECK_FALSE(has(*log, "dns"));
        server.take_failures();
    }
    SECTION("a name that does not exist") {
        client.get("http://nowhere.invalid/", ec);
        CHECK(ec == error::resolve_failed);
        CHECK(has(*log, "dns_start nowhere.invalid, dns_done resolve_failed, end resolve_failed"));
    }
    SECTION("a port where nobody listens") {
        std::string url;
        { url = ScriptServer(hello_server()).url(); }
        client.get(url, ec);
        CHECK(ec == error::connect_failed);
        CHECK(has(*log, "connect_done 127.0.0.1 connect_failed, end connect_failed"));
    }
    CHECK(log->balanced());
}

TEST_CASE("an upgraded connection ends its attempt when it is closed") {
    ScriptServer server([](Peer& peer) {
        peer.read_head();
        peer.send("HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello");
        peer.wait_for_eof();
    });
    const auto log = std::make_shared<TraceLog>();
    Client client(traced_by(log));
    Request request("GET", server.url());
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", "x");
    auto stream = client.send(std::move(request)).upgrade();
    CHECK_FALSE(log->balanced());
    stream.close();
    CHECK(log->balanced());
    CHECK(has(*log, "put 1 upgraded, end conn 1"));
}

TEST_CASE("traces of many requests in many threads are each in order and balanced", "[L10]") {
    ScriptServer server(keep_alive_server(echo));
    Client client;
    std::vector<std::thread> threads;
    std::atomic<int> bad = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                Request request("GET", server.url("/"));
                const auto log = std::make_shared<TraceLog>();
                request.options.trace = log;
                std::error_code ec;
                Response response = client.send(std::move(request), ec);
                response.body.read_all(ec);
                log->ended.wait();  // possibly reported by another caller's thread
                bad += !log->balanced() || !log->text.starts_with("begin 1, get_conn") ||
                       log->text.find(" yes, end conn") == std::string::npos;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(bad == 0);
}

TEST_CASE("a dial that continues without its request reports nothing more to it", "[F-H10][B-11]") {
    struct Trace final : hawser::ClientTrace {
        void tls_handshake_start() override { handshaking.open(); }
        void tls_handshake_done(std::error_code) override { late = true; }
        Gate handshaking;
        std::atomic<bool> late = false;
    };
    const auto trace = std::make_shared<Trace>();
    ScriptServer server(hello_server(), {.accepting = false, .tls = good_tls()});
    IoThread io;
    Client client{io.executor(), {.transport = trusting()}};
    Call<Response> call;
    Request request("GET", server.url());
    request.options.trace = trace;
    client.async_send(std::move(request), call.handler());
    trace->handshaking.wait();
    call.cancel(io.executor());
    CHECK(call.outcome() == aborted);
    server.accept_now();
    Call<Response> next;  // adopts the dial
    client.async_get(server.url(), next.handler());
    CHECK_FALSE(next.outcome());
    CHECK(next.result.connection.id == 1);
    CHECK_FALSE(trace->late);
    client.close_idle_connections();
    io.finish();
}
