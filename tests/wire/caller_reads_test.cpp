// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A blocking call on a connection that was used before: its own thread waits for the response, and
// reads it, without the loop. Whatever else may end such a call must end it, too.

#include "../support/echo.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

using namespace hawser::test;

namespace {

ServerOptions with_tls(bool tls) {
    return {.tls = tls ? std::optional(good_tls()) : std::nullopt};
}

/// Responds with the target in one piece, to /slow with much in many.
void serve_in_pieces(Peer& peer) {
    while (const auto request = peer.read_request()) {
        if (request->target == "/slow") {
            peer.send_slowly(respond(pattern(2000)), 40);
        } else {
            peer.send(respond(request->target));
        }
    }
}

/// Makes a connection and leaves it idle.
void warm_up(Client& client, const ScriptServer& server) {
    CHECK(client.get(server.url("/first")).body.read_all() == "/first");
}

}  // namespace

TEST_CASE("a limit, a stop token and a shutdown end a call whose thread reads for itself",
          "[L10]") {
    const FdGuard fds;
    const bool tls = GENERATE(false, true);
    ScriptServer server(serve, with_tls(tls));
    Client client{{.transport = trusting()}};
    warm_up(client, server);
    Request request("GET", server.url("/stuck"));
    std::stop_source stop;
    std::thread other;
    std::error_code wanted;
    SECTION("response header timeout") {
        // Shorter and longer than it waits without the loop.
        request.options.response_header_timeout = std::chrono::milliseconds(GENERATE(1, 5, 30));
        wanted = error::header_timeout;
    }
    SECTION("total timeout") {
        request.options.timeout = std::chrono::milliseconds(GENERATE(1, 5, 30));
        wanted = error::total_timeout;
    }
    SECTION("stop token") {
        request.options.stop = stop.get_token();
        wanted = error::canceled;
        other = std::thread([&] {
            server.wait_for_requests(2);
            stop.request_stop();
        });
    }
    SECTION("shutdown") {
        wanted = error::client_closed;
        other = std::thread([&] {
            server.wait_for_requests(2);
            std::error_code ignored;
            client.transport()->shutdown(0ms, ignored);
        });
    }
    std::error_code ec;
    client.send(request, ec);
    CHECK(ec == wanted);
    if (other.joinable()) {
        other.join();
    }
}

TEST_CASE("a response in many pieces reaches the thread that reads it, head and body", "[L10]") {
    const FdGuard fds;
    const bool tls = GENERATE(false, true);
    ScriptServer server(serve_in_pieces, with_tls(tls));
    Client client{{.transport = trusting()}};
    for (int i = 0; i < 5; ++i) {
        warm_up(client, server);
        Response response = client.get(server.url("/slow"));
        CHECK(response.body.read_all() == pattern(2000));
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("a server that closes a used connection is asked again on a new one", "[L10]") {
    const FdGuard fds;
    const auto close_the_second = [](Peer& peer) {
        peer.read_request();
        peer.send(respond("/first"));
        peer.read_request();
    };
    ScriptServer server{in_order({close_the_second, serve})};
    Client client;
    warm_up(client, server);
    CHECK(client.get(server.url("/first")).body.read_all() == "/first");
    CHECK(client.get(server.url("/second")).body.read_all() == "/second");
    CHECK(server.connections() == 2);
}

TEST_CASE("what a trace throws while its caller reads reaches the client's hook", "[L05]") {
    struct Trace final : hawser::ClientTrace {
        void got_first_response_byte() override { throw std::runtime_error("of the trace"); }
    };
    const FdGuard fds;
    ScriptServer server{serve};
    std::string told;
    Gate is_told;
    ClientOptions options;
    options.on_handler_exception = [&](std::exception_ptr e) {
        try {
            std::rethrow_exception(e);
        } catch (const std::runtime_error& what) {
            told = what.what();
        }
        is_told.open();
    };
    Client client{options};
    warm_up(client, server);
    Request request("GET", server.url("/traced"));
    request.options.trace = std::make_shared<Trace>();
    CHECK(client.send(std::move(request)).body.read_all() == "/traced");
    is_told.wait();  // the client's own thread runs what nobody else runs
    CHECK(told == "of the trace");
}

TEST_CASE("callers that read for themselves, futures and a slow call share one client", "[L10]") {
    const FdGuard fds;
    ScriptServer server{serve};
    Client client{{.transport = {.max_idle_conns_per_host = 16}}};
    std::stop_source stop;
    std::error_code of_slow;
    std::thread slow([&] {  // it leads the loop for all the others
        Request request("GET", server.url("/stuck"));
        request.options.stop = stop.get_token();
        of_slow = error_of(client, std::move(request));
    });
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                const std::string target = "/" + std::to_string(t) + '/' + std::to_string(i);
                std::error_code ec;
                if (i % 10 == 9) {
                    auto future = client.async_fetch(server.url(target), asio::use_future);
                    right += future.wait_for(patience) == std::future_status::ready &&
                             future.get().body == target;
                } else {
                    right += client.fetch(server.url(target), ec).body == target;
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(right == 400);
    stop.request_stop();
    slow.join();
    CHECK(of_slow == error::canceled);
    CHECK(client.stats().active == 0);
}
