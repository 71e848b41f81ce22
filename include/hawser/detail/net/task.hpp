// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Work that must wait until no lock is held: completing users' operations, starting dials, closing
// other connections.

#include <exception>

namespace hawser::detail {

/// Where code runs, which decides whether a user's handler may be called right there.
enum class Context {
    io,    // inside a completion handler of the transport's own executor
    call,  // inside a call of the user's: handlers must be posted
};

/// One piece of work, linked into at most one list at a time. Its owner keeps it alive.
class Task {
public:
    virtual void run(Context context) = 0;

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

    /// Runs every task, also when one throws; the first exception goes on to the caller.
    void run(Context context) {
        if (first_ != nullptr) {
            run_all(context);
        }
    }

private:
    void run_all(Context context) {
        std::exception_ptr failure;
        while (Task* task = first_) {
            first_ = task->next_;
            try {
                task->run(context);
            } catch (...) {
                failure = failure ? failure : std::current_exception();
            }
        }
        last_ = nullptr;
        if (failure) {
            std::rethrow_exception(failure);
        }
    }

    Task* first_ = nullptr;
    Task* last_ = nullptr;
};

}  // namespace hawser::detail
