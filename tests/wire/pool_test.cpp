// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Every option of the pool over real sockets: which requests wait, which are served first, which
// are refused, and which connections and dials end. The exact times are in loops/pool_test.cpp.

#include "../support/echo.hpp"
#include "../support/full_listener.hpp"
#include "../support/no_descriptors.hpp"
#include "../support/wire_tests.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/executor_work_guard.hpp>

#include <fcntl.h>
#include <list>
#include <memory>
#include <optional>
#include <sys/resource.h>
#include <vector>

using namespace hawser::test;

namespace {

/// One request and its outcome.
struct Get {
    asio::cancellation_signal signal;
    bool done = false;
    std::error_code ec;
    std::uint64_t connection = 0;
    std::string body;
};

/// A client on a context that the test itself runs.
struct Bench {
    explicit Bench(TransportOptions options = {})
        : transport(std::make_shared<Transport>(io.get_executor(), std::move(options))),
          client(transport) {}
    ~Bench() noexcept(false) {
        if (std::uncaught_exceptions() == 0) {
            client.close_idle_connections();
            io.restart();
            io.run_for(patience);  // nothing keeps it running
            CHECK(io.stopped());
            CHECK(stats().open + stats().dialing + stats().waiting + stats().strands == 0);
        }
    }

    hawser::TransportStats stats() const { return transport->stats(); }

    Get& get(const std::string& url) {
        Get& get = gets.emplace_back();
        client.async_get(url,
                         asio::bind_cancellation_slot(
                             get.signal.slot(), [&get, this](std::error_code ec, Response res) {
                                 finish(get, ec, std::move(res));
                             }));
        return get;
    }
    /// Runs the loop until `condition` holds.
    template <class Condition>
    void until(Condition condition) {
        const auto give_up = std::chrono::steady_clock::now() + patience;
        const auto work = asio::make_work_guard(io);  // while waiting for time or the server
        while (!condition()) {
            if (std::chrono::steady_clock::now() > give_up) {
                throw TimedOut{"it never came to be"};
            }
            io.restart();
            io.run_one_for(1ms);
        }
    }
    /// A GET from beginning to end.
    Get& wait(const std::string& url) {
        Get& one = get(url);
        until([&] { return one.done; });
        return one;
    }
    void wait_for_all() {
        for (const Get& one : gets) {
            until([&] { return one.done; });
        }
    }

    asio::io_context io{1};
    std::shared_ptr<Transport> transport;
    Client client;
    std::list<Get> gets;
    std::vector<std::string> order;  // of the bodies

private:
    void finish(Get& get, std::error_code ec, Response res) {
        get.ec = ec;
        get.connection = res.connection.id;
        if (ec) {
            get.done = true;
            return;
        }
        auto held = std::make_shared<Response>(std::move(res));
        held->body.async_read_all([&get, held, this](std::error_code code, std::string text) {
            get.ec = code;
            get.done = true;
            order.push_back(text);
            get.body = std::move(text);
        });
    }
};

Script echo_server() {
    return keep_alive_server([](const auto& request) { return respond(request.target); });
}

/// Responds once the gate is open.
Script gated(Gate& gate) {
    return [&gate](Peer& peer) {
        while (const auto request = peer.read_request()) {
            peer.await(gate);
            peer.send(respond(request->target));
        }
    };
}

std::string path(int i) {
    return '/' + std::to_string(i);
}

}  // namespace

TEST_CASE("ten thousand requests queue for one connection and are served in order",
          "[X10][T-A12]") {
    FdGuard fds;
    constexpr int requests = 10'000;
    ScriptServer server{echo_server()};
    {
        Bench bench({.max_conns_per_host = 1});
        std::vector<std::string> expected;
        for (int i = 0; i < requests; ++i) {
            bench.get(server.url(path(i)));
            expected.push_back(path(i));
        }
        CHECK(bench.stats().waiting == requests);
        CHECK(bench.stats().queued == requests - 1);
        bench.wait_for_all();
        CHECK(bench.order == expected);
        CHECK(server.connections() == 1);
    }
}

TEST_CASE("canceled requests leave the queue at once, wherever they are in it",
          "[L13][T-A13][X-12]") {
    Gate gate;
    ScriptServer server{gated(gate)};
    Bench bench({.max_conns_per_host = 1, .max_waiters = 3});
    Get& first = bench.get(server.url("/first"));
    bench.until([&] { return server.requests() == 1; });
    Get& a = bench.get(server.url("/a"));
    Get& b = bench.get(server.url("/b"));
    Get& c = bench.get(server.url("/c"));
    CHECK(bench.wait(server.url("/d")).ec == error::too_many_waiters);
    b.signal.emit(asio::cancellation_type::terminal);
    CHECK(bench.stats().queued == 2);
    Get& e = bench.get(server.url("/e"));
    CHECK(bench.stats().queued == 3);
    gate.open();
    bench.wait_for_all();
    CHECK(b.ec == asio::error::operation_aborted);
    CHECK(bench.order == std::vector<std::string>{"/first", "/a", "/c", "/e"});
    CHECK(e.connection == first.connection);
    CHECK(a.connection == c.connection);
}

