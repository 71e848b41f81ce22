// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether an idle connection is probed before it is lent (rule 8, R02, B-01). A probe costs a
// system call. The armed wait has watched the socket all along, so a probe matters only for bytes
// that arrived since the loop last polled, and only if the request could not be sent again.

#include <hawser/config.hpp>

#include <chrono>

namespace hawser::inline HAWSER_ABI::detail {

/// A connection returned less than this ago was read until empty in the turn that returned it.
inline constexpr std::chrono::microseconds fresh_from_reading{500};

constexpr bool should_probe(std::chrono::steady_clock::duration idle_for,
                            bool may_send_again) noexcept {
    return !may_send_again || idle_for >= fresh_from_reading;
}

}  // namespace hawser::inline HAWSER_ABI::detail
