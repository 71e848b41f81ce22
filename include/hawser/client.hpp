// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/client_options.hpp>
#include <hawser/config.hpp>
#include <hawser/detail/client/client_core.hpp>
#include <hawser/detail/client/fetch.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/download.hpp>
#include <hawser/round_tripper.hpp>
#include <hawser/transport.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution_context.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI {

/// Sends requests and returns responses. Go: http.Client.
///
/// Without an executor, calls block, and the calling thread does the work:
///
///     hawser::Client client;
///     hawser::Response res = client.get("http://127.0.0.1:8080/hello");
///     std::cout << res.status << ' ' << res.body.read_all();
///
/// With an executor, every call has an asynchronous form for any completion token:
///
///     hawser::Client client{co_await asio::this_coro::executor};
///     hawser::Response res = co_await client.async_get("https://example.com/");
///     std::string text = co_await res.body.async_read_all();
///
/// A client is a handle: copies share the transport and its connections, and moving is cheap. The
/// last owner of the transport closes its idle connections; see Transport.
///
/// @par Thread safety
/// Safe to use from every thread, including blocking calls (but see TransportOptions::thread_safe).
class Client {
public:
    using executor_type = asio::any_io_executor;

    /// Blocking. The calling threads run the event loop while they wait. Between calls a thread of
    /// the client's own runs it, so that asynchronous operations complete, timeouts fire and idle
    /// connections are watched; the first call starts that thread. While callers read bytes that
    /// are there already, it looks every 50 ms. Handlers run on it, or on a thread that is in a
    /// blocking call; see ClientOptions::on_handler_exception. With TransportOptions::thread_safe
    /// off there is no such thread, and the loop runs only during blocking calls.
    ///
    /// When the last owner releases the client, requests in progress complete with
    /// error::client_closed. After a fork() the child's calls fail with error::forked; the child
    /// must make its own client. With libstdc++, pthread_cancel() ends a thread in a blocking call,
    /// and its request, within a second or two, but not while a body source of the request blocks.
    ///
    /// @throws std::system_error like Transport's constructor
    explicit Client(ClientOptions options = ClientOptions());

    /// Asynchronous, with its own Transport on `executor`. Blocking calls wait for the threads that
    /// run the executor, and fail with error::would_deadlock on one of them.
    ///
    /// g++ 12 destroys some temporaries of a `co_await` expression twice. In `Client{co_await
    /// asio::this_coro::executor, {…}}` set only numbers and flags; to set text, a trace or a
    /// function, get the executor in a statement of its own.
    ///
    /// @throws std::system_error like Transport's constructor
    explicit Client(asio::any_io_executor executor, ClientOptions options = ClientOptions());
    /// On the executor of an io_context or a thread_pool.
    template <std::derived_from<asio::execution_context> Context>
    explicit Client(Context& context, ClientOptions options = ClientOptions())
        : Client(asio::any_io_executor(context.get_executor()), std::move(options)) {}

    /// Uses a shared transport, or middleware. ClientOptions::transport is ignored.
    ///
    /// @throws std::system_error std::errc::invalid_argument if `round_tripper` is null
    explicit Client(std::shared_ptr<RoundTripper> round_tripper,
                    ClientOptions options = ClientOptions());

    /// Runs handlers without an executor of their own.
    executor_type get_executor() const noexcept { return round_tripper_->get_executor(); }

    /// The transport; null if the client runs on middleware.
    const std::shared_ptr<Transport>& transport() const noexcept { return transport_; }
    /// The transport's statistics; all zero if the client runs on middleware.
    TransportStats stats() const { return transport_ ? transport_->stats() : TransportStats{}; }
    /// See Transport::close_idle_connections().
    void close_idle_connections() { round_tripper_->close_idle_connections(); }

    // ── Asynchronous ────────────────────────────────────────────────────────────────────────────

