// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How long each address of a host may take to accept a connection, given a limit per address and
// one for all of them (Go's partialDeadline, B-10). Knows no socket and no clock.

#include <hawser/detail/time_point.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace hawser::inline HAWSER_ABI::detail {

/// When to give up on one address, with `left` addresses not tried yet. `all_until` bounds them
/// together; max() means no bound. Each address gets an equal share of the remaining time, but at
/// least 2 s while that much is left. A `for_each` of zero means no limit.
constexpr TimePoint connect_until(TimePoint now,
                                  std::chrono::milliseconds for_each,
                                  TimePoint all_until,
                                  std::size_t left) noexcept {
    constexpr std::chrono::steady_clock::duration sane = std::chrono::seconds{2};
    TimePoint until = all_until;
    if (until != TimePoint::max() && left > 1) {
        const auto share = (all_until - now) / static_cast<std::chrono::steady_clock::rep>(left);
        until = std::min(all_until, now + std::max(share, sane));
    }
    return for_each.count() > 0 ? std::min<TimePoint>(until, now + for_each) : until;
}

}  // namespace hawser::inline HAWSER_ABI::detail
