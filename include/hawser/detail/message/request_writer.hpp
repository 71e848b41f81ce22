// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one writer of request heads and trailers (RFC 9112 sections 3 and 6, RFC 9110 section 5):
// every byte that a caller can choose passes its checks, so that nothing smuggles a line or a
// second message. Decides what is refused and in which order fields go out. Must not know of
// connections or time.

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

namespace hawser::detail {

/// What the transport adds to a request. The views must live during the call.
struct HeadExtras {
    std::string_view user_agent;   // when the request sets none; empty: no field
    bool ask_for_codings = false;  // adds `Accept-Encoding: gzip, deflate` where that may be
    bool close = false;            // adds `Connection: close`
};

/// What the fields of a request mean for its exchange, found out while its head is written.
struct RequestTraits {
    bool close = false;    // by its member or its Connection field: the connection ends with it
    bool upgrade = false;  // offers to speak another protocol (RFC 9110 §7.8), as CONNECT does
    bool expects_continue = false;   // its body waits for the server's word
    bool asked_for_codings = false;  // on its behalf: it does not speak of them itself
};

enum class OutgoingFraming { none, length, chunked };

struct OutgoingPlan {
    OutgoingFraming framing = OutgoingFraming::none;
    std::uint64_t length = 0;
};

/// How the body goes out: nothing for a request without a body, except `Content-Length: 0` for
/// POST, PUT and PATCH; its `length` if known; chunked if not, or if there are trailers to send.
[[nodiscard]] OutgoingPlan plan_request_body(const Request& request,
                                             std::optional<std::uint64_t> length) noexcept;
[[nodiscard]] inline OutgoingPlan plan_request_body(const Request& request) noexcept {
    return plan_request_body(request, request.body.length());
}

/// Writes the head to `out`. Everything is validated first: on error nothing is written.
/// error::invalid_url for an empty URL, error::invalid_request for everything else.
///
/// Codings are not asked for on behalf of HEAD (servers compress what they do not send), for a
/// piece of a body (Range), nor beside any Accept-Encoding, be it empty, which asks for no coding
/// (RFC 9110 section 12.5.3).
[[nodiscard]] std::error_code write_request_head(const Request& request,
                                                 const OutgoingPlan& plan,
                                                 const HeadExtras& extras,
                                                 HeadBuffer& out,
                                                 RequestTraits& traits);

/// Why write_request_head() said error::invalid_request to the same: the field, by its place and
/// name, and the rule. Never the value of a field. Not for a request that it did not refuse.
[[nodiscard]] std::string explain_refusal(const Request& request,
                                          const OutgoingPlan& plan,
                                          const HeadExtras& extras);

/// Appends the last chunk, the trailers and the final CRLF. On error::invalid_request nothing.
[[nodiscard]] std::error_code write_trailers(const Headers& trailers, std::string& out);

/// Appends the size line of a chunk of `size` bytes; the caller adds the data and CRLF. Not for 0:
/// that is the last chunk, see `write_trailers`.
void append_chunk_size(std::size_t size, std::string& out);

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/request_writer.ipp>
#include <hawser/detail/message/impl/request_refusal.ipp>
#endif
