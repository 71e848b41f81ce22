// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A call that sends several requests (redirects, challenges, retries) gives each of them the time
// that is left. The texts of errors name the limit that the caller set.

#include <hawser/detail/access.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/request_options.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace hawser::inline HAWSER_ABI::detail {

/// Sets the timeout of a request that must end by then; TimePoint::max(): leaves it alone.
inline void set_time_left(RequestOptions& options, TimePoint ends_by, TimePoint now) noexcept {
    using std::chrono::milliseconds;
    if (ends_by == TimePoint::max()) {
        return;
    }
    const auto whole = options.timeout.value_or(milliseconds{0}).count();
    if (Access::whole_timeout(options) == 0 && whole > 0 && whole <= UINT32_MAX) {
        Access::whole_timeout(options) = static_cast<std::uint32_t>(whole);
    }
    options.timeout = std::max(std::chrono::ceil<milliseconds>(ends_by - now), milliseconds{1});
}

/// Once the end is known: makes `timeout` the limit that the caller set.
inline void restore_whole_timeout(RequestOptions& options) noexcept {
    if (const std::uint32_t whole = Access::whole_timeout(options)) {
        options.timeout = std::chrono::milliseconds{whole};
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