    /// Sends a request. Completes when the response head has arrived; the body is read separately.
    ///
    /// @par Completion signature
    /// `void(std::error_code, Response)`
    /// @par Errors and cancellation
    /// See Transport::start_round_trip(). The total timeout is reported as error::total_timeout,
    /// also while the body is being read.
    template <ResponseToken Token = asio::use_awaitable_t<>>
    auto async_send(Request request, Token&& token = {}) {
        return start(new_trip(std::move(request)), std::forward<Token>(token));
    }
    /// Sends GET.
    template <ResponseToken Token = asio::use_awaitable_t<>>
    auto async_get(UrlArg url, Token&& token = {}) {
        return start(new_trip(std::move(url)), std::forward<Token>(token));
    }
    /// Sends HEAD. The response has no body; its Content-Length is that of a GET.
    template <ResponseToken Token = asio::use_awaitable_t<>>
    auto async_head(UrlArg url, Token&& token = {}) {
        return async_send(Request("HEAD", std::move(url)), std::forward<Token>(token));
    }
    /// Sends POST. The request takes over `body` and sends it with its Content-Length, or chunked
    /// if its length is unknown. The body's Content-Type is sent if it has one. A body that can be
    /// sent again is, if the connection turns out to be stale and the method allows a retry; see
    /// RequestBody and RequestOptions::idempotent.
    template <ResponseToken Token = asio::use_awaitable_t<>>
    auto async_post(UrlArg url, RequestBody body, Token&& token = {}) {
        return async_send(Request("POST", std::move(url), std::move(body)),
                          std::forward<Token>(token));
    }
    /// Sends PUT. Sends the body like async_post(), but may be retried: PUT is idempotent.
    template <ResponseToken Token = asio::use_awaitable_t<>>
    auto async_put(UrlArg url, RequestBody body, Token&& token = {}) {
        return async_send(Request("PUT", std::move(url), std::move(body)),
                          std::forward<Token>(token));
    }
    /// Sends PATCH. Sends the body like async_post().
    template <ResponseToken Token = asio::use_awaitable_t<>>
    auto async_patch(UrlArg url, RequestBody body, Token&& token = {}) {
        return async_send(Request("PATCH", std::move(url), std::move(body)),
                          std::forward<Token>(token));
    }
    /// Sends DELETE, without a body (`delete` is a keyword).
    template <ResponseToken Token = asio::use_awaitable_t<>>
    auto async_del(UrlArg url, Token&& token = {}) {
        return async_send(Request("DELETE", std::move(url)), std::forward<Token>(token));
    }

    /// Sends a request and collects the whole body of its response, up to
    /// ClientOptions::max_fetch_bytes: one call for the usual case. Takes a URL as well, for a GET.
    ///
    /// @par Completion signature
    /// `void(std::error_code, FullResponse)`. With an error, FullResponse::failure says why; if the
    /// body failed, the rest is what was received.
    /// @par Errors and cancellation
    /// Those of async_send() and ResponseBody::async_read_all().
    template <FullResponseToken Token = asio::use_awaitable_t<>>
    auto async_fetch(Request request, Token&& token = {}) {
        return start<detail::Fetch>(
            new_trip(std::move(request)), std::forward<Token>(token), core_->max_fetch_bytes());
    }
    template <FullResponseToken Token = asio::use_awaitable_t<>>
    auto async_fetch(UrlArg url, Token&& token = {}) {
        return start<detail::Fetch>(
            new_trip(std::move(url)), std::forward<Token>(token), core_->max_fetch_bytes());
    }

    /// Writes the body of a response into a file: see DownloadResult.
    ///
    /// @par Completion signature
    /// `void(std::error_code, DownloadResult)`
    template <asio::completion_token_for<void(std::error_code, DownloadResult)> Token =
                  asio::use_awaitable_t<>>
    auto async_download(DownloadSource source,
                        std::string path,
                        DownloadOptions options = {},
                        Token&& token = {}) {
        return detail::initiate<detail::Completion<DownloadResult>>(*this,
                                                                    std::forward<Token>(token),
                                                                    std::move(source),
                                                                    std::move(path),
                                                                    std::move(options));
    }
    template <asio::completion_token_for<void(std::error_code, DownloadResult)> Token>
    auto async_download(DownloadSource source, std::string path, Token&& token) {
        return async_download(std::move(source), std::move(path), {}, std::forward<Token>(token));
    }

    // ── Blocking ────────────────────────────────────────────────────────────────────────────────

    /// Sends a request and waits for the head of its response. Fails with the errors of
    /// async_send().
    Response send(Request request, std::error_code& ec);
    /// @throws std::system_error with the method and URL in what()
    Response send(Request request);

