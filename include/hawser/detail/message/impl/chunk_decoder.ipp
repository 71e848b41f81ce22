// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/chunk_decoder.hpp>
#include <hawser/detail/message/field_line.hpp>
#include <hawser/detail/message/framing.hpp>

#include <algorithm>
#include <cstring>

namespace hawser::inline HAWSER_ABI::detail {

inline constexpr std::uint32_t max_size_line = 4095;  // 4 KiB with its LF
inline constexpr std::uint32_t max_overhead = 16 * 1024;

HAWSER_DECL ChunkDecoder::ChunkDecoder(HeadLimits trailer_limits, bool tolerant)
    : limits_(trailer_limits), tolerant_(tolerant) {}

HAWSER_DECL void ChunkDecoder::reset() noexcept {
    remaining_ = 0;
    line_ = overhead_ = 0;
    state_ = State::size_first;
    exact_ = true;
    error_ = {};
    rule_ = nullptr;
    trailer_bytes_ = trailer_fields_ = 0;
    if (!trailer_line_.empty()) {
        trailer_line_ = {};
    }
    if (!trailers_.empty()) {
        trailers_ = {};
    }
}

HAWSER_DECL ChunkDecoder::Step ChunkDecoder::decode(std::string_view in, std::span<char> out) {
    const char* at = in.data();
    const char* const end = at + in.size();
    std::size_t produced = 0;
    while (at != end && state_ < State::done) {
        if (state_ != State::data) {
            at = frame(at, end);
            continue;
        }
        const std::size_t room =
            std::min(static_cast<std::size_t>(end - at), out.size() - produced);
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(room, remaining_));
        if (size == 0) {
            break;
        }
        std::memmove(out.data() + produced, at, size);
        at += size;
        produced += size;
        remaining_ -= size;
        if (remaining_ == 0) {
            state_ = State::data_cr;
        }
    }
    return {static_cast<std::size_t>(at - in.data()), produced};
}

/// Consumes at least one byte, or fails.
HAWSER_DECL const char* ChunkDecoder::frame(const char* at, const char* end) {
    switch (state_) {
        case State::size_first:
        case State::size:
            return size_digits(at, end);
        case State::size_blank:
            return is_ows(*at) ? size_blanks(at, end) : behind_size(at);
        case State::extension:
        case State::quoted:
        case State::quoted_pair:
            return extension(at, end);
        case State::trailer:
            return trailer(at, end);
        case State::size_lf:
            if (*at != '\n') {
                fail(error::bad_response, "a CR that ends no line, in a chunk size line");
                return at;
            }
            return end_size_line() ? at + 1 : at;
        case State::data_cr:
            if (*at != '\r') {
                break;
            }
            state_ = State::data_lf;
            return at + 1;
        case State::data_lf:
            if (*at != '\n') {
                break;
            }
            state_ = State::size_first;
            return at + 1;
        default:
            break;
    }
    fail(error::bad_response, "no CRLF behind the data of a chunk (RFC 9112 section 7.1)");
    return at;
}

HAWSER_DECL const char* ChunkDecoder::size_digits(const char* at, const char* end) noexcept {
    for (; at != end; ++at) {
        const unsigned digit = hex_value(*at);
        if (digit > 15) {
            break;
        }
        if (remaining_ > (INT64_MAX >> 4) || ++line_ > max_size_line) {
            fail(error::bad_response, "a chunk size of 2^63 or more, or of too many digits");
            return at;
        }
        remaining_ = remaining_ * 16 + digit;
        state_ = State::size;
    }
    if (at == end) {
        return at;
    }
    if (*at == '\r' && state_ == State::size) {  // nearly always
        ++line_;
        state_ = State::size_lf;
        return at + 1;
    }
    if (tolerant_ && is_ows(*at)) {
        return size_blanks(at, end);
    }
    if (state_ == State::size_first) {
        fail(error::bad_response,
             "a chunk size that is no hexadecimal number (RFC 9112 section 7.1)");
        return at;
    }
    return behind_size(at);
}

/// Some servers pad a size to a fixed width. Only this client may notice the blanks.
HAWSER_DECL const char* ChunkDecoder::size_blanks(const char* at, const char* end) noexcept {
    exact_ = false;
    if (state_ == State::size) {
        state_ = State::size_blank;
    }
    for (; at != end && is_ows(*at); ++at) {
        if (++line_ > max_size_line) {
            fail(error::bad_response, "a chunk size line of more than 4 KiB");
            return at;
        }
    }
    return at;
}

HAWSER_DECL const char* ChunkDecoder::behind_size(const char* at) noexcept {
    if (*at != '\r' && *at != ';') {
        fail(error::bad_response,
             *at == '\n' ? "a bare LF in a chunk size line (RFC 9112 section 7.1)"
                         : "a chunk size that is no hexadecimal number (RFC 9112 section 7.1)");
        return at;
    }
    ++line_;
    state_ = *at == ';' ? State::extension : State::size_lf;
    return at + 1;
}

