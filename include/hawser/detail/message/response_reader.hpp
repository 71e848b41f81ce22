// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Turns received bytes into one response after another: buffering, limits of the heads, interim
// responses (RFC 9110 §15.2), and whether another response can follow. BodyParser unframes the
// body. Knows neither sockets nor time; its caller decides when to read and what to do next.

#include <hawser/config.hpp>
#include <hawser/detail/message/body_parser.hpp>
#include <hawser/detail/message/framing.hpp>
#include <hawser/detail/message/head_parser.hpp>
#include <hawser/detail/message/receive_buffer.hpp>
#include <hawser/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

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
    /// Limits interim responses even if heads have no limit, so that a stream of them ends.
    static constexpr std::size_t max_interim_bytes = 1024 * 1024;

    explicit ResponseReader(const ResponseLimits& limits);
    ResponseReader(const ResponseReader&) = delete;
    ResponseReader& operator=(const ResponseReader&) = delete;

    /// Discards everything: the next byte is the first of a response to `method`.
    void start(std::string_view method);

    /// Where to receive bytes; never empty while a head or a chunk is incomplete.
    std::span<char> space() { return buffer_.space(); }
    /// Call while no bytes are buffered: makes space() large.
    void enlarge() noexcept { buffer_.enlarge(); }
    bool is_large() const noexcept { return !buffer_.is_normal(); }
    void received(std::size_t n) noexcept { buffer_.received(n); }

    /// Continues with the head. An interim response also completes it; next_head() then continues.
    HeadParser::Outcome read_head();
    /// 1xx, except 101, which ends HTTP on the connection.
    bool interim() const noexcept { return status_ < 200 && status_ != 101; }
    void next_head();
    /// The head; its fields may be moved out.
    ResponseHead& head() noexcept { return parser_.head(); }
    /// Lines of this head that are not fields and were dropped.
    std::vector<std::string> take_ignored();

    /// Once the final head is complete.
    BodyParser& body() noexcept { return body_; }
    const BodyParser& body() const noexcept { return body_; }

    /// The error of the head or the body.
    std::error_code error() const noexcept { return error_ ? error_ : body_.error(); }
    /// Details of error(), or, if there is none, how much of the response had arrived. Costs
    /// nothing until it is called.
    Fault fault() const;
    /// Whether the connection can carry another response after this one.
    bool persistent() const noexcept { return persistent_ && body_.may_be_followed(); }
    /// Bytes received beyond the end of the response.
    std::string_view leftover() const noexcept { return buffer_.bytes(); }

private:
    HeadParser::Outcome fail(std::error_code ec) noexcept;
    HAWSER_COLD HeadParser::Outcome read_head_for_connect();
    void begin_body();
    Fault head_fault() const;

    const ResponseLimits limits_;
    ReceiveBuffer buffer_;
    HeadParser parser_;
    BodyParser body_{buffer_, limits_.max_body, limits_.tolerant};
    std::string_view method_;
    std::size_t interim_bytes_ = 0;
    bool interim_close_ = false;  // an interim response said close, was HTTP/1.0 (F33), or was not
                                  // exact
    bool persistent_ = false;     // as far as heads tell
    int status_ = 0;
    std::error_code error_;  // of the head
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/response_reader.ipp>
#endif
