// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The middleware replay(): responds from a HAR file. Nothing is ever sent.

#include <hawser/config.hpp>
#include <hawser/detail/har/har_tape.hpp>
#include <hawser/detail/middleware/wrapping_round_tripper.hpp>

#include <memory>
#include <mutex>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

class ReplayRoundTripper final : public WrappingRoundTripper {
public:
    /// Shared by all clients that use the same middleware.
    struct Source {
        /// @throws std::system_error if the file cannot be read, or is not a HAR file
        HAWSER_DECL explicit Source(const std::string& path);

        const std::string path;
        std::mutex mutex;
        HarTape tape;
    };

    ReplayRoundTripper(std::shared_ptr<RoundTripper> next, std::shared_ptr<Source> source)
        : WrappingRoundTripper(std::move(next)), source_(std::move(source)) {}

    HAWSER_DECL void start_round_trip(Request request, RoundTripHandler handler) override;

private:
    std::error_code answer(const Request& request, Response& response) const;

    const std::shared_ptr<Source> source_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/replay_round_tripper.ipp>
#endif
