// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Hand-written code: Asio callbacks and llhttp, one connection per request in flight, no pool, no
// timeouts, no limits, no validation of what was received.
#include "bench_client.hpp"
#include "raw_parser.hpp"

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl.hpp>
#include <asio/write.hpp>

#include <atomic>
#include <memory>
#include <optional>

namespace {

using bench::need;
using Plain = asio::ip::tcp::socket;
using Tls = asio::ssl::stream<asio::ip::tcp::socket>;

struct Work {
    const bench::Args& args;
    bench::Run& run;
    asio::io_context io{static_cast<int>(args.loop_threads())};
    asio::ssl::context tls{asio::ssl::context::tls_client};
    std::atomic<std::size_t> started{0};
    std::atomic<std::size_t> finished_workers{0};
};

template <class Stream>
class Worker {
public:
    Worker(Work& work) : work_(work) {}

    void next() {
        const bench::Args& args = work_.args;
        if (work_.started++ >= args.requests) {
            if (++work_.finished_workers == args.inflight) {
                work_.run.heap();
                work_.io.stop();
            }
            return;
        }
        out_ = "GET " + args.path + " HTTP/1.1\r\nHost: " + args.host(0) + ':' + args.port +
               "\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n";
        if (args.fresh) {
            stream_.reset();
        }
        stream_ ? write() : dial();
    }

private:
    void dial() {
        const asio::ip::tcp::endpoint to{
            asio::ip::make_address(work_.args.host(0)),
            static_cast<asio::ip::port_type>(std::stoi(work_.args.port))};
        if constexpr (std::is_same_v<Stream, Tls>) {
            stream_.emplace(work_.io, work_.tls);
            stream_->set_verify_callback(asio::ssl::host_name_verification(work_.args.host(0)));
        } else {
            stream_.emplace(work_.io);
        }
        stream_->lowest_layer().async_connect(to, [this](std::error_code ec) {
            need(ec);
            stream_->lowest_layer().set_option(asio::ip::tcp::no_delay(true));
            if constexpr (std::is_same_v<Stream, Tls>) {
                stream_->async_handshake(Tls::client, [this](std::error_code failed) {
                    need(failed);
                    write();
                });
            } else {
                write();
            }
        });
    }

    void write() {
        parser_.pieces = work_.args.mode == bench::Mode::download ? &sum_ : nullptr;
        in_.resize(work_.args.mode == bench::Mode::download ? 65536 : 4096);
        asio::async_write(*stream_, asio::buffer(out_), [this](std::error_code ec, std::size_t) {
            need(ec);
            read();
        });
    }

    void read() {
        stream_->async_read_some(asio::buffer(in_), [this](std::error_code ec, std::size_t n) {
            need(ec);
            if (llhttp_execute(&parser_, in_.data(), n) != HPE_OK) {
                bench::fail(llhttp_get_error_reason(&parser_));
            }
            if (!parser_.done) {
                read();
                return;
            }
            parser_.pieces ? work_.run.done(parser_.status_code, sum_)
                           : work_.run.done(parser_.status_code, parser_.body);
            if (work_.args.fresh) {
                llhttp_init(&parser_, HTTP_RESPONSE, &parser_.settings);
            }
            next();
        });
    }

    Work& work_;
    std::optional<Stream> stream_;
    bench::RawParser parser_;
    std::string out_;
    std::string in_;
    bench::BodySum sum_;
};

}  // namespace

int main(int argc, char** argv) {
    const bench::Args args = bench::parse(argc, argv);
    if (args.mode == bench::Mode::upload || args.hosts > 1) {
        bench::unsupported();
    }
    bench::Run run;
    Work all{args, run};
    if (args.tls()) {
        all.tls.load_verify_file(args.ca);
        all.tls.set_verify_mode(asio::ssl::verify_peer);
    }
    args.tls() ? bench::run_workers<Worker<Tls>>(all) : bench::run_workers<Worker<Plain>>(all);
    return run.report();
}
