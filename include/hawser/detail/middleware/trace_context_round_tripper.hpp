// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The middleware trace_context(): gives each request the field that trace_context.hpp makes.

#include <hawser/config.hpp>
#include <hawser/detail/middleware/wrapping_round_tripper.hpp>
#include <hawser/middleware_options.hpp>

#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class TraceContextRoundTripper final : public WrappingRoundTripper {
public:
    TraceContextRoundTripper(std::shared_ptr<RoundTripper> next,
                             std::shared_ptr<const TraceContextOptions> options)
        : WrappingRoundTripper(std::move(next)), options_(std::move(options)) {}

    HAWSER_DECL void start_round_trip(Request request, RoundTripHandler handler) override;

private:
    std::error_code begin(Request& request, std::string& reason) const;

    const std::shared_ptr<const TraceContextOptions> options_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/trace_context_round_tripper.ipp>
#endif
