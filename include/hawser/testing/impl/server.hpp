// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The coroutines of a Server: one accepts, one serves each connection.

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/chunk_decoder.hpp>
#include <hawser/detail/testing/message_text.hpp>
#include <hawser/testing/server.hpp>

#include <asio/co_spawn.hpp>
#include <asio/ip/address.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::testing {

inline Server::Server(ServerOptions options) : options_(std::move(options)) {
    if (options_.https) {
        identity_.emplace(options_.address);
    }
    context_ = std::make_unique<asio::io_context>(1);
    const auto address = asio::ip::make_address(options_.address);
    asio::ip::tcp::acceptor acceptor(*context_, {address, options_.port});
    port_ = acceptor.local_endpoint().port();
    spawn(accept(std::move(acceptor)));
    thread_ = std::thread([&context = *context_] { context.run(); });
}

inline void Server::stop() {
    if (thread_.joinable()) {
        context_->stop();
        thread_.join();
        context_ = nullptr;
    }
}

inline std::string Server::url(std::string_view path) const {
    const bool v6 = options_.address.find(':') != std::string::npos;
    std::string text = identity_ ? "https://" : "http://";
    text.append(v6 ? "[" : "").append(options_.address).append(v6 ? "]" : "");
    return text.append(":").append(std::to_string(port_)).append(path);
}

inline Handler Server::constant(Reply always) {
    return [always = std::move(always)](const ReceivedRequest&) { return always; };
}

/// A client that leaves is no error of this side.
inline void Server::spawn(asio::awaitable<void> coroutine) {
    asio::co_spawn(*context_, std::move(coroutine), [this](const std::exception_ptr& exception) {
        try {
            if (exception) {
                std::rethrow_exception(exception);
            }
        } catch (const std::system_error&) {  // the client left
        } catch (const std::exception& e) {
            state_.note(std::string("a script threw: ") + e.what());
        } catch (...) {
            state_.note("a script threw");
        }
    });
}

inline asio::awaitable<void> Server::accept(asio::ip::tcp::acceptor acceptor) {
    for (;;) {
        std::error_code ec;
        auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, ec));
        if (!ec) {
            spawn(serve(std::move(socket)));
            continue;
        }
        // The process may be out of descriptors.
        asio::steady_timer later(acceptor.get_executor(), std::chrono::milliseconds{5});
        co_await later.async_wait(asio::use_awaitable);
    }
}

inline asio::awaitable<void> Server::serve(asio::ip::tcp::socket socket) {
    struct Open {
        explicit Open(detail::ServerState& of) : state(of) { state.opened(); }
        Open(const Open&) = delete;
        Open& operator=(const Open&) = delete;
        ~Open() { state.closed(); }
        detail::ServerState& state;
    };
    const Open open(state_);
    ServerConnection connection(std::move(socket), identity_ ? identity_->context() : nullptr);
    if (!co_await connection.handshake()) {
        state_.note("a TLS handshake failed");
        co_return;
    }
    for (bool more = true; more;) {
        more = co_await serve_request(connection);
    }
    co_await connection.finish();
}

/// True if the connection can serve another request.
inline asio::awaitable<bool> Server::serve_request(ServerConnection& connection) {
    ReceivedRequest request;
    const bool valid = co_await read_head(connection, request);
    if (!valid) {
        co_return false;
    }
    if (const auto early = state_.find(request, true)) {
        state_.note(request);
        const Reply reply = state_.call(*early, request);
        co_await deliver(connection, request, reply);
        co_return false;
    }
    if (options_.answers_expect && detail::iequals(request.header("Expect"), "100-continue")) {
        co_await connection.send("HTTP/1.1 100 Continue\r\n\r\n");
    }
    const bool complete = co_await read_body(connection, request);
    if (!complete) {
        state_.note("the body of a request was broken or incomplete: " +
                    detail::printable(request.head));
        co_return false;
    }
    state_.note(request);
    const Reply reply = state_.answer(request);
    const bool stays = co_await deliver(connection, request, reply);
    co_return stays && !detail::asks_to_close(request);
}

/// False if the client has left, or sends no HTTP/1.1.
inline asio::awaitable<bool> Server::read_head(ServerConnection& connection,
                                               ReceivedRequest& request) {
    std::string head = co_await connection.take_head();
    if (head.empty()) {
        co_return false;
    }
    if (!detail::parse_request(std::move(head), request)) {
        state_.note("not a request: " + detail::printable(request.head));
        co_await connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        co_return false;
    }
    std::string url = identity_ ? "https://" : "http://";
    url.append(request.header("Host")).append(request.target);
    std::error_code none;
    request.url = Url::parse(url, none);
    co_return true;
}

/// False if it is not HTTP/1.1, or not complete.
inline asio::awaitable<bool> Server::read_body(ServerConnection& connection,
                                               ReceivedRequest& request) {
    const bool chunked = detail::iequals(request.header("Transfer-Encoding"), "chunked");
    std::uint64_t length = 0;
    if (request.headers.contains("Content-Length") &&
        !detail::parse_decimal(request.header("Content-Length"), length)) {
        co_return false;
    }
    detail::ChunkDecoder decoder;
    while (chunked ? !decoder.done() : request.body.size() < length) {
        const std::string bytes = co_await connection.read_some();
        if (bytes.empty()) {
            co_return false;
        }
        auto used = static_cast<std::size_t>(
            std::min<std::uint64_t>(bytes.size(), length - request.body.size()));
        if (chunked) {
            std::string data(bytes.size(), '\0');
            const auto step = decoder.decode(bytes, data);
            request.body.append(data, 0, step.produced);
            used = step.consumed;
        } else {
            request.body.append(bytes, 0, used);
        }
        if (decoder.error()) {
            co_return false;
        }
        connection.put_back(std::string_view(bytes).substr(used));
    }
    request.trailers = std::move(decoder.trailers());
    co_return true;
}

/// True if the connection stays open for another request.
inline asio::awaitable<bool> Server::deliver(ServerConnection& connection,
                                             const ReceivedRequest& request,
                                             const Reply& reply) {
    using Ending = ReplyConduct::Ending;
    if (reply.conduct.delay.count() > 0) {
        co_await connection.pause(reply.conduct.delay);
    }
    co_await send(connection, request, reply);
    if (reply.conduct.then) {
        co_await reply.conduct.then(connection);
        co_return false;
    }
    if (reply.conduct.ending == Ending::reset) {
        connection.reset();
    } else if (reply.conduct.ending == Ending::stall) {
        co_await connection.drain();
    }
    co_return reply.conduct.ending == Ending::keep_alive;
}

inline asio::awaitable<void> Server::send(ServerConnection& connection,
                                          const ReceivedRequest& request,
                                          const Reply& reply) {
    constexpr std::size_t small = 64 * 1024;
    std::string head = detail::head_text(reply, request.method);
    std::string storage;
    std::string_view body = detail::body_text(reply, request.method, storage);
    if (body.size() <= small || reply.conduct.drip_size != 0) {
        head += body;
        body = {};
    }
    if (reply.conduct.drip_size != 0) {
        for (std::string_view rest = head; !rest.empty();) {
            co_await connection.send(rest.substr(0, reply.conduct.drip_size));
            co_await connection.pause(reply.conduct.drip_pause);
            rest.remove_prefix(std::min(rest.size(), reply.conduct.drip_size));
        }
        co_return;
    }
    co_await connection.send(head);
    co_await connection.send(body);
}

}  // namespace hawser::inline HAWSER_ABI::testing
