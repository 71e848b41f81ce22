// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Ordinary servers, so that a script need only spell out what is unusual.

#include "peer.hpp"
#include "response_text.hpp"

#include <functional>

namespace hawser::test {

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

/// Responds to "/half" with half a body and closes, to "/stuck-body" with half a body, to "/stuck"
/// not at all, to "/close" with a last response, to anything else completely.
inline void serve(Peer& peer) {
    while (const auto request = peer.read_request()) {
        if (request->target == "/half" || request->target == "/stuck-body") {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
            if (request->target == "/stuck-body") {
                peer.wait_for_eof();
            }
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

/// Answers every request with ten digits, three bytes at a time.
inline void serve_slowly(Peer& peer) {
    while (peer.read_request()) {
        peer.send_slowly(respond("0123456789"), 3);
    }
}

/// The n-th connection uses the n-th script; all later ones use the last script.
inline Script in_order(std::vector<Script> scripts) {
    return [scripts = std::move(scripts)](Peer& peer) {
        scripts.at(std::min(peer.number(), scripts.size()) - 1)(peer);
    };
}

}  // namespace hawser::test
