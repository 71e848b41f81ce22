// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// T02: however a TLS connection comes about, its certificate is verified.

#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

using namespace hawser::test;

namespace {

/// One way to get a connection: its name, and the resulting error.
struct Path {
    std::string name;
    std::function<std::error_code(const TransportOptions&, const std::string& url)> take;
};

std::error_code blocking(const TransportOptions& options, const std::string& url) {
    Client client{{.transport = options}};
    return try_get(client, url).ec;
}

std::error_code posting(const TransportOptions& options, const std::string& url) {
    Client client{{.transport = options}};
    std::error_code ec;
    client.post(url, "secret", ec);
    return ec;
}

std::error_code coroutine(const TransportOptions& options, const std::string& url) {
    asio::io_context io;
    std::error_code ec;
    auto one = [&]() -> asio::awaitable<void> {
        Client client{io.get_executor(), {.transport = options}};
        try {
            Response response = co_await client.async_get(url);
            co_await response.body.async_read_all();
        } catch (const std::system_error& e) {
            ec = e.code();
        }
    };
    auto done = asio::co_spawn(io, one(), asio::use_future);
    io.run();
    done.get();
    return ec;
}

/// A second client on the transport of one that failed before.
std::error_code shared(const TransportOptions& options, const std::string& url) {
    Client first{{.transport = options}};
    try_get(first, url);
    Client second = first;
    return try_get(second, url).ec;
}

std::error_code ahead(const TransportOptions& options, const std::string& url) {
    asio::io_context io;
    const auto transport = std::make_shared<Transport>(io.get_executor(), options);
    std::error_code result;
    transport->async_preconnect(url, 1, [&](std::error_code ec) {
        result = ec;
        transport->close_idle_connections();  // otherwise run() continues
    });
    io.run();
    return result;
}

std::error_code tagged(const TransportOptions& options, const std::string& url) {
    Client client{{.transport = options}};
    Request request{"GET", url};
    request.options.pool_tag = "tenant";
    std::error_code ec;
    client.send(std::move(request), ec);
    return ec;
}

std::error_code without_resumption(TransportOptions options, const std::string& url) {
    options.tls.session_resumption = false;
    return blocking(options, url);
}

std::error_code without_keep_alive(TransportOptions options, const std::string& url) {
    options.disable_keep_alives = true;
    return blocking(options, url);
}

const std::vector<Path> paths = {{"blocking", blocking},
                                 {"post", posting},
                                 {"coroutine", coroutine},
                                 {"shared transport", shared},
                                 {"preconnect", ahead},
                                 {"pool tag", tagged},
                                 {"no resumption", without_resumption},
                                 {"no keep-alive", without_keep_alive}};

std::string by_name(const ScriptServer& server) {
    std::string url = server.url();
    return url.replace(url.find("127.0.0.1"), 9, "localhost");
}

}  // namespace

TEST_CASE("every way to a connection, by name and by address, verifies the certificate", "[T02]") {
    const std::vector<ServerTls> bad = {
        {.cert = TestCert::self_signed({.dns = {"localhost"}, .ips = {"127.0.0.1"}})},
        {.cert = test_ca().issue({.dns = {"elsewhere.example"}, .ips = {"127.0.0.9"}})},
    };
    for (const ServerTls& tls : bad) {
        ScriptServer server{hello_server(), {.tls = tls}};
        for (const Path& path : paths) {
            INFO(path.name);
            CHECK(path.take(trusting(), server.url()) == error::cert_error);
            CHECK(path.take(trusting(), by_name(server)) == error::cert_error);
        }
        CHECK(server.requests() == 0);
    }
}

TEST_CASE("the same ways accept a good certificate", "[T02]") {
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    for (const Path& path : paths) {
        INFO(path.name);
        CHECK_FALSE(path.take(trusting(), server.url()));
        CHECK_FALSE(path.take(trusting(), by_name(server)));
    }
}
