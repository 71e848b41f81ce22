// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// https and http, like the others.
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <exception>
#include <iostream>
#include <string>

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

template <class Stream>
void fetch(Stream& stream, const std::string& host) {
    http::request<http::empty_body> request{http::verb::get, "/hello", 11};
    request.set(http::field::host, host);
    http::write(stream, request);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(stream, buffer, response);
    std::cout << response.result_int() << ' ' << response.body();
}

int main(int argc, char** argv) try {
    const std::string host = argc > 2 ? argv[1] : "127.0.0.1";
    const std::string port = argc > 2 ? argv[2] : "8080";
    net::io_context io;
    net::ip::tcp::resolver resolver{io};
    if (port == "443") {
        net::ssl::context tls{net::ssl::context::tls_client};
        tls.set_default_verify_paths();
        beast::ssl_stream<beast::tcp_stream> stream{io, tls};
        stream.set_verify_mode(net::ssl::verify_peer);
        stream.set_verify_callback(net::ssl::host_name_verification(host));
        beast::get_lowest_layer(stream).connect(resolver.resolve(host, port));
        stream.handshake(net::ssl::stream_base::client);
        fetch(stream, host);
    } else {
        beast::tcp_stream stream{io};
        stream.connect(resolver.resolve(host, port));
        fetch(stream, host);
    }
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
