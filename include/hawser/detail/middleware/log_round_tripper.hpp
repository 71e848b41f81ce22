// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The middleware log(): one line for each request, as log_line.hpp writes it.

#include <hawser/config.hpp>
#include <hawser/detail/middleware/wrapping_round_tripper.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

class LogRoundTripper final : public WrappingRoundTripper {
public:
    using Sink = std::function<void(std::string_view)>;

    LogRoundTripper(std::shared_ptr<RoundTripper> next, std::shared_ptr<const Sink> sink)
        : WrappingRoundTripper(std::move(next)), sink_(std::move(sink)) {}

    HAWSER_DECL void start_round_trip(Request request, RoundTripHandler handler) override;

private:
    class Operation;

    const std::shared_ptr<const Sink> sink_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/log_round_tripper.ipp>
#endif
