// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Why TLS failed, in words: what is wrong with a certificate, what the server answered.

#include "../support/tls_probe.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>

using namespace hawser::test;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// What the stream reports about a handshake with a script that does not speak TLS.
Probed against(const Script& script) {
    ScriptServer server{script};
    return probe(trusting().tls, server.port(), "localhost");
}

Probed against(const ServerTls& tls) {
    ScriptServer server{[](Peer& peer) { peer.wait_for_eof(); }, {.tls = tls}};
    return probe(trusting().tls, server.port(), "localhost");
}

}  // namespace

TEST_CASE("a refused certificate: what is wrong, with which one, and whose it is", "[T10]") {
    const auto& ca = test_ca();
    const auto old_signer =
        ca.issue({.cn = "old signer", .not_after = -1h, .eku = "", .is_ca = true});
    struct Row {
        const char* what;
        TestCert cert;
        const char* host;
        int result;
        std::vector<std::string> said;
    };
    const Row rows[] = {
        {"expired",
         ca.issue({.cn = "me", .dns = {"localhost"}, .not_before = -2h, .not_after = -1h}),
         "localhost",
         X509_V_ERR_CERT_HAS_EXPIRED,
         {"certificate has expired", "depth 0", "CN=me", "since 2", "UTC"}},
        {"an expired signer",
         old_signer.issue({.dns = {"localhost"}}),
         "localhost",
         X509_V_ERR_CERT_HAS_EXPIRED,
         {"certificate has expired", "depth 1", "CN=old signer"}},
        {"not yet valid",
         ca.issue({.dns = {"localhost"}, .not_before = 1h}),
         "localhost",
         X509_V_ERR_CERT_NOT_YET_VALID,
         {"certificate is not yet valid", "until 2"}},
        {"other name",
         ca.issue({.dns = {"other.example", "www.other.example"}}),
         "localhost",
         X509_V_ERR_HOSTNAME_MISMATCH,
         {R"(certificate is for "other.example", "www.other.example", not "localhost")"}},
        {"no name at all",
         ca.issue({.cn = "localhost"}),
         "localhost",
         X509_V_ERR_HOSTNAME_MISMATCH,
         {R"(certificate names no host, not "localhost")"}},
        {"other address",
         ca.issue({.ips = {"127.0.0.1", "::1"}}),
         "127.0.0.2",
         X509_V_ERR_IP_ADDRESS_MISMATCH,
         {R"(certificate is for "127.0.0.1", "::1", not "127.0.0.2")"}},
        {"many names, and odd ones",
         ca.issue({.dns = {std::string("a\0\x1b[31m", 7), "b", std::string(200, 'c'), "d", "e"}}),
         "localhost",
         X509_V_ERR_HOSTNAME_MISMATCH,
         {R"(certificate is for "a\x00\x1b[31m", "b", "ccc)", "...\" and 2 more, not \"localh"}},
        {"unknown signer",
         TestCert::authority("Other CA").issue({.cn = "me", .dns = {"localhost"}}),
         "localhost",
         X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
         {"unable to get local issuer certificate", "depth 0", "CN=me", "issued by \"CN=Other CA"}},
        {"self-signed",
         TestCert::self_signed({.dns = {"localhost"}}),
         "localhost",
         X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
         {"self-signed certificate"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const Probed probed = probe(row.cert, row.host);
        CAPTURE(probed.fault.reason, probed.fault.cause);
        CHECK(probed.ec == error::cert_error);
        CHECK(probed.fault.cause.value() == row.result);
        CHECK(probed.fault.cause.category() == hawser::detail::x509_category());
        CHECK(probed.fault.cause.message() == X509_verify_cert_error_string(row.result));
        for (const std::string& said : row.said) {
            CAPTURE(said);
            CHECK(has(probed.fault.reason, said));
        }
        CHECK(probed.fault.reason.size() < 300);
        CHECK(std::all_of(probed.fault.reason.begin(), probed.fault.reason.end(), [](char c) {
            return c >= ' ' && c <= '~';
        }));
    }
}

TEST_CASE("a broken handshake: the alert, the close, or the bytes that were not TLS", "[T21]") {
    FdGuard fds;
    const Probed plain = against([](Peer& peer) {
        peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        peer.wait_for_eof();
    });
    CHECK(plain.ec == error::tls_error);
    CHECK(plain.fault.reason == "wrong version number: what the server sends is no TLS");
    const Probed closed = against([](Peer& peer) {
        peer.read_some();
        peer.close();
    });
    CHECK(closed.ec == error::tls_error);
    CHECK(closed.fault.reason == "the server ended the connection");
    const Probed reset = against([](Peer& peer) {
        peer.read_some();
        peer.reset();
    });
    CHECK(reset.ec == error::tls_error);
    CHECK(reset.fault.cause == std::errc::connection_reset);
    const Probed alert = against([](Peer& peer) {
        peer.read_some();
        peer.send(std::string_view("\x15\3\3\0\2\2\x28", 7));  // fatal, handshake_failure
        peer.close();
    });
    CHECK(alert.ec == error::tls_error);
    CHECK(has(alert.fault.reason, "alert handshake failure"));
}

TEST_CASE("a refused protocol or version is named", "[T22][T23]") {
    auto other = good_tls();
    other.choose_alpn = [](const auto&) { return std::string("h2"); };
    const Probed protocol = against(other);
    CHECK(protocol.ec == error::tls_error);
    CHECK((protocol.fault.reason == R"(the server chose the protocol "h2")" ||
           protocol.fault.reason == "bad extension"));  // OpenSSL's own text, if it was not offered
    auto old = good_tls();
    old.max_version = TLS1_1_VERSION;
    const Probed version = against(old);
    CHECK(version.ec == error::tls_error);
    CHECK(has(version.fault.reason, "protocol version"));
}

TEST_CASE("an alert instead of a response says why, e.g. from a server that wants a certificate") {
    FdGuard fds;
    auto tls = good_tls();
    tls.need_client_cert = true;
    tls.max_version = TLS1_3_VERSION;  // its client learns of it after its handshake
    ScriptServer server{hello_server(), {.tls = tls}};
    hawser::Client client{{.transport = trusting()}};
    std::error_code ec;
    const hawser::Response response = client.get(server.url(), ec);
    CAPTURE(ec, response.failure.message());
    CHECK(ec == error::tls_error);
    CHECK(has(response.failure.message(), "certificate required"));
}

TEST_CASE("the caller learns what is wrong with a certificate", "[T10]") {
    const auto wrong = test_ca().issue({.dns = {"other.example"}});
    ScriptServer server{hello_server(), {.tls = ServerTls{.cert = wrong}}};
    hawser::Client client{{.transport = trusting()}};
    std::error_code ec;
    const hawser::Response response = client.get(server.url_as("localhost"), ec);
    CHECK(ec == error::cert_error);
    CHECK(response.failure.phase() == hawser::Failure::Phase::tls);
    CHECK(response.failure.cause().value() == X509_V_ERR_HOSTNAME_MISMATCH);
    CHECK(response.failure.address() == "127.0.0.1:" + std::to_string(server.port()));
    try {
        client.get(server.url_as("localhost"));
        FAIL("no exception");
    } catch (const std::system_error& failure) {
        CHECK(has(failure.what(), R"(certificate is for "other.example", not "localhost")"));
    }
}
