// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/failure.hpp>
#include <hawser/headers.hpp>
#include <hawser/redirect.hpp>
#include <hawser/url.hpp>
#include <hawser/version.hpp>

#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {
struct Access;
}  // namespace detail

struct Response;

/// A response with its whole body: the result of Client::fetch(). A plain value; its connection is
/// free already.
struct FullResponse {
    FullResponse() noexcept {}  // g++ 12 destroys temporaries of aggregates twice in `co_await`

    /// 200 to 999.
    int status = 0;
    /// The reason phrase; may be empty.
    std::string reason{};
    /// The version that the server sent.
    Version version = Version::http_1_1;
    /// In the order and spelling received.
    Headers headers{};
    /// The whole body, decoded if it was compressed. Its charset is the one that `Content-Type`
    /// names; nothing is converted.
    std::string body{};
    /// Fields after a chunked body.
    Headers trailers{};
    /// The method of its request; after redirects, of the last one. Empty for an unusual one.
    std::string method{};
    /// The URL of its request; after redirects, of the last one.
    Url url{};
    /// The redirects that led here, the oldest first.
    History history{};
    /// The connection that delivered it.
    ConnectionInfo connection{};
    /// In a response that accompanies an error: why the request failed. Everything else is then
    /// empty, except for what was received if the body failed.
    Failure failure{};

    /// Whether the status is 200 to 299.
    bool ok() const noexcept { return status >= 200 && status <= 299; }
    /// Returns the response if it is ok():
    ///
    ///     std::string text = client.fetch(url).throw_unless_ok().body;
    ///
    /// @throws StatusError (a std::system_error with error::bad_status)
    const FullResponse& throw_unless_ok() const& {
        if (!ok()) {
            throw_bad_status();
        }
        return *this;
    }
    FullResponse&& throw_unless_ok() && {
        std::as_const(*this).throw_unless_ok();
        return std::move(*this);
    }

private:
    friend struct detail::Access;

    /// `response` with a body that was read from it.
    FullResponse(Response&& response, std::string&& body) noexcept;

    [[noreturn]] void throw_bad_status() const;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/full_response.ipp>
#endif
