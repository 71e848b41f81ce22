// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The only writer of request heads and trailers (RFC 9112 sections 3 and 6, RFC 9110 section 5).
// Every byte that a caller can choose passes its checks, so that nobody can smuggle in a line or a
// second message. Decides what is refused and the order of the fields. Must not know of connections
// or time.

#include <hawser/config.hpp>
#include <hawser/detail/message/head_buffer.hpp>
#include <hawser/error.hpp>
#include <hawser/request.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

inline constexpr std::string_view default_user_agent = "hawser/" HAWSER_VERSION_TEXT;

/// What the transport adds to a request. The views must be valid during the call.
struct HeadExtras {
    std::string_view user_agent;   // used if the request sets none; empty: no field
    bool ask_for_codings = false;  // adds `Accept-Encoding` where allowed
    bool close = false;            // adds `Connection: close`
    // To an HTTP proxy, which forwards the request: in absolute form (RFC 9112 section 3.2.2).
    bool to_proxy = false;
    std::string_view proxy_authorization{};  // unless the request has its own; empty: no field
};

/// What the fields of a request mean for its exchange, determined while its head is written.
struct RequestTraits {
    bool close = false;    // by its member or its Connection field: the connection closes after it
    bool upgrade = false;  // offers to speak another protocol (RFC 9110 §7.8), as CONNECT does
    bool expects_continue = false;   // its body waits for the server's 100
    bool asked_for_codings = false;  // added by us: the request had no Accept-Encoding
};

enum class OutgoingFraming { none, length, chunked };

struct OutgoingPlan {
    OutgoingFraming framing = OutgoingFraming::none;
    std::uint64_t length = 0;
};

/// How the body is sent. A request without a body has no framing fields, except `Content-Length: 0`
/// for POST, PUT and PATCH. A body with a known `length` is sent with it. It is chunked if the
/// length is unknown or if there are trailers.
[[nodiscard]] OutgoingPlan plan_request_body(const Request& request,
                                             std::optional<std::uint64_t> length) noexcept;
[[nodiscard]] inline OutgoingPlan plan_request_body(const Request& request) noexcept {
    return plan_request_body(request, request.body.length());
}

/// Writes the head to `out`. Validates everything first: on error it writes nothing. Returns
/// error::invalid_url for an empty URL, error::invalid_request for everything else.
///
/// We do not ask for codings for HEAD (servers compress what they do not send), for part of a body
/// (Range), or if the request has an Accept-Encoding field of its own. An empty one asks for no
/// coding (RFC 9110 section 12.5.3).
///
/// Proxy-Authorization is for a proxy only, so it is left out unless one forwards the request, or
/// the request is a CONNECT.
[[nodiscard]] std::error_code write_request_head(const Request& request,
                                                 const OutgoingPlan& plan,
                                                 const HeadExtras& extras,
                                                 HeadBuffer& out,
                                                 RequestTraits& traits);

/// Why write_request_head() returned error::invalid_request for the same arguments: the field, by
/// position and name, and the rule. Never contains the value of a field. Call it only for a request
/// that was refused.
[[nodiscard]] std::string explain_refusal(const Request& request,
                                          const OutgoingPlan& plan,
                                          const HeadExtras& extras);

/// Appends the last chunk, the trailers and the final CRLF. On error::invalid_request it appends
/// nothing.
[[nodiscard]] std::error_code write_trailers(const Headers& trailers, std::string& out);

/// Appends the size line of a chunk of `size` bytes; the caller adds the data and CRLF. Not for 0,
/// which is the last chunk: see `write_trailers`.
void append_chunk_size(std::size_t size, std::string& out);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/request_refusal.ipp>
#include <hawser/detail/message/impl/request_writer.ipp>
#endif
