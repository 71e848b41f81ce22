// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Runs the recipes of COOKBOOK.md, MIGRATING.md and README.md against the servers below, and
// compares what they print.
#include "cookbook_servers.hpp"
#include <hawser/coroutine_round_tripper.hpp>
#include <hawser/hawser.hpp>
#include <hawser/testing.hpp>
#if __has_include(<ares.h>)
#include <hawser/cares_resolver.hpp>

#include <ares.h>
#endif

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace std::chrono_literals;
using hawser::testing::ReceivedRequest;
using hawser::testing::reply;
using hawser::testing::Server;

Server& server() {
    static Server one;
    return one;
}

Server& tls_server() {
    static Server one = Server::https();
    return one;
}

Server& proxy() {
    static Server one;
    return one;
}

cookbook::ClientCertificateServer& company_server() {
    static cookbook::ClientCertificateServer one;
    return one;
}

/// "http://localhost:8080/hello" with the port that the server really has.
std::string at(std::string text) {
    const std::pair<std::string_view, std::uint16_t> ports[] = {{":8080", server().port()},
                                                                {":8443", tls_server().port()},
                                                                {":8444", company_server().port()},
                                                                {":3128", proxy().port()}};
    for (const auto& [written, real] : ports) {
        if (const std::size_t i = text.find(written); i != std::string::npos) {
            text.replace(i, written.size(), ':' + std::to_string(real));
        }
    }
    return text;
}

/// Of the key of tls_server().
std::string pin() {
    return cookbook::pin_of(tls_server().ca_pem());
}

void run(asio::awaitable<void> recipe) {
    asio::io_context io;
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(recipe), [&](std::exception_ptr e) { failure = e; });
    io.run();
    if (failure) {
        std::rethrow_exception(failure);
    }
}

struct Recipe {
    std::string title;
    std::function<void()> run;
    std::string prints;
};

#include "recipes.inc"

// ── the server ────────────────────────────────────────────────────────────────────────────────

/// The request line, the fields that recipes set, and the body.
hawser::testing::Reply echo(const ReceivedRequest& request) {
    std::string text = request.method + ' ' + request.target + '\n';
    for (const char* name : {"Accept-Language", "Content-Type"}) {
        if (const std::string_view value = request.header(name); !value.empty()) {
            text.append(name).append(": ").append(value).append("\n");
        }
    }
    return reply(200, request.body.empty() ? text : text + request.body + '\n');
}

hawser::testing::Reply count_parts(const ReceivedRequest& request) {
    std::size_t parts = 0;
    const std::string disposition = "Content-Disposition: form-data";
    for (std::size_t i = 0; (i = request.body.find(disposition, i)) != std::string::npos; ++i) {
        ++parts;
    }
    const bool photo = request.body.find("filename=\"photo.png\"") != std::string::npos;
    return reply(200, std::to_string(parts) + " parts" + (photo ? ", with photo.png\n" : "\n"));
}

/// Answers a request with these credentials, and asks for them otherwise.
hawser::testing::Handler asks_for(std::string authorization, std::string challenge) {
    return [=](const ReceivedRequest& request) {
        const std::string_view sent = request.header("Authorization");
        const bool knows = sent.substr(0, authorization.size()) == authorization;
        return knows ? reply(200, "in") : reply(401).header("WWW-Authenticate", challenge);
    };
}

void add_credentials(Server& to) {
    to.on("GET", "/token", asks_for("Bearer t0k3n", "Bearer"));
    to.on("GET", "/basic", asks_for("Basic bWU6cHc=", "Basic realm=\"rope\""));
    to.on("GET",
          "/digest",
          asks_for("Digest username=\"me\"",
                   "Digest realm=\"rope\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256"));
    to.on("POST",
          "/login",
          reply(303).header("Location", "/account").header("Set-Cookie", "user=me"));
    to.on("GET", "/account", [](const ReceivedRequest& request) {
        return request.header("Cookie") == "user=me" ? reply(200, "the account of me") : reply(401);
    });
}

