// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/middleware_options.hpp>
#include <hawser/timings.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI {

// Middleware wraps round trippers: it sees each request before, and each response after, the
// Transport. ClientOptions::middleware lists it, the outermost first:
//
//     hawser::ClientOptions options;
//     options.middleware = {hawser::retry({.attempts = 4}),
//                           hawser::rate_limit({.per_second = 10}),
//                           hawser::log(sink)};
//     hawser::Client client{options};
//
// Each sees what the one before it sends. In this order the rate limit counts every attempt of
// retry(), and log() writes a line for each; in front of retry(), log() writes one line for the
// request as a whole. record() at the end records attempts, and at the front what the program saw.
// What a Client does above its round tripper (redirects, cookies, credentials) is in front of all
// middleware: each hop of a redirect is a request of its own.
//
// Cancellation of every type, RequestOptions::stop and the request's timeout pass through all of
// them and end their pauses at once. The timeout covers everything: pauses, all attempts and the
// body. All round trippers here may be used by several threads. If the last owner of the client
// lets it go, requests that pause complete with error::client_closed.
//
// Your own is a function from the next RoundTripper to one that wraps it; see RoundTripper and
// <hawser/coroutine_round_tripper.hpp>.

/// Sends requests again that failed for a reason that may pass: a status of RetryOptions::statuses,
/// no connection, a connection that ended before the response, or the time limit of a phase. It
/// waits in between, longer each time (RetryOptions::base_delay), and at least as long as the
/// server asks in `Retry-After`.
///
/// Only idempotent methods are retried (RFC 9110 section 9.2.2), and others with
/// RequestOptions::idempotent; and only requests whose body can be sent again
/// (RequestBody::replayable()). Nothing is retried once the caller has the response.
///
/// The caller gets the last response or error: after the last attempt, when the budget is used up,
/// when `Retry-After` is too long, and at once if the pause would not end before the request's
/// timeout. Of a response that is not delivered, up to 64 KiB of the body are read, so that its
/// connection can be reused; otherwise the connection closes. Its cookies are not stored.
///
/// The Transport's own retry, of an idle connection that turns out to be closed, is not affected.
[[nodiscard]] Middleware retry(const RetryOptions& options = {});

/// Sends no more than so many requests per second to each origin. Others wait, in order of arrival.
/// A request that would have to wait beyond its timeout fails at once, with error::total_timeout. A
/// request that is canceled while it waits gives its place back unless others are behind it.
///
/// @throws std::system_error std::errc::invalid_argument if `per_second` is not above 0
[[nodiscard]] Middleware rate_limit(const RateLimitOptions& options);

/// Calls `sink` with one line for each request, when its response arrives or it fails:
///
///     GET http://example.com/path?*** 200 in 12 ms, 345 bytes
///     PUT http://example.com/path failed after 3 ms: no connection to the host could be made: …
///
/// The line has no secrets: userinfo and fragment are left out, and a query is shown as `?***`. The
/// path is shown. It is printable ASCII without a line end. The number of bytes is the announced
/// length of the body.
///
/// @param sink is called on the client's executor, or within the call that sends the request, with
///     no lock held, and by several threads if the client is used by several. An exception does not
///     affect the request; it reaches whoever runs the executor, or
///     ClientOptions::on_handler_exception.
[[nodiscard]] Middleware log(std::function<void(std::string_view)> sink);

/// Calls `sink` with the Timings of each request, once both its response (or its failure) and the
/// end of its body are known: of a body that is closed early, that is its close.
///
///     options.middleware = {hawser::measure([](const hawser::Timings& t) { std::clog << t << '\n';
///     })};
///
/// Listens to the request's trace; RequestOptions::trace still receives everything. Behind retry()
/// it measures each attempt by itself. Put it behind hedge(), whose attempts overlap.
///
/// @param sink is called like that of log(), or where the trace of the request is called
[[nodiscard]] Middleware measure(std::function<void(const Timings&)> sink);

/// Tells servers which trace a request belongs to, in the field `traceparent` of W3C Trace Context.
///
///     options.middleware = {hawser::retry(), hawser::trace_context()};  // each attempt is a span
///
/// A request continues the trace that its own `traceparent` names, or else
/// TraceContextOptions::current: with the same trace id and flags, a new id for its span, and
/// `tracestate` as it is. If that field is malformed, or there is none, a new trace begins, without
/// `tracestate`. Ids come from the system's random generator; if it fails, the request is sent as
/// it is. ClientTrace::wrote_header_field() shows what was sent.
///
/// The functions of the options are called within the call that sends the request, with no lock
/// held, by several threads if the client is used by several. If one throws, the request fails:
/// with the code of a std::system_error, otherwise with error::invalid_request.
[[nodiscard]] Middleware trace_context(const TraceContextOptions& options = {});

/// Sends a request a second time if there is no response after HedgeOptions::delay, and takes the
/// first response. The other attempt is canceled, and its connection is closed unless it was
/// complete. If one attempt fails, the other one decides; if the first one fails before the second
/// one began, that is the error of the request.
///
/// Only idempotent methods are sent twice, and others with RequestOptions::idempotent; not if the
/// body is a file or a stream. RequestOptions::on_progress of a request that may be sent twice
/// hears only of the attempt whose response is taken, from its response on. The trace of the
/// request receives the events of both attempts, perhaps at the same time.
[[nodiscard]] Middleware hedge(const HedgeOptions& options = {});

/// Writes all exchanges to a file in the format HAR 1.2, which browsers read. An exchange is
/// written when its body was read to the end, or was closed. The file is complete after each one,
/// and stays so when the client is gone. If it cannot be written any longer, recording stops and
/// requests go on.
///
/// Without credentials and cookies: see RecordOptions::credentials. URLs are written without
/// userinfo, but with their query. Of a response's body, what the caller reads is recorded, up to
/// RecordOptions::max_body_bytes; it arrives piece by piece as before. A compressed body is
/// recorded decompressed. Request bodies are recorded if they are strings, forms or JSON; request
/// fields that the transport adds, such as `Host`, are not.
///
/// @throws std::system_error if the file cannot be created; an existing one is replaced
[[nodiscard]] Middleware record(const std::string& path, const RecordOptions& options = {});

/// Responds with what record(), or another program, wrote to a HAR file, and sends nothing. Each
/// exchange is used once, in the order of the file: the first one left with the request's method,
/// its URL (without userinfo and fragment) and, if both are known, its body. A recorded error fails
/// the request again. A body that was not recorded completely is cut off there. The trace of a
/// request receives its events and those of the response, but none of a connection; on_progress
/// hears of the response's body.
///
/// A request without a match fails with error::invalid_request; its Failure names the file.
///
/// @throws std::system_error if the file cannot be read, is larger than 64 MiB or is not HAR
[[nodiscard]] Middleware replay(const std::string& path);

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/middleware.ipp>
#endif
