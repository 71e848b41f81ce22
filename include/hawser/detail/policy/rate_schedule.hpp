// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// When a request may be sent under a limit of so many per second: a token bucket, kept as the time
// at which it will be full (the generic cell rate algorithm). Each request reserves its own time
// when it arrives, so requests are sent in order of arrival. Times are arguments.

#include <hawser/detail/time_point.hpp>
#include <hawser/middleware_options.hpp>

#include <algorithm>
#include <chrono>

namespace hawser::inline HAWSER_ABI::detail {

class RateSchedule {
public:
    struct Limit {
        /// `options.per_second` must be above 0.
        explicit Limit(const RateLimitOptions& options) noexcept
            : interval(at_most_a_year(1e9 / options.per_second)),
              slack(at_most_a_year(static_cast<double>(interval.count()) *
                                   (std::max(options.burst, 1u) - 1))) {}

        std::chrono::nanoseconds interval;  // between requests
        std::chrono::nanoseconds slack;     // how far ahead of it a burst may be

    private:
        static std::chrono::nanoseconds at_most_a_year(double count) noexcept {
            constexpr double most = 1e9 * 3600 * 24 * 365;
            return std::chrono::nanoseconds(
                static_cast<std::chrono::nanoseconds::rep>(std::min(count, most)));
        }
    };
    struct Reservation {
        TimePoint at;    // when the request may be sent
        TimePoint full;  // when the bucket will be full again
    };

    [[nodiscard]] Reservation reserve(TimePoint now, const Limit& limit) noexcept {
        constexpr std::chrono::hours century{24 * 365 * 100};  // nothing overflows
        full_ = std::clamp<TimePoint>(full_, now, now + century) + limit.interval;
        return {std::max(now, full_ - limit.interval - limit.slack), full_};
    }
    /// The request will not be sent. Its place is free again, unless another request is behind it,
    /// which keeps its own.
    void give_back(const Reservation& reservation, const Limit& limit) noexcept {
        if (reservation.full == full_) {
            full_ -= limit.interval;
        }
    }
    /// Nothing has to be remembered any longer.
    [[nodiscard]] bool is_full(TimePoint now) const noexcept { return full_ <= now; }

private:
    TimePoint full_ = TimePoint::min();
};

}  // namespace hawser::inline HAWSER_ABI::detail
