// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A thousand requests, a hundred at a time: one client, one thread, a hundred coroutines. The pool
// dials only as many connections as are busy at the same time.
#include <hawser/hawser.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

constexpr int workers = 100;
constexpr int requests = 1000;

struct Progress {
    int started = 0;
    int answered = 0;
    std::uint64_t bytes = 0;
};

asio::awaitable<void> work(hawser::Client client, std::string url, Progress& progress) {
    while (progress.started < requests) {
        ++progress.started;
        hawser::Response res = co_await client.async_get(url);
        progress.bytes += (co_await res.body.async_read_all()).size();
        progress.answered += res.status == 200;
    }
}

hawser::TransportStats run(const std::string& url, std::size_t max_conns_per_host) {
    asio::io_context io{1};
    hawser::Client client{io,
                          {.transport = {.max_conns_per_host = max_conns_per_host}}};
    Progress progress;
    for (int i = 0; i < workers; ++i) {
        asio::co_spawn(io, work(client, url, progress), [](std::exception_ptr failure) {
            if (failure) {
                std::rethrow_exception(failure);
            }
        });
    }
    io.run();
    const hawser::TransportStats stats = client.stats();
    std::cout << progress.answered << " answers, " << progress.bytes << " bytes, " << stats.dialed
              << " connections dialed, " << stats.reused << " requests on a reused one\n";
    return stats;
}

int main(int argc, char** argv) try {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080/hello";
    const hawser::TransportStats any = run(url, 0);
    const hawser::TransportStats ten = run(url, 10);  // the others queue, in order
    const bool shared = any.dialed <= workers && any.reused >= requests - workers;
    const bool idle = any.open == any.idle && ten.open == ten.idle;  // idle connections do not keep
                                                                     // run() from returning
    return shared && ten.dialed == 10 && idle ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
