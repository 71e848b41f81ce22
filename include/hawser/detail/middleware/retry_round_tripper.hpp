// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The middleware retry(): sends a request again until retry_schedule.hpp says that it is enough.

#include <hawser/config.hpp>
#include <hawser/detail/middleware/wrapping_round_tripper.hpp>
#include <hawser/middleware_options.hpp>

#include <memory>

namespace hawser::inline HAWSER_ABI::detail {

class RetryRoundTripper final : public WrappingRoundTripper {
public:
    HAWSER_DECL RetryRoundTripper(std::shared_ptr<RoundTripper> next, const RetryOptions& options);
    HAWSER_DECL ~RetryRoundTripper() override;

    HAWSER_DECL void start_round_trip(Request request, RoundTripHandler handler) override;

private:
    class State;
    class Operation;

    const std::shared_ptr<State> state_;  // operations may outlive this
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/retry_round_tripper.ipp>
#endif
