// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The middleware record(): writes exchanges to a HAR file. An exchange is written when its body has
// been read, or was closed.

#include <hawser/config.hpp>
#include <hawser/detail/middleware/har_file.hpp>
#include <hawser/detail/middleware/wrapping_round_tripper.hpp>
#include <hawser/middleware_options.hpp>

#include <memory>

namespace hawser::inline HAWSER_ABI::detail {

class RecordRoundTripper final : public WrappingRoundTripper {
public:
    RecordRoundTripper(std::shared_ptr<RoundTripper> next,
                       std::shared_ptr<HarFile> file,
                       const RecordOptions& options)
        : WrappingRoundTripper(std::move(next)), file_(std::move(file)), options_(options) {}

    HAWSER_DECL void start_round_trip(Request request, RoundTripHandler handler) override;

private:
    class Tap;
    class Operation;

    const std::shared_ptr<HarFile> file_;
    const RecordOptions options_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/record_round_tripper.ipp>
#endif
