// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A real TCP or TLS server on loopback that follows a script, however rude, for tests of a client:
//
//     Gate go;
//     ScriptServer server{[&](Peer& peer) {       // one call and one thread per connection
//         auto request = peer.read_request();      // head and body; nothing at EOF
//         peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
//         peer.await(go);                          // until the test says so
//         peer.reset();                            // or close, truncate, half_close, drop
//     }};
//     auto response = client.get(server.url("/path"));
//     go.open();                                   // response.body.read_all() now fails
//     CHECK(server.requests() == 1);
//
// Do not use Catch assertions inside a script, they are not thread-safe: throw, or record what you
// saw.
//
//     ScriptServer plain{keep_alive_server([](auto& request) { return respond(request.body); })};
//     ScriptServer tls{script, {.tls = ServerTls{.cert = leaf}}};
//
// The destructor stops all scripts at once, joins all threads, and fails the test for every script
// that timed out, received a malformed request or threw anything else. Destroy the server on the
// test's own thread; the client may be destroyed before or after it.

#include "replies.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstddef>
#include <list>
#include <sys/eventfd.h>
#include <sys/un.h>

namespace hawser::test {

struct ServerOptions {
    std::string address = "127.0.0.1";  ///< any of 127.0.0.0/8, ::1, or "/path" or "@abstract" of
                                        ///< a Unix socket
    std::uint16_t port = 0;             ///< 0 = any free one
    int backlog = 128;
    bool accepting = true;           ///< false: connections stay in the backlog, see `accept_now`
    int receive_buffer = 0;          ///< SO_RCVBUF of accepted sockets; 0 = the system's choice
    int send_buffer = 0;             ///< SO_SNDBUF; 0 = the system's choice
    std::optional<ServerTls> tls{};  ///< TLS from the first byte
};

namespace internal {

/// Listens at the path of a Unix socket; a first '@' makes it abstract.
inline int listen_at_path(const std::string& path) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    if (name.sun_path[0] == '@') {
        name.sun_path[0] = '\0';
    }
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    if (::bind(fd, reinterpret_cast<sockaddr*>(&name), size) != 0 || ::listen(fd, 16) != 0) {
        const int error = errno;
        ::close(fd);
        throw std::system_error{error, std::system_category(), "listen at " + path};
    }
    return fd;
}

/// A listening, non-blocking socket. Throws std::system_error.
inline int listen_on(const ServerOptions& options) {
    if (options.address[0] == '/' || options.address[0] == '@') {
        return listen_at_path(options.address);
    }
    sockaddr_in v4{
        .sin_family = AF_INET, .sin_port = htons(options.port), .sin_addr = {}, .sin_zero = {}};
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(options.port);
    const bool six = options.address.find(':') != std::string::npos;
    auto* where = six ? static_cast<void*>(&v6.sin6_addr) : static_cast<void*>(&v4.sin_addr);
    if (::inet_pton(six ? AF_INET6 : AF_INET, options.address.c_str(), where) != 1) {
        throw std::invalid_argument{"not an address: " + options.address};
    }
    const int fd =
        ::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (options.receive_buffer != 0) {  // accepted sockets inherit it; it must be set before the
                                        // handshake
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof(int));
    }
    if (options.send_buffer != 0) {
        ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &options.send_buffer, sizeof(int));
    }
    const auto* name = six ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&v4);
    if (::bind(fd, name, six ? sizeof v6 : sizeof v4) != 0 || ::listen(fd, options.backlog) != 0) {
        const int error = errno;
        ::close(fd);
        throw std::system_error{error, std::system_category(), "listen on " + options.address};
    }
    return fd;
}

inline std::uint16_t port_of(int fd) {
    sockaddr_in6 name{};  // both families have the port at the same place
    socklen_t size = sizeof name;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
    return ntohs(name.sin6_port);
}

}  // namespace internal

class ScriptServer {
public:
    explicit ScriptServer(Script script, ServerOptions options = {})
        : script_{std::move(script)}, options_{std::move(options)} {
        if (options_.tls) {
            tls_ = std::make_unique<TlsContext>(*options_.tls);
        }
        listener_ = internal::listen_on(options_);
        port_ = internal::port_of(listener_);
        stop_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (options_.accepting) {
            may_accept_.open();
        }
        acceptor_ = std::thread{[this] { accept_loop(); }};
    }
    ScriptServer(const ScriptServer&) = delete;
    ScriptServer& operator=(const ScriptServer&) = delete;

