// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Sessions of earlier connections: tickets that are not followed by others, servers that fail
// because of them; and TLS 1.2 servers that renegotiate.

#include "../support/tls_setup.hpp"
#include "../support/trace_log.hpp"
#include "../support/wire_tests.hpp"

using namespace hawser::test;

namespace {

/// Responds "resumed" or "new".
Script resumption_server() {
    return [](Peer& peer) {
        while (peer.read_request()) {
            peer.send(respond(peer.session_reused() ? "resumed" : "new"));
        }
    };
}

/// Hangs up during the handshake if the client offers a session; otherwise responds "hello".
class SessionHater {
public:
    explicit SessionHater(int version)
        : tls_([&] {
              auto tls = good_tls();
              tls.max_version = version;
              tls.ask_client_cert = true;
              tls.id_context = false;
              return tls;
          }()) {}

    ScriptServer server{[this](Peer& peer) {
        peer.start_tls(tls_);
        hello_server()(peer);
    }};

private:
    TlsContext tls_;
};

}  // namespace

// ── Tickets ──────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("each later connection resumes, even if the first tickets are the only ones", "[T15]") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const std::size_t tickets : {1, 2}) {
            CAPTURE(version, tickets);
            FdGuard fds;
            auto tls = good_tls();
            tls.max_version = version;
            tls.renew_tickets = false;
            const TlsContext context{tls};
            SSL_CTX_set_num_tickets(context.native(), tickets);
            ScriptServer server{[&](Peer& peer) {
                peer.start_tls(context);
                resumption_server()(peer);
            }};
            Client client{{.transport = trusting()}};
            for (int i = 0; i < 6; ++i) {
                Response response = client.get(server.https_url());
                CHECK(response.body.read_all() == (i == 0 ? "new" : "resumed"));
                CHECK(response.connection.tls_resumed == (i != 0));
                client.close_idle_connections();
            }
            CHECK(server.connections() == 6);
            check_quiet(client);
        }
    }
}

TEST_CASE("a resumed session whose connection was cut off is resumed again", "[T15]") {
    FdGuard fds;
    auto tls = good_tls();
    tls.renew_tickets = false;
    ScriptServer server{[](Peer& peer) {
                            peer.read_request();
                            peer.send(respond(peer.session_reused() ? "resumed" : "new"));
                            peer.reset();
                        },
                        {.tls = tls}};
    Client client{{.transport = trusting()}};
    for (int i = 0; i < 4; ++i) {
        Response response = client.post(server.url(), "x");
        CHECK(response.connection.tls_resumed == (i != 0));
        client.close_idle_connections();
    }
    check_quiet(client);
}

// ── Servers that fail because of them ────────────────────────────────────────────────────────────

TEST_CASE("a session that makes a server break off costs one more dial, and is not offered again") {
    FdGuard fds;
    SessionHater hater{TLS1_2_VERSION};
    Client client{{.transport = trusting()}};
    std::vector<std::size_t> connections;
    for (int i = 0; i < 6; ++i) {
        const Got got = try_get(client, hater.server.https_url());
        CHECK_FALSE(got.ec);
        CHECK(got.body == "hello");
        connections.push_back(hater.server.connections());
        client.close_idle_connections();
    }
    CHECK(connections == std::vector<std::size_t>{1, 3, 5, 6, 7, 8});
    CHECK(client.stats().dial_failures == 0);
    CHECK(client.stats().dialed == 6);
    check_quiet(client);
}

TEST_CASE("the trace reports the second dial") {
    SessionHater hater{TLS1_2_VERSION};
    Client client{{.transport = trusting()}};
    CHECK(client.get(hater.server.https_url()).status == 200);
    client.close_idle_connections();
    const auto log = std::make_shared<TraceLog>();
    hawser::Request request("GET", hater.server.https_url());
    request.options.trace = log;
    CHECK(client.send(std::move(request)).status == 200);
    CAPTURE(log->text);
    CHECK(log->text.find("connect_done 127.0.0.1, tls_start, tls_done the TLS handshake or a TLS "
                         "record failed, connect_start 127.0.0.1, connect_done 127.0.0.1, "
                         "tls_start, tls_done, got_conn") != std::string::npos);
}

TEST_CASE("a server that hangs up on every offered session is reached without one") {
    for (const bool resets : {false, true}) {
        CAPTURE(resets);
        FdGuard fds;
        const TlsContext tls{good_tls()};
        ScriptServer server{[&](Peer& peer) {
            if (peer.number() == 2) {
                peer.read_some();  // the hello
                resets ? peer.reset() : peer.close();
                return;
            }
            peer.start_tls(tls);
            hello_server()(peer);
        }};
        Client client{{.transport = trusting()}};
        for (int i = 0; i < 2; ++i) {
            CHECK(try_get(client, server.https_url()).body == "hello");
            client.close_idle_connections();
        }
        CHECK(server.connections() == 3);
        const Response again = client.get(server.https_url());
        CHECK(again.connection.tls_resumed);  // one accident does not count
        client.close_idle_connections();
        check_quiet(client);
    }
}

TEST_CASE("a broken handshake without a session is not repeated") {
    FdGuard fds;
    ScriptServer server{[](Peer& peer) {
        peer.read_some();
        peer.close();
    }};
    Client client{{.transport = trusting()}};
    CHECK(try_get(client, server.https_url()).ec == error::tls_error);
    server.stop();
    CHECK(server.connections() == 1);
    check_quiet(client);
}

