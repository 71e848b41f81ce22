// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bounded_options.hpp>
#include <hawser/detail/cookies/cookie_date.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/policy/retry_schedule.hpp>
#include <hawser/error.hpp>

#include <algorithm>
#include <cmath>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool is_transient(const std::error_code& ec) noexcept {
    switch (error_of(ec)) {
        case error::resolve_failed:
        case error::connect_failed:
        case error::server_closed:
        case error::incomplete_body:
        case error::connection_reset:
        case error::resolve_timeout:
        case error::connect_timeout:
        case error::tls_timeout:
        case error::write_timeout:
        case error::header_timeout:
        case error::idle_timeout:
            return true;
        default:
            return false;
    }
}

HAWSER_DECL std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view field, std::string_view date, std::chrono::sys_seconds now) noexcept {
    constexpr std::chrono::seconds longest = std::chrono::hours{24 * 365};
    if (!field.empty() && all_of(digit_char, field)) {
        std::chrono::seconds wait{0};
        for (const char digit : field) {
            wait = std::min(wait * 10 + std::chrono::seconds{digit - '0'}, longest);
        }
        return wait;
    }
    const auto until = parse_cookie_date(field);
    if (!until) {
        return std::nullopt;
    }
    const auto wait = *until - parse_cookie_date(date).value_or(now);
    return std::clamp<std::chrono::seconds>(wait, std::chrono::seconds{0}, longest);
}

HAWSER_DECL std::optional<std::chrono::milliseconds> retry_pause(const RetryOptions& options,
                                                                 const AttemptResult& result,
                                                                 double random) noexcept {
    const bool failed =
        result.ec ? is_transient(result.ec)
                  : std::find(options.statuses.begin(), options.statuses.end(), result.status) !=
                        options.statuses.end();
    if (!failed || !result.idempotent || !result.replayable ||
        result.attempts >= options.attempts) {
        return std::nullopt;
    }
    const auto asked = result.ec ? std::nullopt : result.retry_after;
    if (asked && *asked > options.max_retry_after) {
        return std::nullopt;
    }
    // In floating point, nothing overflows.
    const double bound =
        std::min(std::ldexp(static_cast<double>(options.base_delay.count()),
                            static_cast<int>(std::min(result.attempts - 1, 1000u))),
                 static_cast<double>(options.max_delay.count()));
    const std::chrono::milliseconds pause(
        static_cast<std::chrono::milliseconds::rep>(std::max(bound, 0.0) * random));
    return bounded(std::max(pause, asked.value_or(std::chrono::milliseconds{0})));
}

HAWSER_DECL void RetryBudget::request() noexcept {
    left_ = std::min(most_, left_ + per_request_);
}

HAWSER_DECL bool RetryBudget::take() noexcept {
    if (most_ == 0) {
        return true;
    }
    if (left_ < 1) {
        return false;
    }
    left_ -= 1;
    return true;
}

}  // namespace hawser::inline HAWSER_ABI::detail
