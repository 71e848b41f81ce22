// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#include <hawser/hawser.hpp>

#include <exception>
#include <iostream>

// Fetches one page and prints it. A blocking client needs no executor:
// the calling thread does the work.
int main(int argc, char** argv) try {
    hawser::Client client;
    hawser::Response res = client.get(argc > 1 ? argv[1] : "http://127.0.0.1:8080/hello");
    std::cout << res.status << ' ' << res.body.read_all();
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
