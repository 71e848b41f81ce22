// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who runs the executor while a caller blocks. A client of its own lets the caller itself do it
// (leader and followers): one caller runs the loop, also for the others, until its own result is
// there, then the next one takes over. A client on a user's executor just waits for its threads.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_list.hpp>
#include <hawser/detail/net/completion.hpp>
#include <hawser/detail/net/context_threads.hpp>
#include <hawser/error.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>

namespace hawser::detail {

class BlockingLoop {
public:
    /// Where a thread sleeps. Outlives the calls it makes, so that it is notified with no lock held
    /// and nobody wakes up to contention.
    struct Bed {
        std::mutex mutex;
        std::condition_variable woken;
    };
    using BedPtr = std::shared_ptr<Bed>;

    /// One caller that waits, on its thread's stack.
    class Caller : public ListHook<Caller> {
    public:
        enum class State { waits, leads, done };

        bool leads = false;  // of CallersLoop

        Caller();
        bool done() const noexcept { return state_.load(std::memory_order_acquire) == State::done; }
        /// Until the state is another one than `waits`. Once done, stays done.
        void sleep();
        /// The bed is to be notified, at best with no lock held. Once done, the caller may be gone.
        BedPtr set(State state);

    private:
        const BedPtr& bed_;
        std::atomic<State> state_{State::waits};
    };

    virtual ~BlockingLoop() = default;

    virtual const asio::any_io_executor& executor() const noexcept = 0;
    /// Whether this thread must not wait, because it is the one that would have to do the work.
    virtual bool would_deadlock() = 0;
    /// Returns once finish() was called for this caller.
    virtual void wait(Caller& caller) = 0;
    virtual void finish(Caller& caller) = 0;
};

/// The loop of a client without an executor.
class CallersLoop final : public BlockingLoop {
public:
    CallersLoop() = default;

    const asio::any_io_executor& executor() const noexcept override { return executor_; }
    HAWSER_DECL bool would_deadlock() override;
    HAWSER_DECL void wait(Caller& caller) override;
    HAWSER_DECL void finish(Caller& caller) override;

private:
    bool lead_or_follow(Caller& caller);
    std::exception_ptr lead(Caller& caller);
    void pass_lead_on();

    asio::io_context context_{1};  // one thread at a time
    const asio::any_io_executor executor_{context_.get_executor()};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    std::mutex mutex_;
    Caller* leader_ = nullptr;
    IntrusiveList<Caller, Caller> followers_;  // asleep or about to be, last come last
};

/// The loop behind an executor of the user's.
class ForeignLoop final : public BlockingLoop {
public:
    explicit ForeignLoop(asio::any_io_executor executor)
        : executor_(std::move(executor)), threads_(executor_) {}

    const asio::any_io_executor& executor() const noexcept override { return executor_; }
    bool would_deadlock() override { return threads_.include_this(executor_); }
    void wait(Caller& caller) override { caller.sleep(); }
    void finish(Caller& caller) override { caller.set(Caller::State::done)->woken.notify_one(); }

private:
    asio::any_io_executor executor_;
    ContextThreads threads_;
};

/// The completion of a blocking call, on its caller's stack.
template <class Base>
class BlockingCompletion final : public Base {
public:
    template <class... Args>
    explicit BlockingCompletion(BlockingLoop& loop, Args&&... args)
        : Base(std::forward<Args>(args)...), loop_(loop) {}

    void wait() { loop_.wait(caller_); }

    void run(Context) override { loop_.finish(caller_); }
    void discard() noexcept override {
        this->ec = error::client_closed;
        loop_.finish(caller_);
    }
    asio::cancellation_slot cancellation_slot() const noexcept override { return {}; }

private:
    BlockingLoop& loop_;
    BlockingLoop::Caller caller_;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/net/impl/blocking_loop.ipp>
#endif
