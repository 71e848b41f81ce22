// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A loopback HTTP/1.1 server for the examples: it needs no network and no setup, and ends with its
// object.
//
//     EmbeddedServer server;
//     hawser::Response res = client.get(server.url("/hello"));
//
// It listens on 127.0.0.1 and 127.0.0.2, so that there are several hosts to talk to.
//
//     GET  /hello       "hello from hawser\n"
//     POST /echo        returns the body, with its Content-Type
//     GET  /headers     the request's head, as received
//     GET  /bytes/N     N bytes, with a Content-Length
//     GET  /chunked/N   N bytes, chunked
//     GET  /slow/MS     "slow\n" after that many milliseconds
//     GET  /close       "bye\n", and the server closes the connection
//
// One thread per connection; connections are kept alive. Only for well-behaved clients.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

class EmbeddedTls;

class EmbeddedServer {
public:
    struct Tls {};
    static constexpr Tls tls{};

    /// Listens on the same free port of both addresses. Throws std::system_error on failure.
    EmbeddedServer();

    /// The same over TLS, with its own certificate for 127.0.0.1 and localhost.
    explicit EmbeddedServer(Tls);

    /// Cuts all connections, even in the middle of a response, and joins all threads.
    ~EmbeddedServer();

    EmbeddedServer(const EmbeddedServer&) = delete;
    EmbeddedServer& operator=(const EmbeddedServer&) = delete;

    /// "http://127.0.0.1:PORT" (https with TLS) followed by the path; "//HOST/path" names another
    /// host.
    std::string url(std::string_view path = "/") const;

    /// The certificate authority to trust, as PEM text; empty without TLS.
    std::string ca_pem() const;

private:
    struct Connection;

    void listen();
    void accept_loop(int listener);
    void serve(Connection& connection);
    void reap(bool all);

    std::unique_ptr<EmbeddedTls> tls_;
    std::array<int, 2> listeners_{};
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::mutex mutex_;
    std::list<Connection> connections_;  // guarded by mutex_
    std::array<std::thread, 2> acceptors_;
};
