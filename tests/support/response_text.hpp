// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Ordinary responses as text.

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::test {

/// "HTTP/1.1 <status>", Content-Length, then `extra_headers` (each line with its CRLF), then
/// `body`.
inline std::string reply(std::string_view status,
                         std::string_view body,
                         std::string_view extra_headers = {}) {
    std::string text{"HTTP/1.1 "};
    text.append(status).append("\r\nContent-Length: ").append(std::to_string(body.size()));
    text.append("\r\n").append(extra_headers).append("\r\n").append(body);
    return text;
}

/// 200 with `body`.
inline std::string respond(std::string_view body, std::string_view extra_headers = {}) {
    return reply("200 OK", body, extra_headers);
}

/// 200 in chunks, one per piece; `trailers` like `extra_headers`.
inline std::string respond_chunked(const std::vector<std::string>& pieces,
                                   std::string_view extra_headers = {},
                                   std::string_view trailers = {}) {
    std::string text{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"};
    text.append(extra_headers).append("\r\n");
    for (const auto& piece : pieces) {
        char size[32];
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        text.append(size).append(piece).append("\r\n");
    }
    return text.append("0\r\n").append(trailers).append("\r\n");
}

}  // namespace hawser::test
