// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether, and after which pause, the middleware retry() sends a request again. Times and random
// numbers are arguments. It is unrelated to the single retry on a fresh connection, which the
// Transport makes by itself (retry.hpp).

#include <hawser/config.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/middleware_options.hpp>

#include <chrono>
#include <optional>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// How an attempt ended.
struct AttemptResult {
    std::error_code ec{};
    int status = 0;  // without an error
    /// What the server asked for: parse_retry_after().
    std::optional<std::chrono::milliseconds> retry_after{};
    unsigned attempts = 1;    // made so far
    bool idempotent = false;  // by its method, or because the caller said so
    bool replayable = false;  // the body can be sent again from its first byte
};

/// Errors that may be gone the next time: no connection could be made, it ended before the
/// response, or a phase took too long. The deadline of the whole request is not among them, nor is
/// anything that would fail in the same way again, such as a certificate.
[[nodiscard]] bool is_transient(const std::error_code& ec) noexcept;

/// How long a Retry-After field asks to wait (RFC 9110 section 10.2.3): seconds, or a date in any
/// of the three formats of section 5.6.7. A date is compared with the response's `Date`, so that
/// wrong clocks do not matter; `now` replaces a missing one. A date in the past is 0. Nothing if
/// the field is neither.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view field, std::string_view date, std::chrono::sys_seconds now) noexcept;

/// The pause before the next attempt; nothing if there is none. `random` is from 0 to less than 1.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_pause(const RetryOptions& options,
                                                                   const AttemptResult& result,
                                                                   double random) noexcept;

/// Whether a pause from `now` on leaves time for an attempt.
constexpr bool ends_before(TimePoint now,
                           std::chrono::milliseconds pause,
                           TimePoint deadline) noexcept {
    return deadline == TimePoint::max() || pause < deadline - now;
}

/// What retries may cost in total: a token bucket that requests fill, not time.
class RetryBudget {
public:
    /// `most` 0: no limit.
    RetryBudget(unsigned most, double per_request) noexcept
        : most_(most), per_request_(per_request), left_(most) {}

    void request() noexcept;
    /// Takes one retry; false if there is none left.
    [[nodiscard]] bool take() noexcept;

private:
    double most_;
    double per_request_;
    double left_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/retry_schedule.ipp>
#endif
