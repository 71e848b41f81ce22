// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Turns received bytes into one response after another, each a head and the bytes of its body:
// buffering, limits, interim responses (RFC 9110 §15.2), the end of the body (RFC 9112 §6.3). Knows
// neither sockets nor time; its caller decides when to read and what to do next.

#include <hawser/config.hpp>
#include <hawser/detail/message/chunk_decoder.hpp>
#include <hawser/detail/message/framing.hpp>
#include <hawser/detail/message/head_parser.hpp>
#include <hawser/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::detail {

/// How responses are read.
struct ResponseLimits {
    HeadLimits head;             // over all heads of a response, including interim ones
    std::uint64_t max_body = 0;  // bytes; 0 = no limit
    bool tolerant = false;       // Framing::tolerant
};

/// Limits of heads from options, where 0 means no limit.
constexpr HeadLimits head_limits(std::size_t max_bytes, std::size_t max_fields) noexcept {
    constexpr std::size_t none = SIZE_MAX;
    return {max_bytes == 0 ? none : max_bytes, max_fields == 0 ? none : max_fields};
}

class ResponseReader {
public:
    static constexpr std::size_t buffer_size = 64 * 1024;
    /// Limits interim responses even if heads have no limit, so that a stream of them ends.
    static constexpr std::size_t max_interim_bytes = 1024 * 1024;

    explicit ResponseReader(const ResponseLimits& limits);

    /// Discards everything: the next byte is the first of a response to `method`.
    void start(std::string_view method);

    /// Where to receive bytes; never empty while a head or a chunk is incomplete.
    std::span<char> space();
    void received(std::size_t n) noexcept { end_ += n; }

    /// Continues with the head. An interim response also completes it; next_head() then continues.
    HeadParser::Outcome read_head();
    /// 1xx, except 101, which ends HTTP on the connection.
    bool interim() const noexcept { return status_ < 200 && status_ != 101; }
    void next_head();
    /// The head; its fields may be moved out.
    ResponseHead& head() noexcept { return parser_.head(); }

    /// The head ended HTTP on the connection: the bytes that follow belong to another protocol.
    void begin_tunnel() noexcept;

    /// How the body is framed, once the final head is complete.
    const BodyPlan& plan() const noexcept { return plan_; }

    /// Copies (and unframes) buffered bytes of the body. 0 means that more must be received, or
    /// that the body ended, or that it failed with error().
    std::size_t read_body(std::span<char> out);
    /// How many of `size` bytes may be received straight into the caller's memory; 0 if bytes are
    /// buffered or have to be unframed.
    std::size_t direct(std::size_t size) const noexcept;
    void received_directly(std::size_t n) noexcept { count_body(n); }
    /// Whether take_whole_body() would succeed.
    bool whole_body_is_here() const;
    /// If the body is buffered to its end, moves it to `out`. Otherwise it changes nothing, or
    /// moves the beginning of the body.
    bool take_whole_body(std::string& out);

    /// Bytes of the body delivered so far, unframed.
    std::uint64_t delivered() const noexcept { return delivered_; }
    bool ended() const noexcept { return ended_; }
    std::error_code error() const noexcept { return error_; }
    /// Details of error(), or, if there is none, how much of the response had arrived. Costs
    /// nothing until it is called.
    Fault fault() const;
    /// Bytes of the body still to be received, if its framing tells.
    std::optional<std::uint64_t> rest() const noexcept;
    /// The connection ended. That also ends a body framed by it; otherwise it is
    /// error::incomplete_body.
    void connection_ended() noexcept;
    /// The connection was cut off without TLS's end marker. True if this was accepted as the end of
    /// a body framed by the connection, as other clients do.
    bool connection_cut() noexcept;
    /// Whether connection_cut() ended the body, which may therefore be incomplete.
    bool cut_short() const noexcept { return cut_short_; }
    /// Whether the connection can carry another response after this one.
    bool persistent() const noexcept { return persistent_; }
    /// Bytes received beyond the end of the response.
    std::size_t leftover() const noexcept { return end_ - begin_; }
    std::string_view leftover_bytes() const noexcept { return buffered(); }

    /// Null if there are none.
    std::unique_ptr<Headers> take_trailers();
    /// Lines of this head that are not fields and were dropped.
    std::vector<std::string> take_ignored();

private:
    std::string_view buffered() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
    void make_room();
    HeadParser::Outcome fail(std::error_code ec) noexcept;
    void begin_body();
    bool in_body() const noexcept { return parser_.size() != 0 && !interim(); }
    Fault head_fault() const;
    Fault body_fault() const;
    Fault chunk_fault() const;
    void count_body(std::size_t n) noexcept;
    std::size_t read_chunks(std::span<char> out);

    ResponseLimits limits_;
    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  // start of the head being parsed, later of the unread body
    std::size_t end_ = 0;
    HeadParser parser_;
    ChunkDecoder chunks_;
    std::string_view method_;
    BodyPlan plan_;
    std::uint64_t remaining_ = 0;  // of a body with a length
    std::uint64_t delivered_ = 0;
    std::uint64_t unframed_ = 0;  // received bytes of a chunked body, framing included
    std::uint64_t max_body_ = 0;
    std::size_t interim_bytes_ = 0;
    bool interim_close_ = false;  // an interim response said close, was HTTP/1.0 (F33), or was not
                                  // exact
    bool tunnel_ = false;
    bool cut_short_ = false;
    int status_ = 0;
    bool persistent_ = false;
    bool ended_ = false;
    std::error_code error_;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/response_reader.ipp>
#endif