TEST_CASE("with a session, a bad certificate and a stalled handshake are final") {
    FdGuard fds;
    const TlsContext good{good_tls()};
    auto other = good_tls();
    other.cert = TestCert::self_signed({.ips = {"127.0.0.1"}});
    const TlsContext bad{other};
    auto stalled_tls = good_tls();
    stalled_tls.stall_after = 0;
    const TlsContext stalled{stalled_tls};
    for (const auto& [second, ec] :
         {std::pair{&bad, error::cert_error}, std::pair{&stalled, error::tls_timeout}}) {
        ScriptServer server{[&, later = second](Peer& peer) {
            peer.start_tls(peer.number() == 1 ? good : *later);
            hello_server()(peer);
        }};
        auto options = trusting();
        options.tls_handshake_timeout = 1s;
        Client client{{.transport = options}};
        CHECK(try_get(client, server.https_url()).body == "hello");
        client.close_idle_connections();
        CHECK(try_get(client, server.https_url()).ec == ec);
        server.stop();
        CHECK(server.connections() == 2);
        check_quiet(client);
    }
}

// ── Renegotiation ────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a TLS 1.2 server may ask for a certificate after the request, if allowed", "[T16]") {
    const auto mine = test_ca().issue({.cn = "me", .eku = "clientAuth"});
    const TempFile cert{mine.chain_pem()};
    const TempFile key{mine.key_pem()};
    for (const bool allowed : {true, false}) {
        CAPTURE(allowed);
        FdGuard fds;
        auto tls = good_tls();
        tls.max_version = TLS1_2_VERSION;
        ScriptServer server{[](Peer& peer) {
                                for (int i = 0; peer.read_request(); ++i) {
                                    if (i == 0) {
                                        SSL_set_verify(peer.ssl(),
                                                       SSL_VERIFY_PEER,
                                                       [](int, X509_STORE_CTX*) { return 1; });
                                        peer.renegotiate();
                                    }
                                    X509* shown = SSL_get0_peer_certificate(peer.ssl());
                                    peer.send(respond(shown != nullptr ? "somebody" : "nobody"));
                                }
                            },
                            {.tls = tls}};
        auto options = trusting();
        options.tls.certificate_file = cert.path();
        options.tls.private_key_file = key.path();
        options.tls.allow_renegotiation = allowed;
        Client client{{.transport = options}};
        const Got got = try_get(client, server.url());
        CHECK(got.body == (allowed ? "somebody" : ""));
        CHECK(bool(got.ec) == !allowed);
        if (allowed) {
            CHECK(try_get(client, server.url()).body == "somebody");
            CHECK(server.connections() == 1);
        }
        check_quiet(client);
    }
}

// ── Caches that transports share ─────────────────────────────────────────────────────────────────

TEST_CASE("transports with one session cache resume each other's sessions, if it is shared") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        FdGuard fds;
        auto tls = good_tls();
        tls.max_version = version;
        ScriptServer server{hello_server(), {.tls = tls}};
        const auto resumes = [&](const TransportOptions& options) {
            Client client{{.transport = options}};
            Response response = client.get(server.url());
            CHECK(response.body.read_all() == "hello");
            return response.connection.tls_resumed;
        };
        CHECK_FALSE(resumes(trusting()));
        CHECK_FALSE(resumes(trusting()));
        TransportOptions options = trusting();
        options.tls.session_cache = std::make_shared<hawser::TlsSessionCache>();
        CHECK_FALSE(resumes(options));
        CHECK(resumes(options));
        options.thread_safe = false;
        CHECK(resumes(options));
        options.tls.session_cache->clear();
        CHECK_FALSE(resumes(options));
        CHECK(resumes(options));
        CHECK_FALSE(resumes(trusting()));
    }
}

TEST_CASE("a shared session is resumed only by those who verify, and show, the same", "[T15]") {
    FdGuard fds;
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    const auto mine = test_ca().issue({.cn = "me", .eku = "clientAuth"});
    const auto cache = std::make_shared<hawser::TlsSessionCache>();
    using Change = void (*)(hawser::TlsOptions&, const TestCert&);
    const Change changes[] = {
        [](auto& tls, const auto&) { tls.insecure_skip_verify = true; },
        [](auto& tls, const auto&) { tls.ca_pem->append(TestCert::authority().pem()); },
        [](auto& tls, const auto&) { tls.server_name = "localhost"; },
        [](auto& tls, const auto&) { tls.strict_certificates = true; },
        [](auto& tls, const auto&) { tls.max_version = hawser::TlsVersion::tls1_2; },
        [](auto& tls, const auto&) { tls.ciphers = "ECDHE+AESGCM"; },
        [](auto& tls, const auto&) { tls.allow_renegotiation = true; },
        [](auto& tls, const auto&) { tls.configure = [](SSL_CTX*) {}; },
        [](auto& tls, const auto&) { tls.session_resumption = false; },
        [](auto& tls, const auto& me) {
            tls.certificate_pem = me.pem();
            tls.private_key_pem = me.key_pem();
        },
    };
    TransportOptions plain = trusting();
    plain.tls.session_cache = cache;
    const auto resumes = [&](const TransportOptions& options) {
        Client client{{.transport = options}};
        return client.get(server.url()).connection.tls_resumed;
    };
    CHECK_FALSE(resumes(plain));
    for (const Change& change : changes) {
        CAPTURE(&change - changes);
        TransportOptions other = plain;
        change(other.tls, mine);
        CHECK_FALSE(resumes(other));
        CHECK(resumes(plain));
    }
    TransportOptions stricter = plain;
    stricter.tls.verify = [](const auto&, const hawser::TlsPeer&) { return false; };
    Client client{{.transport = stricter}};
    CHECK(try_get(client, server.url()).ec == error::cert_error);
}
