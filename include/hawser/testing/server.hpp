// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/testing/server_identity.hpp>
#include <hawser/detail/testing/server_state.hpp>
#include <hawser/testing/received_request.hpp>
#include <hawser/testing/reply.hpp>
#include <hawser/testing/server_connection.hpp>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::testing {

/// Options of a Server.
///
///     hawser::testing::Server server{{.port = 8080}};
struct ServerOptions {
    /// Where it listens: any address of this machine.
    std::string address = "127.0.0.1";
    /// 0 = a free port.
    std::uint16_t port = 0;
    /// Speaks TLS, with a certificate of its own: Server::ca_pem().
    bool https = false;
    /// Sends `100 Continue` to requests that expect it. False: it just waits for their body. See
    /// also Server::on_head().
    bool answers_expect = true;
};

/// An HTTP/1.1 server in the process of the test, which answers as the test says. Go:
/// httptest.Server.
///
///     hawser::testing::Server server;
///     server.on("GET", "/x", [](const auto& req) { return hawser::testing::reply(200, "hi"); });
///     server.on("GET", "/slow", hawser::testing::reply(200, "late").delay(1s));
///     server.on("GET", "/broken", hawser::testing::reply(200, "half").cut(2));
///
///     hawser::Client client;
///     CHECK(client.get(server.url("/x")).body.read_all() == "hi");
///
/// With https():
///
///     auto server = hawser::testing::Server::https();
///     hawser::Client client{{.transport = {.tls = {.ca_pem = server.ca_pem()}}}};
///
/// It reads the whole request, keeps connections alive, decodes chunks, and closes when the client
/// asks for it. A request without a route gets 404 and is one of the errors(). An exception from a
/// handler becomes a 500 with its text, and is one of the errors(). See Reply for misbehavior.
///
/// @par Thread safety
/// All functions may be called from every thread, and routes may be added at any time. Handlers run
/// on the server's one thread: one that blocks holds up every connection, and must not make a
/// blocking call to its own server. The destructor waits for a running handler, but for no client.
/// Do not destroy a server in a handler.
class Server {
public:
    /// @throws std::system_error if it cannot listen
    explicit Server(ServerOptions options = ServerOptions());
    /// A server that speaks TLS.
    static Server https(ServerOptions options = ServerOptions()) {
        options.https = true;
        return Server(std::move(options));
    }
    /// Like stop().
    ~Server() { stop(); }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // ── Routes ──────────────────────────────────────────────────────────────────────────────────

    /// Answers requests. A later route with the same method and path replaces an earlier one;
    /// otherwise the first one that matches is used.
    ///
    /// @param method "GET", or "*" for any
    /// @param path "/x": with any query; "/x?a=1": with this query; "/x*": all that begin with it;
    ///     "*": all
    Server& on(std::string method, std::string_view path, Handler handler) {
        state_.add({std::move(method), path, std::move(handler), false});
        return *this;
    }
    /// Always the same answer.
    Server& on(std::string method, std::string_view path, Reply always) {
        return on(std::move(method), path, constant(std::move(always)));
    }
    /// Answers once the head has arrived, before any 100 and without reading the body; then closes
    /// the connection.
    Server& on_head(std::string method, std::string_view path, Handler handler) {
        state_.add({std::move(method), path, std::move(handler), true});
        return *this;
    }
    Server& on_head(std::string method, std::string_view path, Reply always) {
        return on_head(std::move(method), path, constant(std::move(always)));
    }
    /// Answers requests without a route. Default: 404.
    Server& otherwise(Handler handler) {
        state_.set_fallback(std::move(handler));
        return *this;
    }

    // ── Addresses ───────────────────────────────────────────────────────────────────────────────

    /// "http://127.0.0.1:PORT" or "https://…", and the path.
    std::string url(std::string_view path = "/") const;
    /// The port that it listens on.
    std::uint16_t port() const noexcept { return port_; }
    /// The certificate to trust, as PEM text; empty without TLS. It is also for `localhost`.
    std::string ca_pem() const { return identity_ ? identity_->ca_pem() : std::string(); }

    // ── What happened ───────────────────────────────────────────────────────────────────────────

    /// The complete requests that arrived, in order.
    std::vector<ReceivedRequest> requests() const { return state_.requests(); }
    /// Returns once so many requests have arrived; false if that takes longer than `patience`.
    bool wait_for_requests(std::size_t count,
                           std::chrono::milliseconds patience = std::chrono::seconds{10}) const {
        return state_.wait_for_requests(count, patience);
    }
    /// How many connections it has accepted.
    std::size_t connections() const { return state_.connections(); }
    /// How many of them are still open.
    std::size_t open_connections() const { return state_.open_connections(); }
    /// What went wrong on this side: exceptions from handlers and scripts, requests without a
    /// route, requests that are no HTTP/1.1, TLS handshakes that failed.
    std::vector<std::string> errors() const { return state_.errors(); }

    /// Cuts all connections, even in the middle of a response, and joins the thread. New ones are
    /// refused. Idempotent, but not to be called twice at a time.
    void stop();

private:
    static Handler constant(Reply always);

    asio::awaitable<void> accept(asio::ip::tcp::acceptor acceptor);
    asio::awaitable<void> serve(asio::ip::tcp::socket socket);
    asio::awaitable<bool> serve_request(ServerConnection& connection);
    asio::awaitable<bool> read_head(ServerConnection& connection, ReceivedRequest& request);
    static asio::awaitable<bool> read_body(ServerConnection& connection, ReceivedRequest& request);
    static asio::awaitable<bool> deliver(ServerConnection& connection,
                                         const ReceivedRequest& request,
                                         const Reply& reply);
    static asio::awaitable<void> send(ServerConnection& connection,
                                      const ReceivedRequest& request,
                                      const Reply& reply);
    void spawn(asio::awaitable<void> coroutine);

    const ServerOptions options_;
    std::optional<detail::ServerIdentity> identity_;
    std::uint16_t port_ = 0;
    detail::ServerState state_;
    std::unique_ptr<asio::io_context> context_;  // its coroutines use everything above
    std::thread thread_;
};

}  // namespace hawser::inline HAWSER_ABI::testing

#include <hawser/testing/impl/server.hpp>
