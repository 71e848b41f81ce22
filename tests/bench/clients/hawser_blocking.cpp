// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// hawser with blocking calls: one client, shared by all threads.
#include "bench_client.hpp"
#include "hawser_options.hpp"
#include <hawser/hawser.hpp>

#include <atomic>
#include <exception>

namespace {

void read_pieces(hawser::Response res, bench::Run& run) {
    std::string buffer(65536, '\0');
    bench::BodySum sum;
    std::error_code ec;
    while (!ec) {
        sum.add(buffer.data(), res.body.read_some(asio::buffer(buffer), ec));
    }
    if (ec != asio::error::eof) {
        throw std::system_error(ec);
    }
    run.done(res.status, sum);
}

void one(hawser::Client& client, const hawser::Url& url, const bench::Args& args, bench::Run& run) {
    if (args.mode == bench::Mode::download) {
        read_pieces(client.get(url), run);
        return;
    }
    hawser::Response res =
        args.mode == bench::Mode::upload ? client.post(url, bench::upload_body(args)) : client.get(url);
    run.done(res.status, res.body.read_all());
}

}  // namespace

int main(int argc, char** argv) try {
    const bench::Args args = bench::parse(argc, argv);
    if (args.mode == bench::Mode::idle) {
        bench::unsupported();  // it would take one thread per connection
    }
    bench::Run run;
    hawser::Client client{bench::client_options(args)};
    const auto urls = bench::parsed_urls(args);
    std::atomic<std::size_t> started{0};
    bench::on_threads(args.blocking_threads(), [&] {
        for (std::size_t i; (i = started++) < args.requests;) {
            one(client, urls[i % urls.size()], args, run);
        }
    });
    return run.report();
} catch (const std::exception& e) {
    bench::fail(e.what());
}
