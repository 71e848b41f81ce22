// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Boost.Beast with callbacks; bulk transfers are in the coroutine client.
#include "beast_common.hpp"

#include <optional>

namespace {

namespace http = bench::http;
namespace net = bench::net;
using bench::need;
using Error = boost::system::error_code;

template <class Stream>
class Worker {
public:
    explicit Worker(bench::BeastWork& work) : work_(work) {
        for (std::size_t i = 0; i < work.args.hosts; ++i) {
            requests_.push_back(
                bench::new_request<http::empty_body>(work.args, http::verb::get, i));
        }
        streams_.resize(work.args.hosts);
    }

    void next() {
        const std::size_t number = work_.started++;
        if (number >= work_.args.requests) {
            work_.worker_finished();
            return;
        }
        host_ = number % work_.args.hosts;
        if (work_.args.fresh) {
            streams_[host_].reset();
        }
        streams_[host_] ? write() : dial();
    }

private:
    Stream& stream() { return *streams_[host_]; }

    void dial() {
        streams_[host_].emplace(bench::new_stream<Stream>(work_, work_.args.host(host_)));
        bench::beast::get_lowest_layer(stream()).async_connect(
            bench::endpoint_of(work_.args, host_), [this](Error ec) {
                need(ec);
                bench::set_options(stream());
                if constexpr (std::is_same_v<Stream, bench::Tls>) {
                    stream().async_handshake(net::ssl::stream_base::client, [this](Error failed) {
                        need(failed);
                        write();
                    });
                } else {
                    write();
                }
            });
    }

    void write() {
        http::async_write(stream(), requests_[host_], [this](Error ec, std::size_t) {
            need(ec);
            response_ = {};
            http::async_read(stream(), buffer_, response_, [this](Error failed, std::size_t) {
                need(failed);
                work_.run.done(static_cast<int>(response_.result_int()), response_.body());
                next();
            });
        });
    }

    bench::BeastWork& work_;
    std::size_t host_ = 0;
    std::vector<http::request<http::empty_body>> requests_;
    std::vector<std::optional<Stream>> streams_;
    bench::beast::flat_buffer buffer_;
    http::response<http::string_body> response_;
};

}  // namespace

int main(int argc, char** argv) {
    const bench::Args args = bench::parse(argc, argv);
    if (args.mode == bench::Mode::download || args.mode == bench::Mode::upload) {
        bench::unsupported();
    }
    bench::Run run;
    bench::BeastWork all{args, run};
    all.load_root();
    args.tls() ? bench::run_workers<Worker<bench::Tls>>(all)
               : bench::run_workers<Worker<bench::Plain>>(all);
    return run.report();
}