/// Ignores what an extension means, but checks its syntax (RFC 9112 section 7.1.1).
HAWSER_DECL const char* ChunkDecoder::extension(const char* at, const char* end) noexcept {
    for (; at != end && state_ != State::size_lf; ++at) {
        if (++line_ > max_size_line || !extension_byte(*at)) {
            fail(error::bad_response,
                 line_ > max_size_line ? "a chunk size line of more than 4 KiB"
                 : *at == '\n'         ? "a bare LF in a chunk size line (RFC 9112 section 7.1)"
                                       : "an ill-formed chunk extension (RFC 9112 section 7.1.1)");
            return at;
        }
    }
    return at;
}

HAWSER_DECL bool ChunkDecoder::extension_byte(char c) noexcept {
    if (state_ == State::extension) {
        if (c == '\r') {
            state_ = State::size_lf;
            return true;
        }
        state_ = c == '"' ? State::quoted : State::extension;
        return is(value_char, c) && static_cast<unsigned char>(c) < 0x80;
    }
    if (state_ == State::quoted) {
        state_ = c == '"' ? State::extension : c == '\\' ? State::quoted_pair : State::quoted;
    } else {
        state_ = State::quoted;
    }
    return is(value_char, c);
}

/// Each chunk may use 16 bytes of framing plus twice its data; the rest is overhead, which is
/// bounded.
HAWSER_DECL bool ChunkDecoder::end_size_line() noexcept {
    const auto data = static_cast<std::uint32_t>(std::min<std::uint64_t>(remaining_, max_overhead));
    const std::uint32_t excused = 16 + 2 * data;
    overhead_ += line_ + 1;  // its LF
    overhead_ -= std::min(overhead_, excused);
    line_ = 0;
    state_ = remaining_ == 0 ? State::trailer : State::data;
    if (overhead_ > max_overhead) {
        fail(error::bad_response, "much framing of chunks around little data");
        return false;
    }
    return true;
}

HAWSER_DECL const char* ChunkDecoder::trailer(const char* at, const char* end) {
    if (end - at >= 2 && at[0] == '\r' && at[1] == '\n' && trailer_line_.empty() &&
        limits_.max_bytes - trailer_bytes_ >= 2) {  // nearly always
        state_ = State::done;
        return at + 2;
    }
    if (trailer_waits() && !is_ows(*at)) {  // so it is not folded
        take_kept_trailer();
        return at;
    }
    const auto size = static_cast<std::size_t>(end - at);
    const auto* lf = static_cast<const char*>(std::memchr(at, '\n', size));
    const std::string_view piece(at, lf != nullptr ? static_cast<std::size_t>(lf + 1 - at) : size);
    if (piece.size() > limits_.max_bytes - trailer_bytes_) {
        fail(error::headers_too_large, "trailers beyond their limit");
        return at;
    }
    trailer_bytes_ += piece.size();
    if (lf == nullptr) {
        trailer_line_.append(piece);
        return end;
    }
    const bool bare = lf != at ? lf[-1] != '\r' : !trailer_line_.ends_with('\r');
    // Whether the next line cannot be a continuation, or does not matter.
    const bool known = bare || (lf + 1 != end && !is_ows(lf[1]));
    if (trailer_line_.empty() && (known || !tolerant_ || piece == "\r\n")) {
        trailer_line(piece);
        return at + piece.size();
    }
    trailer_line_.append(piece);
    if (known || !tolerant_ || trailer_line_ == "\r\n") {
        take_kept_trailer();
    }
    return at + piece.size();
}

HAWSER_DECL void ChunkDecoder::take_kept_trailer() {
    const std::string line = std::move(trailer_line_);
    trailer_line_.clear();
    trailer_line(line);
}

/// One complete line including its LF, with its continuation lines.
HAWSER_DECL void ChunkDecoder::trailer_line(std::string_view line) {
    if (line == "\r\n") {
        state_ = State::done;
        return;
    }
    if (has_bare_lf(line)) {
        return fail_trailer(
            error::bad_response, line, "a bare LF in the trailers (RFC 9112 section 2.2)");
    }
    if (is_ows(line.front())) {
        return fail_trailer(error::bad_response, line, "white space before the first trailer");
    }
    std::string joined;
    std::string_view rest = line;
    take_line_end(rest);
    if (rest.find('\n') != std::string_view::npos) {
        exact_ = false;
        rest = joined = unfolded(line);
    }
    const FieldLine field = read_field_line(rest, tolerant_);
    if (field.kind != FieldLine::Kind::field || (!tolerant_ && field.rule != nullptr)) {
        return fail_trailer(error::bad_response, line, field.rule);
    }
    if (++trailer_fields_ > limits_.max_fields) {
        return fail_trailer(error::headers_too_large, line, "too many trailers");
    }
    exact_ = exact_ && field.rule == nullptr;
    if (may_be_trailer(field.name)) {
        trailers_.add(field.name, field.value);
    }
}

HAWSER_DECL void ChunkDecoder::fail(hawser::error reason, const char* rule) noexcept {
    error_ = reason;
    rule_ = rule;
    state_ = State::failed;
}

HAWSER_DECL void ChunkDecoder::fail_trailer(hawser::error reason,
                                            std::string_view line,
                                            const char* rule) {
    trailer_line_ = line;
    fail(reason, rule);
}

}  // namespace hawser::inline HAWSER_ABI::detail
