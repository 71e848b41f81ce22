// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Handlers that do not fit: for each the compiler says one sentence, ours, and nothing else.
// With RIGHT defined, handlers that fit: not a word.
#include <hawser/hawser.hpp>

#include <array>
#include <memory>
#include <string>

void use(hawser::Client& client, const hawser::Url& url, hawser::Response& response) {
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
#else
    client.async_get(url, [](hawser::Response) {});                    // the code is missing
    client.async_get(url, [] {});                                      // everything is
    client.async_get(url, [](std::error_code, hawser::Response&) {});  // it is given away
    client.async_post(url, "text", [](std::error_code, int) {});       // another type
    client.async_get(url, 42);                                         // nothing to call
    response.body.async_read_all([](std::error_code) {});              // the text is missing
    response.body.async_read_all([](std::error_code, char*) {});       // another type
    response.body.async_read_some(asio::buffer(some), [](std::error_code, std::string) {});
#endif
}
