// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What TLS connections must do for HTTP: keep-alive, resumption, large bodies, limits, early ends.

#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <csignal>

using namespace hawser::test;

TEST_CASE("requests in sequence share one TLS connection") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        FdGuard fds;
        auto tls = good_tls();
        tls.max_version = version;
        ScriptServer server{hello_server(), {.tls = tls}};
        Client client{{.transport = trusting()}};
        for (int i = 0; i < 5; ++i) {
            Response response = client.get(server.url());
            CHECK(response.connection.reused == (i != 0));
            CHECK(response.connection.id == 1);
            CHECK_FALSE(response.connection.tls_resumed);
            CHECK(response.body.read_all() == "hello");
        }
        CHECK(server.connections() == 1);
        check_quiet(client);
    }
}

TEST_CASE("each later connection to a server resumes the session, in both TLS versions", "[T15]") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const bool resumption : {true, false}) {
            CAPTURE(version, resumption);
            FdGuard fds;
            auto tls = good_tls();
            tls.max_version = version;
            std::atomic<int> resumed{0};
            ScriptServer server{[&](Peer& peer) {
                                    resumed += peer.session_reused();
                                    hello_server()(peer);
                                },
                                {.tls = tls}};
            auto options = trusting();
            options.tls.session_resumption = resumption;
            Client client{{.transport = options}};
            for (int i = 0; i < 4; ++i) {
                Response response = client.get(server.url());
                CHECK(response.connection.tls_resumed == (resumption && i != 0));
                CHECK(response.body.read_all() == "hello");
                client.close_idle_connections();
            }
            CHECK(resumed == (resumption ? 3 : 0));
            CHECK(client.get(server.url_as("localhost")).connection.tls_resumed == false);
            check_quiet(client);
        }
    }
}

TEST_CASE("a session received under one pool tag is not used under another", "[T15]") {
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    for (const auto* tag : {"a", "b"}) {
        hawser::Request request("GET", server.url());
        request.options.pool_tag = tag;
        const Response response = client.send(std::move(request));
        CHECK_FALSE(response.connection.tls_resumed);
        CHECK_FALSE(response.connection.reused);
    }
}

TEST_CASE("large bodies pass over TLS in both directions, with a length and in chunks") {
    FdGuard fds;
    std::string big(3 << 20, '\0');
    for (std::size_t i = 0; i < big.size(); ++i) {
        big[i] = static_cast<char>(i * 7 + i / 251);
    }
    ScriptServer server{keep_alive_server([](const ReceivedRequest& request) {
                            if (request.target == "/chunked") {
                                return respond_chunked({request.body, request.body});
                            }
                            return respond(request.body);
                        }),
                        {.receive_buffer = 8192, .tls = good_tls()}};
    Client client{{.transport = trusting()}};
    CHECK(client.post(server.url("/"), big).body.read_all() == big);
    CHECK(client.post(server.url("/chunked"), big).body.read_all() == big + big);
    std::size_t sent = 0;
    auto source = [&](asio::mutable_buffer out) {
        const std::size_t n = std::min({out.size(), big.size() - sent, std::size_t{10'000}});
        std::memcpy(out.data(), big.data() + sent, n);
        sent += n;
        return n;
    };
    CHECK(client.post(server.url("/"), hawser::RequestBody::stream(source)).body.read_all() == big);
    CHECK(server.connections() == 1);
    check_quiet(client);
}

TEST_CASE("a body closed early closes its TLS connection, and the next request gets a new one") {
    FdGuard fds;
    const std::string big(1 << 20, 'x');
    ScriptServer server{keep_alive_server([&](const auto&) { return respond(big); }),
                        {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    {
        Response response = client.get(server.url());
        char few[10];
        CHECK(response.body.read_some(asio::buffer(few)) == 10);
    }
    CHECK(client.stats().early_close == 1);
    CHECK(client.stats().open == 0);
    CHECK(client.get(server.url()).body.read_all() == big);
    CHECK(server.connections() == 2);
    check_quiet(client);
}

TEST_CASE("a body over its limit fails over TLS") {
    FdGuard fds;
    ScriptServer server{keep_alive_server([](const ReceivedRequest& request) {
                            return request.target == "/chunked"
                                       ? respond_chunked({std::string(50'000, 'x')})
                                       : respond(std::string(50'000, 'x'));
                        }),
                        {.tls = good_tls()}};
    auto options = trusting();
    options.max_response_body_bytes = 1000;
    Client client{{.transport = options}};
    CHECK(try_get(client, server.url("/")).ec == error::body_too_large);
    CHECK(try_get(client, server.url("/chunked")).ec == error::body_too_large);
    check_quiet(client);
}

TEST_CASE("writing to a TLS connection that was reset raises no signal", "[L15]") {
    FdGuard fds;
    struct sigaction old {};
    struct sigaction fatal {};
    fatal.sa_handler = SIG_DFL;
    ::sigaction(SIGPIPE, &fatal, &old);
    ScriptServer server{[](Peer& peer) {
                            peer.read_head();
                            peer.reset();
                        },
                        {.receive_buffer = 8192, .tls = good_tls()}};
    Client client{{.transport = trusting()}};
    for (int i = 0; i < 5; ++i) {
        std::error_code ec;
        client.post(server.url(), std::string(4 << 20, 'x'), ec);
        CHECK(ec == hawser::condition::connection_lost);
    }
    check_quiet(client);
    ::sigaction(SIGPIPE, &old, nullptr);
}
