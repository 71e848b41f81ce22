// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/detail/access.hpp>
#include <hawser/failure.hpp>
#include <hawser/headers.hpp>
#include <hawser/redirect.hpp>
#include <hawser/response_body.hpp>
#include <hawser/status_error.hpp>
#include <hawser/upgraded_stream.hpp>
#include <hawser/url.hpp>
#include <hawser/version.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI {

/// A response: its head, and its body, which is read separately. A 4xx or 5xx is a response, not an
/// error. Move-only; destroying it closes the body.
struct Response {
    /// 200 to 999, or 101 after an upgrade.
    int status = 0;
    /// The reason phrase; may be empty. Contains no control characters.
    std::string reason;
    /// The version that the server sent.
    Version version = Version::http_1_1;
    /// In the order and spelling received.
    Headers headers;
    /// The announced length, also in a response to HEAD; none if the body is chunked, ends with the
    /// connection or is being decompressed.
    std::optional<std::uint64_t> content_length;
    /// The body was compressed and is being decompressed; Content-Length and Content-Encoding are
    /// gone. Go: Response.Uncompressed.
    bool uncompressed = false;
    /// The connection now speaks another protocol: after 101, or a successful CONNECT. See
    /// upgrade().
    bool upgraded = false;
    /// What follows the head; still to be read.
    ResponseBody body;
    /// The connection that delivered it.
    ConnectionInfo connection;
    /// The URL of its request; after redirects, of the last one.
    Url url;
    /// The redirects that led here, the oldest first; empty if there were none.
    History history;
    /// In a response that accompanies an error: why the request failed. Everything else is then
    /// empty.
    Failure failure;

    /// Whether the whole request was sent, including its body. False if a server answered early and
    /// refused the body, and while an upload continues during the response; the value is final once
    /// `body` has been read to its end. True for mock responses. See RequestBody.
    bool request_sent() const noexcept { return body.request_sent(); }

    /// Whether the status is 200 to 299.
    bool ok() const noexcept { return status >= 200 && status <= 299; }

    /// Returns the response if it is ok():
    ///
    ///     std::string text = client.get(url).throw_unless_ok().body.read_all();
    ///
    /// The exception holds the status, the reason, the method and URL, and as much of the body as
    /// has already arrived, up to 4 KiB; this does not wait for more. The body can still be read
    /// from its beginning, if the response outlives the exception; otherwise it is closed.
    ///
    /// @throws StatusError (a std::system_error with error::bad_status)
    Response& throw_unless_ok() & {
        if (!ok()) {
            throw_bad_status();
        }
        return *this;
    }
    Response&& throw_unless_ok() && { return std::move(throw_unless_ok()); }

    /// Fields after a chunked body (RFC 9110 §6.5); empty until the body has been read to its end.
    const Headers& trailers() const noexcept HAWSER_LIFETIMEBOUND { return body.trailers(); }

    /// Takes the connection after an upgrade, including bytes already received after the head. A
    /// closed stream unless `upgraded`.
    UpgradedStream upgrade() {
        return upgraded ? detail::Access::make<UpgradedStream>(std::move(body)) : UpgradedStream();
    }

private:
    [[noreturn]] void throw_bad_status();
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/response.ipp>
#endif
