// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/conn/source_awaiter.hpp>
#include <hawser/detail/io/address_filter_call.hpp>
#include <hawser/round_tripper.hpp>
#include <hawser/transport_options.hpp>
#include <hawser/transport_stats.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/execution_context.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {
class BlockingLoop;
class TransportCore;
}  // namespace detail

/// Keeps connections to any number of hosts and sends requests over them: idle pools, limits,
/// dialing, and retries of requests that met a stale connection. Go: http.Transport.
///
///     auto transport = std::make_shared<hawser::Transport>(
///         io.get_executor(), hawser::TransportOptions{.max_conns_per_host = 8});
///     hawser::Client client{transport};
///
/// Held by `std::shared_ptr` and shared by any number of clients. When its last owner releases it,
/// it closes idle connections, aborts dials and fails requests without a response with
/// error::client_closed; responses already delivered can still be read.
///
/// An idle connection is watched, but does not count as work of the executor's context:
/// `io_context::run()` and `thread_pool::join()` return when nothing else is left. The connection
/// stays open, and can serve the next request once the context runs again (`restart()`).
///
/// @par Thread safety
/// Safe from every thread, unless TransportOptions::thread_safe is off.
class Transport final : public RoundTripper {
public:
    /// All I/O runs on `executor`, whose context must outlive every pending operation.
    /// @throws std::system_error error::tls_error if a file of the TLS options cannot be loaded.
    explicit Transport(asio::any_io_executor executor, TransportOptions options = {});
    /// On the executor of an io_context or a thread_pool.
    template <std::derived_from<asio::execution_context> Context>
    explicit Transport(Context& context, TransportOptions options = {})
        : Transport(asio::any_io_executor(context.get_executor()), std::move(options)) {}
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    HAWSER_DECL ~Transport() override;

    HAWSER_DECL executor_type get_executor() const noexcept override;

    /// Sends one request over a pooled or new connection, without redirects and cookies.
    ///
    /// @par Errors
    /// error::invalid_url and error::invalid_request, before anything is sent. From the queue:
    /// too_many_waiters and pool_wait_timeout. From the request's own dial: resolve_failed,
    /// connect_failed, tls_error, cert_error, their timeouts, and resource_exhausted. From the
    /// exchange: server_closed, connection_reset, bad_response, headers_too_large,
    /// unsupported_coding, request_body_error. Also header_timeout, write_timeout, total_timeout,
    /// and client_closed.
    /// @par Cancellation
    /// Any type, in any phase, completes with asio::error::operation_aborted. A connection that
    /// already serves the request is closed; a dial continues if others wait for it.
    HAWSER_DECL void start_round_trip(Request request, RoundTripHandler handler) override;

    /// Closes the connections that are idle now, and those returned before the next request.
    HAWSER_DECL void close_idle_connections() override;

    /// Dials up to `n` connections to the host of `url`, as far as the limits allow. They then wait
    /// idle for requests.
    ///
    /// @par Completion signature
    /// `void(std::error_code)`, when all dials have ended, with the first error that occurred.
    /// @par Cancellation
    /// Any type completes at once with asio::error::operation_aborted. Dials that no request has
    /// adopted by then are aborted.
    template <asio::completion_token_for<void(std::error_code)> Token = asio::use_awaitable_t<>>
    auto async_preconnect(UrlArg url, std::size_t n, Token&& token = {}) {
        return detail::initiate<detail::Completion<detail::NoResult>>(
            *this, std::forward<Token>(token), Url(std::move(url)), n);
    }

    /// Ends the transport in an orderly way: idle connections are closed and dials aborted; waiting
    /// and new requests fail with error::client_closed; requests in progress get `grace` to finish;
    /// then their connections are closed.
    ///
    /// @par Completion signature
    /// `void(std::error_code)`, when the last connection is closed; error::client_closed if it was
    /// shut down before.
    /// @par Cancellation
    /// Any type completes at once with asio::error::operation_aborted. The shutdown itself
    /// continues.
    template <asio::completion_token_for<void(std::error_code)> Token = asio::use_awaitable_t<>>
    auto async_shutdown(std::chrono::milliseconds grace, Token&& token = {}) {
        return detail::initiate<detail::Completion<detail::NoResult>>(
            *this, std::forward<Token>(token), grace);
    }

    /// Blocking forms of async_preconnect() and async_shutdown(). They fail with the same errors,
    /// or with error::would_deadlock on a thread that runs the executor.
    void preconnect(UrlArg url, std::size_t n, std::error_code& ec);
    /// @throws std::system_error
    void preconnect(UrlArg url, std::size_t n);
    /// See async_shutdown().
    void shutdown(std::chrono::milliseconds grace, std::error_code& ec);
    /// @throws std::system_error
    void shutdown(std::chrono::milliseconds grace);

    /// A snapshot of its state.
    TransportStats stats() const;

private:
    friend struct detail::Access;

    /// `loop` determines how blocking calls wait.
    explicit Transport(std::shared_ptr<detail::BlockingLoop> loop, TransportOptions options);

    HAWSER_DECL detail::StartableTripPtr new_trip() override;
    detail::LoopUse use_loop() const;
    void start(detail::Completion<detail::NoResult>& completion, const Url& url, std::size_t n);
    void start(detail::Completion<detail::NoResult>& completion, std::chrono::milliseconds grace);
    Failure wait_for_preconnect(const Url& url, std::size_t n, std::error_code& ec);

    struct ShutDown {
        void operator()(detail::TransportCore* core) const noexcept;
    };

    std::shared_ptr<detail::BlockingLoop> loop_;
    std::unique_ptr<detail::TransportCore, ShutDown> core_;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/transport.ipp>
#endif
