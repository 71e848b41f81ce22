// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Names to addresses. getaddrinfo() may block for any length of time and cannot be interrupted. It
// therefore runs on a few threads of the process, which no one ever waits for. Overlapping lookups
// of the same name share one call. A lookup that is forgotten keeps running, and its result is
// dropped.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/hand_over.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class LookupPool;

/// What a resolver returned.
struct LookupResult {
    /// From the system, or from its resolver (category "hawser.resolver", values EAI_…), or from a
    /// user's.
    std::error_code ec;
    /// Distinct, in the resolver's order (RFC 6724), at most 16; the port is 0.
    std::vector<asio::ip::tcp::endpoint> addresses{};
    void add(const asio::ip::tcp::endpoint& address);
    /// What the code does not say.
    std::string reason{};
};

using LookupResultPtr = std::shared_ptr<const LookupResult>;

/// One lookup, for one owner.
class NameLookup final : public HandOver<LookupResultPtr> {
public:
    /// Looks up the addresses of `host`. Counts as work of `executor` until the owner is notified.
    /// Throws std::system_error if there is no thread and none can be started.
    static IntrusivePtr<NameLookup> start(const std::string& host,
                                          const asio::any_io_executor& executor,
                                          Owner& owner,
                                          LookupPool& pool);

    /// As HandOver::forget(); also takes it out of the queue.
    HAWSER_DECL void forget() noexcept override;

    /// Whether it still waits for a thread, because all of them are stuck in other lookups.
    bool waits_for_thread() const noexcept;

private:
    NameLookup(const asio::any_io_executor& executor, Owner& owner, LookupPool& pool)
        : HandOver(executor, owner), pool_(pool) {}

    LookupPool& pool_;
};

/// The threads and their queue. A thread is started when there is a query and no idle thread; it
/// ends after being idle for a while. None is ever joined, so that a stuck one blocks no destructor
/// and no exit. For that reason a pool must never be destroyed.
class LookupPool {
public:
    LookupPool(std::size_t most_threads, std::chrono::milliseconds idle) noexcept;
    LookupPool(const LookupPool&) = delete;
    LookupPool& operator=(const LookupPool&) = delete;

    static constexpr std::size_t most_threads_of_process = 8;
    /// The pool of this process; a child of fork() gets its own.
    static LookupPool& of_process();

private:
    friend class NameLookup;

    /// A name that is being looked up, or queued, for all who asked for it.
    struct Query {
        std::string host;
        std::shared_ptr<LookupResult> result;
        std::vector<IntrusivePtr<NameLookup>> asking;
        bool running = false;
    };

    void ask(const std::string& host, NameLookup& lookup);
    void need_thread();
    void work() noexcept;
    Query* next_query() noexcept;
    bool of_this_process() const noexcept;

    const std::size_t most_threads_;
    const std::chrono::milliseconds idle_;
    const long process_;

    std::mutex mutex_;  // guards everything below
    std::condition_variable wanted_;
    std::list<Query> queries_;  // oldest first
    std::size_t threads_ = 0;
    std::size_t idle_threads_ = 0;
};

/// The errors of getaddrinfo().
const std::error_category& resolver_category() noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/name_lookup.ipp>
#endif
