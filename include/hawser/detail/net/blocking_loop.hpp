// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who runs the executor while a caller blocks. A client of its own lets the caller itself do it
// (leader and followers): one caller runs the loop, also for the others, until its own result is
// there, then the next one takes over. A client on a user's executor just waits for its threads.

#include <hawser/config.hpp>
#include <hawser/detail/net/completion.hpp>
#include <hawser/error.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace hawser::detail {

class BlockingLoop {
public:
    /// One caller that waits.
    struct Caller {
        std::condition_variable wake;
        Caller* next = nullptr;  // among the followers
        bool done = false;
        bool leads = false;
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
    bool would_deadlock() override;
    void wait(Caller& caller) override;
    void finish(Caller& caller) override;

private:
    void lead(Caller& caller, std::unique_lock<std::mutex>& lock);
    void follow(Caller& caller, std::unique_lock<std::mutex>& lock);

    asio::io_context context_{1};  // one thread at a time
    const asio::any_io_executor executor_{context_.get_executor()};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    std::mutex mutex_;
    Caller* leader_ = nullptr;
    std::thread::id leader_thread_;
    Caller* first_follower_ = nullptr;
};

/// The loop behind an executor of the user's.
class ForeignLoop final : public BlockingLoop {
public:
    explicit ForeignLoop(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    const asio::any_io_executor& executor() const noexcept override { return executor_; }
    bool would_deadlock() override;
    void wait(Caller& caller) override;
    void finish(Caller& caller) override;

private:
    asio::any_io_executor executor_;
    std::mutex mutex_;
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
