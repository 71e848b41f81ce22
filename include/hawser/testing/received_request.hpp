// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/headers.hpp>
#include <hawser/url.hpp>

#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::testing {

/// A request as the server received it, or as a MockTransport would have sent it. A plain value.
struct ReceivedRequest {
    ReceivedRequest() = default;

    /// As sent.
    std::string method;
    /// As sent: "/items?page=2".
    std::string target;
    /// Of a MockTransport, the URL of the request. Of a Server, made from the Host field and the
    /// target; empty if they make no URL.
    Url url;
    /// All fields, including those that the client added: Host, Content-Length and so on.
    Headers headers;
    /// Without the framing of chunks.
    std::string body;
    /// Those of a chunked body.
    Headers trailers;
    /// The request line and the fields, as sent, with the empty line.
    std::string head;

    /// The target without its query.
    std::string_view path() const noexcept HAWSER_LIFETIMEBOUND {
        return std::string_view(target).substr(0, target.find('?'));
    }
    /// The target's query, without the question mark; empty if there is none.
    std::string_view query() const noexcept HAWSER_LIFETIMEBOUND {
        const std::size_t mark = target.find('?');
        return mark == std::string::npos ? std::string_view()
                                         : std::string_view(target).substr(mark + 1);
    }
    /// The value of the first field with this name; empty if there is none.
    std::string_view header(std::string_view name) const noexcept HAWSER_LIFETIMEBOUND {
        return headers.get(name).value_or("");
    }
};

}  // namespace hawser::inline HAWSER_ABI::testing
