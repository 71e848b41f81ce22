// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/name_lookup.hpp>
#include <hawser/detail/never_destroyed.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <thread>
#include <utility>

#if !defined(_WIN32)
#include <csignal>
#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

// ── The system's resolver ────────────────────────────────────────────────────────────────────────

class ResolverCategory final : public std::error_category {
public:
    const char* name() const noexcept override { return "hawser.resolver"; }
    std::string message(int value) const override { return ::gai_strerror(value); }
};

HAWSER_DECL const std::error_category& resolver_category() noexcept {
    return never_destroyed<ResolverCategory>();
}

/// The error of a failed getaddrinfo(), given its errno. The resolver does not report that it ran
/// out of descriptors; it calls that a temporary failure of the name servers.
inline std::error_code lookup_error(int status, int number) noexcept {
    const bool exhausted = number == EMFILE || number == ENFILE || number == ENOMEM;
#if defined(EAI_SYSTEM)
    if (status == EAI_SYSTEM) {
        return {number != 0 ? number : EIO, std::system_category()};
    }
#endif
    if (status == EAI_MEMORY) {
        return {ENOMEM, std::system_category()};
    }
    return exhausted ? std::error_code(number, std::system_category())
                     : std::error_code(status, resolver_category());
}

HAWSER_DECL void LookupResult::add(const asio::ip::tcp::endpoint& address) {
    constexpr std::size_t most = 16;
    const auto known = std::find(addresses.begin(), addresses.end(), address);
    if (known == addresses.end() && addresses.size() < most) {
        addresses.push_back(address);
    }
}

// Uses no filter; AI_ADDRCONFIG would hide ::1 where only IPv4 is configured.
HAWSER_DECL void look_up(const std::string& host, LookupResult& result) noexcept try {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    addrinfo* found = nullptr;
    errno = 0;
    if (const int status = ::getaddrinfo(host.c_str(), nullptr, &hints, &found)) {
        result.ec = lookup_error(status, errno);
        return;
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        asio::ip::tcp::endpoint address;
        if ((at->ai_family != AF_INET && at->ai_family != AF_INET6) ||
            at->ai_addrlen > address.capacity()) {
            continue;
        }
        std::memcpy(address.data(), at->ai_addr, at->ai_addrlen);
        address.resize(at->ai_addrlen);
        result.add(address);
    }
    if (result.addresses.empty()) {
        result.ec = {EAI_NONAME, resolver_category()};
    }
} catch (...) {
    result.ec = std::make_error_code(std::errc::not_enough_memory);
}

// ── One lookup ───────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL IntrusivePtr<NameLookup> NameLookup::start(const std::string& host,
                                                       const asio::any_io_executor& executor,
                                                       Owner& owner,
                                                       LookupPool& pool) {
    IntrusivePtr<NameLookup> lookup(new NameLookup(executor, owner, pool));
    try {
        pool.ask(host, *lookup);
    } catch (...) {
        lookup->forget();
        throw;
    }
    return lookup;
}

HAWSER_DECL void NameLookup::forget() noexcept {
    if (!pool_.of_this_process()) {
        return;  // only the parent has the pool's threads, and one of them may have held the mutex
    }
    {
        std::lock_guard lock(pool_.mutex_);
        for (auto query = pool_.queries_.begin(); query != pool_.queries_.end(); ++query) {
            if (std::erase(query->asking, IntrusivePtr<NameLookup>(this)) != 0) {
                if (query->asking.empty() && !query->running) {
                    pool_.queries_.erase(query);
                }
                break;
            }
        }
    }
    drop();
}

HAWSER_DECL bool NameLookup::waits_for_thread() const noexcept {
    if (!pool_.of_this_process()) {
        return false;
    }
    std::lock_guard lock(pool_.mutex_);
    return std::any_of(pool_.queries_.begin(), pool_.queries_.end(), [&](const auto& query) {
        return !query.running && std::any_of(query.asking.begin(),
                                             query.asking.end(),
                                             [&](const auto& one) { return one.get() == this; });
    });
}

