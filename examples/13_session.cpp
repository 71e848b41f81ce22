// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A session: logs in with a form, stays logged in by a cookie, sends JSON, downloads a file.
#include <hawser/hawser.hpp>

#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

using hawser::Request;

int main(int argc, char** argv) try {
    hawser::ClientOptions options;
    options.base_url = argc > 1 ? argv[1] : "http://127.0.0.1:8080/session/";
    options.timeout = std::chrono::seconds{30};
    options.cookies = std::make_shared<hawser::CookieJar>();
    hawser::Client client{options};

    // URLs without a scheme are relative to base_url. A 401 is a response like any other.
    std::cout << "without a login: " << client.fetch("account").status << '\n';

    // The server sets a cookie and redirects to the account. The client follows with the cookie.
    hawser::FullResponse account =
        client.fetch(Request::post("login").form({{"user", "me"}, {"password", "a&b"}}));
    account.throw_unless_ok();
    std::cout << account.history.size() << " redirect, to " << account.url.path() << ": "
              << account.body << '\n';

    // The jar can be saved: the next run loads it, and need not log in.
    for (const hawser::Cookie& cookie : options.cookies->all()) {
        std::cout << "cookie " << cookie.name << " of " << cookie.domain << '\n';
    }

    const hawser::FullResponse order = client.fetch(Request::post("orders").json(R"({"item":7})"));
    order.throw_unless_ok();
    std::cout << order.status << ' ' << order.body << '\n';

    // The file appears whole or not at all.
    const auto file = std::filesystem::temp_directory_path() / "hawser-example-invoice";
    const hawser::DownloadResult invoice = client.download("invoice", file.string());
    std::cout << invoice.size << " bytes in " << file << '\n';
    std::filesystem::remove(file);
    return account.ok() && order.status == 201 && invoice.size == 1'000'000 ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
