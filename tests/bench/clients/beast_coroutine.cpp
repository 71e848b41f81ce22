// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Boost.Beast awaited in coroutines.
#include "beast_common.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <limits>
#include <optional>

namespace {

namespace http = bench::http;
namespace net = bench::net;
using boost::system::error_code;
constexpr auto use_awaitable = net::use_awaitable;
constexpr std::size_t piece_size = 65536;

template <class Stream>
net::awaitable<void> dial(bench::BeastWork& work, std::optional<Stream>& to, std::size_t host) {
    to.emplace(bench::new_stream<Stream>(work, work.args.host(host)));
    co_await bench::beast::get_lowest_layer(*to).async_connect(bench::endpoint_of(work.args, host),
                                                               use_awaitable);
    bench::set_options(*to);
    if constexpr (std::is_same_v<Stream, bench::Tls>) {
        co_await to->async_handshake(net::ssl::stream_base::client, use_awaitable);
    }
}

template <class Stream>
net::awaitable<void> download(bench::BeastWork& work, Stream& stream) {
    const auto request = bench::new_request<http::empty_body>(work.args, http::verb::get);
    co_await http::async_write(stream, request, use_awaitable);
    bench::beast::flat_buffer buffer{2 * piece_size};
    buffer.reserve(piece_size);
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    co_await http::async_read_header(stream, buffer, parser, use_awaitable);
    std::string piece(piece_size, '\0');
    bench::BodySum sum;
    while (!parser.is_done()) {
        parser.get().body().data = piece.data();
        parser.get().body().size = piece.size();
        error_code ec;
        co_await http::async_read(stream, buffer, parser, net::redirect_error(use_awaitable, ec));
        if (ec && ec != http::error::need_buffer) {
            bench::fail(ec.message());
        }
        sum.add(piece.data(), piece.size() - parser.get().body().size);
    }
    work.run.done(static_cast<int>(parser.get().result_int()), sum);
}

template <class Stream>
net::awaitable<void> upload(bench::BeastWork& work, Stream& stream) {
    auto request = bench::new_request<http::buffer_body>(work.args, http::verb::post);
    work.args.chunked ? request.chunked(true) : request.content_length(work.args.bytes);
    request.body().data = nullptr;
    request.body().more = true;
    http::request_serializer<http::buffer_body> serializer{request};
    co_await http::async_write_header(stream, serializer, use_awaitable);
    bench::PatternSource source{work.args.bytes};
    std::string piece(piece_size, '\0');
    while (!serializer.is_done()) {
        const std::size_t n = source(piece.data(), piece.size());
        request.body().data = n ? piece.data() : nullptr;
        request.body().size = n;
        request.body().more = n > 0;
        error_code ec;
        co_await http::async_write(stream, serializer, net::redirect_error(use_awaitable, ec));
        if (ec && ec != http::error::need_buffer) {
            bench::fail(ec.message());
        }
    }
    bench::beast::flat_buffer buffer;
    http::response<http::string_body> response;
    co_await http::async_read(stream, buffer, response, use_awaitable);
    work.run.done(static_cast<int>(response.result_int()), response.body());
}

template <class Stream>
net::awaitable<void> worker(bench::BeastWork& work) {
    const bench::Args& args = work.args;
    std::vector<std::optional<Stream>> streams(args.hosts);
    std::vector<http::request<http::empty_body>> requests;
    for (std::size_t i = 0; i < args.hosts; ++i) {
        requests.push_back(bench::new_request<http::empty_body>(args, http::verb::get, i));
    }
    bench::beast::flat_buffer buffer;
    for (std::size_t number; (number = work.started++) < args.requests;) {
        const std::size_t host = number % args.hosts;
        std::optional<Stream>& stream = streams[host];
        if (!stream || args.fresh) {
            co_await dial(work, stream, host);
        }
        if (args.mode == bench::Mode::download) {
            co_await download(work, *stream);
        } else if (args.mode == bench::Mode::upload) {
            co_await upload(work, *stream);
        } else {
            co_await http::async_write(*stream, requests[host], use_awaitable);
            http::response<http::string_body> response;
            co_await http::async_read(*stream, buffer, response, use_awaitable);
            work.run.done(static_cast<int>(response.result_int()), response.body());
        }
    }
    work.worker_finished();
    // Its connections stay open until the last worker has finished.
    net::steady_timer never{work.io, net::steady_timer::time_point::max()};
    co_await never.async_wait(use_awaitable);
}

template <class Stream>
void work(bench::BeastWork& work) {
    for (std::size_t i = 0; i < work.args.inflight; ++i) {
        net::co_spawn(work.io, worker<Stream>(work), [](std::exception_ptr failure) {
            if (failure) {
                std::rethrow_exception(failure);
            }
        });
    }
    bench::on_threads(work.args.loop_threads(), [&] { work.io.run(); });
}

}  // namespace

int main(int argc, char** argv) try {
    const bench::Args args = bench::parse(argc, argv);
    bench::Run run;
    bench::BeastWork all{args, run};
    all.load_root();
    args.tls() ? work<bench::Tls>(all) : work<bench::Plain>(all);
    return run.report();
} catch (const std::exception& e) {
    bench::fail(e.what());
}
