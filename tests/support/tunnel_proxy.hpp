// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Proxies that make tunnels, as scripts of a ScriptServer.
//
//     ScriptServer proxy{connect_proxy()};
//     client's options: proxy = ProxyRules{"http://127.0.0.1:" + port}

#include "script_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace hawser::test {

inline bool send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    }
    return true;
}

/// Copies bytes between the client, which may speak TLS with us, and 127.0.0.1:`port` until either
/// closes.
inline void relay(Peer& peer, int port) {
    const int target = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct Closer {
        ~Closer() { ::close(fd); }
        int fd;
    } closer{target};
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(static_cast<std::uint16_t>(port));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(target, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) {
        return;
    }
    char buffer[16384];
    for (;;) {
        pollfd both[] = {{peer.fd(), POLLIN, 0}, {target, POLLIN, 0}, {peer.stop_fd(), POLLIN, 0}};
        ::poll(both, 3, peer.has_pending() ? 0 : -1);
        if (both[2].revents != 0) {
            return;
        }
        if (both[0].revents != 0 || peer.has_pending()) {
            const std::string bytes = peer.read_some();
            if (bytes.empty() || !send_all(target, bytes)) {
                return;
            }
        }
        if (both[1].revents != 0) {
            const auto n = ::recv(target, buffer, sizeof buffer, 0);
            if (n <= 0) {
                return;
            }
            peer.send({buffer, static_cast<std::size_t>(n)});
        }
    }
}

/// The port in "host:port".
inline int port_in(const std::string& authority) {
    return std::stoi(authority.substr(authority.rfind(':') + 1));
}

/// An HTTP proxy: responds to CONNECT with `answer`, and relays. Whatever the host, it is on
/// 127.0.0.1.
inline Script connect_proxy(std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n") {
    return [answer](Peer& peer) {
        const auto request = peer.read_head();
        if (request && request->method == "CONNECT") {
            peer.send(answer);
            relay(peer, port_in(request->target));
        }
    };
}

/// What a SOCKS proxy was asked for.
struct SocksRequest {
    std::string methods;
    std::string login;  // "user:password"
    char type = 0;
    std::string address;  // a name, or the bytes of an address
    int port = 0;
};

/// The part of a SOCKS proxy up to its reply.
inline SocksRequest read_socks(Peer& peer, bool login) {
    SocksRequest request;
    const std::string hello = peer.read_exactly(2);
    request.methods = peer.read_exactly(static_cast<unsigned char>(hello[1]));
    peer.send_raw(login ? std::string("\5\2", 2) : std::string("\5\0", 2));
    if (login) {
        const auto text = [&] {
            return peer.read_exactly(static_cast<unsigned char>(peer.read_exactly(1)[0]));
        };
        peer.read_exactly(1);
        request.login = text();
        request.login += ':' + text();
        peer.send_raw(std::string("\1\0", 2));
    }
    request.type = peer.read_exactly(4)[3];
    const std::size_t size = request.type == 1 ? 4
                             : request.type == 4
                                 ? 16
                                 : static_cast<unsigned char>(peer.read_exactly(1)[0]);
    request.address = peer.read_exactly(size);
    const std::string port = peer.read_exactly(2);
    request.port = static_cast<unsigned char>(port[0]) * 256 + static_cast<unsigned char>(port[1]);
    return request;
}

}  // namespace hawser::test
