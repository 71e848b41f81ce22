// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/operation_core.hpp>

#include <asio/post.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::error_code OperationCore::canceled() const noexcept {
    const std::lock_guard lock(mutex_);
    return canceled_ ? cause_ : std::error_code{};
}

HAWSER_DECL void OperationCore::watch(const std::stop_token& stop) {
    if (stop.stop_possible()) {
        stop_.emplace(stop, Stop{*this});
    }
}

HAWSER_DECL void OperationCore::start(CalledFrom from) {
    std::coroutine_handle<> coroutine;
    try {
        coroutine = run().coroutine();
    } catch (const std::exception&) {  // no memory for the coroutine
        failed(error::resource_exhausted);
        return deliver(from);
    }
    go_on(coroutine, from);
}

// Whoever resumes the coroutine completes the operation if that was its last step: once the
// coroutine is gone, and with an exception of the caller's handler going to the right place.
HAWSER_DECL void OperationCore::go_on(std::coroutine_handle<> coroutine, CalledFrom from) {
    const IntrusivePtr<OperationCore> self(this);
    bool ended = false;
    ended_ = &ended;
    // What the coroutine calls between steps must not run within the caller's function, nor keep
    // the executor from other work.
    may_go_on_ = from == CalledFrom::executor;
    coroutine.resume();
    if (ended) {
        stop_.reset();
        deliver(from);
    }
}

HAWSER_DECL void OperationCore::enter(Step& step) noexcept {
    const std::lock_guard lock(mutex_);
    current_ = &step;
}

// The step was started.
HAWSER_DECL bool OperationCore::entered(Step& step) noexcept {
    Lock lock(mutex_);
    const bool goes_on =
        step.state_ == Step::State::arrived && std::exchange(may_go_on_, false);
    if (step.state_ == Step::State::lost || goes_on) {
        current_ = nullptr;
        return false;
    }
    Thrown ignored;  // by the caller's executor, which then drops the operation
    ignored.keep([&] { settle(step, lock); });
    return true;
}

HAWSER_DECL void OperationCore::cancel(std::error_code cause) {
    Lock lock(mutex_);
    if (std::exchange(canceled_, true)) {
        return;
    }
    cause_ = cause;
    if (current_ != nullptr && current_->state_ == Step::State::waits) {
        current_->state_ = Step::State::pinned;
        settle(*current_, lock);
    }
}

// The step need not be pinned any longer. Whatever happened meanwhile takes effect now.
HAWSER_DECL void OperationCore::settle(Step& step, Lock& lock) {
    if (step.state_ == Step::State::pinned && canceled_ && !std::exchange(step.canceled_, true)) {
        lock.unlock();
        Thrown ignored;  // the cancellation itself is complete
        ignored.keep([&] { step.signal_.emit(asio::cancellation_type::terminal); });
        lock.lock();
    }
    if (step.state_ == Step::State::pinned) {
        step.state_ = Step::State::waits;
        return;
    }
    const bool lost = step.state_ == Step::State::lost;
    const std::coroutine_handle<> coroutine = step.coroutine_;
    current_ = nullptr;
    lock.unlock();
    lost ? abandon(coroutine) : post_resume(coroutine);
}

HAWSER_DECL void OperationCore::arrived(Step& step, CalledFrom from) {
    std::coroutine_handle<> coroutine;
    {
        const Lock lock(mutex_);
        if (step.state_ == Step::State::pinned) {
            step.state_ = Step::State::arrived;
            return;
        }
        coroutine = step.coroutine_;
        current_ = nullptr;
    }
    from == CalledFrom::executor ? go_on(coroutine, from) : post_resume(coroutine);
}

HAWSER_DECL void OperationCore::lost(Step& step) noexcept {
    std::coroutine_handle<> coroutine;
    {
        const Lock lock(mutex_);
        if (step.state_ == Step::State::pinned) {
            step.state_ = Step::State::lost;
            return;
        }
        coroutine = step.coroutine_;
        current_ = nullptr;
    }
    abandon(coroutine);
}

/// Resumes the coroutine on the operation's executor.
struct OperationCore::Resume {
    Resume(OperationCore& of, std::coroutine_handle<> suspended) noexcept
        : operation(of), coroutine(suspended) {}
    Resume(Resume&& other) noexcept
        : operation(other.operation), coroutine(std::exchange(other.coroutine, nullptr)) {}
    Resume& operator=(Resume&&) = delete;
    ~Resume() {
        if (coroutine) {
            operation.abandon(coroutine);
        }
    }
    void operator()() { operation.go_on(std::exchange(coroutine, nullptr), CalledFrom::executor); }

    OperationCore& operation;
    std::coroutine_handle<> coroutine;
};

HAWSER_DECL void OperationCore::post_resume(std::coroutine_handle<> coroutine) {
    // Not as an AnyHandler: Asio keeps small blocks at hand, so this works with little memory left.
    asio::post(executor_, Resume(*this, coroutine));
}

HAWSER_DECL void OperationCore::abandon(std::coroutine_handle<> coroutine) noexcept {
    const IntrusivePtr<OperationCore> self(this);
    coroutine.destroy();
    stop_.reset();
    drop();
}

}  // namespace hawser::inline HAWSER_ABI::detail
