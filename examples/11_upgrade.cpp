// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A request that offers another protocol. If the server accepts (101), the connection is yours: an
// Asio stream that reads and writes. This server's protocol echoes what it receives.
#include <hawser/hawser.hpp>

#include <asio/read.hpp>
#include <asio/write.hpp>

#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) try {
    hawser::Request request{"GET", argc > 1 ? argv[1] : "http://127.0.0.1:8080/upgrade"};
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", "echo");

    hawser::Client client;
    hawser::Response res = client.send(std::move(request));
    std::cout << res.status << ' ' << res.reason << '\n';
    if (!res.upgraded) {
        return 1;  // an ordinary response: the server declined
    }
    hawser::UpgradedStream stream = res.upgrade();
    std::string text = "not HTTP any more\n";
    asio::write(stream, asio::buffer(text));
    std::string answer(text.size(), '\0');
    asio::read(stream, asio::buffer(answer));
    std::cout << answer;
    return answer == text ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
