// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What to do next to send one request: write bytes, fetch a piece of its body, or wait for the
// server's 100 (RFC 9110 §10.1.1). Frames the pieces (RFC 9112 §6) and gathers them, so that the
// head and the first bytes of the body leave in one write. Knows neither sockets nor time nor where
// pieces come from: the caller acts on what begin() and next() return, and reports the result.

#include <hawser/config.hpp>
#include <hawser/detail/message/request_writer.hpp>
#include <hawser/detail/policy/may_reuse.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// The parts of a request.
struct RequestParts {
    std::string_view head;
    std::string_view content;  // the body, unless it is streamed
    OutgoingPlan plan;
    const Headers* trailers = nullptr;  // checked with the head
    bool streamed = false;              // the body is delivered in pieces
};

class OutgoingRequest {
public:
    enum class Next : std::uint8_t {
        write,     // write pending(), or bytes that the stream accepted but has not sent
        piece,     // fetch a piece of the body; if that takes long, write pending() meanwhile
        go_ahead,  // wait for go_ahead(), but not forever
        done,      // see progress()
    };

    /// Begins a request, whose parts must stay valid until it is written; returns what to do first.
    /// With `await_go_ahead`, its head is sent alone.
    Next begin(const RequestParts& parts, bool await_go_ahead);
    /// `unsent`: the stream holds accepted bytes that it has not sent.
    Next next(bool unsent);

    /// What to write, in order; empty if there is nothing.
    std::span<const std::string_view> pending() const noexcept {
        return {pieces_.data() + first_, count_ - first_};
    }
    void wrote(std::size_t n) noexcept;
    /// A piece of a streamed body, which must stay valid until it is written; an empty one is the
    /// end. Fails with error::request_body_error if the body differs from the announced length.
    std::error_code piece(std::string_view bytes);

    bool awaits_go_ahead() const noexcept { return go_ahead_ == GoAhead::awaited; }
    /// Sends the withheld body, or drops it. Does nothing if none is withheld.
    void go_ahead(bool send_body) noexcept;

    /// Stops writing, unless everything has been written.
    void stop() noexcept;
    /// Writing failed.
    void fail(std::error_code ec) noexcept;
    std::error_code error() const noexcept { return error_; }
    Writing progress() const noexcept { return progress_; }

private:
    enum class GoAhead : std::uint8_t { not_awaited, awaited, send_body, drop_body };

    void begin_body();
    void add_chunked(std::string_view content);
    std::error_code end_body();
    Next after_head();
    void add(std::string_view bytes) noexcept;

    const RequestParts* parts_ = nullptr;     // null until the first begin()
    std::array<std::string_view, 4> pieces_;  // head, chunk size, data, CRLF
    std::size_t first_ = 0;
    std::size_t count_ = 0;
    std::uint64_t sent_ = 0;  // bytes of a streamed body with a length, including those pending
    std::string framing_;     // chunk size, or last chunk and trailers
    std::error_code error_;
    Writing progress_ = Writing::busy;
    GoAhead go_ahead_ = GoAhead::not_awaited;
    bool streaming_ = false;  // more pieces are to follow
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/outgoing_request.ipp>
#endif
