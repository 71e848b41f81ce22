// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The middleware measure(): listens to the trace of each request, and reports its Timings.

#include <hawser/config.hpp>
#include <hawser/detail/middleware/wrapping_round_tripper.hpp>
#include <hawser/timings.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class MeasureRoundTripper final : public WrappingRoundTripper {
public:
    using Sink = std::function<void(const Timings&)>;

    MeasureRoundTripper(std::shared_ptr<RoundTripper> next, std::shared_ptr<const Sink> sink)
        : WrappingRoundTripper(std::move(next)), sink_(std::move(sink)) {}

    HAWSER_DECL void start_round_trip(Request request, RoundTripHandler handler) override;

private:
    class Listener;
    class Operation;

    const std::shared_ptr<const Sink> sink_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/measure_round_tripper.ipp>
#endif
