// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What of one request is to be done next: write some bytes, fetch a piece of its body, or wait for
// the server's 100 (RFC 9110 §10.1.1). Knows neither sockets nor time nor where pieces come from:
// whoever sends the request asks next(), does what it says, and tells what became of that.

#include <hawser/config.hpp>
#include <hawser/detail/message/request_sender.hpp>
#include <hawser/detail/policy/may_reuse.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace hawser::detail {

/// What a request consists of. It stays where it is until the request is written.
struct RequestParts {
    std::string_view head;
    std::string_view content;  // the body, unless it is streamed
    OutgoingPlan plan;
    const Headers* trailers = nullptr;
    bool streamed = false;  // the body comes in pieces
};

class OutgoingRequest {
public:
    enum class Next : std::uint8_t {
        write,     // pending(), or what the stream took but did not send
        piece,     // fetch a piece of the body, but do not let pending() wait long for it
        go_ahead,  // wait for go_ahead(), but not for ever
        done,      // see progress()
    };

    /// Begins a request. With `await_go_ahead` its head goes out alone.
    void begin(const RequestParts& parts, bool await_go_ahead);
    /// `unsent`: the stream holds bytes that it took.
    Next next(bool unsent);

    /// To be written, in order; empty when there is nothing.
    std::span<const std::string_view> pending() const noexcept { return sender_.pending(); }
    void wrote(std::size_t n) noexcept { sender_.wrote(n); }
    /// A piece of a streamed body, which stays where it is until it is written; empty: that was
    /// all. Fails if the body differs from the length announced.
    std::error_code piece(std::string_view bytes);

    bool awaits_go_ahead() const noexcept { return go_ahead_ == GoAhead::awaited; }
    /// Sends the body that was withheld, or gives it up. Does nothing if none is withheld.
    void go_ahead(bool send_body) noexcept;

    /// Nothing more is written, unless all of it was.
    void stop() noexcept;
    /// Writing failed.
    void fail(std::error_code ec) noexcept;
    std::error_code error() const noexcept { return error_; }
    Writing progress() const noexcept { return progress_; }

private:
    enum class GoAhead : std::uint8_t { not_awaited, awaited, send_body, drop_body };

    void begin_body(std::string_view head);
    Next after_head();

    RequestSender sender_;
    RequestParts parts_;
    std::error_code error_;
    Writing progress_ = Writing::busy;
    GoAhead go_ahead_ = GoAhead::not_awaited;
    bool streaming_ = false;    // there are pieces to come
    bool first_piece_ = false;  // the next one is the first: the head leaves with it
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/outgoing_request.ipp>
#endif
