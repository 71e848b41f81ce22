// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>

namespace hawser::detail {

/// When something happens. Never the time of day: that may be set.
using TimePoint = std::chrono::steady_clock::time_point;

}  // namespace hawser::detail
