// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A loopback HTTP/1.1 server for the examples: no network, no set-up, gone with its object.
//
//     EmbeddedServer server;
//     hawser::Response res = client.get(server.url("/hello"));
//
// It answers on 127.0.0.1 and 127.0.0.2, so that there are several hosts to talk to.
//
//     GET  /hello       "hello from hawser\n"
//     POST /echo        the body back, with its Content-Type
//     GET  /headers     the request's head, as it came
//     GET  /bytes/N     N bytes, with a Content-Length
//     GET  /chunked/N   N bytes, chunked
//     GET  /slow/MS     "slow\n" after that many milliseconds
//     GET  /close       "bye\n", and the server closes the connection
//
// One thread for each connection; connections are kept alive. It is made for well-behaved clients.
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

    /// Listens on one free port of both addresses. Throws std::system_error when it cannot.
    EmbeddedServer();

    /// The same over TLS, with a certificate of its own making for 127.0.0.1 and localhost.
    explicit EmbeddedServer(Tls);

    /// Cuts all connections, also those in the middle of an answer, and joins all threads.
    ~EmbeddedServer();

    EmbeddedServer(const EmbeddedServer&) = delete;
    EmbeddedServer& operator=(const EmbeddedServer&) = delete;

    /// "http://127.0.0.1:PORT" (https with TLS) and the path; "//HOST/path" names another host.
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
