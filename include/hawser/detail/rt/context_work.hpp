// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The work that keeps io_context::run() and thread_pool::join() from returning, and how an idle
// connection gives its share back: its wait stays armed, but nobody has to wait for it.
//
// Asio counts one piece of work for a pending operation, and one more where the executor tracks
// work of its own. UntrackedExecutor leaves the first, ContextWork gives that back and takes it
// again. It must be taken again before the operation's handler ends, when Asio counts it down.

#include <hawser/config.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution.hpp>
#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>

#include <typeinfo>
#include <utility>

namespace hawser::detail {

/// The count of outstanding work of one execution context. Sockets and timers put Asio's scheduler
/// into any context that has none, so every context that can run them has a count.
class ContextWork {
public:
    explicit ContextWork(asio::execution_context& context)
        : scheduler_(&asio::use_service<Scheduler>(context)) {}

    /// There is one piece of work more.
    void started() noexcept { scheduler_->work_started(); }
    /// There is one less. The last one lets those return who run the context.
    void finished() noexcept { scheduler_->work_finished(); }

private:
    // What counts, in io_context and thread_pool alike (on Windows in io_context only).
    using Scheduler = asio::detail::io_context_impl;

    Scheduler* scheduler_;
};

/// Runs what `inner` runs, where it runs it, but never counts work on its behalf.
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
    UntrackedExecutor() noexcept = default;  // a constructor from any executor would make Asio ask
                                             // whether this converts to one before it is one
    asio::any_io_executor inner_;
};

/// An executor for sockets and timers whose pending operations count as one piece of work each.
/// For that of an io_context Asio does so itself.
inline asio::any_io_executor untracked(const asio::any_io_executor& executor) {
    return executor.target_type() == typeid(asio::io_context::executor_type)
               ? executor
               : asio::any_io_executor(UntrackedExecutor::around(executor));
}

}  // namespace hawser::detail
