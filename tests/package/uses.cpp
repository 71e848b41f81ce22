// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A user program that makes the compiler instantiate what users instantiate: each template of the
// headers, with each kind of completion token. It is compiled with the warnings that users turn on,
// with the headers not treated as system headers: there must be no warning.
#include <hawser/coroutine_round_tripper.hpp>
#include <hawser/hawser.hpp>

#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <asio/strand.hpp>
#include <asio/use_future.hpp>
#include <asio/write.hpp>

#include <array>
#include <cstdio>
#include <future>
#include <string>

namespace {

class Counting : public hawser::CoroutineRoundTripper {
public:
    explicit Counting(std::shared_ptr<hawser::RoundTripper> next)
        : CoroutineRoundTripper(next->get_executor()), next_(std::move(next)) {}
    asio::awaitable<hawser::Response> round_trip(hawser::Request request) override {
        co_return co_await next_->async_round_trip(std::move(request), asio::use_awaitable);
    }

private:
    std::shared_ptr<hawser::RoundTripper> next_;
};

std::size_t nothing(asio::mutable_buffer) {
    return 0;
}

asio::awaitable<void> coroutine(hawser::Url url) {
    hawser::Client client{co_await asio::this_coro::executor};
    hawser::Request request("POST", url);
    request.headers.set("Accept", "*/*");
    request.body = hawser::RequestBody::stream(
        [](asio::mutable_buffer) -> asio::awaitable<std::size_t> { co_return 0; }, 0);
    hawser::Response res = co_await client.async_send(std::move(request));
    std::array<char, 16> some{};
    (void)co_await res.body.async_read_some(asio::buffer(some));
    std::string rest = co_await res.body.async_read_all();
    res = co_await client.async_post(url, rest);
    if (res.upgraded) {
        hawser::UpgradedStream stream = res.upgrade();
        co_await asio::async_write(stream, asio::buffer(rest), asio::use_awaitable);
        (void)co_await asio::async_read(stream, asio::buffer(some), asio::use_awaitable);
    }
}

void callbacks(hawser::Client& client, const hawser::Url& url, asio::io_context& io) {
    client.async_get(url, [](std::error_code ec, hawser::Response res) {
        std::printf("%s %d\n", ec.message().c_str(), res.status);
    });
    client.async_put(url, "text", asio::bind_executor(asio::make_strand(io), asio::detached));
    std::future<hawser::Response> later = client.async_head(url, asio::use_future);
    hawser::Response res = later.get();
    std::future<std::string> text = res.body.async_read_all(asio::use_future);
    std::puts(text.get().c_str());
}

void blocking(hawser::Client& client, const hawser::Url& url) {
    std::error_code ec;
    hawser::Request request("POST", url, hawser::RequestBody::stream(nothing));
    hawser::Response res = client.send(std::move(request), ec);
    for (const auto& field : res.headers) {
        std::printf("%.*s\n", static_cast<int>(field.name.size()), field.name.data());
    }
    std::array<char, 16> some{};
    (void)res.body.read_some(asio::buffer(some), ec);
    std::puts(client.get(url).body.read_all().c_str());
}

}  // namespace

int main(int argc, char**) {
    if (argc < 2) {
        return 0;  // it is only compiled, never run
    }
    asio::io_context io;
    auto transport = std::make_shared<hawser::Transport>(io.get_executor());
    hawser::Client client{std::make_shared<Counting>(transport)};
    const hawser::Url url("http://127.0.0.1:1/");
    asio::co_spawn(io, coroutine(url), asio::detached);
    callbacks(client, url, io);
    blocking(client, url);
    io.run();
}
