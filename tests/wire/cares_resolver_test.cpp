// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Names that c-ares looks up, at a name server that this test plays.

// Not in a batch: what it includes may be missing.

#if __has_include(<ares.h>)

#include "../support/fd_guard.hpp"
#include "../support/script_server.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/cares_resolver.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>

#include <atomic>
#include <thread>

using namespace hawser::test;
using hawser::CaresResolver;

namespace {

/// Answers each query on UDP: A records as named, no AAAA; unknown names do not exist.
class NameServer {
public:
    NameServer() {
        receive();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~NameServer() {
        io_.stop();
        thread_.join();
    }
    std::string address() const {
        return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
    }
    int asked() const { return asked_; }

private:
    void receive() {
        socket_.async_receive_from(
            asio::buffer(query_), from_, [this](std::error_code ec, std::size_t size) {
                if (!ec) {
                    answer(std::string(query_, size));
                    receive();
                }
            });
    }
    /// "stuck." is not answered at all.
    void answer(const std::string& query) {
        ++asked_;
        const std::size_t end = query.find('\0', 12);
        const std::string name = query.substr(12, end - 12);
        if (name.starts_with("\5stuck")) {
            return;
        }
        const bool exists = name.starts_with("\4here");
        const bool v4 = query[end + 2] == 1;
        std::string reply = query.substr(0, end + 5);
        reply[2] = static_cast<char>(0x81);
        reply[3] = static_cast<char>(exists ? 0x80 : 0x83);
        reply[7] = static_cast<char>(exists && v4 ? 1 : 0);
        reply[11] = 0;  // no additional records
        if (exists && v4) {
            reply.append("\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1", 16);
        }
        socket_.send_to(asio::buffer(reply), from_);
    }

    asio::io_context io_;
    asio::ip::udp::socket socket_{io_, {asio::ip::address_v4::loopback(), 0}};
    asio::ip::udp::endpoint from_;
    char query_[1000];
    std::atomic<int> asked_{0};
    std::thread thread_;
};

}  // namespace

TEST_CASE("c-ares finds the addresses of names, many at the same time", "[X07]") {
    FdGuard fds;
    ScriptServer server(hello_server());
    NameServer names;
    TransportOptions options;
    options.resolver = std::make_shared<CaresResolver>(
        hawser::CaresOptions{.servers = {names.address()}, .timeout = std::chrono::seconds{20}});
    {
        Client client{{.timeout = patience, .transport = options}};
        std::vector<std::thread> stuck;
        for (int i = 0; i < 20; ++i) {  // more than there are threads for the system's resolver
            stuck.emplace_back([&, i] {
                hawser::RequestOptions soon;
                soon.timeout = std::chrono::milliseconds{300};
                hawser::Request request("GET", "http://stuck." + std::to_string(i) + ".example:1/");
                request.options = soon;
                std::error_code ec;
                client.send(request, ec);
            });
        }
        const std::string port = std::to_string(server.port());
        CHECK(client.get("http://here.example:" + port + "/").body.read_all() == "hello");
        for (std::thread& thread : stuck) {
            thread.join();
        }
    }
    CHECK(names.asked() > 2);
}

TEST_CASE("a name that c-ares does not find is reported in its words", "[N08]") {
    FdGuard fds;
    NameServer names;
    TransportOptions options;
    options.resolver =
        std::make_shared<CaresResolver>(hawser::CaresOptions{.servers = {names.address()}});
    Client client{{.transport = options}};
    std::error_code ec;
    const Response response = client.get("http://nowhere.example/", ec);
    CHECK(ec == error::resolve_failed);
    CHECK(response.failure.cause() == std::error_code(ARES_ENOTFOUND, hawser::cares_category()));
    CHECK_THROWS_AS(CaresResolver({.servers = {"no address"}}), std::system_error);
}

TEST_CASE("the end of a c-ares resolver ends its lookups", "[X07]") {
    FdGuard fds;
    NameServer names;
    auto resolver =
        std::make_shared<CaresResolver>(hawser::CaresOptions{.servers = {names.address()}});
    const std::weak_ptr<CaresResolver> watched = resolver;
    {
        Client client{{.timeout = std::chrono::milliseconds{50},
                       .transport = {.resolver = std::move(resolver)}}};
        std::error_code ec;
        client.get("http://stuck.example/", ec);
        CHECK(ec == error::total_timeout);
    }
    CHECK(watched.expired());
}

#endif
