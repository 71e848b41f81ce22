// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The middleware hedge(): a request that takes long is sent a second time, and the first response
// is taken.

#include <hawser/config.hpp>
#include <hawser/detail/middleware/wrapping_round_tripper.hpp>
#include <hawser/middleware_options.hpp>

#include <chrono>
#include <memory>

namespace hawser::inline HAWSER_ABI::detail {

class HedgeRoundTripper final : public WrappingRoundTripper {
public:
    HedgeRoundTripper(std::shared_ptr<RoundTripper> next, const HedgeOptions& options)
        : WrappingRoundTripper(std::move(next)), delay_(options.delay) {}

    HAWSER_DECL void start_round_trip(Request request, RoundTripHandler handler) override;

private:
    class Race;
    class Runner;

    const std::chrono::milliseconds delay_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/hedge_round_tripper.ipp>
#endif
