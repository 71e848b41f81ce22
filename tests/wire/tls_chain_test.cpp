// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Chains of certificates that break RFC 5280: some in ways that are common and harmless, all others
// in ways that are refused.

#include "../support/tls_probe.hpp"
#include "../support/wire_tests.hpp"

#include <openssl/x509_vfy.h>

using namespace hawser::test;

namespace {

/// The changes of one test to an ordinary chain.
struct Chain {
    CertOptions root{.cn = "root", .eku = "", .is_ca = true};
    CertOptions middle{.cn = "middle", .eku = "", .is_ca = true};
    CertOptions leaf{.dns = {"localhost"}};
};

/// OpenSSL's verdict on the chain; 0 if it was accepted.
int verdict(const Chain& chain, bool strict = false) {
    const auto root = TestCert::self_signed(chain.root);
    const auto leaf = root.issue(chain.middle).issue(chain.leaf);
    ScriptServer server{[](Peer& peer) { peer.wait_for_eof(); }, {.tls = ServerTls{.cert = leaf}}};
    hawser::TlsOptions options;
    options.ca_pem = root.pem();
    options.strict_certificates = strict;
    const Probed probed = probe(options, server.port(), "localhost");
    if (!probed.ec) {
        return 0;
    }
    CHECK(probed.ec == error::cert_error);
    CHECK_FALSE(probed.fault.reason.empty());
    CHECK(probed.fault.cause.category().name() == std::string("x509"));
    return probed.fault.cause.value();
}

template <class Change>
Chain with(Change change) {
    Chain chain;
    change(chain);
    return chain;
}

}  // namespace

TEST_CASE("deviations of certificates that are common and harmless are refused only on demand",
          "[T10]") {
    CHECK(verdict({}) == 0);
    CHECK(verdict({}, true) == 0);
    struct Row {
        Chain chain;
        int strict;
    };
    const Row rows[] = {
        {with([](Chain& of) { of.leaf.authority_key_id = ""; }),
         X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER},
        {with([](Chain& of) { of.middle.authority_key_id = ""; }),
         X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER},
        {with([](Chain& of) {
             of.middle.subject_key_id = "";
             of.leaf.authority_key_id = "";
         }),
         X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER},
        {with([](Chain& of) {
             of.root.subject_key_id = of.root.authority_key_id = "";
             of.middle.authority_key_id = "";
         }),
         X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER},
        {with([](Chain& of) { of.middle.key_usage = ""; }), X509_V_ERR_CA_CERT_MISSING_KEY_USAGE},
        {with([](Chain& of) { of.root.key_usage = ""; }), X509_V_ERR_CA_CERT_MISSING_KEY_USAGE},
        {with([](Chain& of) { of.middle.basic_constraints = "CA:TRUE"; }),
         X509_V_ERR_CA_BCONS_NOT_CRITICAL},
        {with([](Chain& of) { of.root.basic_constraints = "CA:TRUE"; }),
         X509_V_ERR_CA_BCONS_NOT_CRITICAL},
        {with([](Chain& of) {  // as OpenSSL 1.0 made roots
             of.root.version = X509_VERSION_1;
             of.root.basic_constraints = of.root.key_usage = "";
             of.root.subject_key_id = of.root.authority_key_id = "";
             of.middle.authority_key_id = "";
         }),
         X509_V_ERR_INVALID_CA},
    };
    for (const Row& row : rows) {
        CAPTURE(&row - rows, X509_verify_cert_error_string(row.strict));
        CHECK(verdict(row.chain) == 0);
        CHECK(verdict(row.chain, true) != 0);
    }
}

TEST_CASE("all other violations of RFC 5280 that OpenSSL knows are refused", "[T10]") {
    const Chain chains[] = {
        with([](Chain& of) { of.leaf.key_usage = "digitalSignature,keyCertSign"; }),
        with([](Chain& of) { of.leaf.basic_constraints = "critical,CA:FALSE,pathlen:0"; }),
        with([](Chain& of) { of.middle.key_usage = "critical,cRLSign"; }),
        with([](Chain& of) {
            of.leaf.cn = of.leaf.organization = "";  // then the names should be critical
        }),
        with([](Chain& of) { of.middle.cn = of.middle.organization = ""; }),
        with([](Chain& of) { of.leaf.authority_key_id = "critical,keyid"; }),
        with([](Chain& of) { of.middle.subject_key_id = "critical,hash"; }),
        with([](Chain& of) { of.middle.basic_constraints = ""; }),
        with([](Chain& of) {
            of.middle.version = X509_VERSION_1;
            of.middle.basic_constraints = of.middle.key_usage = "";
            of.middle.subject_key_id = of.middle.authority_key_id = "";
            of.leaf.authority_key_id = "";
        }),
        with([](Chain& of) { of.root.basic_constraints = "critical,CA:FALSE"; }),
    };
    for (const Chain& chain : chains) {
        CAPTURE(&chain - chains);
        CHECK(verdict(chain) != 0);
    }
}

TEST_CASE("name constraints hold for the host, whatever covers it", "[T10]") {
    const auto constrained = [](std::string constraints, std::string dns) {
        return verdict(with([&](Chain& of) {
            of.middle.name_constraints = std::move(constraints);
            of.leaf.dns = {std::move(dns)};
        }));
    };
    CHECK(constrained("permitted;DNS:localhost", "localhost") == 0);
    CHECK(constrained("excluded;DNS:other", "localhost") == 0);
    CHECK(constrained("excluded;DNS:localhost", "localhost") == X509_V_ERR_EXCLUDED_VIOLATION);
    CHECK(constrained("permitted;DNS:other", "localhost") == X509_V_ERR_PERMITTED_VIOLATION);
    CHECK(verdict(with([](Chain& of) { of.leaf.name_constraints = "permitted;DNS:localhost"; })) ==
          X509_V_ERR_INVALID_EXTENSION);

    // OpenSSL compares "*.a.example" with "b.a.example", and finds that they differ.
    const auto asks = [](const TestCert& leaf, std::string_view host) {
        return probe(leaf, host).fault.cause.value();
    };
    const auto middle = test_ca().issue(
        {.cn = "middle", .eku = "", .is_ca = true, .name_constraints = "excluded;DNS:b.a.example"});
    const auto leaf = middle.issue({.dns = {"*.a.example"}});
    CHECK(asks(leaf, "c.a.example") == 0);
    CHECK(asks(leaf, "b.a.example") == X509_V_ERR_EXCLUDED_VIOLATION);
    CHECK(asks(middle.issue({.ips = {"127.0.0.1"}}), "127.0.0.1") == 0);
}

TEST_CASE("a certificate that is trusted itself need not be one of version 3", "[T10]") {
    const auto old = TestCert::self_signed({.dns = {"localhost"},
                                            .eku = "",
                                            .version = X509_VERSION_1,
                                            .basic_constraints = "",
                                            .key_usage = "",
                                            .subject_key_id = "",
                                            .authority_key_id = ""});
    ScriptServer server{[](Peer& peer) { peer.wait_for_eof(); }, {.tls = ServerTls{.cert = old}}};
    hawser::TlsOptions options;
    options.ca_pem = old.pem();
    CHECK_FALSE(probe(options, server.port(), "localhost").ec);
}
