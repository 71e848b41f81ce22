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
#if defined(__linux__)
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <poll.h>
#include <sys/eventfd.h>
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
    const int before = state_.exchange(woken, std::memory_order_acq_rel);
    if (before == asleep) {
        notify();
    } else if (before == polls) {
        notify_poll();
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

#if defined(__linux__)

HAWSER_DECL Parker::~Parker() {
    if (event_ >= 0) {
        ::close(event_);
    }
}

HAWSER_DECL bool Parker::can_poll() noexcept {
    if (event_ < 0) {
        event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
    return event_ >= 0;
}

HAWSER_DECL Parker::Polled Parker::poll(int handle, TimePoint limit) noexcept {
    using namespace std::chrono;
    constexpr milliseconds longest{60'000};
    pollfd waits[] = {{handle, POLLIN, 0}, {event_, POLLIN, 0}};
    int state = awake;
    bool is_woken = false;
    if (state_.compare_exchange_strong(state, polls, std::memory_order_acq_rel)) {
        const auto left = limit == TimePoint::max()
                              ? longest
                              : std::clamp(ceil<milliseconds>(limit - steady_clock::now()),
                                           milliseconds::zero(),
                                           longest);
        // Interrupted by a signal: for no reason.
        is_woken = ::poll(waits, std::size(waits), static_cast<int>(left.count())) < 0;
    }
    if (waits[1].revents != 0) {
        std::uint64_t wakes = 0;
        [[maybe_unused]] const auto got = ::read(event_, &wakes, sizeof wakes);
    }
    is_woken |= state_.exchange(awake, std::memory_order_acq_rel) == woken || waits[1].revents != 0;
    return waits[0].revents != 0 ? Polled::readable : is_woken ? Polled::woken : Polled::late;
}

HAWSER_DECL void Parker::notify_poll() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto put = ::write(event_, &one, sizeof one);
}

#else

HAWSER_DECL Parker::~Parker() = default;

HAWSER_DECL bool Parker::can_poll() noexcept {
    return false;
}

HAWSER_DECL Parker::Polled Parker::poll(int, TimePoint) noexcept {
    return Polled::late;
}

HAWSER_DECL void Parker::notify_poll() noexcept {}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
