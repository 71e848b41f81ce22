// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Tests of code that uses hawser. MockTransport answers without a network. Server is a real one,
// which can also misbehave. Use them with any test framework; this program just checks and prints.
#include <hawser/hawser.hpp>
#include <hawser/testing.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

// ── the code to test: a shop with items, which may be busy ────────────────────────────────────
class Shop {
public:
    explicit Shop(hawser::Client client, std::string url)
        : client_{std::move(client)}, url_{std::move(url)} {}

    /// Adds an item and returns its path. Tries once more if the shop is busy.
    std::string add(std::string_view name) {
        hawser::Response res = post(name);
        if (res.status == 503) {
            res = post(name);
        }
        return std::string{res.headers.get("Location").value_or("refused")};
    }
    /// The item, or a question mark if the shop does not deliver all of it.
    std::string item(const std::string& path) {
        std::error_code ec;
        hawser::Response res = client_.get(url_ + path, ec);
        std::string text = ec ? "" : res.body.read_all(ec);
        return ec ? "?" : text;
    }

private:
    hawser::Response post(std::string_view name) {
        return client_.send(
            hawser::Request::post(url_ + "/items").form({{"name", name}}).bearer("t"));
    }

    hawser::Client client_;
    std::string url_;
};

// ── its tests ─────────────────────────────────────────────────────────────────────────────────
using namespace hawser::testing;

bool all_true = true;

void check(const char* what, bool holds) {
    std::cout << (holds ? "ok     " : "WRONG  ") << what << '\n';
    all_true = all_true && holds;
}

void tests_with_a_mock() {
    MockTransport mock;
    mock.expect("POST", "https://shop.example/items")
        .with_header("Authorization", "Bearer t")
        .with_body("name=red+hat")
        .respond(503)
        .respond(reply(201).header("Location", "/items/7"));
    mock.expect("GET", "/items/7").fail(hawser::error::connection_reset);

    Shop shop{hawser::Client{mock}, "https://shop.example"};
    check("a busy shop is asked twice", shop.add("red hat") == "/items/7");
    check("a reset is no item", shop.item("/items/7") == "?");
    check("it sends forms",
          mock.requests().at(0).header("Content-Type") == "application/x-www-form-urlencoded");
    mock.verify();  // throws if a request was missing, or was not expected
}

void tests_with_a_server() {
    Server server = Server::https();
    server.on("GET", "/items/7", [](const auto& req) { return reply(200, "hat " + req.target); });
    server.on("GET", "/items/8", reply(200, "half of an item").cut(4));

    hawser::ClientOptions options;
    options.transport.tls.ca_pem = server.ca_pem();
    Shop shop{hawser::Client{options}, server.url("")};
    check("an item", shop.item("/items/7") == "hat /items/7");
    check("half an item is none", shop.item("/items/8") == "?");
    check("one connection is enough", server.connections() == 1);
    check("nothing went wrong in the server", server.errors().empty());
}

int main() try {
    tests_with_a_mock();
    tests_with_a_server();
    return all_true ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
}
