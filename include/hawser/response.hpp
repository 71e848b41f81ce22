// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/failure.hpp>
#include <hawser/headers.hpp>
#include <hawser/response_body.hpp>
#include <hawser/upgraded_stream.hpp>
#include <hawser/url.hpp>
#include <hawser/version.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace hawser {

/// A response: its head, and its body still to be read. A 4xx or 5xx is a response, not an error.
/// Move-only; destroying it closes the body.
struct Response {
    /// 200 to 999, or 101 after an upgrade.
    int status = 0;
    /// The server's words after the status, possibly none; without control characters.
    std::string reason;
    Version version = Version::http_1_1;
    /// In the order and spelling received.
    Headers headers;
    /// The length announced, also in a response to HEAD; none if the body was chunked, runs to the
    /// end of the connection or is being decompressed.
    std::optional<std::uint64_t> content_length;
    /// The body was compressed and is being decompressed; Content-Length and Content-Encoding are
    /// gone. Go: Response.Uncompressed.
    bool uncompressed = false;
    /// The connection speaks another protocol from here on: 101, or CONNECT granted. See upgrade().
    bool upgraded = false;
    ResponseBody body;
    /// The connection it came on.
    ConnectionInfo connection;
    /// Where it came from.
    Url url;
    /// Of a response that came with an error: why. Everything else is then empty.
    Failure failure;

    /// Whether the whole request was sent, its body included. False after a server that answered
    /// early and refused, and while the upload goes on beside the response: final when the end of
    /// `body` was read. True for the responses of mocks. See RequestBody.
    bool request_sent() const noexcept { return body.request_sent(); }

    /// Fields after a chunked body (RFC 9110 §6.5); empty until the body was read to its end.
    const Headers& trailers() const noexcept HAWSER_LIFETIMEBOUND { return body.trailers(); }

    /// Takes the connection after an upgrade, with the bytes that came behind the head already.
    /// Closed unless `upgraded`.
    UpgradedStream upgrade() {
        return upgraded ? UpgradedStream(std::move(body)) : UpgradedStream();
    }
};

}  // namespace hawser
