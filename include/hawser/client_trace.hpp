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

namespace hawser::inline HAWSER_ABI {

/// Receives the events of one request, as they happen. Go: httptrace.ClientTrace.
///
/// Derive from it, override the events you want, and set RequestOptions::trace or
/// ClientOptions::trace. Events of one attempt arrive in this order; indented ones are optional:
///
///     attempt_begin, get_conn,
///         dns_start, dns_done, connect_start, connect_done, tls_handshake_start and _done,
///         dial_failed,
///     got_conn, wrote_header_field …, wrote_headers,
///         wait_100_continue, got_100_continue,
///     wrote_request, got_first_response_byte,
///         got_1xx_response …, ignored_line …,
///     put_idle_conn, attempt_end
///         and, before another attempt: retry, attempt_begin …
///
/// Writing and reading are independent of each other: the events of an early response come before
/// wrote_request. Dial events belong to the dial made for this request; the request may meanwhile
/// get another connection. The response's handler runs between the events of its head and those of
/// its body; if the whole body arrived with the head, it runs after attempt_end. The read that
/// reaches the end of a body may complete shortly before the events of that end.
///
/// Every attempt_begin is followed by its attempt_end, and no event follows the last one.
///
/// @par Thread safety
/// One call at a time for one request, in order, with no lock held, on the thread that caused the
/// event, possibly inside the initiating function. One object may serve several requests; their
/// calls may then be concurrent.
///
/// @par Errors
/// If a function throws, all remaining events and actions still happen. Then the exception reaches
/// the caller of the client executor's run(). If memory is short, a call may be skipped, but never
/// attempt_end.
class ClientTrace {
public:
    /// An address and a port.
    using Endpoint = asio::ip::tcp::endpoint;

    virtual ~ClientTrace() = default;

    /// An attempt begins; `number` counts from 1.
    virtual void attempt_begin(unsigned /*number*/) {}
    /// The outcome of an attempt.
    struct AttemptEnd {
        /// Why there is no response, or no complete one.
        std::error_code ec;
        /// The connection's id; 0 if there was none.
        std::uint64_t connection_id = 0;
        /// Bytes of the request and of the response, as HTTP/1.1, without TLS overhead.
        std::uint64_t written = 0;
        /// Of the response, in the same way.
        std::uint64_t received = 0;
        /// Everything known about `ec`.
        Failure failure{};
    };
    /// The attempt has ended, including its response body.
    virtual void attempt_end(const AttemptEnd& /*end*/) {}
    /// Another attempt follows.
    virtual void retry(Retry /*reason*/) {}

    /// The request wants a connection: an idle one, one returned by another request, or a new one.
    virtual void get_conn(std::string_view /*host*/, std::uint16_t /*port*/) {}
    /// A connection was obtained. `idle_for`: how long it had been idle in the pool; 0 if it had
    /// not.
    virtual void got_conn(const ConnectionInfo& /*connection*/,
                          std::chrono::nanoseconds /*idle_for*/) {}
    /// The connection was returned, or closed.
    virtual void put_idle_conn(std::uint64_t /*connection_id*/, Reuse /*reuse*/) {}

    /// The lookup of the host's name begins.
    virtual void dns_start(std::string_view /*host*/) {}
    /// It has ended, with these addresses or an error.
    virtual void dns_done(std::error_code /*ec*/, std::span<const Endpoint> /*addresses*/) {}
    /// Called for each address that is tried; several may be in progress (TransportOptions::
    /// connect_attempt_delay). Those that another one has beaten end with
    /// asio::error::operation_aborted. The address is unspecified for a Unix socket, and at first
    /// with a Dialer.
    virtual void connect_start(const Endpoint& /*address*/) {}
    /// The address is connected, or `ec` says why it is not.
    virtual void connect_done(const Endpoint& /*address*/, std::error_code /*ec*/) {}
    /// The TLS handshake begins.
    /// With a proxy over TLS, there is one handshake with the proxy, and one with the server.
    virtual void tls_handshake_start() {}
    /// It has ended, or failed.
    virtual void tls_handshake_done(std::error_code /*ec*/) {}
    /// The dial failed, in the step reported last; everything known about it.
    virtual void dial_failed(const Failure& /*failure*/) {}

    /// Each field sent, including those of the transport.
    virtual void wrote_header_field(std::string_view /*name*/, std::string_view /*value*/) {}
    /// The head of the request was written.
    virtual void wrote_headers() {}
    /// The body waits for the server's 100: RFC 9110 §10.1.1.
    virtual void wait_100_continue() {}
    /// The 100 has arrived; the body follows.
    virtual void got_100_continue() {}
    /// The request has been written, or writing it was given up.
    virtual void wrote_request(std::error_code /*ec*/) {}

    /// The first byte of any response, interim ones included.
    virtual void got_first_response_byte() {}
    /// An interim response, including 100 and 103.
    virtual void got_1xx_response(int /*status*/, const Headers& /*headers*/) {}
    /// A line of a head, perhaps an interim one, that is not a field. It was dropped, and the
    /// connection will not be reused (Framing::tolerant). As received, without its line end: it
    /// contains no control except HTAB, and may contain any non-ASCII byte.
    virtual void ignored_line(std::string_view /*line*/) {}
};

}  // namespace hawser::inline HAWSER_ABI
