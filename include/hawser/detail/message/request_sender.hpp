// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is left to write of one request: its head, and its body as one string or as pieces that this
// class frames (RFC 9112 §6). Gathers them so that the head and the first body bytes leave in one
// write. Knows neither sockets nor where the pieces come from.

#include <hawser/config.hpp>
#include <hawser/detail/message/request_writer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::detail {

class RequestSender {
public:
    /// Begins a request. `head` and `content` must stay valid until everything is written. If there
    /// are `trailers`, which were checked with the head, this frames chunked content and ends it.
    void start(std::string_view head,
               std::string_view content,
               const OutgoingPlan& plan,
               const Headers* trailers = nullptr);

    /// Adds the next piece of a streamed body, which must stay valid until it is written. Fails
    /// with error::request_body_error if the pieces exceed the announced length.
    std::error_code add_piece(std::string_view piece);
    /// The source has ended: adds the last chunk and the trailers, or checks the length.
    std::error_code end(const Headers& trailers);

    /// What to write, in order; empty if there is nothing.
    std::span<const std::string_view> pending() const noexcept {
        return {pieces_.data() + first_, count_ - first_};
    }
    void wrote(std::size_t n) noexcept;

private:
    void add(std::string_view bytes) noexcept;

    std::array<std::string_view, 4> pieces_;  // head, chunk size, data, CRLF
    std::size_t first_ = 0;
    std::size_t count_ = 0;
    OutgoingPlan plan_;
    std::uint64_t remaining_ = 0;  // of a body with a length
    std::string framing_;          // chunk size, or last chunk and trailers
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/request_sender.ipp>
#endif
