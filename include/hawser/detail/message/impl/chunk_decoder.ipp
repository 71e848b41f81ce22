// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/chunk_decoder.hpp>
#include <hawser/detail/message/framing.hpp>

#include <algorithm>
#include <cstring>

namespace hawser::detail {

inline constexpr std::uint32_t max_size_line = 4095;  // 4 KiB with its LF
inline constexpr std::uint32_t max_overhead = 16 * 1024;

HAWSER_DECL ChunkDecoder::ChunkDecoder(HeadLimits trailer_limits) : limits_(trailer_limits) {}

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
        skip_data(size);
    }
    return {static_cast<std::size_t>(at - in.data()), produced};
}

HAWSER_DECL void ChunkDecoder::skip_data(std::uint64_t count) noexcept {
    remaining_ -= count;
    if (remaining_ == 0) {
        state_ = State::data_cr;
    }
}

/// Takes at least one byte, or fails.
HAWSER_DECL const char* ChunkDecoder::frame(const char* at, const char* end) {
    switch (state_) {
        case State::size_first:
        case State::size:
            return size_digits(at, end);
        case State::extension:
        case State::quoted:
        case State::quoted_pair:
            return extension(at, end);
        case State::trailer:
            return trailer(at, end);
        case State::size_lf:
            if (*at != '\n' || !end_size_line()) {
                break;
            }
            return at + 1;
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
    fail(error::bad_response);
    return at;
}

HAWSER_DECL const char* ChunkDecoder::size_digits(const char* at, const char* end) noexcept {
    for (; at != end; ++at) {
        const unsigned digit = hex_value(*at);
        if (digit > 15) {
            break;
        }
        if (remaining_ > (INT64_MAX >> 4) || ++line_ > max_size_line) {
            fail(error::bad_response);
            return at;
        }
        remaining_ = remaining_ * 16 + digit;
        state_ = State::size;
    }
    if (at == end) {
        return at;
    }
    if (state_ == State::size_first || (*at != '\r' && *at != ';')) {
        fail(error::bad_response);
        return at;
    }
    ++line_;
    state_ = *at == ';' ? State::extension : State::size_lf;
    return at + 1;
}

/// Ignores what an extension says, but not how it is written (RFC 9112 section 7.1.1).
HAWSER_DECL const char* ChunkDecoder::extension(const char* at, const char* end) noexcept {
    for (; at != end && state_ != State::size_lf; ++at) {
        if (++line_ > max_size_line || !extension_byte(*at)) {
            fail(error::bad_response);
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

/// Framing beyond 16 bytes a chunk plus twice its data is overhead; it may not pile up.
HAWSER_DECL bool ChunkDecoder::end_size_line() noexcept {
    const auto data = static_cast<std::uint32_t>(std::min<std::uint64_t>(remaining_, max_overhead));
    const std::uint32_t excused = 16 + 2 * data;
    overhead_ += line_ + 1;  // its LF
    overhead_ -= std::min(overhead_, excused);
    line_ = 0;
    state_ = remaining_ == 0 ? State::trailer : State::data;
    return overhead_ <= max_overhead;
}

HAWSER_DECL const char* ChunkDecoder::trailer(const char* at, const char* end) {
    const auto size = static_cast<std::size_t>(end - at);
    const auto* lf = static_cast<const char*>(std::memchr(at, '\n', size));
    const std::string_view piece(at, lf != nullptr ? static_cast<std::size_t>(lf + 1 - at) : size);
    if (piece.size() > limits_.max_bytes - trailer_bytes_) {
        fail(error::headers_too_large);
        return at;
    }
    trailer_bytes_ += piece.size();
    if (lf == nullptr) {
        trailer_line_.append(piece);
    } else if (trailer_line_.empty()) {
        trailer_line(piece);
    } else {
        trailer_line_.append(piece);
        trailer_line(trailer_line_);
        trailer_line_.clear();
    }
    return at + piece.size();
}

/// One whole line, LF included.
HAWSER_DECL void ChunkDecoder::trailer_line(std::string_view line) {
    if (line == "\r\n") {
        state_ = State::done;
        return;
    }
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || !is_token(name) || line[line.size() - 2] != '\r') {
        return fail(error::bad_response);
    }
    const std::string_view value = line.substr(colon + 1, line.size() - colon - 3);
    if (!is_field_value(value)) {
        return fail(error::bad_response);
    }
    if (++trailer_fields_ > limits_.max_fields) {
        return fail(error::headers_too_large);
    }
    if (may_be_trailer(name)) {
        trailers_.add(name, trim_ows(value));
    }
}

HAWSER_DECL void ChunkDecoder::fail(hawser::error reason) noexcept {
    error_ = reason;
    state_ = State::failed;
}

}  // namespace hawser::detail
