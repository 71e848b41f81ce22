// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// An operation on a whole transport that waits for several things to end: dials ahead of any
// request, connections that are still in use.

#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/net/completion.hpp>

#include <atomic>
#include <cstddef>
#include <system_error>
#include <utility>

namespace hawser::detail {

/// Completes when everything it waits for has ended, with the first error there was.
class Gathering : public RefCounted {
public:
    /// Waits for one thing: the end of the list.
    explicit Gathering(CompletionPtr<Nothing> completion) noexcept
        : completion_(std::move(completion)) {}

    void expect_one_more() noexcept { left_.fetch_add(1, std::memory_order_relaxed); }

    /// One of them did. The task, once it was the last: to be run with no lock held.
    [[nodiscard]] Task* ended(std::error_code ec, Failure failure = {}) noexcept {
        if (ec && !failed_.exchange(true)) {
            completion_->ec = ec;
            completion_->slot.failure() = std::move(failure);
        }
        const bool last = left_.fetch_sub(1, std::memory_order_acq_rel) == 1;
        return last ? completion_.release() : nullptr;
    }
    void ended(std::error_code ec, TaskList& due, Failure failure = {}) noexcept {
        if (Task* task = ended(ec, std::move(failure))) {
            due.push(*task);
        }
    }

private:
    CompletionPtr<Nothing> completion_;
    std::atomic<std::size_t> left_{1};
    std::atomic<bool> failed_{false};
};

}  // namespace hawser::detail
