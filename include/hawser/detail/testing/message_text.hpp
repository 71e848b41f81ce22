// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The texts of requests and replies: pure functions. Must not know of sockets.

#include <hawser/detail/grammar.hpp>
#include <hawser/testing/received_request.hpp>
#include <hawser/testing/reply.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::testing::detail {

using namespace hawser::detail;

/// Splits lines of "Name: value\r\n" up to the empty line. False if a line is no field.
inline bool parse_fields(std::string_view lines, Headers& fields) {
    while (!lines.starts_with("\r\n")) {
        const std::size_t end = lines.find("\r\n");
        const std::string_view line = lines.substr(0, end);
        const std::size_t colon = line.find(':');
        if (end == std::string_view::npos || colon == std::string_view::npos ||
            !is_token(line.substr(0, colon))) {
            return false;
        }
        fields.add(line.substr(0, colon), trim_ows(line.substr(colon + 1)));
        lines.remove_prefix(end + 2);
    }
    return true;
}

/// Fills in everything that a head says, which ends with its empty line. False if it is not the
/// head of an HTTP/1 request.
inline bool parse_request(std::string head, ReceivedRequest& request) {
    request.head = std::move(head);
    const std::string_view text = request.head;
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (end == std::string_view::npos || first == last || !is_token(line.substr(0, first)) ||
        !line.substr(last + 1).starts_with("HTTP/1.")) {
        return false;
    }
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, last - first - 1);
    return parse_fields(text.substr(end + 2), request.headers);
}

/// Whether the connection ends after the request, because the client wants it.
inline bool asks_to_close(const ReceivedRequest& request) {
    bool close = request.head.substr(0, request.head.find("\r\n")).ends_with("HTTP/1.0");
    for_each_token(request.header("Connection"), [&](std::string_view option) {
        close = (close && !iequals(option, "keep-alive")) || iequals(option, "close");
    });
    return close;
}

/// The reason phrase of the common statuses (RFC 9110 section 15); empty for others.
inline std::string_view usual_reason(int status) noexcept {
    struct Known {
        int status;
        std::string_view reason;
    };
    static constexpr Known all[] = {
        {101, "Switching Protocols"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {407, "Proxy Authentication Required"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    const auto* const found = std::find_if(
        std::begin(all), std::end(all), [&](const Known& known) { return known.status == status; });
    return found == std::end(all) ? std::string_view() : found->reason;
}

/// Whether a response to this method can have a body (RFC 9112 section 6.3).
inline bool has_body(const Reply& reply, std::string_view method) noexcept {
    return method != "HEAD" && reply.status >= 200 && reply.status != 204 && reply.status != 304;
}

inline void append_fields(const Headers& fields, std::string& out) {
    for (const Headers::Field field : fields) {
        out.append(field.name).append(": ").append(field.value).append("\r\n");
    }
}

/// The head of a response, with its empty line; or nothing, if the reply has none.
inline std::string head_text(const Reply& reply, std::string_view method) {
    using Framing = ReplyConduct::Framing;
    const Framing framing = reply.conduct.framing;
    if (framing == Framing::raw || framing == Framing::nothing) {
        return {};
    }
    std::string text = "HTTP/1.1 ";
    text.append(std::to_string(reply.status)).append(" ");
    text.append(reply.reason.empty() ? usual_reason(reply.status) : reply.reason).append("\r\n");
    append_fields(reply.headers, text);
    const bool framed = reply.status >= 200 && reply.status != 204 && reply.status != 304;
    if (framed && framing == Framing::chunked) {
        text += "Transfer-Encoding: chunked\r\n";
    } else if (framed && framing == Framing::length && method != "CONNECT" &&
               !reply.headers.contains("Content-Length")) {
        text.append("Content-Length: ").append(std::to_string(reply.body.size())).append("\r\n");
    }
    if (reply.conduct.ending == ReplyConduct::Ending::close && !reply.conduct.cut) {
        text += "Connection: close\r\n";
    }
    return text += "\r\n";
}

/// The body in chunks, with its trailers.
inline std::string chunked_text(const Reply& reply) {
    std::string text;
    for (std::string_view rest = reply.body; !rest.empty();) {
        const std::string_view chunk = rest.substr(0, reply.conduct.chunk_size);
        rest.remove_prefix(chunk.size());
        char line[24];
        std::snprintf(line, sizeof line, "%zx\r\n", chunk.size());
        text.append(line).append(chunk).append("\r\n");
    }
    text += "0\r\n";
    append_fields(reply.trailers, text);
    return text += "\r\n";
}

/// The bytes behind the head, as far as they are sent. `storage` holds them if need be.
inline std::string_view body_text(const Reply& reply,
                                  std::string_view method,
                                  std::string& storage) {
    using Framing = ReplyConduct::Framing;
    const Framing framing = reply.conduct.framing;
    if (framing == Framing::nothing || (framing != Framing::raw && !has_body(reply, method))) {
        return {};
    }
    if (framing == Framing::chunked) {
        storage = chunked_text(reply);
    }
    const std::string_view text = framing == Framing::chunked ? storage : reply.body;
    return text.substr(0, reply.conduct.cut.value_or(text.size()));
}

}  // namespace hawser::inline HAWSER_ABI::testing::detail
