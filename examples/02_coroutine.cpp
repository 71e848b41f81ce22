// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The asynchronous form: a client on your own io_context, awaited in a coroutine. Errors are
// exceptions, and the second request reuses the connection of the first.
#include <hawser/hawser.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/this_coro.hpp>

#include <exception>
#include <iostream>
#include <string>

asio::awaitable<void> fetch_twice(std::string url) {
    hawser::Client client{co_await asio::this_coro::executor};
    for (int i = 0; i < 2; ++i) {
        hawser::Response res = co_await client.async_get(url);
        std::string text = co_await res.body.async_read_all();
        std::cout << res.status << ' ' << res.reason << ", " << text.size() << " bytes, connection "
                  << res.connection.id << (res.connection.reused ? ", reused\n" : ", new\n");
    }
}

int main(int argc, char** argv) try {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080/hello";
    asio::io_context io{1};
    asio::co_spawn(io, fetch_twice(url), [](std::exception_ptr failure) {
        if (failure) {
            std::rethrow_exception(failure);  // propagates from io.run()
        }
    });
    io.run();
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
