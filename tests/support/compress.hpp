// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Compressed bodies for tests of the decoder, made by zlib's compressor or by hand.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>

namespace hawser::test {

/// Compresses `text` to the format that `window_bits` selects in zlib: 31 gzip, 15 zlib, -15 raw.
inline std::string compress(std::string_view text, int window_bits, int level = 6) {
    z_stream stream{};
    if (::deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error{"deflateInit2"};
    }
    std::string out(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = ::deflate(&stream, Z_FINISH);
    out.resize(static_cast<std::size_t>(stream.total_out));
    ::deflateEnd(&stream);
    if (code != Z_STREAM_END) {
        throw std::runtime_error{"deflate"};
    }
    return out;
}

inline std::string gzip(std::string_view text, int level = 6) {
    return compress(text, 31, level);
}
inline std::string zlib(std::string_view text) {
    return compress(text, 15);
}
inline std::string raw_deflate(std::string_view text) {
    return compress(text, -15);
}

/// Replaces the header of the gzip `member` by one with these flags, followed by their `fields`.
inline std::string with_header(std::string_view member, char flags, std::string_view fields) {
    std::string text(member.substr(0, 3));
    text.push_back(flags);
    return text.append(member.substr(4, 6)).append(fields).append(member.substr(10));
}

}  // namespace hawser::test
