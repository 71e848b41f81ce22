// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One response after another, from received bytes to a head and the bytes of its body: buffering,
// limits, interim responses (RFC 9110 §15.2), the end of the body (RFC 9112 §6.3). It knows neither
// sockets nor time; whoever feeds it decides when to read and what happens next.

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
    HeadLimits head;             // of all heads of a response, interim ones included
    std::uint64_t max_body = 0;  // bytes; 0 = no limit
    bool tolerant = false;       // Framing::tolerant
};

/// Limits of heads as options say them, where 0 is no limit.
constexpr HeadLimits head_limits(std::size_t max_bytes, std::size_t max_fields) noexcept {
    constexpr std::size_t none = SIZE_MAX;
    return {max_bytes == 0 ? none : max_bytes, max_fields == 0 ? none : max_fields};
}

class ResponseReader {
public:
    static constexpr std::size_t buffer_size = 64 * 1024;
    /// Of interim responses, where heads have no limit: even then their stream ends.
    static constexpr std::size_t max_interim_bytes = 1024 * 1024;

    explicit ResponseReader(const ResponseLimits& limits);

    /// Forgets everything: the next byte is the first of a response to `method`.
    void start(std::string_view method);

    /// Where received bytes go, never empty while a head or a chunk is incomplete.
    std::span<char> space();
    void received(std::size_t n) noexcept { end_ += n; }

    /// Goes on with the head. Complete also for an interim response: then next_head() continues.
    HeadParser::Outcome read_head();
    /// 1xx, except 101 which ends HTTP on the connection.
    bool interim() const noexcept { return status_ < 200 && status_ != 101; }
    void next_head();
    /// The head; its fields may be moved out.
    ResponseHead& head() noexcept { return parser_.head(); }

    /// The head ended HTTP on the connection: what follows are the bytes of another protocol.
    void begin_tunnel() noexcept;

    /// How the body is framed, once the final head is complete.
    const BodyPlan& plan() const noexcept { return plan_; }

    /// Copies (and unframes) what is buffered of the body. 0: more has to be received, or the body
    /// ended, or error() says why not.
    std::size_t read_body(std::span<char> out);
    /// How many of `size` bytes may be received straight into the reader's user's memory; 0 when
    /// something is buffered or has to be unframed.
    std::size_t direct(std::size_t size) const noexcept;
    void received_directly(std::size_t n) noexcept { count_body(n); }
    /// Whether take_whole_body() would.
    bool whole_body_is_here() const;
    /// Moves the whole body to `out` if it is buffered to its end; else leaves everything as it
    /// was, or has moved a beginning of it.
    bool take_whole_body(std::string& out);

    /// Bytes of the body that were read, unframed.
    std::uint64_t delivered() const noexcept { return delivered_; }
    bool ended() const noexcept { return ended_; }
    std::error_code error() const noexcept { return error_; }
    /// What is known about error(); without one, how far the response had come. Costs nothing until
    /// it is asked for.
    Fault fault() const;
    /// Bytes of the body that are still to come, as far as its framing tells.
    std::optional<std::uint64_t> rest() const noexcept;
    /// The connection ended: also the end of a body framed by it, else error::incomplete_body.
    void connection_ended() noexcept;
    /// The connection was cut off, without the end that TLS gives it. True: that is taken for the
    /// end of a body framed by it, as by everybody else.
    bool connection_cut() noexcept;
    /// That was so: nobody can say whether the body is whole.
    bool cut_short() const noexcept { return cut_short_; }
    /// Whether the connection can carry another response after this one.
    bool persistent() const noexcept { return persistent_; }
    /// Bytes beyond the end of the response.
    std::size_t leftover() const noexcept { return end_ - begin_; }
    std::string_view leftover_bytes() const noexcept { return buffered(); }

    /// Null when there are none.
    std::unique_ptr<Headers> take_trailers();
    /// Lines of this head that are no fields and were dropped.
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
    std::size_t begin_ = 0;  // of the head being parsed, then of the unread body
    std::size_t end_ = 0;
    HeadParser parser_;
    ChunkDecoder chunks_;
    std::string_view method_;
    BodyPlan plan_;
    std::uint64_t remaining_ = 0;  // of a body with a length
    std::uint64_t delivered_ = 0;
    std::uint64_t unframed_ = 0;  // bytes of a chunked body as it came
    std::uint64_t max_body_ = 0;
    std::size_t interim_bytes_ = 0;
    bool interim_close_ = false;  // one of them said so, was HTTP/1.0 (F33), or not exact
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
