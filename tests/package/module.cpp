// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A program that imports hawser. What it uses of Asio, it includes.
#include <hawser/config.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <coroutine>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <system_error>

import hawser;

namespace {

const char* const refused = "http://127.0.0.1:1/";

asio::awaitable<bool> coroutine_is_refused() {
    hawser::Client client{co_await asio::this_coro::executor};
    try {
        hawser::Response response = co_await client.async_get(refused);
        co_await response.body.async_read_all();
    } catch (const std::system_error& e) {
        co_return e.code() == hawser::error::connect_failed;
    }
    co_return false;
}

bool call_is_refused() {
    hawser::Client client{{.middleware = {hawser::retry({.attempts = 1})}}};
    std::error_code ec;
    const hawser::FullResponse response = client.fetch(hawser::Request::get(refused), ec);
    std::ostringstream said;
    said << response.failure << client.stats();
    return ec == hawser::error::connect_failed && !said.str().empty();
}

}  // namespace

int main() {
    asio::io_context io;
    bool fine = false;
    asio::co_spawn(io, coroutine_is_refused(), [&](std::exception_ptr, bool was_refused) {
        fine = was_refused;
    });
    io.run();
    return fine && call_is_refused() ? 0 : 1;
}
