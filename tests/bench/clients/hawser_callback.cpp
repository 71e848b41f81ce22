// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// hawser with callbacks: no coroutines in the caller. One client and one io_context, which all
// threads run.
#include "bench_client.hpp"
#include "hawser_options.hpp"
#include <hawser/hawser.hpp>

#include <asio/io_context.hpp>

#include <atomic>
#include <exception>
#include <memory>

namespace {

struct Work {
    const bench::Args& args;
    bench::Run& run;
    asio::io_context& io;
    hawser::Client client;
    std::vector<hawser::Url> urls;
    std::atomic<std::size_t> started{0};
    std::atomic<std::size_t> finished_workers{0};
};

void need(std::error_code ec) {
    if (ec) {
        throw std::system_error(ec);
    }
}

class Worker {
public:
    explicit Worker(Work& work) : work_(work) {}

    void next() {
        const bench::Args& args = work_.args;
        const std::size_t number = work_.started++;
        if (number >= args.requests) {
            if (++work_.finished_workers == args.inflight) {
                bench::finish(work_.client, work_.run, args);
            }
            return;
        }
        const hawser::Url& url = work_.urls[number % work_.urls.size()];
        if (args.mode == bench::Mode::download) {
            work_.client.async_get(url, [this](std::error_code ec, hawser::Response res) {
                need(ec);
                res_ = std::move(res);
                buffer_.resize(65536);
                sum_ = {};
                piece();
            });
            return;
        }
        auto on_response = [this](std::error_code ec, hawser::FullResponse res) {
            need(ec);
            work_.run.done(res.status, res.body);
            next();
        };
        if (args.mode == bench::Mode::upload) {
            work_.client.async_fetch(hawser::Request::post(url, bench::upload_body(args)),
                                     std::move(on_response));
        } else {
            work_.client.async_fetch(url, std::move(on_response));
        }
    }

private:
    void piece() {
        res_.body.async_read_some(asio::buffer(buffer_), [this](std::error_code ec, std::size_t n) {
            sum_.add(buffer_.data(), n);
            if (ec == asio::error::eof) {
                work_.run.done(res_.status, sum_);
                next();
                return;
            }
            need(ec);
            piece();
        });
    }

    Work& work_;
    hawser::Response res_;
    std::string buffer_;
    bench::BodySum sum_;
};

}  // namespace

int main(int argc, char** argv) try {
    const bench::Args args = bench::parse(argc, argv);
    bench::Run run;
    asio::io_context io{static_cast<int>(args.loop_threads())};
    Work work{
        args, run, io, hawser::Client{io, bench::client_options(args)}, bench::parsed_urls(args)};
    bench::run_workers<Worker>(work);
    return run.report();
} catch (const std::exception& e) {
    bench::fail(e.what());
}
