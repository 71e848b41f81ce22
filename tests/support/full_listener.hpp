// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A port that never answers connects.

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace hawser::test {

/// Listens with a full queue, so that further connects get no answer.
class FullListener {
public:
    /// On every address of this machine, 127.0.0.0/8 included, or on 127.0.0.1 only.
    explicit FullListener(bool everywhere = false)
        : listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(everywhere ? INADDR_ANY : INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        auto* address = reinterpret_cast<sockaddr*>(&name);
        ::bind(listener_, address, size);
        ::listen(listener_, 0);
        ::getsockname(listener_, address, &size);
        port_ = ntohs(name.sin_port);
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        for (int& filler : fillers_) {
            filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            (void)::connect(filler, address, size);
        }
    }
    FullListener(const FullListener&) = delete;
    FullListener& operator=(const FullListener&) = delete;
    ~FullListener() {
        for (const int filler : fillers_) {
            ::close(filler);
        }
        ::close(listener_);
    }

    std::uint16_t port() const { return port_; }
    std::string url(const std::string& host = "127.0.0.1") const {
        return "http://" + host + ':' + std::to_string(port_) + '/';
    }

private:
    int listener_;
    int fillers_[3] = {};
    std::uint16_t port_ = 0;
};

}  // namespace hawser::test
