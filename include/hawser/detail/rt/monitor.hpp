// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Serializes everything that happens to one connection. A turn locks, performs one step, resumes
// the coroutines that became ready because of it, unlocks, and only then runs the tasks that the
// turn left. Coroutines therefore never run at the same time and never resume one another, and no
// lock is held while user code runs.

#include <hawser/config.hpp>
#include <hawser/detail/rt/mutex.hpp>
#include <hawser/detail/rt/task.hpp>

#include <coroutine>
#include <cstddef>
#include <mutex>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class Monitor {
public:
    explicit Monitor(bool thread_safe) noexcept : mutex_(thread_safe) {}

    /// One turn. The caller keeps the monitor alive. If the step throws, the turn still ends
    /// normally; then this rethrows the exception.
    template <class Step>
    void turn(CalledFrom from, Step&& step) {
        TaskList due;
        try {
            turn(due, std::forward<Step>(step));
        } catch (...) {
            due.run(CalledFrom::user);
            throw;
        }
        due.run(from);
    }

    /// The same, but adds the tasks that the turn left to `due`, for the caller to run.
    template <class Step>
    void turn(TaskList& due, Step&& step) {
        std::lock_guard lock(mutex_);
        try {
            step();
        } catch (...) {
            end_failed_turn(due);
            throw;
        }
        end_turn(due);
    }

    /// Inside a turn: resumes a coroutine before the turn ends.
    void wake(std::coroutine_handle<> strand) noexcept { ready_[ready_count_++] = strand; }

    /// Inside a turn: runs a task once the lock is released.
    void after(Task& task) noexcept { due_.push(task); }

private:
    HAWSER_INLINE void end_turn(TaskList& due) {
        while (ready_count_ != 0) {
            ready_[--ready_count_].resume();
        }
        due.append(due_);
    }
    HAWSER_COLD void end_failed_turn(TaskList& due) { end_turn(due); }

    static constexpr std::size_t strands = 2;  // a connection has two, a dial has one

    OptionalMutex mutex_;
    std::coroutine_handle<> ready_[strands];
    std::size_t ready_count_ = 0;
    TaskList due_;
};

/// One coroutine waits here until an event happens. Not a counter: a notify() before wait() is
/// lost.
class Event {
public:
    explicit Event(Monitor& monitor) noexcept : monitor_(monitor) {}

    class Wait {
    public:
        explicit Wait(Event& event) noexcept : event_(event) {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> strand) noexcept { event_.strand_ = strand; }
        void await_resume() const noexcept {}

    private:
        Event& event_;
    };

    Wait wait() noexcept { return Wait(*this); }

    void notify() noexcept {
        if (strand_) {
            monitor_.wake(std::exchange(strand_, nullptr));
        }
    }

private:
    Monitor& monitor_;
    std::coroutine_handle<> strand_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
