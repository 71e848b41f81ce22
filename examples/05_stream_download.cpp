// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A large download in pieces, in constant memory: the body is an Asio stream, read straight from
// its connection. While nobody reads, TCP makes the server wait.
#include <hawser/hawser.hpp>

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_future.hpp>

#include <array>
#include <cstdint>
#include <exception>
#include <future>
#include <iostream>
#include <string>
#include <system_error>

struct Sum {
    std::uint64_t bytes = 0, pieces = 0;
    std::uint32_t a = 1, b = 0;  // Adler-32 (RFC 1950)

    void add(const char* data, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            a = (a + static_cast<unsigned char>(data[i])) % 65521;
            b = (b + a) % 65521;
        }
        bytes += size;
        ++pieces;
    }
    std::uint32_t checksum() const { return b << 16 | a; }
};

Sum download(const std::string& url) {
    hawser::Client client;
    hawser::Response res = client.get(url);
    std::array<char, 64 * 1024> piece;
    Sum sum;
    std::error_code ec;
    while (const std::size_t n = res.body.read_some(asio::buffer(piece), ec)) {
        sum.add(piece.data(), n);
    }
    return ec == asio::error::eof ? sum : throw std::system_error{ec, url};
}

asio::awaitable<void> async_download(std::string url, Sum& sum) {
    hawser::Client client{co_await asio::this_coro::executor};
    hawser::Response res = co_await client.async_get(url);
    std::array<char, 64 * 1024> piece;
    std::error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    while (const std::size_t n = co_await res.body.async_read_some(asio::buffer(piece), token)) {
        sum.add(piece.data(), n);
    }
    if (ec != asio::error::eof) {
        throw std::system_error{ec, url};
    }
}

int main(int argc, char** argv) try {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080/bytes/50000000";
    const Sum blocking = download(url);
    Sum async;
    asio::io_context io{1};
    std::future<void> done = asio::co_spawn(io, async_download(url, async), asio::use_future);
    io.run();
    done.get();  // throws what the coroutine threw
    for (const Sum& sum : {blocking, async}) {
        std::cout << sum.bytes << " bytes, Adler-32 " << std::hex << sum.checksum() << std::dec
                  << ", in " << sum.pieces << " pieces\n";
    }
    return blocking.checksum() == async.checksum() && blocking.bytes == async.bytes ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
