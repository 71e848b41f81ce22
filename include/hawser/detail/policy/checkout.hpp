// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether an idle connection is looked at once more before it is lent (rule 8, R02, B-01). The look
// costs a system call; an armed wait has watched the socket all the while, so it matters only for
// what came since the loop last polled, and for requests that could not be sent again.

#include <chrono>

namespace hawser::detail {

/// A connection that came back less than this ago was read empty in the turn that returned it.
inline constexpr std::chrono::microseconds fresh_from_reading{100};

constexpr bool should_probe(std::chrono::steady_clock::duration idle_for,
                            bool may_send_again) noexcept {
    return !may_send_again || idle_for >= fresh_from_reading;
}

}  // namespace hawser::detail
