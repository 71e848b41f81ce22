// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/middleware/hedge_round_tripper.hpp>
#include <hawser/detail/middleware/log_round_tripper.hpp>
#include <hawser/detail/middleware/measure_round_tripper.hpp>
#include <hawser/detail/middleware/rate_limit_round_tripper.hpp>
#include <hawser/detail/middleware/record_round_tripper.hpp>
#include <hawser/detail/middleware/replay_round_tripper.hpp>
#include <hawser/detail/middleware/retry_round_tripper.hpp>
#include <hawser/detail/middleware/trace_context_round_tripper.hpp>
#include <hawser/middleware.hpp>

#include <memory>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL Middleware retry(const RetryOptions& options) {
    return [options](std::shared_ptr<RoundTripper> next) {
        return std::make_shared<detail::RetryRoundTripper>(std::move(next), options);
    };
}

HAWSER_DECL Middleware rate_limit(const RateLimitOptions& options) {
    if (!(options.per_second >= 1e-6)) {  // not a number is not, either
        throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                                "hawser::rate_limit: per_second is not above 0");
    }
    return [options](std::shared_ptr<RoundTripper> next) {
        return std::make_shared<detail::RateLimitRoundTripper>(std::move(next), options);
    };
}

HAWSER_DECL Middleware log(std::function<void(std::string_view)> sink) {
    const auto shared = std::make_shared<const detail::LogRoundTripper::Sink>(std::move(sink));
    return [shared](std::shared_ptr<RoundTripper> next) {
        return std::make_shared<detail::LogRoundTripper>(std::move(next), shared);
    };
}

HAWSER_DECL Middleware measure(std::function<void(const Timings&)> sink) {
    const auto shared = std::make_shared<const detail::MeasureRoundTripper::Sink>(std::move(sink));
    return [shared](std::shared_ptr<RoundTripper> next) {
        return std::make_shared<detail::MeasureRoundTripper>(std::move(next), shared);
    };
}

HAWSER_DECL Middleware trace_context(const TraceContextOptions& options) {
    const auto shared = std::make_shared<const TraceContextOptions>(options);
    return [shared](std::shared_ptr<RoundTripper> next) {
        return std::make_shared<detail::TraceContextRoundTripper>(std::move(next), shared);
    };
}

HAWSER_DECL Middleware hedge(const HedgeOptions& options) {
    return [options](std::shared_ptr<RoundTripper> next) {
        return std::make_shared<detail::HedgeRoundTripper>(std::move(next), options);
    };
}

HAWSER_DECL Middleware record(const std::string& path, const RecordOptions& options) {
    const auto file = std::make_shared<detail::HarFile>(path);
    return [file, options](std::shared_ptr<RoundTripper> next) {
        return std::make_shared<detail::RecordRoundTripper>(std::move(next), file, options);
    };
}

HAWSER_DECL Middleware replay(const std::string& path) {
    const auto source = std::make_shared<detail::ReplayRoundTripper::Source>(path);
    return [source](std::shared_ptr<RoundTripper> next) {
        return std::make_shared<detail::ReplayRoundTripper>(std::move(next), source);
    };
}

}  // namespace hawser::inline HAWSER_ABI
