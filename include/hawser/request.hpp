// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/headers.hpp>
#include <hawser/options.hpp>
#include <hawser/request_body.hpp>
#include <hawser/url.hpp>

#include <optional>
#include <string>
#include <utility>

namespace hawser {

/// A request to send. A plain value: fill it and send it, or send copies of it.
///
///     hawser::Request request{"POST", "https://example.com/items", R"({"n":1})"};
///     request.headers.set("Content-Type", "application/json");
///
/// Sending first validates everything, before it takes a connection. A request that cannot be
/// written safely fails with error::invalid_request, and nothing is sent.
struct Request {
    Request() : method("GET") {}
    Request(std::string verb, UrlArg to) : method(std::move(verb)), url(std::move(to)) {}
    Request(std::string verb, UrlArg to, RequestBody content)
        : method(std::move(verb)), url(std::move(to)), body(std::move(content)) {}

    /// A token, case-sensitive (RFC 9110 §9). `CONNECT` asks the host of `url` for a tunnel to the
    /// `host:port` in `host`: see Response::upgrade().
    std::string method;
    /// The target; its userinfo and fragment are never sent.
    Url url;
    /// Sent in this order and spelling. Host, Content-Length, Transfer-Encoding and Trailer belong
    /// to the transport: setting them is error::invalid_request. With `Expect: 100-continue` the
    /// body waits for the server's 100 (TransportOptions::expect_continue_timeout). `Connection:
    /// Upgrade` with `Upgrade` offers another protocol.
    Headers headers;
    RequestBody body;
    /// Sent after a chunked body; their names are announced in `Trailer`.
    Headers trailers;
    /// Overrides the Host field, but neither the peer that is dialed nor the name that its
    /// certificate must have.
    std::optional<std::string> host;
    /// Sends `Connection: close` and does not reuse the connection.
    bool close = false;
    RequestOptions options;
};

}  // namespace hawser
