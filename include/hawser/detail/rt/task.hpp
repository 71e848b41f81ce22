// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Work that must wait until no lock is held: completing users' operations, starting dials, closing
// other connections.

#include <hawser/detail/exceptions.hpp>

namespace hawser::inline HAWSER_ABI::detail {

/// Where code runs; this decides whether it may call a user's handler directly.
enum class CalledFrom {
    executor,  // inside a completion handler of the transport's own executor
    user,      // inside a call made by the user: handlers must be posted
};

/// One piece of work, linked into at most one list at a time. Its owner keeps it alive.
class Task {
public:
    virtual void run(CalledFrom from) = 0;

protected:
    virtual ~Task() = default;

private:
    friend class TaskList;
    Task* next_ = nullptr;
};

/// First in, first out.
class TaskList {
public:
    TaskList() noexcept = default;
    TaskList(TaskList&& other) noexcept : first_(other.first_), last_(other.last_) {
        other.first_ = other.last_ = nullptr;
    }
    TaskList& operator=(TaskList&&) = delete;

    void push(Task& task) noexcept {
        task.next_ = nullptr;
        (last_ == nullptr ? first_ : last_->next_) = &task;
        last_ = &task;
    }

    /// Appends the tasks in `other`, leaving it empty.
    void append(TaskList& other) noexcept {
        if (other.first_ != nullptr) {
            (last_ == nullptr ? first_ : last_->next_) = other.first_;
            last_ = other.last_;
            other.first_ = other.last_ = nullptr;
        }
    }

    /// Runs every task, even if user code in one throws; then this rethrows the exception. Tasks
    /// after the one that threw post their handlers, so that further exceptions are not lost.
    void run(CalledFrom from) {
        if (first_ != nullptr) {
            run_all(from);
        }
    }

private:
    void run_all(CalledFrom from) {
        Thrown thrown;
        while (first_ != nullptr) {
            try {
                thrown.keep([&] { run_next(thrown ? CalledFrom::user : from); });
            } catch (...) {  // the thread is being canceled: still run the tasks that others wait
                             // for
                Thrown ignored;
                while (first_ != nullptr) {
                    ignored.keep([&] { run_next(CalledFrom::user); });
                }
                throw;
            }
        }
        thrown.rethrow();
    }

    void run_next(CalledFrom from) {
        Task* const task = first_;
        first_ = task->next_;
        if (first_ == nullptr) {
            last_ = nullptr;
        }
        task->run(from);
    }

    Task* first_ = nullptr;
    Task* last_ = nullptr;
};

}  // namespace hawser::inline HAWSER_ABI::detail
