// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <system_error>

namespace hawser::inline HAWSER_ABI {

/// What went wrong, in this library's own terms. A 4xx or 5xx is a response, not an error.
///
/// Values are stable within a major version. Each converts to `std::error_code`. If only the kind
/// of error matters, compare codes of any origin (ours, Asio's, the system's) with `condition`.
///
/// The codes of connect_failed, resolve_failed, resource_exhausted and file_error carry the
/// system's error number, if there is one: their message contains it, and comparisons with
/// `std::errc` see it.
///
///     ec == hawser::error::connect_failed   // whatever the system said
///     ec == std::errc::connection_refused   // and what it said
///     switch (hawser::error_of(ec)) …       // not ec.value(), which holds both
///
/// Codes without such a number also compare equal to `std::errc` values: every timeout to
/// `timed_out`, canceled and client_closed to `operation_canceled`, connection_reset to
/// `connection_reset`, invalid_url and invalid_request to `invalid_argument`, would_deadlock to
/// `resource_deadlock_would_occur`.
enum class error {
    /// The URL is not an unambiguous http or https URL, or is longer than 64 KiB (RFC 3986). Or the
    /// URL of a proxy cannot be used: see Proxy.
    invalid_url = 1,
    /// The request cannot be written safely: a bad method, field or Host, or a field that the
    /// library owns.
    invalid_request,
    /// The host name has no usable address.
    resolve_failed,
    /// No address of the host accepted a connection.
    connect_failed,
    /// The TLS handshake or a TLS record failed.
    tls_error,
    /// The peer's certificate is not trusted, not valid now, or not for this host.
    cert_error,
    /// The peer's bytes are not a well-formed HTTP/1.0 or 1.1 response (RFC 9112).
    bad_response,
    /// The response uses a transfer coding other than chunked, or more codings than allowed.
    unsupported_coding,
    /// The response head, its interim heads or its trailers exceed the byte or field limit.
    headers_too_large,
    /// The body is longer than the caller's limit.
    body_too_large,
    /// The peer closed the connection before the first byte of a response.
    server_closed,
    /// The connection ended before the end of the body.
    incomplete_body,
    /// The peer reset or aborted the connection.
    connection_reset,
    /// The body's content coding is corrupt or truncated.
    decode_error,
    /// The decoded body exceeds its size or ratio limit, a gzip header in it 64 KiB, or a window of
    /// zstd 8 MiB.
    decode_limit,
    /// The pool had no connection for the request in time.
    pool_wait_timeout,
    /// The name was not resolved in time.
    resolve_timeout,
    /// No TCP connection was made in time.
    connect_timeout,
    /// The TLS handshake did not finish in time.
    tls_timeout,
    /// The peer did not accept bytes of the request in time.
    write_timeout,
    /// No complete response head arrived in time.
    header_timeout,
    /// No body byte arrived for `body_idle_timeout`.
    idle_timeout,
    /// The deadline of the whole request passed.
    total_timeout,
    /// `close()` or `shutdown()` was called while the operation was pending.
    canceled,
    /// The client or transport was destroyed or shut down before the request began.
    client_closed,
    /// Out of file descriptors, ports or memory.
    resource_exhausted,
    /// The request body's source failed, or delivered a different number of bytes than announced.
    request_body_error,
    /// The queue of requests waiting for a connection is full.
    too_many_waiters,
    /// The body being read was closed.
    body_closed,
    /// A read was started while another one was pending.
    concurrent_read,
    /// A blocking call was made on a thread that runs the client's own executor: it would wait for
    /// itself.
    would_deadlock,
    /// A write was started while another one was pending.
    concurrent_write,
    /// A parent process made the client before fork(), and only the parent may use it.
    forked,
    /// A redirect that must not be followed: from https to http, to a scheme other than these two,
    /// or with a body to another origin, unless the options allow it.
    redirect_refused,
    /// More redirects in a row than ClientOptions::max_redirects.
    too_many_redirects,
    /// The status of a response is not 2xx where it must be: Response::throw_unless_ok(), download,
    /// event streams.
    bad_status,
    /// A response that should be an event stream has another Content-Type.
    bad_content_type,
    /// The file of a download could not be written.
    file_error,
    /// The proxy made no tunnel to the server: it refused, or did not understand. The Failure's
    /// reason says which proxy, and what it said.
    proxy_error,
    // Each has a row in impl/error.ipp.
};

namespace detail {
/// The last of the enumeration.
inline constexpr error last_error = error::proxy_error;
}  // namespace detail

/// The kind of a failure, comparable with any code of ours, of Asio or of the system:
/// `if (ec == hawser::condition::timeout) …`.
enum class condition {
    /// Some deadline passed: every `*_timeout`, and ETIMEDOUT.
    timeout = 1,
    /// This side gave up: canceled, client_closed, operation_aborted.
    canceled,
    /// The connection ended early: server_closed, incomplete_body, resets, EOF.
    connection_lost,
    /// The peer responded, but not with acceptable HTTP.
    bad_response,
    /// The request, or the use of the API, is at fault; because of that, nothing was sent.
    bad_request,
    /// No connection could be made: resolve, connect, TLS, certificate, or local limits. Or a file
    /// could not be written.
    refused,
};

/// The category of `error`; its name is "hawser".
[[nodiscard]] const std::error_category& error_category() noexcept;

/// The category of `condition`; its name is "hawser.condition".
[[nodiscard]] const std::error_category& condition_category() noexcept;

/// Found by `std::error_code`'s constructor.
[[nodiscard]] std::error_code make_error_code(error value) noexcept;

/// Found by `std::error_condition`'s constructor.
[[nodiscard]] std::error_condition make_error_condition(condition value) noexcept;

/// The `error` in a code, without the system error it carries; `error{}` for a code of another
/// origin.
[[nodiscard]] error error_of(const std::error_code& code) noexcept;

/// Whether a code is this `error`, whatever system error it carries.
[[nodiscard]] bool operator==(const std::error_code& code, error value) noexcept;

namespace detail {

/// `value` as a code that carries `cause`, if that is a system error.
[[nodiscard]] std::error_code with_cause(error value, const std::error_code& cause) noexcept;

/// The system error that one of our codes carries, in the system's category; none if it carries
/// nothing.
[[nodiscard]] std::error_code cause_of(const std::error_code& code) noexcept;

}  // namespace detail

}  // namespace hawser::inline HAWSER_ABI

template <>
struct std::is_error_code_enum<hawser::error> : std::true_type {};

template <>
struct std::is_error_condition_enum<hawser::condition> : std::true_type {};

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/error.ipp>
#endif
