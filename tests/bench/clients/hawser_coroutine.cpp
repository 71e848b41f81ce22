// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// hawser, awaited in asio::awaitable coroutines. One client and one io_context, which all threads
// run.
#include "bench_client.hpp"
#include "hawser_options.hpp"
#include <hawser/hawser.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <atomic>
#include <exception>

namespace {

struct Work {
    const bench::Args& args;
    bench::Run& run;
    std::vector<hawser::Url> urls;
    std::atomic<std::size_t> started{0};
    std::atomic<std::size_t> finished_workers{0};
};

asio::awaitable<void> read_pieces(hawser::Response res, bench::Run& run) {
    std::string buffer(65536, '\0');
    bench::BodySum sum;
    for (;;) {
        std::size_t n = 0;
        try {
            n = co_await res.body.async_read_some(asio::buffer(buffer));
        } catch (const std::system_error& e) {
            if (e.code() != asio::error::eof) {
                throw;
            }
            break;
        }
        sum.add(buffer.data(), n);
    }
    run.done(res.status, sum);
}

asio::awaitable<void> worker(hawser::Client client, Work& work) {
    for (std::size_t number; (number = work.started++) < work.args.requests;) {
        const hawser::Url& url = work.urls[number % work.urls.size()];
        if (work.args.mode == bench::Mode::upload) {
            hawser::RequestBody body = bench::upload_body(work.args);
            hawser::Response res = co_await client.async_post(url, std::move(body));
            work.run.done(res.status, co_await res.body.async_read_all());
        } else if (work.args.mode == bench::Mode::download) {
            co_await read_pieces(co_await client.async_get(url), work.run);
        } else {
            hawser::Response res = co_await client.async_get(url);
            work.run.done(res.status, co_await res.body.async_read_all());
        }
    }
}

}  // namespace

int main(int argc, char** argv) try {
    const bench::Args args = bench::parse(argc, argv);
    bench::Run run;
    asio::io_context io{static_cast<int>(args.loop_threads())};
    hawser::Client client{io, bench::client_options(args)};
    Work work{args, run, bench::parsed_urls(args)};
    for (std::size_t i = 0; i < args.inflight; ++i) {
        asio::co_spawn(io, worker(client, work), [&](std::exception_ptr failure) {
            if (failure) {
                std::rethrow_exception(failure);
            }
            if (++work.finished_workers == args.inflight) {
                bench::finish(client, run, args);
            }
        });
    }
    bench::on_threads(args.loop_threads(), [&] { io.run(); });
    return run.report();
} catch (const std::exception& e) {
    bench::fail(e.what());
}
