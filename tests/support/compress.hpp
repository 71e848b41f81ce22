// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Compressed bodies for tests of the decoders, made by the libraries' compressors or by hand.

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>

#if defined(HAWSER_HAS_BROTLI)
#include <brotli/encode.h>
#endif
#if defined(HAWSER_HAS_ZSTD)
#include <zstd.h>
#endif

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

#if defined(HAWSER_HAS_BROTLI)
inline std::string brotli(std::string_view text, int window_log = 22) {
    std::size_t size = ::BrotliEncoderMaxCompressedSize(text.size()) + 16;
    std::string out(size, '\0');
    if (::BrotliEncoderCompress(5,
                                window_log,
                                BROTLI_MODE_GENERIC,
                                text.size(),
                                reinterpret_cast<const std::uint8_t*>(text.data()),
                                &size,
                                reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_FALSE) {
        throw std::runtime_error{"BrotliEncoderCompress"};
    }
    out.resize(size);
    return out;
}
#endif

#if defined(HAWSER_HAS_ZSTD)
/// One frame with a checksum, and with a window of this size if that is not 0.
inline std::string zstd(std::string_view text, int window_log = 0) {
    ZSTD_CCtx* const context = ::ZSTD_createCCtx();
    ::ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    ::ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ::ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    std::string out(::ZSTD_compressBound(text.size()), '\0');
    const std::size_t size =
        ::ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size());
    ::ZSTD_freeCCtx(context);
    if (::ZSTD_isError(size) != 0) {
        throw std::runtime_error{"ZSTD_compress2"};
    }
    out.resize(size);
    return out;
}
#endif

/// Replaces the header of the gzip `member` by one with these flags, followed by their `fields`.
inline std::string with_header(std::string_view member, char flags, std::string_view fields) {
    std::string text(member.substr(0, 3));
    text.push_back(flags);
    return text.append(member.substr(4, 6)).append(fields).append(member.substr(10));
}

}  // namespace hawser::test
