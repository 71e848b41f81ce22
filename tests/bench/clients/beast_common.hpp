// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the two Beast clients share: their requests and their streams. Beast has no pool: one
// connection for each request in flight and for each host.

#include "bench_client.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <memory>

namespace bench {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;

struct BeastWork {
    const Args& args;
    Run& run;
    net::io_context io{static_cast<int>(args.loop_threads())};
    net::ssl::context tls{net::ssl::context::tls_client};
    std::atomic<std::size_t> started{0};
    std::atomic<std::size_t> finished_workers{0};

    void load_root() {
        if (args.tls()) {
            tls.load_verify_file(args.ca);
            tls.set_verify_mode(net::ssl::verify_peer);
        }
    }

    /// The last worker ends the loop.
    void worker_finished() {
        if (++finished_workers == args.inflight) {
            run.heap();
            io.stop();
        }
    }
};

template <class Stream>
Stream new_stream(BeastWork& work, const std::string& host) {
    if constexpr (std::is_same_v<Stream, Tls>) {
        Stream stream{work.io, work.tls};
        stream.set_verify_callback(net::ssl::host_name_verification(host));
        return stream;
    } else {
        return Stream{work.io};
    }
}

inline net::ip::tcp::endpoint endpoint_of(const Args& args, std::size_t host) {
    return {net::ip::make_address(args.host(host)),
            static_cast<unsigned short>(std::stoi(args.port))};
}

template <class Body>
http::request<Body> new_request(const Args& args, http::verb verb, std::size_t host = 0) {
    http::request<Body> request{verb, args.path, 11};
    request.set(http::field::host, args.host(host) + ':' + args.port);
    request.set(http::field::user_agent, "bench");
    request.set(http::field::accept, "*/*");
    return request;
}

inline void set_options(auto& stream) {
    beast::get_lowest_layer(stream).socket().set_option(net::ip::tcp::no_delay(true));
}

}  // namespace bench