    /// Sends a request and returns its response with the whole body. Fails with the errors of
    /// async_fetch().
    FullResponse fetch(Request request, std::error_code& ec);
    FullResponse fetch(UrlArg url, std::error_code& ec);
    /// @throws std::system_error with the method and URL in what()
    FullResponse fetch(Request request);
    FullResponse fetch(UrlArg url);

    // The verbs: as their asynchronous forms. Those without an error code throw like send().

    /// See async_get().
    Response get(UrlArg url);
    Response get(UrlArg url, std::error_code& ec);
    /// See async_head().
    Response head(UrlArg url) { return send(Request("HEAD", std::move(url))); }
    Response head(UrlArg url, std::error_code& ec) {
        return send(Request("HEAD", std::move(url)), ec);
    }
    /// See async_post().
    Response post(UrlArg url, RequestBody body) {
        return send(Request("POST", std::move(url), std::move(body)));
    }
    Response post(UrlArg url, RequestBody body, std::error_code& ec) {
        return send(Request("POST", std::move(url), std::move(body)), ec);
    }
    /// See async_put().
    Response put(UrlArg url, RequestBody body) {
        return send(Request("PUT", std::move(url), std::move(body)));
    }
    Response put(UrlArg url, RequestBody body, std::error_code& ec) {
        return send(Request("PUT", std::move(url), std::move(body)), ec);
    }
    /// See async_patch().
    Response patch(UrlArg url, RequestBody body) {
        return send(Request("PATCH", std::move(url), std::move(body)));
    }
    Response patch(UrlArg url, RequestBody body, std::error_code& ec) {
        return send(Request("PATCH", std::move(url), std::move(body)), ec);
    }
    /// See async_del().
    Response del(UrlArg url) { return send(Request("DELETE", std::move(url))); }
    Response del(UrlArg url, std::error_code& ec) {
        return send(Request("DELETE", std::move(url)), ec);
    }

    /// Writes the body of a response into a file: see DownloadResult.
    DownloadResult download(DownloadSource source,
                            const std::string& path,
                            DownloadOptions options,
                            std::error_code& ec);
    DownloadResult download(DownloadSource source, const std::string& path, std::error_code& ec);
    /// @throws StatusError if the status is not 2xx; std::system_error for other failures; what
    /// DownloadOptions::on_progress throws
    DownloadResult download(DownloadSource source,
                            const std::string& path,
                            DownloadOptions options = {});

private:
    friend struct detail::Access;

    Client(std::shared_ptr<detail::BlockingLoop> loop, ClientOptions&& options);

    detail::StartableTripPtr new_trip(Request&& request) const {
        auto trip = detail::Access::new_trip(*round_tripper_);
        trip->to_send = std::move(request);
        return trip;
    }
    /// For a GET: saves one move of a Request.
    detail::StartableTripPtr new_trip(UrlArg&& url) const {
        auto trip = detail::Access::new_trip(*round_tripper_);
        trip->to_send.url = std::move(url);
        return trip;
    }
    template <class Operation = detail::Completion<Response>, class Token, class... Args>
    auto start(detail::StartableTripPtr trip, Token&& token, Args... args) {
        if (loop_->inherited()) {
            throw_forked();
        }
        core_->prepare(trip);
        return detail::initiate<Operation>(
            *trip, std::forward<Token>(token), std::move(trip), args...);
    }
    detail::LoopUse use_loop() const;
    void start(detail::Completion<DownloadResult>& completion,
               DownloadSource&& source,
               std::string&& path,
               DownloadOptions&& options);
    std::function<void(Request&&, detail::CompletionPtr<Response>)> sender() const;
    [[noreturn]] static void throw_forked();
    Response send_and_wait(Request& request, std::error_code& ec);
    Response get_and_wait(UrlArg& url, std::error_code& ec);
    Response wait(detail::StartableTripPtr trip, std::error_code& ec) const;
    static Response failed_response(const Request& request, std::error_code ec);
    FullResponse collect(Response response, std::error_code& ec) const;

    detail::IntrusivePtr<detail::ClientCore> core_;
    std::shared_ptr<detail::BlockingLoop> loop_;  // outlives the transport
    std::shared_ptr<Transport> transport_;
    std::shared_ptr<RoundTripper> round_tripper_;
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/client.ipp>
#include <hawser/impl/client_download.ipp>
#endif
