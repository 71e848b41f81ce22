// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Decodes the chunked coding (RFC 9112 section 7.1), byte by byte if need be. It accepts CRLF only,
// requires quoted strings to close on their line, and bounds lines, overhead and trailers. In
// tolerant mode it also accepts, and notes, blanks around a size, folded trailers, and blanks
// before a trailer's colon. It does not use llhttp, so that the result is the same with each of its
// versions. Must not know the head, the socket, or what the trailers mean. Never throws because of
// what a peer sends.

#include <hawser/config.hpp>
#include <hawser/detail/message/response_head.hpp>
#include <hawser/error.hpp>
#include <hawser/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class ChunkDecoder {
public:
    explicit ChunkDecoder(HeadLimits trailer_limits = {64 * 1024, 100}, bool tolerant = false);

    /// Prepares for the next body.
    void reset() noexcept;

    /// What one call consumed from its input and wrote to its output.
    struct Step {
        std::size_t consumed = 0;
        std::size_t produced = 0;
    };

    /// Decodes until `out` is full, `in` is used up, the message has ended, or it failed. Never
    /// consumes a byte after the message. When `out` is full, it still consumes framing up to the
    /// next data byte, so that the caller sees the end together with the last data. `out` may
    /// overlap `in` if it starts at the same address.
    Step decode(std::string_view in, std::span<char> out);

    /// The final CRLF was consumed.
    [[nodiscard]] bool done() const noexcept { return state_ == State::done; }

    /// bad_response or headers_too_large after a failure; `decode` does nothing from then on.
    [[nodiscard]] std::error_code error() const noexcept { return error_; }

    /// True if nothing so far deviated from RFC 9112.
    [[nodiscard]] bool exact() const noexcept { return exact_; }
    /// After a failure: the rule that was broken, and the trailer line that broke it. That line
    /// ends where decode() stopped. If there is no such line, the fault is where decode() stopped.
    [[nodiscard]] const char* rule() const noexcept { return rule_; }
    [[nodiscard]] std::string_view bad_trailer() const noexcept { return trailer_line_; }

    /// Fields of the trailer section, without those that frame, route, authenticate or set cookies
    /// (RFC 9110 section 6.5.1). Complete once done.
    [[nodiscard]] Headers& trailers() noexcept { return trailers_; }

private:
    enum class State : std::uint8_t {
        size_first,  // needs a digit
        size,
        size_blank,  // after the digits
        extension,
        quoted,
        quoted_pair,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer,
        done,
        failed,
    };

    const char* frame(const char* at, const char* end);
    const char* size_digits(const char* at, const char* end) noexcept;
    HAWSER_COLD const char* size_blanks(const char* at, const char* end) noexcept;
    const char* behind_size(const char* at) noexcept;
    const char* extension(const char* at, const char* end) noexcept;
    const char* trailer(const char* at, const char* end);
    bool extension_byte(char c) noexcept;
    bool end_size_line() noexcept;
    void trailer_line(std::string_view line);
    void take_kept_trailer();
    bool trailer_waits() const noexcept { return trailer_line_.ends_with('\n'); }
    void fail(hawser::error reason, const char* rule) noexcept;
    void fail_trailer(hawser::error reason, std::string_view line, const char* rule);

    HeadLimits limits_;
    std::uint64_t remaining_ = 0;  // the size being read, then data bytes to come
    std::uint32_t line_ = 0;       // bytes of the size line so far
    std::uint32_t overhead_ = 0;   // framing bytes beyond what the data excuses
    State state_ = State::size_first;
    bool tolerant_;
    bool exact_ = true;
    std::error_code error_;
    const char* rule_ = nullptr;
    std::size_t trailer_bytes_ = 0;
    std::size_t trailer_fields_ = 0;
    std::string trailer_line_;  // the part of a trailer line, or of a folded one, seen so far
    Headers trailers_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/chunk_decoder.ipp>
#endif
