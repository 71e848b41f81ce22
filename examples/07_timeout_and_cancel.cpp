// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Giving up: a timeout per request, a cancellation of one operation, and the loser of a race. A
// connection in the middle of an exchange is closed; any other is left alone.
#include <hawser/hawser.hpp>

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>

#include <chrono>
#include <exception>
#include <future>
#include <iostream>
#include <string>
#include <system_error>

using namespace std::chrono_literals;

std::error_code with_timeout(hawser::Client& client, const std::string& url) {
    hawser::Request request{"GET", url};
    request.options.timeout = 50ms;  // from the call to the last byte of the body
    std::error_code ec;
    client.send(request, ec);
    std::cout << "timeout: " << ec.message() << '\n';
    return ec;
}

std::error_code with_signal(const std::string& url) {
    asio::io_context io{1};
    hawser::Client client{io};
    asio::cancellation_signal stop;
    std::error_code result;
    client.async_get(url,
                     asio::bind_cancellation_slot(
                         stop.slot(), [&](std::error_code ec, hawser::Response) { result = ec; }));
    asio::steady_timer timer{io, 50ms};
    timer.async_wait([&](std::error_code) { stop.emit(asio::cancellation_type::total); });
    io.run();
    std::cout << "signal:  " << result.message() << '\n';
    return result;
}

asio::awaitable<bool> race(std::string url) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer{co_await asio::this_coro::executor, 50ms};
    hawser::Client client{timer.get_executor()};
    const auto first = co_await (client.async_get(url) || timer.async_wait(asio::use_awaitable));
    std::cout << "race:    " << (first.index() == 1 ? "the timer" : "the response") << " won\n";
    co_return first.index() == 1;
}

int main(int argc, char** argv) try {
    const std::string slow = argc > 1 ? argv[1] : "http://127.0.0.1:8080/slow/5000";
    hawser::Client client;
    const bool timed_out = with_timeout(client, slow) == hawser::condition::timeout;
    const bool canceled = with_signal(slow) == hawser::condition::canceled;
    asio::io_context io{1};
    std::future<bool> timer_won = asio::co_spawn(io, race(slow), asio::use_future);
    io.run();
    std::cout << client.stats() << '\n';
    return timed_out && canceled && timer_won.get() && client.stats().open == 0 ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
