// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The middleware rate_limit(): holds requests back until rate_schedule.hpp lets them go.

#include <hawser/config.hpp>
#include <hawser/detail/middleware/wrapping_round_tripper.hpp>
#include <hawser/middleware_options.hpp>

#include <memory>

namespace hawser::inline HAWSER_ABI::detail {

class RateLimitRoundTripper final : public WrappingRoundTripper {
public:
    HAWSER_DECL RateLimitRoundTripper(std::shared_ptr<RoundTripper> next,
                                      const RateLimitOptions& options);
    HAWSER_DECL ~RateLimitRoundTripper() override;

    HAWSER_DECL void start_round_trip(Request request, RoundTripHandler handler) override;

private:
    class State;
    class Operation;

    const std::shared_ptr<State> state_;  // operations may outlive this
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/rate_limit_round_tripper.ipp>
#endif
