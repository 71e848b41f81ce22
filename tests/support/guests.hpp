// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Objects that users pass to the library: an executor, an allocator, a handler, a trace. Whenever
// one is called, it checks whether the thread holds one of the library's locks. For programs
// compiled with HAWSER_COUNT_LOCKS.

#include <hawser/detail/rt/monitor.hpp>
#include <hawser/hawser.hpp>

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace hawser::test {

/// Counts the calls of user code, and those that found a lock held.
struct GuestLog {
    std::atomic<int> calls{0};
    std::atomic<int> under_lock{0};
    std::atomic<int> executed{0};

    void called() noexcept {
        ++calls;
        under_lock += detail::locks_held != 0 ? 1 : 0;
    }
};

/// An executor that wraps an io_context's.
class GuestExecutor {
public:
    GuestExecutor(asio::io_context::executor_type inner, GuestLog& log) noexcept
        : inner_(inner), log_(&log) {}

    asio::execution_context& query(asio::execution::context_t) const noexcept {
        return inner_.context();
    }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    GuestExecutor require(asio::execution::blocking_t::never_t) const noexcept { return *this; }
    template <class Function>
    void execute(Function function) const {
        log_->called();
        ++log_->executed;
        asio::post(inner_, std::move(function));
    }
    friend bool operator==(const GuestExecutor& a, const GuestExecutor& b) noexcept {
        return a.inner_ == b.inner_;
    }
    friend bool operator!=(const GuestExecutor& a, const GuestExecutor& b) noexcept {
        return !(a == b);
    }

private:
    asio::io_context::executor_type inner_;
    GuestLog* log_;
};

template <class T>
class GuestAllocator {
public:
    using value_type = T;
    explicit GuestAllocator(GuestLog& log) noexcept : log_(&log) {}
    template <class U>
    GuestAllocator(const GuestAllocator<U>& other) noexcept : log_(other.log()) {}

    T* allocate(std::size_t n) {
        log_->called();
        return static_cast<T*>(::operator new(n * sizeof(T)));
    }
    void deallocate(T* block, std::size_t) noexcept {
        log_->called();
        ::operator delete(block);
    }
    GuestLog* log() const noexcept { return log_; }
    template <class U>
    bool operator==(const GuestAllocator<U>& other) const noexcept {
        return log_ == other.log();
    }

private:
    GuestLog* log_;
};

/// A user's object whose destruction is observed.
class GuestThing {
public:
    explicit GuestThing(GuestLog& log) noexcept : log_(&log) {}
    GuestThing(GuestThing&& other) noexcept : log_(std::exchange(other.log_, nullptr)) {}
    GuestThing& operator=(GuestThing&&) = delete;
    ~GuestThing() {
        if (log_ != nullptr) {
            log_->called();
        }
    }

private:
    GuestLog* log_;
};

/// A handler with a user's executor and allocator.
template <class Function>
class GuestHandler {
public:
    using executor_type = GuestExecutor;
    using allocator_type = GuestAllocator<void>;

    GuestHandler(asio::io_context& io, GuestLog& log, Function function)
        : executor_(io.get_executor(), log),
          log_(&log),
          thing_(log),
          function_(std::move(function)) {}

    executor_type get_executor() const noexcept { return executor_; }
    allocator_type get_allocator() const noexcept { return allocator_type(*log_); }

    template <class... Args>
    void operator()(Args&&... args) {
        log_->called();
        function_(std::forward<Args>(args)...);
    }

private:
    GuestExecutor executor_;
    GuestLog* log_;
    GuestThing thing_;
    Function function_;
};

/// Calls the client from every event, and from its destructor.
class GuestTrace final : public ClientTrace {
public:
    GuestTrace(Client client, GuestLog& log) : client_(std::move(client)), log_(&log) {}
    ~GuestTrace() override { told(); }

    void attempt_begin(unsigned) override { told(); }
    void attempt_end(const AttemptEnd&) override { told(); }
    void got_conn(const ConnectionInfo&, std::chrono::nanoseconds) override { told(); }
    void connect_start(const Endpoint&) override { told(); }
    void wrote_request(std::error_code) override { told(); }
    void got_first_response_byte() override { told(); }
    void put_idle_conn(std::uint64_t, Reuse) override { told(); }

private:
    void told() {
        log_->called();
        (void)client_.stats();
    }

    Client client_;
    GuestLog* log_;
};

}  // namespace hawser::test