// ── The threads ──────────────────────────────────────────────────────────────────────────────────

inline long current_process() noexcept {
#if defined(_WIN32)
    return 0;
#else
    return static_cast<long>(::getpid());
#endif
}

/// Starts a thread that no one joins. It handles none of the program's signals.
template <class Function>
void start_detached(Function function) {
#if defined(_WIN32)
    std::thread(std::move(function)).detach();
#else
    struct NoSignals {
        NoSignals() noexcept {
            sigset_t all;
            sigfillset(&all);
            blocked = ::pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
        }
        ~NoSignals() {
            if (blocked) {
                ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
            }
        }
        sigset_t before;
        bool blocked;
    };
    const NoSignals none;
    std::thread(std::move(function)).detach();
#endif
}

HAWSER_DECL LookupPool::LookupPool(std::size_t most_threads,
                                   std::chrono::milliseconds idle) noexcept
    : most_threads_(most_threads), idle_(idle), process_(current_process()) {}

HAWSER_DECL bool LookupPool::of_this_process() const noexcept {
    return process_ == current_process();
}

HAWSER_DECL LookupPool& LookupPool::of_process() {
    static std::atomic<LookupPool*> current{nullptr};
    LookupPool* pool = current.load(std::memory_order_acquire);
    while (pool == nullptr || !pool->of_this_process()) {
        constexpr std::chrono::seconds idle{10};
        auto fresh = std::make_unique<LookupPool>(most_threads_of_process, idle);
        if (current.compare_exchange_strong(pool, fresh.get(), std::memory_order_acq_rel)) {
            return *fresh.release();
        }
    }
    return *pool;
}

HAWSER_DECL void LookupPool::ask(const std::string& host, NameLookup& lookup) {
    std::lock_guard lock(mutex_);
    for (Query& query : queries_) {
        if (query.host == host) {
            query.asking.emplace_back(&lookup);
            return;
        }
    }
    queries_.push_back({host, std::make_shared<LookupResult>(), {&lookup}, false});
    try {
        need_thread();
    } catch (...) {
        queries_.pop_back();
        throw;
    }
}

// Call with mutex_ held.
HAWSER_DECL void LookupPool::need_thread() {
    const auto queued = static_cast<std::size_t>(std::count_if(
        queries_.begin(), queries_.end(), [](const Query& query) { return !query.running; }));
    if (queued <= idle_threads_) {
        wanted_.notify_one();
    } else if (threads_ < most_threads_) {
        ++threads_;
        try {
            start_detached([this] { work(); });
        } catch (...) {
            if (--threads_ == 0) {
                throw;
            }  // else another thread will get to it
        }
    }
}

HAWSER_DECL LookupPool::Query* LookupPool::next_query() noexcept {
    for (Query& query : queries_) {
        if (!query.running) {
            return &query;
        }
    }
    return nullptr;
}

HAWSER_DECL void LookupPool::work() noexcept {
#if defined(__GLIBC__)
    ::pthread_setname_np(::pthread_self(), "hawser-lookup");
#endif
    std::unique_lock lock(mutex_);
    for (;;) {
        Query* query = next_query();
        if (query == nullptr) {
            ++idle_threads_;
            const bool woken =
                wanted_.wait_for(lock, idle_, [&] { return next_query() != nullptr; });
            --idle_threads_;
            if (!woken) {
                --threads_;
                return;
            }
            continue;
        }
        query->running = true;
        lock.unlock();
        look_up(query->host, *query->result);  // it is running: no one else removes it
        lock.lock();
        const auto asking = std::move(query->asking);
        const LookupResultPtr result = std::move(query->result);
        queries_.remove_if([&](const Query& one) { return &one == query; });
        lock.unlock();
        for (const IntrusivePtr<NameLookup>& lookup : asking) {
            lookup->deliver(result);
        }
        lock.lock();
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
