// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Networks on which nothing ever happens: a port that never answers connects, and names whose
// lookup does not return; also names that are resolved here and not by the system. This defines a
// getaddrinfo() in front of the system's, which counts as well.

#include "full_listener.hpp"
#include "gate.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <dlfcn.h>
#include <map>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace hawser::test {

/// What the resolver was asked.
class Questions {
public:
    void count(const char* name, int flags) {
        sigset_t blocked;
        ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
        std::lock_guard lock(mutex_);
        ++counts_[name];
        flags_ |= flags;
        handles_signals_ |= sigismember(&blocked, SIGINT) == 0;
        asked_by_ = ::gettid();
    }
    int of(const std::string& name) {
        std::lock_guard lock(mutex_);
        return counts_[name];
    }
    /// All flags that were ever used.
    int flags() {
        std::lock_guard lock(mutex_);
        return flags_;
    }

    /// The thread that asked last.
    pid_t asked_by() {
        std::lock_guard lock(mutex_);
        return asked_by_;
    }
    /// Whether an asking thread could have been interrupted by one of the program's signals.
    bool handles_signals() {
        std::lock_guard lock(mutex_);
        return handles_signals_;
    }

private:
    std::mutex mutex_;
    std::map<std::string, int> counts_;
    int flags_ = 0;
    bool handles_signals_ = false;
    pid_t asked_by_ = 0;
};

inline Questions& questions() {
    static auto& asked = *new Questions;  // outlives every thread
    return asked;
}

/// While this exists, looking up a name that ends like `host` or `late` does not return before
/// release(). Then the former have no address, and the latter are 127.0.0.1.
class StuckResolver {
public:
    StuckResolver() { set(released_); }
    StuckResolver(const StuckResolver&) = delete;
    StuckResolver& operator=(const StuckResolver&) = delete;
    ~StuckResolver() { release(); }

    static constexpr const char* host = "stuck.hawser.test";
    static constexpr const char* late = "late.hawser.test";
    std::string url() const { return std::string{"http://"} + host + "/"; }

    void release() { released_->open(); }

    static std::shared_ptr<Gate> gate() {
        std::lock_guard lock(mutex());
        return slot();
    }

private:
    static void set(std::shared_ptr<Gate> gate) {
        std::lock_guard lock(mutex());
        slot() = std::move(gate);
    }
    static std::shared_ptr<Gate>& slot() {
        static auto& gate = *new std::shared_ptr<Gate>;
        return gate;
    }
    static std::mutex& mutex() {
        static auto& mutex = *new std::mutex;
        return mutex;
    }

    std::shared_ptr<Gate> released_ = std::make_shared<Gate>();
};

/// Resolves to 127.0.0.1, 127.0.0.2 and 127.0.0.3, in this order.
inline constexpr const char* three_addresses = "three.hawser.test";
/// Resolves to 1000 addresses: 127.0.0.1 fifty times, 127.0.0.2 fifty times, and so on.
inline constexpr const char* many_addresses = "many.hawser.test";
/// Resolves to 127.0.0.1, at once.
inline constexpr const char* one_address = "one.hawser.test";
/// Does not exist.
inline constexpr const char* no_address = "none.hawser.test";

namespace internal {

using GetAddrInfo = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

inline int answer(GetAddrInfo real,
                  const std::vector<std::string>& addresses,
                  const addrinfo* hints,
                  addrinfo** result) {
    addrinfo* all = nullptr;
    for (auto address = addresses.rbegin(); address != addresses.rend(); ++address) {
        addrinfo only = *hints;
        only.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
        addrinfo* one = nullptr;
        if (real(address->c_str(), nullptr, &only, &one) == 0) {
            one->ai_next = all;
            all = one;
        }
    }
    *result = all;
    return all == nullptr ? EAI_NONAME : 0;
}

}  // namespace internal

}  // namespace hawser::test

// Weak, so that several test files may include this.
extern "C" [[gnu::weak]] int getaddrinfo(const char* node,
                                         const char* service,
                                         const addrinfo* hints,
                                         addrinfo** result) {
    using namespace hawser::test;
    static const auto real =
        reinterpret_cast<internal::GetAddrInfo>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    const std::string_view name = node == nullptr ? "" : node;
    if (!name.ends_with(".hawser.test")) {
        if (node != nullptr) {
            questions().count(node, hints == nullptr ? 0 : hints->ai_flags);
        }
        return real(node, service, hints, result);
    }
    questions().count(node, hints->ai_flags);
    const bool late = name.ends_with(StuckResolver::late);
    if (late || name.ends_with(StuckResolver::host)) {
        try {
            const auto gate = StuckResolver::gate();
            gate->wait();
        } catch (const TimedOut&) {
        }
    }
    if (late || name == one_address) {
        return internal::answer(real, {"127.0.0.1"}, hints, result);
    }
    if (name == three_addresses) {
        return internal::answer(real, {"127.0.0.1", "127.0.0.2", "127.0.0.3"}, hints, result);
    }
    if (name == many_addresses) {
        std::vector<std::string> addresses;
        for (int i = 0; i < 1000; ++i) {
            addresses.push_back("127.0.0." + std::to_string(1 + i / 50));
        }
        return internal::answer(real, addresses, hints, result);
    }
    return EAI_NONAME;
}
