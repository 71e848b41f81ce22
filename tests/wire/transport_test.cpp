// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Operations on a whole transport: connections made ahead of requests, and its orderly end.

#include "../support/wire_tests.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

using namespace hawser::test;

namespace {

struct Bench {
    explicit Bench(hawser::TransportOptions options = {})
        : transport(std::make_shared<hawser::Transport>(io.get_executor(), std::move(options))),
          client(transport) {}

    /// Runs the loop until `future` is ready.
    template <class T>
    T wait(std::future<T> future) {
        while (future.wait_for(0s) != std::future_status::ready) {
            io.restart();
            io.run_one();
        }
        return future.get();
    }

    std::error_code preconnect(const std::string& url, std::size_t n) {
        std::promise<std::error_code> done;
        transport->async_preconnect(url, n, [&done](std::error_code ec) { done.set_value(ec); });
        return wait(done.get_future());
    }

    std::future<std::error_code> shutdown(std::chrono::milliseconds grace) {
        auto done = std::make_shared<std::promise<std::error_code>>();
        transport->async_shutdown(grace, [done](std::error_code ec) { done->set_value(ec); });
        return done->get_future();
    }

    std::future<std::pair<std::error_code, std::string>> get(const std::string& url) {
        auto done = std::make_shared<std::promise<std::pair<std::error_code, std::string>>>();
        client.async_get(url, [done](std::error_code ec, hawser::Response response) {
            done->set_value({ec, ec ? std::string() : response.body.read_all()});  // already held
        });
        return done->get_future();
    }

    asio::io_context io;
    std::shared_ptr<hawser::Transport> transport;
    hawser::Client client;
};

const auto hello = keep_alive_server([](const auto&) { return respond("hello"); });

}  // namespace

TEST_CASE("connections made ahead serve the requests that follow", "[B-23]") {
    const FdGuard fds;
    {
        ScriptServer server{hello};
        Bench bench;
        CHECK_FALSE(bench.preconnect(server.url("/"), 3));
        CHECK(bench.transport->stats().idle == 3);
        for (int i = 0; i < 4; ++i) {
            CHECK(bench.wait(bench.get(server.url("/"))).second == "hello");
        }
        CHECK(bench.transport->stats().dialed == 3);
        CHECK(bench.transport->stats().idle == 3);
    }
}

TEST_CASE("connections made ahead stay within the limit of the host", "[B-23]") {
    ScriptServer server{hello};
    Bench bench{{.max_conns_per_host = 2}};
    CHECK_FALSE(bench.preconnect(server.url("/"), 5));
    CHECK(bench.transport->stats().open == 2);
}

TEST_CASE("preconnect reports a dial that failed, and leaves nothing behind", "[B-23]") {
    std::string url;
    {
        ScriptServer server{hello};
        url = server.url("/");
    }
    Bench bench;
    CHECK(bench.preconnect(url, 2) == hawser::error::connect_failed);
    CHECK(bench.transport->stats().open == 0);
    CHECK(bench.transport->stats().dialing == 0);
    bench.io.restart();
    bench.io.run();  // returns: nothing is armed
}

TEST_CASE("shutdown closes idle connections and refuses later requests", "[B-24]") {
    ScriptServer server{hello};
    Bench bench;
    CHECK(bench.wait(bench.get(server.url("/"))).second == "hello");
    CHECK(bench.transport->stats().idle == 1);
    CHECK_FALSE(bench.wait(bench.shutdown(10s)));
    CHECK(bench.transport->stats().open == 0);
    CHECK(bench.wait(bench.get(server.url("/"))).first == hawser::error::client_closed);
    CHECK(bench.preconnect(server.url("/"), 1) == hawser::error::client_closed);
    CHECK(bench.wait(bench.shutdown(10s)) == hawser::error::client_closed);
    CHECK(bench.transport->stats().strands == 0);
    bench.io.restart();
    bench.io.run();  // also ends the grace period
}

TEST_CASE("shutdown lets a request in flight finish", "[B-24]") {
    Gate answer;
    ScriptServer server{[&](Peer& peer) {
        if (peer.read_request()) {
            peer.await(answer);
            peer.send(respond("late"));
        }
    }};
    Bench bench;
    auto response = bench.get(server.url("/"));
    while (server.requests() == 0) {
        bench.io.poll();
    }
    auto ended = bench.shutdown(10s);
    answer.open();
    CHECK(bench.wait(std::move(response)).second == "late");
    CHECK_FALSE(bench.wait(std::move(ended)));
    CHECK(bench.transport->stats().open == 0);
}

TEST_CASE("shutdown closes connections in use when its grace period ends", "[B-24]") {
    ScriptServer server{[&](Peer& peer) {
        if (peer.read_request()) {
            peer.wait_for_eof();
        }
    }};
    Bench bench;
    auto response = bench.get(server.url("/"));
    while (server.requests() == 0) {
        bench.io.poll();
    }
    auto ended = bench.shutdown(1ms);
    CHECK(bench.wait(std::move(response)).first == hawser::error::client_closed);
    CHECK_FALSE(bench.wait(std::move(ended)));
    CHECK(bench.transport->stats().strands == 0);
}

TEST_CASE("shutdown fails the queued requests", "[B-24]") {
    Gate answer;
    ScriptServer server{[&](Peer& peer) {
        if (peer.read_request()) {
            peer.await(answer);
            peer.send(respond("first"));
        }
    }};
    Bench bench{{.max_conns_per_host = 1}};
    auto first = bench.get(server.url("/"));
    auto second = bench.get(server.url("/"));
    while (server.requests() == 0) {
        bench.io.poll();
    }
    auto ended = bench.shutdown(10s);
    CHECK(bench.wait(std::move(second)).first == hawser::error::client_closed);
    answer.open();
    CHECK(bench.wait(std::move(first)).second == "first");
    CHECK_FALSE(bench.wait(std::move(ended)));
}
