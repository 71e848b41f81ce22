// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where one thread sleeps until another wakes it: one system call each. A condition variable costs
// a third, because the thread that it wakes must assume that others wait for its mutex. The thread
// can also sleep until a descriptor can be read; only on Linux.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/time_point.hpp>

#include <atomic>
#if defined(__linux__) && defined(__LP64__)
#define HAWSER_HAS_FUTEX
#else
#include <condition_variable>
#include <mutex>
#endif

namespace hawser::inline HAWSER_ABI::detail {

class Parker final : public RefCounted {
public:
    HAWSER_DECL ~Parker() override;
    /// Sleeps until wake() has been called since the last sleep, or until `limit`, or for no
    /// reason. False: the limit has passed. Called by one thread at a time.
    bool sleep(TimePoint limit) noexcept;
    /// Whether it can poll(). The first time, this takes a descriptor.
    bool can_poll() noexcept;
    /// Sleeps like sleep(), or until `handle` can be read. Waits no longer than a minute.
    enum class Polled { readable, woken, late };
    Polled poll(int handle, TimePoint limit) noexcept;
    void wake() noexcept;

    IntrusivePtr<Parker> next;  // for its owner

private:
    enum State : int { awake, asleep, polls, woken };

    bool wait(TimePoint limit) noexcept;
    void notify() noexcept;
    void notify_poll() noexcept;

    std::atomic<int> state_{awake};
    [[maybe_unused]] int event_ = -1;  // an eventfd, which wakes poll()
#if !defined(HAWSER_HAS_FUTEX)
    std::mutex mutex_;
    std::condition_variable changed_;
#endif
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/parker.ipp>
#endif
