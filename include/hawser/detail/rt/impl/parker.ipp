// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/parker.hpp>

#if defined(HAWSER_HAS_FUTEX)
#include <cerrno>
#include <chrono>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool Parker::sleep(TimePoint limit) noexcept {
    int state = awake;
    bool in_time = true;
    if (state_.compare_exchange_strong(state, asleep, std::memory_order_acq_rel)) {
        in_time = wait(limit);
    }
    return state_.exchange(awake, std::memory_order_acq_rel) == woken || in_time;
}

HAWSER_DECL void Parker::wake() noexcept {
    if (state_.exchange(woken, std::memory_order_acq_rel) == asleep) {
        notify();
    }
}

#if defined(HAWSER_HAS_FUTEX)

/// Sleeps if the state is `asleep`. False: the limit has passed.
HAWSER_DECL bool Parker::wait(TimePoint limit) noexcept {
    using namespace std::chrono;
    const auto since_boot = limit.time_since_epoch();
    const auto whole = floor<seconds>(since_boot);
    timespec time{};
    time.tv_sec = static_cast<std::time_t>(whole.count());
    time.tv_nsec = static_cast<long>(duration_cast<nanoseconds>(since_boot - whole).count());
    return ::syscall(SYS_futex,
                     &state_,
                     FUTEX_WAIT_BITSET_PRIVATE,
                     asleep,
                     limit == TimePoint::max() ? nullptr : &time,
                     nullptr,
                     FUTEX_BITSET_MATCH_ANY) == 0 ||
           errno != ETIMEDOUT;
}

HAWSER_DECL void Parker::notify() noexcept {
    ::syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1);
}

#else

HAWSER_DECL bool Parker::wait(TimePoint limit) noexcept {
    std::unique_lock lock(mutex_);
    const auto is_woken = [&] { return state_.load(std::memory_order_acquire) != asleep; };
    if (limit == TimePoint::max()) {
        changed_.wait(lock, is_woken);
        return true;
    }
    return changed_.wait_until(lock, limit, is_woken);
}

HAWSER_DECL void Parker::notify() noexcept {
    const std::lock_guard lock(mutex_);
    changed_.notify_one();
}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
