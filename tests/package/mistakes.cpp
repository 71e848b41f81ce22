// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Handlers and body sources that do not fit: for each, the compiler reports one error, which names
// the signature or prints our sentence. With RIGHT defined, some that fit: it prints nothing.
#include <hawser/hawser.hpp>

#include <asio/io_context.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

using namespace std::chrono_literals;

void use(hawser::Client& client, const hawser::Url& url, hawser::Response& response) {
    hawser::Transport& transport = *client.transport();
    std::array<char, 4> some{};
#if defined(RIGHT)
    client.async_get(url, [](std::error_code, const hawser::Response&) {});
    client.async_get(url, [](std::error_code, hawser::Response&&) {});
    client.async_get(url, [](auto, auto&&...) {});
    client.async_get(url, [moves = std::unique_ptr<int>()](std::error_code, hawser::Response) {});
    auto kept = [](const std::error_code&, hawser::Response) {};
    client.async_get(url, kept);
    response.body.async_read_all([](std::error_code, std::string_view) {});
    response.body.async_read_some(asio::buffer(some), [](std::error_code, std::size_t) {});
    hawser::RequestBody::stream([](asio::mutable_buffer) { return 0; });
    hawser::RequestBody::stream(
        [](std::span<char>) -> asio::awaitable<std::size_t> { co_return 0; });
    hawser::RequestBody::stream([](std::span<std::byte>) { return 0u; }, 0, [] {});
    transport.async_preconnect(url, 1, [](std::error_code) {});
    transport.async_shutdown(1s, [](auto...) {});
    transport.async_round_trip({}, kept);
    hawser::Client right{{.timeout = 5s, .transport = {.max_conns_per_host = 8}}};
#else
    client.async_get(url, [](hawser::Response) {});                    // no error code
    client.async_get(url, [] {});                                      // no parameters
    client.async_get(url, [](std::error_code, hawser::Response&) {});  // not a value
    client.async_post(url, "text", [](std::error_code, int) {});       // another type
    client.async_get(url, 42);                                         // not callable
    response.body.async_read_all([](std::error_code) {});              // no text
    response.body.async_read_all([](std::error_code, char*) {});       // another type
    response.body.async_read_some(asio::buffer(some), [](std::error_code, std::string) {});
    response.upgrade().async_write_some(asio::buffer(some), [](std::error_code) {});  // no number
    transport.async_preconnect(url, 1, [] {});                            // no error code
    transport.async_shutdown(1s, [](std::error_code, int) {});            // one parameter too many
    transport.async_round_trip({}, [](std::error_code, std::string) {});  // another type
    hawser::Client wrong{hawser::TransportOptions{}};  // a member of ClientOptions
    using Io = asio::io_context::executor_type;
    hawser::RequestBody::stream([] { return 0; });  // no buffer to write to
    hawser::RequestBody::stream([](asio::mutable_buffer) { return "text"; });  // no number of bytes
    hawser::RequestBody::stream(
        [](asio::mutable_buffer) -> asio::awaitable<std::size_t, Io> { co_return 0; });
    hawser::RequestBody::stream([](asio::mutable_buffer) { return 0; }, 0, [](int) {});
#endif
}
