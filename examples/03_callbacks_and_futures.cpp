// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The same call with other completion tokens: a callback and a future. Callbacks receive an error
// code first; compare it with hawser::condition if only the kind of error matters.
#include <hawser/hawser.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

void with_callbacks(const std::string& url) {
    asio::io_context io{1};
    hawser::Client client{io};
    client.async_get(url, [](std::error_code ec, hawser::Response res) {
        if (ec) {
            std::cout << "callback: " << ec.message() << '\n';
            return;
        }
        // A body must not move while it is being read.
        auto kept = std::make_shared<hawser::Response>(std::move(res));
        kept->body.async_read_all([kept](std::error_code ec2, std::string text) {
            std::cout << "callback: " << (ec2 ? ec2.message() + '\n' : text);
        });
    });
    client.async_get("http://127.0.0.1:1/", [](std::error_code ec, hawser::Response) {
        const bool refused = ec == hawser::condition::refused;
        std::cout << "callback: port 1 " << (refused ? "refused" : "answered") << '\n';
    });
    io.run();
}

void with_futures(const std::string& url) {
    asio::io_context io{1};
    auto work = asio::make_work_guard(io);
    std::jthread runs([&io] { io.run(); });
    {
        hawser::Client client{io};
        std::future<hawser::Response> first = client.async_get(url, asio::use_future);
        std::future<hawser::Response> second = client.async_get(url, asio::use_future);
        // get() throws std::system_error; both requests are in flight meanwhile.
        std::cout << "future: " << first.get().body.read_all();
        std::cout << "future: " << second.get().body.read_all();
    }
    work.reset();
}

int main(int argc, char** argv) try {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080/hello";
    with_callbacks(url);
    with_futures(url);
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
