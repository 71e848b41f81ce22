// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Request bodies: a string, a file, a stream of pieces. A body of unknown length is sent chunked.
// If a stale connection loses a body that can be read again from its start, it is sent again.
#include <hawser/hawser.hpp>

#include <asio/buffer.hpp>

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

void expect(const std::string& got, const std::string& wanted) {
    if (got != wanted) {
        throw std::runtime_error{"the echo differs: " + got.substr(0, 80)};
    }
    std::cout << got.size() << " bytes echoed\n";
}

// A source fills the buffer and returns the number of bytes, 0 at the end.
auto countdown(int from) {
    return [n = from](asio::mutable_buffer buffer) mutable -> std::size_t {
        return n == 0 ? 0 : asio::buffer_copy(buffer, asio::buffer(std::to_string(n--) + ' '));
    };
}

int main(int argc, char** argv) try {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080/echo";
    hawser::Client client;

    // A string, with headers: the request is a value that you fill in.
    hawser::Request request{"POST", url, R"({"name":"hawser"})"};
    request.headers.set("Content-Type", "application/json").add("X-Trace", "1");
    hawser::Response res = client.send(request);
    std::cout << res.status << ' ' << res.headers.get("content-type").value_or("?") << ": ";
    expect(res.body.read_all(), R"({"name":"hawser"})");

    // A file, read piece by piece while it is sent.
    res = client.post(url, hawser::RequestBody::file(argv[0]));
    std::cout << "file of " << res.content_length.value_or(0) << " bytes, "
              << res.body.read_all().size() << " came back\n";

    // A stream of unknown length is sent chunked. If you pass the length as the second argument, it
    // is sent with Content-Length; a callable as the third argument rewinds it for a retry.
    res = client.post(url, hawser::RequestBody::stream(countdown(5)));
    expect(res.body.read_all(), "5 4 3 2 1 ");
    res = client.post(url, hawser::RequestBody::stream(countdown(3), 6));
    expect(res.body.read_all(), "3 2 1 ");

    // Everything is validated before a byte is sent.
    std::error_code ec;
    hawser::Request split{"POST", url, "x"};
    split.headers.set("X-Name", "a\r\nX-Injected: b");
    client.send(split, ec);
    std::cout << ec.message() << '\n';
    return ec == hawser::error::invalid_request ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
