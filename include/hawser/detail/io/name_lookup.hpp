// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Names to addresses. getaddrinfo() may block for any length of time and cannot be interrupted. It
// therefore runs on a few threads of the process, which no one ever waits for. Overlapping lookups
// of the same name share one call. A lookup that is forgotten keeps running, and its result is
// dropped.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace hawser::detail {

class LookupPool;

/// What the system's resolver returned.
struct LookupResult {
    /// From the system, or from the resolver (category "hawser.resolver", values EAI_…).
    std::error_code ec;
    /// Distinct, in the resolver's order (RFC 6724), at most 16; the port is 0.
    std::vector<asio::ip::tcp::endpoint> addresses;
};

/// One lookup, for one owner.
class NameLookup final : public RefCounted {
public:
    /// Kept alive until it is notified, or until the lookup is forgotten.
    class Owner {
    public:
        /// Called on the executor.
        virtual void resolved(const LookupResult& result) = 0;
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Owner() = default;
    };

    /// Looks up the addresses of `host`. Counts as work of `executor` until the owner is notified.
    /// Throws std::system_error if there is no thread and none can be started.
    static IntrusivePtr<NameLookup> start(const std::string& host,
                                          const asio::any_io_executor& executor,
                                          Owner& owner,
                                          LookupPool& pool);

    /// The owner is not notified from now on, and nothing touches the executor after this returns:
    /// if a thread is just handing over the result, this waits for it. Idempotent.
    void forget() noexcept;

    /// Whether it still waits for a thread, because all of them are stuck in other lookups.
    bool waits_for_thread() const noexcept;

private:
    friend class LookupPool;
    struct Told;

    /// Whom to notify, and on which executor; counts as work there.
    struct Asker {
        Asker(Owner& who, const asio::any_io_executor& where)
            : owner(&who), executor(where), work(where) {}

        Owner* owner;
        asio::any_io_executor executor;
        asio::executor_work_guard<asio::any_io_executor> work;
    };

    NameLookup(const asio::any_io_executor& executor, Owner& owner, LookupPool& pool)
        : asker_(std::in_place, owner, executor), pool_(pool) {}

    void hand_over(const std::shared_ptr<const LookupResult>& result) noexcept;
    bool post(const Asker& asker, const std::shared_ptr<const LookupResult>& result) noexcept;
    std::optional<Asker> take_asker() noexcept;
    void wait_until_told(std::unique_lock<std::mutex>& lock) noexcept;

    // Guarded by the pool's mutex.
    std::optional<Asker> asker_;  // none once notified or forgotten
    std::thread::id telling_{};   // the thread that is handing over the result
    bool forgotten_ = false;

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

    std::mutex mutex_;  // guards everything below, and every lookup
    std::condition_variable wanted_;
    std::condition_variable told_;
    std::list<Query> queries_;  // oldest first
    std::size_t threads_ = 0;
    std::size_t idle_threads_ = 0;
};

/// The errors of getaddrinfo().
const std::error_category& resolver_category() noexcept;

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/name_lookup.ipp>
#endif
