// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Ordinary responses and ordinary servers, so that a script need only spell out what is unusual.

#include "peer.hpp"

#include <functional>

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

/// How a server handles one connection.
using Script = std::function<void(Peer&)>;

/// Responds to every request on a connection until the client closes it or sends `Connection:
/// close`.
inline Script keep_alive_server(std::function<std::string(const ReceivedRequest&)> answer) {
    return [answer = std::move(answer)](Peer& peer) {
        while (const auto request = peer.read_request()) {
            peer.send(answer(*request));
            if (same_name(request->header("Connection").value_or(""), "close")) {
                return;
            }
        }
    };
}

/// Responds to "/half" with half a body and closes, to "/close" with a last response, to anything
/// else completely.
inline void serve(Peer& peer) {
    while (const auto request = peer.read_request()) {
        if (request->target == "/half") {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
            return;
        }
        if (request->target == "/stuck") {
            peer.wait_for_eof();
            return;
        }
        if (request->target == "/close") {
            peer.send(respond("last", "Connection: close\r\n"));
            return;
        }
        peer.send(respond(request->target));
    }
}

/// The n-th connection uses the n-th script; all later ones use the last script.
inline Script in_order(std::vector<Script> scripts) {
    return [scripts = std::move(scripts)](Peer& peer) {
        scripts.at(std::min(peer.number(), scripts.size()) - 1)(peer);
    };
}

}  // namespace hawser::test
