// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One read of a response body, as the stream that serves it sees it.

#include <hawser/config.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/failure.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <system_error>

namespace hawser::detail {

class DecodedBody;
class Exchange;

/// Gives a decoder back, once the read that it was lent to is over.
struct ReturnDecoder {
    void operator()(DecodedBody* decoder) const noexcept;
};

class BodyRead {
public:
    /// Bytes produced by decoding since the counter was last reset; used to bound the work of one
    /// turn.
    std::size_t produced = 0;
    /// Set with the task to run: the data is invalid, or finds no memory. Close the connection.
    std::error_code fatal;
    /// Set with the task to run: it completes with an error other than the end. Then explain() it.
    bool failed = false;

    /// Where the next bytes go. Empty: none are wanted yet, but received() should be called.
    virtual std::span<char> space() = 0;
    /// `n` bytes arrived, or the body ended (asio::error::eof) or failed. Returns the task to run
    /// if that completes the read, null if it goes on. An error always completes it.
    virtual Task* received(std::size_t n, std::error_code ec) = 0;

    // Once `failed` is set:
    virtual std::error_code error() const noexcept = 0;
    /// What it knows of error() itself; may be empty.
    virtual const char* reason() const noexcept { return ""; }
    /// What is known of `fatal`.
    virtual Fault fault() const noexcept { return {}; }
    /// Completes with `why` for those who ask for more than the error code.
    virtual void set_failure(Failure why) noexcept = 0;
    /// set_failure() with all that the exchange knows, which remembers it. Within a turn.
    void explain(Exchange& exchange) noexcept;

    /// Destroys it without completing.
    virtual void discard() noexcept = 0;

    /// Lent to a read of a DecodedBody; given back before the handler runs.
    std::unique_ptr<DecodedBody, ReturnDecoder> decoder;

protected:
    ~BodyRead() = default;
};

}  // namespace hawser::detail
