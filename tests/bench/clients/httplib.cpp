// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// cpp-httplib: blocking, one Client object per connection and thread.
#include "bench_client.hpp"

#include <atomic>
#include <httplib.h>
#include <memory>

namespace {

std::unique_ptr<httplib::Client> make_client(const bench::Args& args, std::size_t host) {
    auto client =
        std::make_unique<httplib::Client>(args.scheme + "://" + args.host(host) + ':' + args.port);
    client->set_keep_alive(!args.fresh);
    client->set_tcp_nodelay(true);
    client->set_default_headers({{"User-Agent", "bench"}, {"Accept", "*/*"}});
    if (args.tls()) {
        client->set_ca_cert_path(args.ca);
    }
    return client;
}

void check(const httplib::Result& res, const bench::BodySum& sum, bench::Run& run) {
    if (!res) {
        bench::fail(httplib::to_string(res.error()));
    }
    run.done(res->status, sum);
}

void get(httplib::Client& client, const std::string& path, bench::Run& run) {
    bench::BodySum sum;
    const auto res = client.Get(path);
    if (res) {
        sum.add(res->body);
    }
    check(res, sum, run);
}

void download(httplib::Client& client, const bench::Args& args, bench::Run& run) {
    bench::BodySum sum;
    const auto res = client.Get(args.path, [&](const char* data, std::size_t size) {
        sum.add(data, size);
        return true;
    });
    check(res, sum, run);
}

void upload(httplib::Client& client, const bench::Args& args, bench::Run& run) {
    bench::PatternSource source{args.bytes};
    std::string buffer(65536, '\0');
    std::uint64_t left = args.bytes;
    const auto piece = [&](httplib::DataSink& sink) {
        const std::size_t n = source(buffer.data(), buffer.size());
        left -= n;
        return n == 0 || sink.write(buffer.data(), n);
    };
    const char* type = "application/octet-stream";
    const auto with_length = [&](std::size_t, std::size_t, httplib::DataSink& sink) {
        return piece(sink);
    };
    const auto chunked = [&](std::size_t, httplib::DataSink& sink) {
        if (left == 0) {
            sink.done();
            return true;
        }
        return piece(sink);
    };
    const auto res = args.chunked ? client.Post(args.path, chunked, type)
                                  : client.Post(args.path, args.bytes, with_length, type);
    bench::BodySum sum;
    if (res) {
        sum.add(res->body);
    }
    check(res, sum, run);
}

void in_turn(const bench::Args& args, bench::Run& run) {
    std::vector<std::unique_ptr<httplib::Client>> clients(args.hosts);
    for (std::size_t i = 0; i < args.requests; ++i) {
        auto& client = clients[i % args.hosts];
        if (!client) {
            client = make_client(args, i);
        }
        if (args.mode == bench::Mode::download) {
            download(*client, args, run);
        } else if (args.mode == bench::Mode::upload) {
            upload(*client, args, run);
        } else {
            get(*client, args.path, run);
        }
    }
}

void in_threads(const bench::Args& args, bench::Run& run) {
    std::atomic<std::size_t> started{0};
    bench::on_threads(args.blocking_threads(), [&] {
        const auto client = make_client(args, 0);
        while (started++ < args.requests) {
            get(*client, args.path, run);
        }
    });
}

/// One request on each of many clients, which then keep their connections.
void idle(const bench::Args& args, bench::Run& run) {
    std::vector<std::unique_ptr<httplib::Client>> clients;
    for (std::size_t i = 0; i < args.inflight; ++i) {
        clients.push_back(make_client(args, 0));
        get(*clients.back(), "/small", run);
    }
    run.heap();
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Args args = bench::parse(argc, argv);
    bench::Run run;
    if (args.mode == bench::Mode::idle) {
        idle(args, run);
    } else if (args.inflight > 1) {
        in_threads(args, run);
    } else {
        in_turn(args, run);
    }
    return run.report();
}
