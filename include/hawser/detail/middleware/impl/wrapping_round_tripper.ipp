// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/middleware/wrapping_round_tripper.hpp>
#include <hawser/error.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void Pauses::begin(OperationCore& operation) {
    std::unique_lock lock(mutex_);
    operations_.push_back(&operation);
    if (closed_) {
        lock.unlock();
        operation.cancel(error::client_closed);
    }
}

HAWSER_DECL void Pauses::end(OperationCore& operation) noexcept {
    const std::lock_guard lock(mutex_);
    std::erase(operations_, &operation);
}

// One after another, without the lock: an operation that is canceled ends its pause.
HAWSER_DECL void Pauses::close() noexcept {
    std::unique_lock lock(mutex_);
    closed_ = true;
    while (!operations_.empty()) {
        const IntrusivePtr<OperationCore> operation(operations_.back());
        operations_.pop_back();
        lock.unlock();
        Thrown ignored;  // by the executor, which then has dropped the operation
        ignored.keep([&] { operation->cancel(error::client_closed); });
        lock.lock();
    }
}

HAWSER_DECL WrappingRoundTripper::WrappingRoundTripper(std::shared_ptr<RoundTripper> next)
    : next_(std::move(next)) {
    if (!next_) {
        throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                                "hawser: middleware without a round tripper");
    }
}

HAWSER_DECL WrappingRoundTripper::~WrappingRoundTripper() {
    pauses_->close();
}

}  // namespace hawser::inline HAWSER_ABI::detail
