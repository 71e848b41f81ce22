// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the round trippers of our middleware have in common: the next one, and pauses that end when
// the client is gone.

#include <hawser/config.hpp>
#include <hawser/detail/rt/composed_operation.hpp>
#include <hawser/round_tripper.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// The operations of a round tripper that pause. They end with it.
class Pauses {
public:
    /// A pause of an operation, for as long as it exists.
    class Guard {
    public:
        Guard(Pauses& pauses, OperationCore& operation) : pauses_(pauses), operation_(operation) {
            pauses.begin(operation);
        }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        ~Guard() { pauses_.end(operation_); }

    private:
        Pauses& pauses_;
        OperationCore& operation_;
    };

    /// Cancels all, also those that begin later.
    HAWSER_DECL void close() noexcept;

private:
    HAWSER_DECL void begin(OperationCore& operation);
    HAWSER_DECL void end(OperationCore& operation) noexcept;

    std::mutex mutex_;
    bool closed_ = false;
    std::vector<OperationCore*> operations_;
};

class WrappingRoundTripper : public RoundTripper {
public:
    /// @throws std::system_error std::errc::invalid_argument if `next` is null
    HAWSER_DECL explicit WrappingRoundTripper(std::shared_ptr<RoundTripper> next);
    HAWSER_DECL ~WrappingRoundTripper() override;

    executor_type get_executor() const noexcept override { return next_->get_executor(); }
    void close_idle_connections() override { next_->close_idle_connections(); }

    const std::shared_ptr<RoundTripper>& next() const noexcept { return next_; }
    const std::shared_ptr<Pauses>& pauses() const noexcept { return pauses_; }

private:
    const std::shared_ptr<RoundTripper> next_;
    const std::shared_ptr<Pauses> pauses_ = std::make_shared<Pauses>();
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/wrapping_round_tripper.ipp>
#endif
