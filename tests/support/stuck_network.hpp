// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Networks on which nothing ever happens: a port whose connects get no answer, and a name whose
// look-up does not return. The latter puts a getaddrinfo() of its own in front of the system's, so
// one test file only may include this.

#include "gate.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace hawser::test {

/// Listens with a queue that is full: further connects are not answered.
class FullListener {
public:
    FullListener() : listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        auto* address = reinterpret_cast<sockaddr*>(&name);
        ::bind(listener_, address, size);
        ::listen(listener_, 0);
        ::getsockname(listener_, address, &size);
        port_ = ntohs(name.sin_port);
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

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

private:
    int listener_;
    int fillers_[3] = {};
    std::uint16_t port_ = 0;
};

/// While it exists, looking up the host of url() does not return before release().
class StuckResolver {
public:
    StuckResolver() { gate() = released_; }
    StuckResolver(const StuckResolver&) = delete;
    StuckResolver& operator=(const StuckResolver&) = delete;
    ~StuckResolver() { release(); }

    static constexpr const char* host = "stuck.hawser.test";
    std::string url() const { return std::string{"http://"} + host + "/"; }

    void release() { released_->open(); }

    static std::shared_ptr<Gate>& gate() {
        static std::shared_ptr<Gate> gate;
        return gate;
    }

private:
    std::shared_ptr<Gate> released_ = std::make_shared<Gate>();
};

}  // namespace hawser::test

extern "C" int getaddrinfo(const char* node,
                           const char* service,
                           const addrinfo* hints,
                           addrinfo** result) {
    if (node != nullptr && std::string_view{node} == hawser::test::StuckResolver::host) {
        try {
            const auto gate = hawser::test::StuckResolver::gate();
            gate->wait();
        } catch (const hawser::test::TimedOut&) {
        }
        return EAI_NONAME;
    }
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(node, service, hints, result);
}
