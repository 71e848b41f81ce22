// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One read of a response body, as seen by the stream that serves it.

#include <hawser/config.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/failure.hpp>

#include <cstddef>
#include <span>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class DecodedBody;
class Exchange;

/// Returns a decoder once the read that borrowed it has ended.
struct ReturnDecoder {
    void operator()(DecodedBody* decoder) const noexcept;
};

class BodyRead {
public:
    /// Bytes produced by decoding since the counter was last reset; used to bound the work of one
    /// turn.
    std::size_t produced = 0;
    /// Set with the returned task: the data is invalid, or memory is short. Close the connection.
    std::error_code fatal;
    /// Set with the returned task: it completes with an error other than the end. Then call
    /// explain().
    bool failed = false;

    /// Where the next bytes go. Empty: it wants none yet, but call received().
    virtual std::span<char> space() = 0;
    /// `n` bytes arrived, or the body ended (asio::error::eof) or failed. Returns the task to run
    /// if that completes the read, null if it continues. An error always completes it.
    virtual Task* received(std::size_t n, std::error_code ec) = 0;

    // Once `failed` is set:
    virtual std::error_code error() const noexcept = 0;
    /// What the read itself knows about error(); may be empty.
    virtual const char* reason() const noexcept { return ""; }
    /// Details of `fatal`.
    virtual Fault fault() const noexcept { return {}; }
    /// Adds `why` to its result, for callers that want more than the error code.
    virtual void set_failure(Failure why) noexcept = 0;
    /// Calls set_failure() with everything that the exchange knows; the exchange remembers it. Call
    /// within a turn.
    void explain(Exchange& exchange) noexcept;

    /// Destroys it without completing it.
    virtual void discard() noexcept = 0;

    /// Lent to a read of a DecodedBody; given back before the handler runs.
    Owned<DecodedBody, ReturnDecoder> decoder;

protected:
    ~BodyRead() = default;
};

}  // namespace hawser::inline HAWSER_ABI::detail