/// What changes from one request to the next.
void add_sequels(Server& to) {
    using Count = std::atomic<int>;
    to.on("GET", "/busy", [n = std::make_shared<Count>(0)](const ReceivedRequest&) {
        return ++*n % 3 == 0 ? reply(200, "at the third attempt") : reply(503);
    });
    to.on("GET", "/sluggish", [n = std::make_shared<Count>(0)](const ReceivedRequest&) {
        return ++*n == 1 ? reply(200, "late").delay(1h) : reply(200, "the second was faster");
    });
    to.on("GET", "/news", [n = std::make_shared<Count>(0)](const ReceivedRequest& request) {
        const bool nothing_yet = ++*n == 1;
        const std::string next = request.query() == "after=0" ? "1" : "2";
        return nothing_yet ? reply(204) : reply(200, "news " + next).header("X-Id", next);
    });
    to.on("GET", "/feed", [](const ReceivedRequest& request) {
        const std::string_view last = request.header("Last-Event-ID");
        const std::string next = last.empty() ? "1" : "2";
        return last == "2" ? reply(204)
                           : reply(200, "id: " + next + "\ndata: tide " + next + "\n\n")
                                 .header("Content-Type", "text/event-stream");
    });
    to.on("GET", "/versioned", [](const ReceivedRequest& request) {
        return request.header("If-None-Match") == "\"v7\"" ? reply(304)
                                                           : reply(200).header("ETag", "\"v7\"");
    });
}

void add_echo_upgrade(Server& to) {
    to.on("GET",
          "/upgrade",
          reply(101)
              .header("Connection", "Upgrade")
              .header("Upgrade", "echo")
              .then([](hawser::testing::ServerConnection& connection) -> asio::awaitable<void> {
                  const std::string bytes = co_await connection.read_some();
                  co_await connection.send(bytes);
              }));
}

/// Forwards nothing, but answers as a proxy that has.
void add_proxy_routes(Server& to) {
    to.otherwise([](const ReceivedRequest& request) {
        if (request.header("Proxy-Authorization") != "Basic bWU6cHc=") {
            return reply(407).header("Proxy-Authenticate", "Basic realm=\"rope\"");
        }
        return reply(request.target.starts_with("http://") ? 200 : 400, "hello through the proxy");
    });
}

void add_routes(Server& to) {
    to.on("GET", "/hello", reply(200, "hello"));
    to.on("GET", "/json", [](const ReceivedRequest& request) {
        return request.header("Authorization") == "Bearer t0k3n" ? reply(200, "{\"rope\": 7}")
                                                                 : reply(401);
    });
    to.on("*", "/echo", echo);
    to.on("GET", "/v1/*", echo);
    to.on("GET", "/traced", [](const ReceivedRequest& request) {
        return reply(200, std::string(request.header("traceparent")));
    });
    to.on("POST", "/parts", count_parts);
    to.on("*", "/size", [](const ReceivedRequest& request) {
        return reply(200, "received " + std::to_string(request.body.size()) + " bytes\n");
    });
    to.on("GET", "/old", reply(301).header("Location", "/hello"));
    to.on("GET", "/to-secret", reply(302).header("Location", "/secret"));
    to.on("GET", "/slow", reply(200, "at last").delay(1h));
    to.on("*", "/big", reply(200, std::string(200'000, 'x')));
    to.on("GET", "/lines", reply(200, "{\"n\": 1}\n{\"n\": 2}\n"));
    to.on("GET",
          "/events",
          reply(200, "data: one\n\nevent: tide\ndata: high\n\n")
              .header("Content-Type", "text/event-stream"));
    to.otherwise([](const ReceivedRequest&) { return reply(404); });
    add_credentials(to);
    add_sequels(to);
    add_echo_upgrade(to);
}

/// A folder of its own, with the files that recipes read.
void enter_new_folder() {
    const auto folder =
        std::filesystem::temp_directory_path() / ("hawser-cookbook-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::filesystem::current_path(folder);
    std::ofstream("photo.png") << std::string(5000, 'p');
    std::ofstream("ca.pem") << tls_server().ca_pem();
    std::ofstream("netrc") << "machine localhost login me password pw\n";
}

std::string printed_by(const Recipe& recipe) {
    std::ostringstream out;
    std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
    try {
        recipe.run();
    } catch (const std::exception& e) {
        out << "exception: " << e.what() << '\n';
    }
    std::cout.rdbuf(before);
    return out.str();
}

}  // namespace

int main() {
    add_routes(server());
    add_routes(tls_server());
    add_proxy_routes(proxy());
    enter_new_folder();
    company_server();
    const cookbook::UnixServer unix_server("rope.sock");
    bool all_right = true;
    for (const Recipe& recipe : recipes) {
        const std::string printed = printed_by(recipe);
        const bool right = printed == recipe.prints;
        all_right = all_right && right;
        std::cout << (right ? "ok     " : "WRONG  ") << recipe.title << '\n';
        if (!right) {
            std::cout << "printed:\n" << printed << "instead of:\n" << recipe.prints;
        }
    }
    std::filesystem::remove_all(std::filesystem::current_path());
    return all_right ? 0 : 1;
}
