// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// The field with which a request asks for the codings that we can decode, the best one first.
/// Empty if there is none.
inline constexpr std::string_view accept_encoding_line =
#if defined(HAWSER_HAS_ZSTD) && defined(HAWSER_HAS_BROTLI) && defined(HAWSER_HAS_ZLIB)
    "Accept-Encoding: zstd, br, gzip, deflate\r\n";
#elif defined(HAWSER_HAS_BROTLI) && defined(HAWSER_HAS_ZLIB)
    "Accept-Encoding: br, gzip, deflate\r\n";
#elif defined(HAWSER_HAS_ZSTD) && defined(HAWSER_HAS_ZLIB)
    "Accept-Encoding: zstd, gzip, deflate\r\n";
#elif defined(HAWSER_HAS_ZSTD) && defined(HAWSER_HAS_BROTLI)
    "Accept-Encoding: zstd, br\r\n";
#elif defined(HAWSER_HAS_ZSTD)
    "Accept-Encoding: zstd\r\n";
#elif defined(HAWSER_HAS_BROTLI)
    "Accept-Encoding: br\r\n";
#elif defined(HAWSER_HAS_ZLIB)
    "Accept-Encoding: gzip, deflate\r\n";
#else
    "";
#endif

}  // namespace hawser::inline HAWSER_ABI::detail
