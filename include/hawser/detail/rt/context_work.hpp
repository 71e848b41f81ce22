// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The work that keeps io_context::run() and thread_pool::join() from returning, and how an idle
// connection gives back its share: its wait stays armed, but no longer keeps run() from returning.
//
// Asio counts one piece of work for a pending operation, and one more if the executor tracks work
// itself. UntrackedExecutor avoids the second. ContextWork gives back the first and takes it again;
// it must do so before the operation's handler ends, because Asio then subtracts it.

#include <hawser/config.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution.hpp>
#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>

#include <optional>
#include <typeinfo>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// The count of outstanding work of one execution context. Sockets and timers add Asio's scheduler
/// to any context that has none, so every context that can run them has such a count.
class ContextWork {
public:
    explicit ContextWork(asio::execution_context& context)
        : scheduler_(&asio::use_service<Scheduler>(context)) {}

    /// Adds one piece of work.
    void started() noexcept { scheduler_->work_started(); }
    /// Removes one piece of work. If it was the last, run() returns.
    void finished() noexcept { scheduler_->work_finished(); }

private:
    // Counts the work of io_context and thread_pool alike (on Windows, of io_context only).
    using Scheduler = asio::detail::io_context_impl;

    Scheduler* scheduler_;
};

/// Whether the run() that calls handlers of `executor` may return although Asio has an operation
/// pending in the executor's context: the user's own executors count work for themselves, by
/// asio::execution::outstanding_work.
HAWSER_DECL bool counts_own_work(const asio::any_io_executor& executor) noexcept;

/// One piece of work of a context, or none.
class HeldWork {
public:
    HeldWork() noexcept = default;
    explicit HeldWork(ContextWork work) noexcept : work_(work) { work_->started(); }
    HeldWork(HeldWork&& other) noexcept : work_(std::exchange(other.work_, std::nullopt)) {}
    HeldWork& operator=(HeldWork&& other) noexcept {
        std::swap(work_, other.work_);
        return *this;
    }
    ~HeldWork() {
        if (work_) {
            work_->finished();
        }
    }
    explicit operator bool() const noexcept { return work_.has_value(); }

private:
    std::optional<ContextWork> work_;
};

/// Runs functions where `inner` would run them, but never tracks work.
class UntrackedExecutor {
public:
    static UntrackedExecutor around(asio::any_io_executor inner) noexcept {
        UntrackedExecutor executor;
        executor.inner_ = std::move(inner);
        return executor;
    }

    asio::execution_context& query(asio::execution::context_t) const noexcept {
        return asio::query(inner_, asio::execution::context);
    }
    UntrackedExecutor require(asio::execution::blocking_t::never_t never) const {
        return around(asio::require(inner_, never));
    }
    UntrackedExecutor require(asio::execution::blocking_t::possibly_t possibly) const {
        return around(asio::prefer(inner_, possibly));
    }
    UntrackedExecutor require(asio::execution::relationship_t::fork_t fork) const {
        return around(asio::prefer(inner_, fork));
    }
    UntrackedExecutor require(asio::execution::relationship_t::continuation_t continuation) const {
        return around(asio::prefer(inner_, continuation));
    }

    template <class Function>
    void execute(Function&& function) const {
        inner_.execute(std::forward<Function>(function));
    }

    friend bool operator==(const UntrackedExecutor& a, const UntrackedExecutor& b) noexcept {
        return a.inner_ == b.inner_;
    }
    friend bool operator!=(const UntrackedExecutor& a, const UntrackedExecutor& b) noexcept {
        return !(a == b);
    }

private:
    UntrackedExecutor() noexcept = default;  // with a converting constructor, Asio would ask
                                             // whether the incomplete type is an executor
    asio::any_io_executor inner_;
};

/// An executor for sockets and timers on which a pending operation counts as exactly one piece of
/// work. io_context's own executor already works that way.
inline asio::any_io_executor untracked(const asio::any_io_executor& executor) {
    return executor.target_type() == typeid(asio::io_context::executor_type)
               ? executor
               : asio::any_io_executor(UntrackedExecutor::around(executor));
}

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/context_work.ipp>
#endif
