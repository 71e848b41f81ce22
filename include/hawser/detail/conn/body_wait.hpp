// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A read of a response body that waits for bytes, as the connection sees it.

#include <hawser/detail/rt/task.hpp>
#include <hawser/failure.hpp>

#include <cstddef>
#include <span>
#include <system_error>

namespace hawser::detail {

class Exchange;

class BodyWait {
public:
    /// Bytes that received() made of those that came; set back by whoever counts them as work.
    std::size_t made = 0;
    /// Set with the task to run: what came is no good, and the connection has to end.
    std::error_code refused;
    /// Set with the task to run: it completes with an error, not the end. Then explain() it.
    bool failed = false;

    /// Where the next bytes go; empty: none are wanted yet, but received() should be called.
    virtual std::span<char> space() = 0;
    /// `n` bytes came, or the body ended (asio::error::eof) or failed. Returns the task to run when
    /// that completes the read, null to go on; an error always completes it.
    virtual Task* received(std::size_t n, std::error_code ec) = 0;
    /// What is known of `refused`.
    virtual Fault refusal() const noexcept = 0;
    /// Takes from the exchange, within a turn, what is known of the error, and leaves it there.
    virtual void explain(Exchange& exchange) noexcept = 0;

protected:
    ~BodyWait() = default;
};

}  // namespace hawser::detail
