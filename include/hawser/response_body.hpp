// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/access.hpp>
#include <hawser/detail/conn/blocking_reads.hpp>
#include <hawser/detail/conn/body_reads.hpp>
#include <hawser/detail/conn/unread_body.hpp>
#include <hawser/detail/rt/first_buffer.hpp>
#include <hawser/detail/rt/initiation.hpp>
#include <hawser/detail/rt/loop_use.hpp>
#include <hawser/failure.hpp>
#include <hawser/headers.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/use_awaitable.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {
class BlockingLoop;
}  // namespace detail

/// The body of a response, read straight from its connection. Go: Response.Body.
///
/// Read it to the end, and the connection is idle again before the last read returns. Close or
/// destroy it before the end, and the connection is closed. Forgetting to do either leaks nothing.
/// A small body that arrived together with its head is held here; its connection is already free.
///
/// A compressed body (Response::uncompressed) is decoded as it is read, never further than the
/// reader's buffer. Its connection is idle again once the last compressed byte was read, at the
/// latest with the read that returns eof. Bytes that do not decode close the connection.
///
/// An Asio AsyncReadStream and SyncReadStream: `asio::async_read(res.body, …)` works. Reads end in
/// `asio::error::eof` after the last byte. An error repeats itself.
///
/// Movable. A pending read is not bound to this object: it follows the body that is moved.
///
/// @par Thread safety
/// One thread at a time for each body. The bodies of one client may be read on different threads.
class ResponseBody {
public:
    using executor_type = asio::any_io_executor;
    /// No limit, for read_all().
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    /// An empty body without an executor: handlers must bring their own.
    ResponseBody() noexcept = default;
    /// A body for mocks and middleware: `content` is all of it. Reads complete on `executor`.
    ResponseBody(asio::any_io_executor executor, std::string content);

    /// Where reads complete if their token names no executor. Empty for a default-constructed or
    /// moved-from body, where such a read throws asio::execution::bad_executor.
    executor_type get_executor() const noexcept;

    /// Reads at least one byte into the first non-empty buffer, which must stay valid until then.
    /// With `co_await`, it does not suspend if bytes are already available.
    ///
    /// @par Completion signature
    /// `void(std::error_code, std::size_t)`
    /// @par Errors
    /// asio::error::eof at the end; error::incomplete_body if the connection ended first;
    /// error::bad_response for broken framing; error::body_too_large beyond
    /// TransportOptions::max_response_body_bytes; error::idle_timeout, error::total_timeout;
    /// error::body_closed after close(); error::concurrent_read while another read is pending;
    /// error::decode_error and error::decode_limit, after the bytes that were decoded before.
    /// @par Cancellation
    /// Any type closes the connection and completes the read with asio::error::operation_aborted.
    template <class MutableBuffers,
              asio::completion_token_for<void(std::error_code, std::size_t)> Token =
                  asio::use_awaitable_t<>>
    auto async_read_some(const MutableBuffers& buffers, Token&& token = {});

    /// Reads the rest of the body. With an error, the string holds what was read before it. With
    /// `co_await`, it does not suspend if the whole rest has already arrived.
    ///
    /// @param max the most bytes to collect. If there are more, the read fails with
    ///            error::body_too_large and the rest stays unread.
    /// @par Completion signature
    /// `void(std::error_code, std::string)`
    /// @par Errors and cancellation
    /// Like async_read_some(), except that reaching the end is success.
    template <asio::completion_token_for<void(std::error_code, std::string)> Token =
                  asio::use_awaitable_t<>>
    auto async_read_all(std::size_t max, Token&& token = {});
    /// The same without a limit.
    template <asio::completion_token_for<void(std::error_code, std::string)> Token =
                  asio::use_awaitable_t<>>
    auto async_read_all(Token&& token = {}) {
        return async_read_all(unlimited, std::forward<Token>(token));
    }

    /// Blocks until it has read at least one byte, or the body ended. Fails with the errors of
    /// async_read_some(), or with error::would_deadlock on a thread that runs the client's
    /// executor.
    template <class MutableBuffers>
    std::size_t read_some(const MutableBuffers& buffers, std::error_code& ec) {
        return detail::read_some_blocking(unread_, loop_.get(), detail::first_buffer(buffers), ec);
    }
    /// @throws std::system_error
    template <class MutableBuffers>
    std::size_t read_some(const MutableBuffers& buffers);

    /// Blocks until the end and returns the rest of the body, at most `max` bytes. Fails with the
    /// errors of async_read_all(), or with error::would_deadlock.
    std::string read_all(std::size_t max, std::error_code& ec) {
        return detail::read_all_blocking(unread_, loop_.get(), max, ec);
    }
    std::string read_all(std::error_code& ec) { return read_all(unlimited, ec); }
    /// @throws std::system_error
    std::string read_all(std::size_t max = unlimited);

    /// Why the last read failed, with everything that is known. Exceptions contain the same.
    Failure failure() const { return unread_.failure(); }

    /// Gives up the rest of the body. If any of it has not been received yet, the connection is
    /// closed. Reads then fail with error::body_closed, a pending one with error::canceled.
    /// Idempotent.
    void close() { unread_.close(); }

    /// True after the end of a body framed by its connection (no Content-Length, not chunked), if
    /// the TLS connection ended without close_notify, so that nobody can tell whether the body is
    /// complete (RFC 8446 section 6.1). Such bodies are delivered, as in browsers, curl and Go;
    /// with Framing::strict they fail with error::incomplete_body. False for all other bodies, and
    /// before the end.
    bool cut_short() const noexcept { return unread_.end().cut_short(unread_.exchange()); }

    /// See Response::request_sent().
    bool request_sent() const noexcept { return unread_.end().request_sent(unread_.exchange()); }

    /// Fields after a chunked body (RFC 9110 section 6.5); empty until the body has been read to
    /// its end.
    const Headers& trailers() const noexcept HAWSER_LIFETIMEBOUND {
        return unread_.end().trailers(unread_.exchange());
    }

private:
    friend struct detail::Access;

    detail::LoopUse use_loop() const;
    void start(detail::ReadSome& read, std::span<char> buffer);
    void start(detail::ReadAll& read, std::size_t max);

    template <class MutableBuffers>
    asio::awaitable<std::size_t> await_some(MutableBuffers buffers);
    // A template as well: only programs that call it compile it.
    template <class Size>
    asio::awaitable<std::string> await_all(Size max);

    detail::UnreadBody unread_;
    std::size_t unyielded_ = 0;  // bytes returned without suspending since the last suspension
    std::shared_ptr<detail::BlockingLoop> loop_;
};

}  // namespace hawser::inline HAWSER_ABI

#include <hawser/impl/response_body.hpp>
#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/response_body.ipp>
#endif
