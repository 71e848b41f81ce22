// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/failure.hpp>
#include <hawser/headers.hpp>
#include <hawser/reasons.hpp>

#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace hawser {

/// Told what happens to one request, as it happens. Go: httptrace.ClientTrace.
///
/// Derive, override what you want to hear, and set RequestOptions::trace or ClientOptions::trace.
/// An attempt is told in this order; what is indented happens only sometimes:
///
///     attempt_begin, get_conn,
///         dns_start, dns_done, connect_start, connect_done, tls_handshake_start and _done,
///         dial_failed,
///     got_conn, wrote_header_field …, wrote_headers,
///         wait_100_continue, got_100_continue,
///     wrote_request, got_first_response_byte,
///         got_1xx_response …, ignored_line …,
///     put_idle_conn, attempt_end
///         and, for another one: retry, attempt_begin …
///
/// Writing and reading are independent of one another: an early response is told before
/// wrote_request. The dial is the one made for this request, which may be served by another
/// connection meanwhile. The response's handler runs between its head and what is told of its body;
/// when the whole body came with the head, after attempt_end. The read that sees the end of a body
/// may complete a moment before that is told.
///
/// Every attempt_begin has its attempt_end, and nothing is told after the last.
///
/// @par Thread safety
/// One call at a time for one request, in order, with no lock held, on whichever thread made it
/// happen, also within the initiating call. One object may serve several requests, whose calls then
/// are concurrent.
///
/// @par Errors
/// What a function throws keeps nothing from being told or done; then it reaches whoever runs the
/// executor of the client. For want of memory a call may be left out, but never attempt_end.
class ClientTrace {
public:
    using Endpoint = asio::ip::tcp::endpoint;

    virtual ~ClientTrace() = default;

    /// The `number`-th attempt, from 1.
    virtual void attempt_begin(unsigned /*number*/) {}
    /// What an attempt came to.
    struct AttemptEnd {
        /// Why there is no response, or none to its end.
        std::error_code ec;
        /// Of the connection; 0 when there was none.
        std::uint64_t connection_id = 0;
        /// Bytes of the request and of the response, as HTTP/1.1, without TLS.
        std::uint64_t written = 0;
        std::uint64_t received = 0;
        /// All that is known of `ec`.
        Failure failure{};
    };
    /// The attempt is over, its body included.
    virtual void attempt_end(const AttemptEnd& /*end*/) {}
    /// Another attempt follows.
    virtual void retry(Retry /*reason*/) {}

    /// A connection is wanted: idle, returned by another request, or dialled.
    virtual void get_conn(std::string_view /*host*/, std::uint16_t /*port*/) {}
    /// There it is. `idle_for`: since when it waited in the pool; 0 when it did not.
    virtual void got_conn(const ConnectionInfo& /*connection*/,
                          std::chrono::nanoseconds /*idle_for*/) {}
    /// The connection is free again, or is closed.
    virtual void put_idle_conn(std::uint64_t /*connection_id*/, Reuse /*reuse*/) {}

    virtual void dns_start(std::string_view /*host*/) {}
    virtual void dns_done(std::error_code /*ec*/, std::span<const Endpoint> /*addresses*/) {}
    /// For each address that is tried.
    virtual void connect_start(const Endpoint& /*address*/) {}
    virtual void connect_done(const Endpoint& /*address*/, std::error_code /*ec*/) {}
    virtual void tls_handshake_start() {}
    virtual void tls_handshake_done(std::error_code /*ec*/) {}
    /// The dial failed, in the step told of last: all that is known of it.
    virtual void dial_failed(const Failure& /*failure*/) {}

    /// Each field that left, the transport's own included.
    virtual void wrote_header_field(std::string_view /*name*/, std::string_view /*value*/) {}
    virtual void wrote_headers() {}
    /// The body waits for the server's word: RFC 9110 §10.1.1.
    virtual void wait_100_continue() {}
    virtual void got_100_continue() {}
    /// The request is out, or will not go out any further.
    virtual void wrote_request(std::error_code /*ec*/) {}

    /// Of whatever response: the first may be an interim one.
    virtual void got_first_response_byte() {}
    /// An interim response, 100 and 103 included.
    virtual void got_1xx_response(int /*status*/, const Headers& /*headers*/) {}
    /// A line of a head, an interim one included, that is no field; it was dropped, and the
    /// connection will not be used again (Framing::tolerant). As received, without its end: no
    /// control but HTAB is in it; any byte beyond ASCII may be.
    virtual void ignored_line(std::string_view /*line*/) {}
};

}  // namespace hawser