TEST_CASE("beyond max_waiters a request is refused at once, those that dial do not count",
          "[B-21]") {
    Gate gate;
    ScriptServer server{gated(gate)};
    Bench bench({.max_conns_per_host = 3, .max_waiters = 2});
    for (int i = 0; i < 5; ++i) {
        bench.get(server.url(path(i)));
    }
    CHECK(bench.stats().waiting == 5);
    CHECK(bench.stats().queued == 2);
    Get& refused = bench.wait(server.url());
    CHECK(refused.ec == error::too_many_waiters);
    CHECK(refused.ec == hawser::condition::refused);
    CHECK(bench.stats().turned_away == 1);
    gate.open();
    bench.wait_for_all();
    CHECK(server.requests() == 5);
    CHECK(bench.wait(server.url()).ec == std::error_code{});
}

TEST_CASE("pool_wait_timeout ends a request in the queue, but none that dials or is served",
          "[B-21]") {
    Gate gate;
    ScriptServer server{gated(gate)};
    FullListener full;
    Bench bench({.max_conns_per_host = 1, .pool_wait_timeout = 20ms});
    Get& served = bench.get(server.url("/served"));
    Get& dials = bench.get(full.url());
    Get& queued = bench.wait(server.url());
    CHECK(queued.ec == error::pool_wait_timeout);
    CHECK(queued.ec == hawser::condition::timeout);
    CHECK(bench.wait(full.url()).ec == error::pool_wait_timeout);
    CHECK_FALSE(served.done);
    CHECK_FALSE(dials.done);
    CHECK(bench.stats().turned_away == 2);
    server.wait_for_requests(1);
    CHECK(server.requests() == 1);
    gate.open();
    bench.until([&] { return served.done; });
    CHECK(served.body == "/served");
    dials.signal.emit(asio::cancellation_type::terminal);
    bench.wait_for_all();
}

TEST_CASE("at max_conns_total an idle connection of another host makes room", "[B-21]") {
    FdGuard fds;
    {
        ScriptServer one{echo_server()};
        ScriptServer two{echo_server(), {.address = "127.0.0.2"}};
        ScriptServer three{echo_server(), {.address = "127.0.0.3"}};
        Bench bench({.max_conns_total = 2});
        bench.wait(one.url());
        bench.wait(two.url());
        bench.wait(one.url());
        CHECK(bench.stats().idle == 2);
        CHECK_FALSE(bench.wait(three.url()).ec);
        two.wait_for_open(0);  // the least recently used
        CHECK(bench.stats().open == 2);
        CHECK(bench.wait(one.url()).connection == 1);
        CHECK(bench.stats().dialed == 3);
        CHECK(bench.stats().retried == 0);
    }
}

TEST_CASE("at max_conns_total the requests of all hosts queue in order, and none starves",
          "[B-21]") {
    Gate gate;
    ScriptServer one{gated(gate)};
    ScriptServer two{echo_server(), {.address = "127.0.0.2"}};
    Bench bench({.max_conns_total = 1});
    bench.get(one.url("/first"));
    bench.until([&] { return one.requests() == 1; });
    Get& other = bench.get(two.url("/other"));
    for (int i = 0; i < 100; ++i) {
        bench.get(one.url(path(i)));
    }
    CHECK(bench.stats().queued == 101);
    gate.open();
    bench.until([&] { return other.done; });
    CHECK(bench.order.size() <= 20);
    bench.wait_for_all();
    for (const Get& get : bench.gets) {
        CHECK_FALSE(get.ec);
    }
    CHECK(one.connections() == 2);  // it yielded once
    CHECK(bench.stats().open == 1);
}

TEST_CASE("both limits together: 200 requests of four hosts, none is lost", "[B-09]") {
    std::list<ScriptServer> servers;
    for (int i = 1; i <= 4; ++i) {
        servers.emplace_back(echo_server(),
                             ServerOptions{.address = "127.0.0." + std::to_string(i)});
    }
    Bench bench({.max_conns_per_host = 2, .max_conns_total = 3});
    std::size_t most = 0;
    for (int i = 0; i < 200; ++i) {
        bench.get(std::next(servers.begin(), i % 7 % 4)->url(path(i)));
    }
    for (int i = 0; i < 200; ++i) {
        Get& get = *std::next(bench.gets.begin(), i);
        bench.until([&] {
            most = std::max<std::size_t>(most, bench.stats().open + bench.stats().dialing);
            return get.done;
        });
        CHECK(get.body == path(i));
    }
    CHECK(most == 3);
}

