// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Turns received bytes into the bytes of a response body: its framing, its end (RFC 9112 §6.3), and
// the limit on its size.

#include <hawser/config.hpp>
#include <hawser/detail/message/chunk_decoder.hpp>
#include <hawser/detail/message/framing.hpp>
#include <hawser/detail/message/receive_buffer.hpp>
#include <hawser/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class BodyParser {
public:
    /// Reads from `buffer`. `max`: bytes of a body; 0 = no limit. `tolerant`: Framing::tolerant.
    BodyParser(ReceiveBuffer& buffer, std::uint64_t max, bool tolerant);

    /// Discards everything: no body has begun.
    void reset() noexcept;
    /// Begins a body with this framing.
    void begin(const BodyPlan& plan) noexcept;
    /// The head ended HTTP on the connection: the bytes that follow belong to another protocol.
    void begin_tunnel() noexcept;
    const BodyPlan& plan() const noexcept { return plan_; }

    /// Copies (and unframes) buffered bytes. 0 means that more must be received, or that the body
    /// ended, or that it failed with error().
    std::size_t read(std::span<char> out);
    /// How many of `size` bytes may be received straight into the caller's memory; 0 if bytes are
    /// buffered or must be unframed.
    std::size_t direct(std::size_t size) const noexcept;
    void received_directly(std::size_t n) noexcept { count(n); }
    /// Whether take_whole() would succeed.
    bool whole_is_here() const;
    /// If the body is buffered to its end, moves it to `out`. Otherwise it changes nothing, or
    /// moves the beginning of the body.
    bool take_whole(std::string& out);

    /// Bytes delivered so far, unframed.
    std::uint64_t delivered() const noexcept { return delivered_; }
    /// Bytes still to be received, if the framing tells.
    std::optional<std::uint64_t> rest() const noexcept;
    bool ended() const noexcept { return ended_; }
    std::error_code error() const noexcept { return error_; }
    /// Whether another response may follow: not in a tunnel, and not after inexact framing.
    bool may_be_followed() const noexcept {
        return !tunnel_ && (plan_.framing != BodyFraming::chunked || chunks_.exact());
    }
    /// Details of error(). Without an error: what is missing. `at`: the offset of the body.
    Fault fault(std::uint64_t at) const;

    /// The connection ended. That also ends a body framed by it; otherwise it is
    /// error::incomplete_body.
    void connection_ended() noexcept;
    /// The connection was cut off without TLS's end marker. True if this was accepted as the end of
    /// a body framed by the connection, as other clients do.
    bool connection_cut() noexcept;
    /// Whether connection_cut() ended the body, which may therefore be incomplete.
    bool cut_short() const noexcept { return cut_short_; }

    /// Null if there are none.
    std::unique_ptr<Headers> take_trailers();

private:
    std::size_t read_chunks(std::span<char> out);
    void count(std::size_t n) noexcept;
    Fault chunk_fault(std::uint64_t at) const;

    ReceiveBuffer& buffer_;
    const std::uint64_t limit_;
    const bool tolerant_;
    ChunkDecoder chunks_;
    BodyPlan plan_;
    std::uint64_t max_ = 0;        // limit_, or 0 in a tunnel
    std::uint64_t remaining_ = 0;  // of a body with a length
    std::uint64_t delivered_ = 0;
    std::uint64_t unframed_ = 0;  // received bytes of a chunked body, framing included
    std::error_code error_;
    bool tunnel_ = false;
    bool cut_short_ = false;
    bool ended_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/body_parser.ipp>
#endif
