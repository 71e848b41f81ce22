// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A server, a client on its own thread, and operations that can be abandoned, shared by the tests
// of cancellation and timeouts. A Scene checks at its end that nothing is left behind.

#include "fd_guard.hpp"
#include "io_thread.hpp"
#include "script_server.hpp"
#include <hawser/hawser.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>

namespace hawser::test {

inline const std::error_code aborted = asio::error::operation_aborted;

/// An operation that can be canceled, and its outcome.
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

/// Everything a scenario needs; checks at its end that nothing is left of its requests.
struct Scene {
    explicit Scene(Script script, ClientOptions options = {})
        : server(std::move(script)), client(io.executor(), std::move(options)) {}
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

    /// Starts a GET of `path`, on the context's thread.
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

inline hawser::RequestOptions timeout(std::chrono::milliseconds limit) {
    hawser::RequestOptions options;
    options.timeout = limit;
    return options;
}

/// Never responds to "/stuck", responds to "/half" with half a body, to anything else completely.
inline void moody(Peer& peer) {
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

}  // namespace hawser::test
