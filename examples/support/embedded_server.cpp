// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "embedded_server.hpp"

#include "embedded_tls.hpp"
#include "embedded_wire.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace {

bool reply(EmbeddedWire& wire,
           const EmbeddedRequest& in,
           std::string_view body,
           std::string_view type,
           std::string_view status = "200 OK",
           std::string_view more = "") {
    std::string text = "HTTP/1.1 ";
    text.append(status).append("\r\nContent-Type: ").append(type);
    text.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n");
    text.append(more).append("\r\n");
    if (in.method != "HEAD") {
        text += body;
    }
    return wire.send(text);
}

/// Sends `size` bytes, with a length or chunked, in pieces of at most 64 KiB.
bool reply_bytes(EmbeddedWire& wire, const EmbeddedRequest& in, std::size_t size, bool chunked) {
    std::string head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n";
    head += chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + std::to_string(size);
    if (!wire.send(head + "\r\n\r\n") || in.method == "HEAD") {
        return in.method == "HEAD";
    }
    const std::string block(std::min<std::size_t>(size, 64 * 1024), 'x');
    for (std::size_t left = size; left != 0;) {
        const std::string_view piece = std::string_view{block}.substr(0, left);
        left -= piece.size();
        char line[24];
        std::snprintf(line, sizeof line, "%zx\r\n", piece.size());
        const bool sent =
            (!chunked || wire.send(line)) && wire.send(piece) && (!chunked || wire.send("\r\n"));
        if (!sent) {
            return false;
        }
    }
    return !chunked || wire.send("0\r\n\r\n");
}

/// Sleeps, but wakes up when the client leaves or the server is destroyed.
void wait_on(int socket, std::size_t milliseconds) {
    pollfd gone{socket, POLLRDHUP, 0};
    ::poll(&gone, 1, static_cast<int>(std::min<std::size_t>(milliseconds, 60'000)));
}

/// True if the connection can serve another request.
bool answer(EmbeddedWire& wire, int socket, const EmbeddedRequest& in) {
    constexpr std::string_view text = "text/plain";
    if (in.path == "/hello" || in.path == "/") {
        return reply(wire, in, "hello from hawser\n", text);
    }
    if (in.path == "/echo") {
        const std::string_view type = in.field("Content-Type");
        return reply(wire, in, in.body, type.empty() ? "application/octet-stream" : type);
    }
    if (in.path == "/headers") {
        return reply(wire, in, in.head, text);
    }
    if (const auto size = number_after("/bytes/", in.path)) {
        return reply_bytes(wire, in, *size, false);
    }
    if (const auto size = number_after("/chunked/", in.path)) {
        return reply_bytes(wire, in, *size, true);
    }
    if (const auto milliseconds = number_after("/slow/", in.path)) {
        wait_on(socket, *milliseconds);
        return reply(wire, in, "slow\n", text);
    }
    if (in.path == "/upgrade" && in.field("Upgrade") == "echo") {
        wire.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        for (std::string bytes; !(bytes = wire.read_some()).empty();) {
            wire.send(bytes);
        }
        return false;
    }
    if (in.path == "/close") {
        reply(wire, in, "bye\n", text, "200 OK", "Connection: close\r\n");
        return false;
    }
    return reply(wire, in, "no such path\n", text, "404 Not Found");
}

}  // namespace

struct EmbeddedServer::Connection {
    int socket = -1;
    std::atomic<bool> done = false;
    std::thread thread;
};

EmbeddedServer::EmbeddedServer() {
    listen();
}

EmbeddedServer::EmbeddedServer(Tls) : tls_{std::make_unique<EmbeddedTls>()} {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    listen();
}

EmbeddedServer::~EmbeddedServer() {
    stopping_ = true;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        ::shutdown(listeners_[i], SHUT_RDWR);
        acceptors_[i].join();
        ::close(listeners_[i]);
    }
    reap(true);
}

std::string EmbeddedServer::url(std::string_view path) const {
    std::string text = tls_ ? "https://" : "http://";
    std::string_view host = "127.0.0.1";
    if (path.starts_with("//")) {
        host = path.substr(2, path.find('/', 2) - 2);
        path.remove_prefix(2 + host.size());
    }
    return text.append(host).append(":").append(std::to_string(port_)).append(path);
}

std::string EmbeddedServer::ca_pem() const {
    return tls_ ? tls_->ca_pem() : std::string{};
}

void EmbeddedServer::listen() {
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        listeners_[i] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);  // the first listener's; initially 0: any
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<in_addr_t>(i));
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listeners_[i], generic, size) != 0 || ::listen(listeners_[i], 128) != 0 ||
            ::getsockname(listeners_[i], generic, &size) != 0) {
            throw std::system_error{errno, std::system_category(), "embedded server"};
        }
        port_ = ntohs(address.sin_port);
    }
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        acceptors_[i] = std::thread{[this, i] { accept_loop(listeners_[i]); }};
    }
}

void EmbeddedServer::accept_loop(int listener) {
    while (!stopping_) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        reap(false);
        if (socket < 0) {
            continue;  // stopping, or the client has already left
        }
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const std::lock_guard lock{mutex_};
        Connection& connection = connections_.emplace_back();
        connection.socket = socket;
        connection.thread = std::thread{[this, &connection] { serve(connection); }};
    }
}

void EmbeddedServer::serve(Connection& connection) {
    const auto session = tls_ ? tls_->session(connection.socket) : nullptr;
    if (!session || session->handshake()) {
        EmbeddedWire wire{connection.socket, session.get()};
        while (const auto request = wire.read_request()) {
            const bool stays = answer(wire, connection.socket, *request);
            if (!stays || request->field("Connection") == "close") {
                break;
            }
        }
        if (session) {
            session->say_goodbye();
        }
    }
    ::shutdown(connection.socket, SHUT_RDWR);
    connection.done = true;
}

/// Joins and closes finished connections; with `all`, first ends the others.
void EmbeddedServer::reap(bool all) {
    const std::lock_guard lock{mutex_};
    for (auto it = connections_.begin(); it != connections_.end();) {
        if (all) {
            ::shutdown(it->socket, SHUT_RDWR);
        }
        if (all || it->done) {
            it->thread.join();
            ::close(it->socket);
            it = connections_.erase(it);
        } else {
            ++it;
        }
    }
}
