// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// How far a TLS peer can burden us, and what two transports share: nothing (R16, R25, T11, T15,
// T16, T19, T29, T34, X09).

#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/detail/io/tls_context.hpp>

#include <asio/io_context.hpp>

using namespace hawser::test;

namespace {

const CertOptions named{.ips = {"127.0.0.1"}};

TestCert signer(const TestCert& above, std::string name) {
    return above.issue({.cn = std::move(name), .eku = "", .is_ca = true});
}

}  // namespace

// ── Costly certificates ──────────────────────────────────────────────────────────────────────────

TEST_CASE("a chain of more than ten signers is refused", "[T11]") {
    TestCert above = test_ca();
    for (int depth = 1; depth <= 12; ++depth) {
        above = signer(above, "signer " + std::to_string(depth));
        if (depth != 10 && depth != 12) {
            continue;
        }
        FdGuard fds;
        ScriptServer server{hello_server(), {.tls = ServerTls{.cert = above.issue(named)}}};
        Client client{{.transport = trusting()}};
        CHECK(try_get(client, server.url()).ec ==
              (depth == 10 ? std::error_code{} : make_error_code(error::cert_error)));
        check_quiet(client);
    }
}

TEST_CASE("a list of certificates of more than 100 KiB is refused", "[T11]") {
    for (const int names : {100, 10'000}) {
        CertOptions options = named;
        for (int i = 0; i < names; ++i) {
            options.dns.push_back("name" + std::to_string(i) + ".example.com");
        }
        FdGuard fds;
        ScriptServer server{hello_server(), {.tls = ServerTls{.cert = test_ca().issue(options)}}};
        Client client{{.transport = trusting()}};
        CHECK(try_get(client, server.url()).ec ==
              (names == 100 ? std::error_code{} : make_error_code(error::tls_error)));
        check_quiet(client);
    }
}

// ── After the handshake ──────────────────────────────────────────────────────────────────────────

TEST_CASE("a TLS 1.2 server that wants to renegotiate is refused", "[T16]") {
    FdGuard fds;
    auto tls = good_tls();
    tls.max_version = TLS1_2_VERSION;
    ScriptServer server{in_order({[&](Peer& peer) {
                                      peer.read_request();
                                      SSL_renegotiate(peer.ssl());
                                      SSL_do_handshake(peer.ssl());
                                      peer.flush_tls();
                                      peer.wait_for_eof();
                                  },
                                  hello_server()}),
                        {.tls = tls}};
    Client client{{.transport = trusting()}};
    const std::error_code ec = try_get(client, server.url()).ec;
    CAPTURE(ec.message());
    CHECK((ec == error::tls_error || ec == hawser::condition::connection_lost));
    CHECK(client.get(server.url()).body.read_all() == "hello");
    check_quiet(client);
    server.stop();
    CHECK(server.client_hellos().size() == 2);  // one per connection
}

TEST_CASE("post-handshake authentication is not offered", "[T19]") {
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    CHECK(client.get(server.url()).status == 200);
    const auto types = server.client_hellos().at(0).extensions;
    CHECK(types.size() > 3);
    CHECK(std::count(types.begin(), types.end(), 49) == 0);  // post_handshake_auth
}

TEST_CASE("close_notify is sent, without waiting for the server's", "[T34]") {
    FdGuard fds;
    Gate seen;
    Gate over;
    std::atomic<bool> notified{false};
    ScriptServer server{[&](Peer& peer) {
                            peer.read_request();
                            peer.send(respond("hello"));
                            peer.wait_for_eof();
                            notified = peer.saw_close_notify();
                            seen.open();
                            peer.await(over);  // and sends nothing
                        },
                        {.tls = good_tls()}};
    IoThread io;
    {
        Client client{io.executor(), {.transport = trusting()}};
        CHECK(client.get(server.url()).body.read_all() == "hello");
    }
    io.finish();  // nothing is left to wait for, although the server has not closed its end
    seen.wait();
    CHECK(notified);
    CHECK(server.open_connections() == 1);
    over.open();
}

TEST_CASE("a TLS client destroyed after the k-th step of its executor, for every k", "[T29]") {
    FdGuard fds;
    ScriptServer server{[](Peer& peer) {
                            while (peer.read_request()) {
                                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
                                peer.send("56789");
                            }
                        },
                        {.tls = good_tls()}};
    bool whole = false;
    for (int k = 0; !whole; ++k) {
        REQUIRE(k < 100);
        asio::io_context io;
        std::optional<Client> client(
            std::in_place, io, hawser::ClientOptions{.transport = trusting()});
        int completions = 0;
        const bool keeps = k % 2 == 0;  // keeps the response beyond the end of the client
        Response kept;
        client->async_get(server.url(), [&](std::error_code ec, Response response) {
            ++completions;
            whole = !ec;
            if (keeps) {
                kept = std::move(response);
            }
        });
        for (int step = 0; step < k && completions == 0; ++step) {
            io.run_one_for(patience);
        }
        const bool destroyed_first = completions == 0;
        client.reset();
        kept = {};
        io.run_for(patience);
        CHECK(io.stopped());
        CHECK(completions == 1);
        CHECK_FALSE((whole && destroyed_first));
    }
}

// ── Between transports, and between connections ──────────────────────────────────────────────────

TEST_CASE("options that permit something in one transport do not permit it in another",
          "[R16][T15][T27]") {
    FdGuard fds;
    std::atomic<int> resumed{0};
    auto tls = good_tls();
    tls.max_version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    tls.ask_client_cert = true;
    ScriptServer server{[&](Peer& peer) {
                            resumed += peer.session_reused();
                            X509* shown = SSL_get0_peer_certificate(peer.ssl());
                            while (peer.read_request()) {
                                peer.send(respond(shown != nullptr ? "somebody" : "nobody"));
                            }
                        },
                        {.tls = tls}};
    const auto mine = test_ca().issue({.cn = "me", .eku = "clientAuth"});
    const TempFile cert{mine.chain_pem()};
    const TempFile key{mine.key_pem()};
    TransportOptions careless;
    careless.tls.insecure_skip_verify = true;
    TransportOptions other_roots;
    other_roots.tls.ca_pem = TestCert::authority("other").pem();
    TransportOptions with_cert = trusting();
    with_cert.tls.certificate_file = cert.path();
    with_cert.tls.private_key_file = key.path();
    struct Row {
        TransportOptions options;
        std::error_code ec;
        std::string body;
    };
    const Row rows[] = {{careless, {}, "nobody"},
                        {trusting(), {}, "nobody"},
                        {other_roots, error::cert_error, ""},
                        {with_cert, {}, "somebody"},
                        {TransportOptions{}, error::cert_error, ""}};
    for (const Row& a : rows) {
        for (const Row& b : rows) {
            Client first{{.transport = a.options}};
            CHECK(try_get(first, server.url()).ec == a.ec);  // stays open, with its session
            Client second{{.transport = b.options}};
            const Got got = try_get(second, server.url());
            CHECK(got.ec == b.ec);
            CHECK(got.body == b.body);
        }
    }
    CHECK(resumed == 0);
}

TEST_CASE("options are those at the time the client was made", "[R25]") {
    ScriptServer server{hello_server(),
                        {.tls = ServerTls{.cert = TestCert::self_signed({.ips = {"127.0.0.1"}})}}};
    TransportOptions options = trusting();
    Client strict{{.transport = options}};
    options.tls.insecure_skip_verify = true;
    CHECK(try_get(strict, server.url()).ec == error::cert_error);
    Client careless{{.transport = options}};
    options.tls.insecure_skip_verify = false;
    CHECK_FALSE(try_get(careless, server.url()).ec);
    CHECK(try_get(strict, server.url()).ec == error::cert_error);
}

TEST_CASE("only the newest 256 TLS sessions are kept", "[X09]") {
    const auto context = std::make_shared<hawser::detail::TlsContext>(trusting().tls, true);
    const auto session = [] {
        SSL_SESSION* fresh = SSL_SESSION_new();
        SSL_SESSION_set_protocol_version(fresh, TLS1_2_VERSION);
        return fresh;
    };
    std::vector<SSL_SESSION*> sessions;
    for (int i = 0; i < 1000; ++i) {
        SSL_SESSION* const fresh = session();
        SSL_SESSION_up_ref(fresh);
        sessions.push_back(fresh);
        context->remember(std::to_string(i), hawser::detail::SslSessionPtr(fresh));
    }
    for (int i = 0; i < 1000; ++i) {
        std::error_code ec;
        hawser::detail::Fault fault;
        const auto ssl = context->make_ssl(
            "a.example", std::to_string(i), hawser::detail::TlsContext::Resume::yes, ec, fault);
        REQUIRE(ssl);
        const bool kept = SSL_get_session(ssl.get()) == sessions[static_cast<std::size_t>(i)];
        CHECK(kept == (i >= 1000 - 256));
    }
    for (SSL_SESSION* each : sessions) {
        SSL_SESSION_free(each);
    }
}