    // Throws only if Catch was told to abort at the first failure.
    ~ScriptServer() noexcept(false) {
        stop();
        for (const auto& failure : log_.take_failures()) {
            if (std::uncaught_exceptions() == 0) {
                FAIL_CHECK("script server: " << failure);
            } else {
                std::fprintf(stderr, "script server: %s\n", failure.c_str());
            }
        }
    }

    // ── addresses ───────────────────────────────────────────────────────────
    std::uint16_t port() const { return port_; }

    /// "http://127.0.0.1:PORT/path", or https if the server speaks TLS from the start.
    std::string url(std::string_view path = "/") const {
        return make_url(tls_ ? "https" : "http", path);
    }
    std::string http_url(std::string_view path = "/") const { return make_url("http", path); }
    std::string https_url(std::string_view path = "/") const { return make_url("https", path); }

    /// The same with another host name.
    std::string url_as(std::string_view host, std::string_view path = "/") const {
        return std::string{tls_ ? "https://" : "http://"} + std::string{host} + ':' +
               std::to_string(port_) + std::string{path};
    }

    // ── observations ────────────────────────────────────────────────────────
    std::size_t connections() const { return log_.connections(); }  ///< accepted so far
    std::size_t open_connections() const { return log_.open_connections(); }
    std::size_t requests() const { return log_.requests(); }  ///< heads read so far
    std::vector<std::string> heads() const { return log_.heads(); }
    std::vector<ClientHello> client_hellos() const { return log_.hellos(); }
    std::vector<std::string> take_failures() { return log_.take_failures(); }  ///< expected ones

    void wait_for_connections(std::size_t n) { log_.wait_for_connections(n); }
    void wait_for_requests(std::size_t n) { log_.wait_for_requests(n); }
    void wait_for_open(std::size_t n) { log_.wait_for_open(n); }

    // ── actions ─────────────────────────────────────────────────────────────
    /// Starts to accept, if `accepting` was false.
    void accept_now() { may_accept_.open(); }

    /// Refuses new connections from now on; open ones continue.
    void stop_listening() { ::shutdown(listener_, SHUT_RDWR); }

    /// Ends all scripts and joins all threads. Idempotent.
    void stop() {
        if (!acceptor_.joinable()) {
            return;
        }
        stop_.request_stop();
        ::eventfd_write(stop_fd_, 1);
        acceptor_.join();
        for (auto& connection : connections_) {
            connection.thread.join();
        }
        connections_.clear();
        ::close(listener_);
        ::close(stop_fd_);
    }

private:
    struct Connection {
        std::atomic<bool> done{false};
        std::thread thread;
    };

    std::string make_url(std::string_view scheme, std::string_view path) const {
        const bool six = options_.address.find(':') != std::string::npos;
        return std::string{scheme} + "://" +
               (six ? '[' + options_.address + ']' : options_.address) + ':' +
               std::to_string(port_) + std::string{path};
    }

    void accept_loop() {
        try {
            may_accept_.wait(stop_.get_token(), std::chrono::hours{24});
        } catch (const PeerGone&) {
            return;
        }
        pollfd fds[] = {{listener_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
        while (::poll(fds, 2, -1) >= 0 || errno == EINTR) {
            if (fds[1].revents != 0 || (fds[0].revents & (POLLHUP | POLLERR)) != 0) {
                return;
            }
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd >= 0) {
                start(fd);
            } else if (errno == EMFILE || errno == ENFILE) {
                ::poll(&fds[1], 1, 5);  // the test has used up our descriptors: do not spin
            }
        }
    }

    void start(int fd) {
        connections_.remove_if([](Connection& old) {
            const bool done = old.done.load();
            if (done) {
                old.thread.join();
            }
            return done;
        });
        auto& connection = connections_.emplace_back();
        connection.thread = std::thread{[this, fd, &connection] {
            serve(fd);
            connection.done = true;
        }};
    }

    void serve(int fd) {
        Peer peer{fd, stop_fd_, stop_.get_token(), log_};
        try {
            if (tls_) {
                peer.start_tls(*tls_);
            }
            script_(peer);
            peer.close();
        } catch (const PeerGone&) {
            // the client left, or the test is over
        } catch (const std::exception& failure) {
            log_.failure("connection " + std::to_string(peer.number()) + ": " + failure.what());
        }
    }

    const Script script_;
    const ServerOptions options_;
    std::unique_ptr<TlsContext> tls_;
    ServerLog log_;
    Gate may_accept_;
    std::stop_source stop_;
    int listener_ = -1;
    int stop_fd_ = -1;
    std::uint16_t port_ = 0;
    std::list<Connection> connections_;  // used by the acceptor; by stop() once that is joined
    std::thread acceptor_;
};

}  // namespace hawser::test
