// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <chrono>

namespace hawser::inline HAWSER_ABI::detail {

/// A monotonic point in time. Never the time of day, which may be set.
using TimePoint = std::chrono::steady_clock::time_point;

}  // namespace hawser::inline HAWSER_ABI::detail
