// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/access.hpp>
#include <hawser/detail/conn/tunnel_write.hpp>
#include <hawser/detail/rt/first_buffer.hpp>
#include <hawser/detail/rt/initiation.hpp>
#include <hawser/response_body.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/use_awaitable.hpp>

#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {
class ConnBody;
}  // namespace detail

/// A connection that no longer speaks HTTP: after `101 Switching Protocols`, or a successful
/// CONNECT. Go: the Body of such a response, an io.ReadWriteCloser.
///
///     hawser::Request request{"GET", url};
///     request.headers.set("Connection", "Upgrade");
///     request.headers.set("Upgrade", "websocket");
///     hawser::Response response = client.send(std::move(request));
///     if (response.upgraded) {
///         hawser::UpgradedStream stream = response.upgrade();
///         …
///     }
///
/// An Asio AsyncReadStream, AsyncWriteStream, SyncReadStream and SyncWriteStream. The client's
/// timeouts no longer apply. It counts towards the connection limits until it is closed or
/// destroyed, and is never used for another request.
///
/// @par Thread safety
/// One read and one write at a time; they may run on different threads.
class UpgradedStream {
public:
    using executor_type = asio::any_io_executor;

    /// A closed stream.
    UpgradedStream() noexcept { body_.close(); }

    /// Where operations complete if their token names no executor.
    executor_type get_executor() const noexcept { return body_.get_executor(); }

    /// Reads at least one byte. asio::error::eof: the peer has stopped writing, but may still read.
    /// Completion signature, errors and cancellation: see ResponseBody::async_read_some().
    template <class MutableBuffers,
              asio::completion_token_for<void(std::error_code, std::size_t)> Token =
                  asio::use_awaitable_t<>>
    auto async_read_some(const MutableBuffers& buffers, Token&& token = {}) {
        return body_.async_read_some(buffers, std::forward<Token>(token));
    }
    /// Blocks until at least one byte was read. See ResponseBody::read_some().
    template <class MutableBuffers>
    std::size_t read_some(const MutableBuffers& buffers, std::error_code& ec) {
        return body_.read_some(buffers, ec);
    }
    /// @throws std::system_error
    template <class MutableBuffers>
    std::size_t read_some(const MutableBuffers& buffers) {
        return body_.read_some(buffers);
    }

    /// Writes some bytes of the first non-empty buffer, which must stay valid until then.
    ///
    /// @par Completion signature
    /// `void(std::error_code, std::size_t)`
    /// @par Errors
    /// error::body_closed after close(); error::connection_reset and other errors of the
    /// connection; error::concurrent_write while another write is pending.
    /// @par Cancellation
    /// Any type closes the connection and completes the write with asio::error::operation_aborted.
    template <class ConstBuffers,
              asio::completion_token_for<void(std::error_code, std::size_t)> Token =
                  asio::use_awaitable_t<>>
    auto async_write_some(const ConstBuffers& buffers, Token&& token = {}) {
        return detail::initiate<detail::TunnelWrite>(
            *this, std::forward<Token>(token), detail::first_bytes(buffers));
    }
    /// Blocks until some bytes are written. Fails with the errors of async_write_some(), or with
    /// error::would_deadlock.
    template <class ConstBuffers>
    std::size_t write_some(const ConstBuffers& buffers, std::error_code& ec) {
        return write_blocking(detail::first_bytes(buffers), ec);
    }
    /// @throws std::system_error
    template <class ConstBuffers>
    std::size_t write_some(const ConstBuffers& buffers) {
        std::error_code ec;
        const std::size_t n = write_some(buffers, ec);
        if (ec) {
            throw_write_failure(ec);
        }
        return n;
    }

    /// Details of the last failed read or write: see ResponseBody::failure().
    Failure failure() const;

    /// Tells the peer that no more bytes will follow (FIN, or close_notify); reading continues.
    void close_write();
    /// Closes the connection. A pending read or write fails with error::canceled. Idempotent.
    void close() { body_.close(); }

private:
    friend struct detail::Access;

    /// `body` is that of a response that was upgraded.
    explicit UpgradedStream(ResponseBody body) noexcept : body_(std::move(body)) {}

    detail::LoopUse use_loop() const { return detail::Access::use_loop(body_); }
    void start(detail::TunnelWrite& write, std::string_view bytes);
    std::size_t write_blocking(std::string_view bytes, std::error_code& ec);
    detail::ConnBody* connection() const noexcept;
    Failure describe(std::error_code ec) const;
    [[noreturn]] void throw_write_failure(std::error_code ec) const;

    ResponseBody body_;
    Failure write_failure_;  // of the last write, if it did not reach the connection; the reader
                             // does not touch it
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/upgraded_stream.ipp>
#endif
