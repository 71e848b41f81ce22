// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// For tests of the interface: a server that reports the requests it received, distinguishable
// bodies, request bodies in pieces, and a way to run a coroutine until all work is done.

#include "script_server.hpp"

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include <cstring>

namespace hawser::test {

/// Runs a coroutine until its io_context is out of work; the coroutine must bring that about.
template <class Coroutine>
void run(Coroutine coroutine) {
    asio::io_context io;
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(coroutine), [&](std::exception_ptr e) { failure = e; });
    io.run_for(patience);
    if (failure) {
        std::rethrow_exception(failure);
    }
    REQUIRE(io.stopped());
}

/// "METHOD target length|chunked|- body"
inline std::string describe(const ReceivedRequest& request) {
    const auto framing =
        request.is_chunked() ? "chunked" : request.header("Content-Length").value_or("-");
    return request.method + ' ' + request.target + ' ' + framing + ' ' + request.body;
}

inline std::string echo(const ReceivedRequest& request) {
    if (request.method == "HEAD") {
        return "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n";
    }
    return respond(describe(request));
}

inline std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>('a' + (i * 31 + i / 251) % 26);
    }
    return text;
}

/// Delivers `content` in pieces of at most `step` bytes.
inline auto pieces(std::string content, std::size_t step) {
    return [content = std::move(content), step, at = std::size_t{0}](
               asio::mutable_buffer into) mutable -> std::size_t {
        const auto n = std::min({step, into.size(), content.size() - at});
        std::memcpy(into.data(), content.data() + at, n);
        at += n;
        return n;
    };
}

/// The same as a coroutine that waits for its executor before each piece.
inline auto awaitable_pieces(std::string content, std::size_t step) {
    return [next = pieces(std::move(content), step)](
               asio::mutable_buffer into) mutable -> asio::awaitable<std::size_t> {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        co_return next(into);
    };
}

}  // namespace hawser::test
