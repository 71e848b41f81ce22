// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// An endpoint that the turns of a dial set, while any thread may ask for it.

#include <hawser/detail/rt/monitor.hpp>

#include <asio/ip/tcp.hpp>

#include <mutex>

namespace hawser::inline HAWSER_ABI::detail {

class SharedEndpoint {
public:
    using Endpoint = asio::ip::tcp::endpoint;

    explicit SharedEndpoint(bool thread_safe) noexcept : mutex_(thread_safe) {}

    void set(const Endpoint& endpoint) noexcept {
        std::lock_guard lock(mutex_);
        endpoint_ = endpoint;
    }
    Endpoint get() const noexcept {
        std::lock_guard lock(mutex_);
        return endpoint_;
    }

private:
    mutable OptionalMutex mutex_;
    Endpoint endpoint_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
