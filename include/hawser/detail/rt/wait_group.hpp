// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// An operation on a whole transport that waits for several things to end: dials made ahead of any
// request, or connections still in use. Its caller may cancel it at any time.

#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/url.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Completes when everything it waits for has ended, with the first error that occurred.
class WaitGroup : public RefCounted {
public:
    /// Starts at one; the creator calls done() itself once everything has been added.
    /// `to` is the URL that its failures name, if it has to do with one.
    explicit WaitGroup(CompletionPtr<NoResult> completion, Url to = {}) noexcept
        : url(std::move(to)), completion_(std::move(completion)) {}

    const Url url;

    void add() noexcept { left_.fetch_add(1, std::memory_order_relaxed); }

    /// One of them ended. Returns the completion if it was the last; run it with no lock held.
    [[nodiscard]] Task* done(std::error_code ec, Failure failure = {}) noexcept {
        std::lock_guard lock(mutex_);
        if (ec && completion_ && !completion_->ec) {
            completion_->ec = ec;
            completion_->slot.failure() = std::move(failure);
        }
        const bool last = left_.fetch_sub(1, std::memory_order_acq_rel) == 1;
        return last ? completion_.release() : nullptr;
    }
    void done(std::error_code ec, TaskList& due, Failure failure = {}) noexcept {
        if (Task* task = done(ec, std::move(failure))) {
            due.push(*task);
        }
    }

    /// The task that completes it now; null if it has completed.
    [[nodiscard]] Task* cancel(std::error_code cause, Failure failure) noexcept {
        std::lock_guard lock(mutex_);
        if (completion_) {
            completion_->ec = cause;
            completion_->slot.failure() = std::move(failure);
        }
        return completion_.release();
    }

    /// Call before it starts, to make it cancelable.
    asio::cancellation_slot cancellation_slot() const noexcept {
        return completion_->cancellation_slot();
    }

private:
    std::mutex mutex_;
    CompletionPtr<NoResult> completion_;  // until it completes
    std::atomic<std::size_t> left_{1};
};

}  // namespace hawser::inline HAWSER_ABI::detail
