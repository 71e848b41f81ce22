// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Names to addresses. getaddrinfo() blocks for as long as it likes and cannot be interrupted: it is
// called by a few threads of the process, which nobody ever waits for. Equal look-ups that overlap
// are one call. A look-up that is forgotten is left behind, and its result is dropped.

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

/// What the system's resolver said.
struct LookupResult {
    /// Of the system, or of the resolver (its category is "hawser.resolver", its values are EAI_…).
    std::error_code ec;
    /// Distinct, in the resolver's order (RFC 6724), at most 16; the port is 0.
    std::vector<asio::ip::tcp::endpoint> addresses;
};

/// One question of one owner.
class NameLookup final : public RefCounted {
public:
    /// Kept alive until it was told, or its question forgotten.
    class Owner {
    public:
        /// From the executor.
        virtual void resolved(const LookupResult& result) = 0;
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Owner() = default;
    };

    /// Asks for the addresses of `host`. Counts as work of `executor` until the owner is told.
    /// Throws std::system_error if not one thread can be had.
    static IntrusivePtr<NameLookup> start(const std::string& host,
                                          const asio::any_io_executor& executor,
                                          Owner& owner,
                                          LookupPool& pool);

    /// The owner is not told any more. Afterwards nothing touches the executor: returns only when a
    /// thread that is just handing over the result has done so. Idempotent.
    void forget() noexcept;

    /// Whether it still waits for one of the threads: others are stuck.
    bool waits_for_thread() const noexcept;

private:
    friend class LookupPool;
    struct Told;

    /// Whom to tell, and where; counts as work there.
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
    std::optional<Asker> asker_;  // none: told or forgotten
    std::thread::id telling_{};   // the thread that hands over the result
    bool forgotten_ = false;

    LookupPool& pool_;
};

/// The threads, and what they are asked. Each is made when it is needed and none is idle, and ends
/// when it was idle for a while. None is ever joined, so that a stuck one holds up no destructor
/// and no exit; hence a pool must never be destroyed.
class LookupPool {
public:
    LookupPool(std::size_t most_threads, std::chrono::milliseconds idle) noexcept;
    LookupPool(const LookupPool&) = delete;
    LookupPool& operator=(const LookupPool&) = delete;

    static constexpr std::size_t most_threads_of_process = 8;
    /// That of this process; a child of fork() has its own.
    static LookupPool& of_process();

    /// For tests and messages.
    std::size_t threads() const noexcept;

private:
    friend class NameLookup;

    /// A name that is looked up, or queued, for everybody who asks for it.
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

    mutable std::mutex mutex_;  // guards what follows, and every look-up
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
