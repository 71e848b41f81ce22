// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The time of day, for what servers and people write down. Nothing waits for it (X13).

#include <hawser/config.hpp>

#include <chrono>

namespace hawser::inline HAWSER_ABI::detail {

inline std::chrono::sys_time<std::chrono::milliseconds> time_of_day() noexcept {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace hawser::inline HAWSER_ABI::detail
