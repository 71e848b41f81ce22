// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/client/item_stream.hpp>
#include <hawser/detail/message/event_parser.hpp>
#include <hawser/event.hpp>
#include <hawser/response.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI {

/// The events of one response of type `text/event-stream` (WHATWG HTML, "Server-sent events").
///
///     hawser::EventStream events{client.get(url)};
///     while (auto event = events.next()) {
///         std::cout << event->event << ": " << event->data << '\n';
///     }
///
/// An event is returned as soon as its blank line has arrived. An event that the end of the
/// response cuts off is dropped. Streams may last for days: if the client has a timeout, give the
/// request one of 0. EventSource also reconnects.
///
/// Movable. Destroying it closes the response, and a pending operation fails with error::canceled.
///
/// @par Thread safety
/// One thread at a time.
class EventStream : private detail::ItemStream<detail::EventParser> {
public:
    using typename detail::ItemStream<detail::EventParser>::executor_type;

    /// The default of the longest event. The limit applies to its data and type together, and to
    /// any line.
    static constexpr std::size_t default_max_event_bytes = std::size_t{16} << 20;

    /// Reads the body of `response`, whatever its Content-Type. If its status is not 2xx, next()
    /// fails with error::bad_status.
    explicit EventStream(Response response, std::size_t max_event_bytes = default_max_event_bytes);
    /// Reads any body.
    explicit EventStream(ResponseBody body, std::size_t max_event_bytes = default_max_event_bytes)
        : ItemStream(std::move(body), max_event_bytes) {}

    /// Where operations complete if their token names no executor: the client's.
    using ItemStream::get_executor;

    /// `async_next(token)`: waits for the next event. None at the end of the response. With
    /// `co_await`, it does not suspend if an event has already arrived.
    ///
    /// @par Completion signature
    /// `void(std::error_code, std::optional<hawser::Event>)`
    /// @par Errors
    /// Those of ResponseBody::async_read_some(), except eof; error::bad_status;
    /// error::body_too_large for an event that is too long; error::concurrent_read while another
    /// operation is pending. All but the last repeat themselves.
    /// @par Cancellation
    /// Any type closes the connection. It ends the stream.
    using ItemStream::async_next;
    /// `next()`, `next(ec)`: blocks until there is an event; none at the end of the response. Fails
    /// with the errors of async_next(), or with error::would_deadlock on a thread that runs the
    /// client's executor.
    using ItemStream::next;

    /// Why the stream failed.
    using ItemStream::failure;

    /// The last event id that the server sent, also in a block without data; empty if there was
    /// none.
    std::string last_event_id() const { return parser() != nullptr ? parser()->last_id() : ""; }
    /// How long the server wants clients to wait before they reconnect; none if it did not say.
    std::optional<std::chrono::milliseconds> retry() const noexcept {
        return parser() != nullptr ? parser()->retry() : std::nullopt;
    }

    /// Closes the response; events that have arrived can still be read. A pending operation fails
    /// with error::canceled. Idempotent.
    using ItemStream::close;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/event_stream.ipp>
#endif
