// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#include <httplib.h>
#include <iostream>

int main(int argc, char** argv) {
    httplib::Client client(argc > 1 ? argv[1] : "http://127.0.0.1:8080");
    const auto res = client.Get("/hello");
    if (!res) {
        std::cerr << httplib::to_string(res.error()) << '\n';
        return 1;
    }
    std::cout << res->status << ' ' << res->body;
}