TEST_CASE("a connection past max_conn_age serves no other request", "[B-17]") {
    ScriptServer server{echo_server()};
    Bench bench({.max_conn_age = 40ms});
    CHECK(bench.wait(server.url()).connection == 1);
    bench.until([&] { return bench.stats().open == 0; });  // closes without waiting for a request
    CHECK(bench.wait(server.url()).connection == 2);
    CHECK(bench.stats().retried == 0);
}

TEST_CASE("a connection serves max_requests_per_conn requests", "[B-17]") {
    ScriptServer server{echo_server()};
    Bench bench({.max_requests_per_conn = 3});
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < 7; ++i) {
        ids.push_back(bench.wait(server.url()).connection);
    }
    CHECK(ids == std::vector<std::uint64_t>{1, 1, 1, 2, 2, 2, 3});
}

TEST_CASE("the server's Keep-Alive max counts down to the last request", "[B-02][R15]") {
    ScriptServer server{[](Peer& peer) {
        for (int max = 2; const auto request = peer.read_request(); --max) {
            peer.send(respond("ok", "Keep-Alive: max=" + std::to_string(max) + "\r\n"));
        }
    }};
    Bench bench;
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(bench.wait(server.url()).connection);
    }
    CHECK(ids == std::vector<std::uint64_t>{1, 1, 2, 2, 3});
}

TEST_CASE("idle_pick: the newest connection each time, or all of them in turn", "[B-18]") {
    const bool in_turn = GENERATE(false, true);
    ScriptServer server{echo_server()};
    Bench bench({.idle_pick = in_turn ? IdlePick::oldest_first : IdlePick::newest_first});
    bool ready = false;
    bench.transport->async_preconnect(server.url(), 3, [&](std::error_code ec) { ready = !ec; });
    bench.until([&] { return ready; });
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < 6; ++i) {
        ids.push_back(bench.wait(server.url()).connection);
    }
    const auto last = ids[0];
    CHECK(ids == (in_turn ? std::vector<std::uint64_t>{1, 2, 3, 1, 2, 3}
                          : std::vector<std::uint64_t>{last, last, last, last, last, last}));
}

TEST_CASE("1000 requests canceled at a host that never answers leave no dial", "[B-07][X-18]") {
    FdGuard fds;
    const auto linger = GENERATE(0ms, 30ms);
    FullListener full;
    {
        Bench bench({.dial_linger = linger});
        for (int i = 0; i < 1000; ++i) {
            Get& get = bench.get(full.url());
            CHECK(bench.stats().dialing == 1);
            get.signal.emit(asio::cancellation_type::terminal);
            CHECK(bench.stats().waiting == 0);
        }
        bench.wait_for_all();
        bench.until([&] { return bench.stats().dialing == 0; });
        CHECK(bench.stats().dials_given_up >= 1);
        CHECK(bench.stats().dialed == 0);
    }
}

TEST_CASE("a dial that lingers serves the next request of its host", "[B-07]") {
    ScriptServer server{echo_server(), {.accepting = true}};
    Bench bench({.dial_linger = 1h});
    Get& gone = bench.get(server.url("/gone"));
    gone.signal.emit(asio::cancellation_type::terminal);
    Get& next = bench.wait(server.url("/next"));
    CHECK(gone.ec == asio::error::operation_aborted);
    CHECK(next.connection == 1);
    CHECK(bench.stats().dialed == 1);
    CHECK(server.heads().at(0).starts_with("GET /next"));
}

#if !defined(__SANITIZE_ADDRESS__)  // used together with UBSan, which needs descriptors to inspect
                                    // memory
TEST_CASE("out of descriptors: an idle connection frees its own, and everything recovers",
          "[N06]") {
    FdGuard fds;
    ScriptServer one{echo_server()};
    ScriptServer two{echo_server(), {.address = "127.0.0.2"}};
    {
        Bench bench;
        bench.wait(one.url());
        std::optional<NoDescriptors> none(std::in_place);
        Get& moved = bench.wait(two.url("/moved"));  // the server accepts it once the other
                                                     // connection has closed
        bench.client.close_idle_connections();
        two.wait_for_open(0);
        none->hoard();
        Get& failed = bench.wait(two.url("/failed"));
        none.reset();
        CHECK(moved.body == "/moved");
        CHECK(failed.ec == error::resource_exhausted);
        CHECK(failed.ec == std::errc::too_many_files_open);
        CHECK(bench.wait(two.url("/again")).body == "/again");
    }
}
#endif
