// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The mutexes of everything that is locked once or more for each request. tests/bench puts others
// in their place to learn how long each is held.

#include <hawser/config.hpp>

#include <atomic>

namespace hawser::inline HAWSER_ABI::detail {

#if defined(HAWSER_COUNT_LOCKS)
/// For tests: how many of our locks this thread holds. User code must always find zero.
inline thread_local int locks_held = 0;
inline void count_lock(int change) noexcept {
    locks_held += change;
}
#else
inline void count_lock(int) noexcept {}
#endif

/// A mutex that costs one atomic operation each way when uncontended, a tenth of std::mutex; a
/// request takes four. It is the third mutex of Ulrich Drepper's "Futexes Are Tricky".
class Mutex {
public:
    HAWSER_INLINE void lock() noexcept {
        State free = State::free;
        if (!state_.compare_exchange_strong(free, State::locked, std::memory_order_acquire)) {
            wait();
        }
    }
    HAWSER_INLINE void unlock() noexcept {
        if (state_.exchange(State::free, std::memory_order_release) == State::contended) {
            wake();
        }
    }

private:
    enum class State : int { free, locked, contended };  // contended: a thread waits, or did

    HAWSER_COLD void wait() noexcept {
        while (state_.exchange(State::contended, std::memory_order_acquire) != State::free) {
            state_.wait(State::contended, std::memory_order_relaxed);
        }
    }

    HAWSER_COLD void wake() noexcept { state_.notify_one(); }

    std::atomic<State> state_{State::free};
};

/// A mutex for programs with several threads; does nothing for those with one.
class OptionalMutex {
public:
    explicit OptionalMutex(bool on) noexcept : on_(on) {}

    HAWSER_INLINE void lock() noexcept {
        if (on_) {
            mutex_.lock();
        }
        count_lock(+1);
    }
    HAWSER_INLINE void unlock() noexcept {
        count_lock(-1);
        if (on_) {
            mutex_.unlock();
        }
    }

private:
    Mutex mutex_;
    const bool on_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
