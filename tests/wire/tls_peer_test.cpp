// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What a response tells about the TLS server that it came from.

#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <openssl/x509.h>

using namespace hawser::test;
using hawser::TlsPeer;

namespace {

std::string der_of(const TestCert& cert) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(cert.cert(), &der);
    const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace

TEST_CASE("the server's certificates outlive connection and client, also in resumed sessions",
          "[F-P22]") {
    const auto middle = test_ca().issue({.cn = "middle", .eku = "", .is_ca = true});
    const auto leaf = middle.issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        std::vector<TlsPeer> peers;
        {
            ServerTls tls{.cert = leaf};
            tls.max_version = version;
            ScriptServer server{hello_server(), {.tls = tls}};
            Client client{{.transport = trusting()}};
            for (int i = 0; i < 4; ++i) {
                const Response response = client.get(server.url());
                CHECK(response.connection.tls_resumed == (i >= 2));
                peers.push_back(response.connection.tls_peer);
                if (i != 0) {
                    client.close_idle_connections();
                }
            }
        }
        for (const TlsPeer& peer : peers) {
            REQUIRE(peer);
            CHECK(peer.certificates_pem() == leaf.chain_pem());
            CHECK(peer.certificates_der() == std::vector{der_of(leaf), der_of(middle)});
        }
    }
}

TEST_CASE("certificates that were not verified are shown, too") {
    const auto leaf = TestCert::self_signed({});
    ScriptServer server{hello_server(), {.tls = ServerTls{.cert = leaf}}};
    TransportOptions options;
    options.tls.insecure_skip_verify = true;
    Client client{{.transport = options}};
    CHECK(client.fetch(server.url()).connection.tls_peer.certificates_pem() == leaf.pem());
}

TEST_CASE("a response knows the name that its server was asked for, and the chosen protocol") {
    FdGuard fds;
    ServerTls tls = good_tls();
    tls.choose_alpn = [](const auto&) { return "http/1.1"; };
    ScriptServer server{hello_server(), {.tls = tls}};
    Client client{{.transport = trusting()}};
    const Response named = client.get(server.url_as("localhost"));
    CHECK(named.connection.tls_peer.server_name() == "localhost");
    CHECK(named.connection.tls_peer.alpn() == "http/1.1");
    const TlsPeer by_address = client.get(server.url()).connection.tls_peer;
    CHECK(by_address);
    CHECK(by_address.server_name().empty());

    ScriptServer silent{hello_server(), {.tls = good_tls()}};
    const TlsPeer without_alpn = client.get(silent.url()).connection.tls_peer;
    CHECK(without_alpn);
    CHECK(without_alpn.alpn().empty());

    TransportOptions options = trusting();
    options.tls.server_name = "localhost";
    Client other{{.transport = options}};
    CHECK(other.get(server.url()).connection.tls_peer.server_name() == "localhost");
}

TEST_CASE("without TLS there is nothing to tell") {
    ScriptServer server{hello_server()};
    Client client;
    const TlsPeer peer = client.get(server.url()).connection.tls_peer;
    CHECK_FALSE(peer);
    CHECK(peer.server_name().empty());
    CHECK(peer.alpn().empty());
    CHECK(peer.certificates_der().empty());
    CHECK(peer.certificates_pem().empty());
}
