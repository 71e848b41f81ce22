// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Networks on which nothing ever happens: a port whose connects get no answer, and a name whose
// look-up does not return; also a name with several addresses. The names put a getaddrinfo() of
// their own in front of the system's, so one test file only may include this.

#include "full_listener.hpp"
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

/// Its addresses are 127.0.0.1, 127.0.0.2 and 127.0.0.3, in this order.
inline constexpr const char* three_addresses = "three.hawser.test";

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
    if (node != nullptr && std::string_view{node} == hawser::test::three_addresses) {
        addrinfo* all = nullptr;
        for (const char* address : {"127.0.0.3", "127.0.0.2", "127.0.0.1"}) {
            addrinfo only = *hints;
            only.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
            addrinfo* one = nullptr;
            if (real(address, service, &only, &one) == 0) {
                one->ai_next = all;
                all = one;
            }
        }
        *result = all;
        return all == nullptr ? EAI_NONAME : 0;
    }
    return real(node, service, hints, result);
}
