// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/client.hpp>
#include <hawser/config.hpp>
#include <hawser/detail/access.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/initiation.hpp>
#include <hawser/event.hpp>
#include <hawser/event_stream.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {
class EventSourceState;
}  // namespace detail

/// How an EventSource reconnects.
struct EventSourceOptions {
    /// The pause before it connects again, until the server says `retry`.
    std::chrono::milliseconds retry = std::chrono::seconds{3};
    /// The pause doubles with each attempt in a row that fails, up to this: also if the server
    /// asked for no pause. A stream without an event that ends within a second counts as failed.
    std::chrono::milliseconds max_retry = std::chrono::minutes{1};
    /// Attempts in a row that may fail before next() fails. 0 = no limit, as in browsers.
    unsigned max_attempts = 0;
    /// Where to continue: the last event id of an earlier source. Empty = none.
    std::string last_event_id{};
    /// See EventStream::default_max_event_bytes.
    std::size_t max_event_bytes = EventStream::default_max_event_bytes;
};

/// The events of a server that may close the connection at any time (WHATWG HTML, "Server-sent
/// events"; the EventSource of browsers).
///
///     hawser::EventSource source{client, "https://example.com/events"};
///     while (auto event = source.next()) {
///         std::cout << event->data << '\n';
///     }
///
/// It connects with the first call of next(), and again, after a pause, whenever the connection is
/// lost or cannot be made, or the response ends. Then it sends the id of the last event as
/// `Last-Event-ID`. It sends `Accept: text/event-stream` and `Cache-Control: no-store`, unless the
/// request has these fields. The client's timeout does not apply, only that of the request.
///
/// Destroying it closes the connection, and a pending operation fails with error::canceled. It
/// shares the client's connections.
///
/// @par Thread safety
/// One thread at a time.
class EventSource {
public:
    using executor_type = asio::any_io_executor;

    /// Nothing is sent before the first next().
    EventSource(Client client, Request request, EventSourceOptions options = {});
    EventSource(Client client, UrlArg url, EventSourceOptions options = {})
        : EventSource(std::move(client), Request::get(std::move(url)), std::move(options)) {}

    /// Leaves the other one unusable.
    EventSource(EventSource&&) noexcept;
    EventSource& operator=(EventSource&&) = delete;
    ~EventSource();

    /// Where operations complete if their token names no executor: the client's.
    executor_type get_executor() const noexcept;

    /// Waits for the next event. None if the server responds with 204: it wants no more requests.
    ///
    /// @par Completion signature
    /// `void(std::error_code, std::optional<hawser::Event>)`
    /// @par Errors
    /// error::bad_status for other statuses than 200; error::bad_content_type;
    /// error::body_too_large for an event that is too long; error::cert_error, and what else
    /// another attempt cannot mend; the error of the last attempt after
    /// EventSourceOptions::max_attempts; error::concurrent_read while another operation is pending.
    /// The next call connects again.
    /// @par Cancellation
    /// Any type ends the operation, at any step, and closes the connection. The next call connects
    /// again. RequestOptions::stop ends the source for good.
    template <asio::completion_token_for<void(std::error_code, std::optional<Event>)> Token =
                  asio::use_awaitable_t<>>
    auto async_next(Token&& token = {}) {
        return detail::initiate<detail::Completion<std::optional<Event>>>(
            *this, std::forward<Token>(token));
    }

    /// Blocks until there is an event; none after a 204. Fails with the errors of async_next(), or
    /// with error::would_deadlock on a thread that runs the client's executor.
    std::optional<Event> next(std::error_code& ec);
    /// @throws std::system_error
    std::optional<Event> next();

    /// Why the last call failed.
    Failure failure() const;
    /// The last event id that the server sent.
    std::string last_event_id() const;

    /// Ends it: the connection is closed, a pending operation fails with error::canceled, and so
    /// does every later one. Idempotent.
    void close() noexcept;

private:
    friend struct detail::Access;

    detail::LoopUse use_loop() const;
    void start(detail::Completion<std::optional<Event>>& completion);

    detail::IntrusivePtr<detail::EventSourceState> state_;  // null once moved from
};

}  // namespace hawser::inline HAWSER_ABI

// The function bodies need EventSourceState, whose header includes them.
#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/client/event_source_state.hpp>
#endif
