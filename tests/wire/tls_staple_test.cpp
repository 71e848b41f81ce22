// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// TlsOptions::require_ocsp_staple: what a server may staple to its certificate, and what not.

#include "../support/ocsp_replies.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

const TestCert& middle() {
    static const auto cert = test_ca().issue({.cn = "middle", .eku = "", .is_ca = true});
    return cert;
}

const TestCert& leaf() {
    static const auto cert = middle().issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
    return cert;
}

std::string reply(const OcspOptions& options) {
    return ocsp_reply(leaf(), middle(), options);
}

TransportOptions requiring() {
    TransportOptions options = trusting();
    options.tls.require_ocsp_staple = true;
    return options;
}

/// "hello", or why the server was refused.
std::string got(const TransportOptions& options, const ServerTls& tls) {
    ScriptServer server{hello_server(), {.tls = tls}};
    Client client{{.transport = options}};
    std::error_code ec;
    Response response = client.get(server.url(), ec);
    if (!ec) {
        return response.body.read_all();
    }
    CHECK(ec == error::cert_error);
    CHECK(response.failure.phase() == hawser::Failure::Phase::tls);
    CHECK(server.heads().empty());
    check_quiet(client);
    return std::string(response.failure.reason());
}

}  // namespace

TEST_CASE("a server is accepted with a staple that is good, fresh and signed by its issuer",
          "[T35]") {
    FdGuard fds;
    const auto for_ocsp = middle().issue({.cn = "responder", .eku = "OCSPSigning"});
    const auto other = middle().issue({.cn = "other"});
    const OcspOptions good[] = {
        {},
        {.id_hash = EVP_sha256()},
        {.with_signer = false},  // the issuer's certificate is in the chain
        {.signer = for_ocsp},
        {.also_about = other},
        {.this_update = 2min, .next_update = 1h},  // clocks differ
        {.this_update = -1h, .next_update = -2min},
    };
    for (const OcspOptions& options : good) {
        CAPTURE(&options - good);
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            ServerTls tls{.cert = leaf(), .ocsp_response = reply(options)};
            tls.max_version = version;
            CHECK(got(requiring(), tls) == "hello");
        }
    }
    const auto below_root = test_ca().issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
    CHECK(got(requiring(),
              {.cert = below_root, .ocsp_response = ocsp_reply(below_root, test_ca(), {})}) ==
          "hello");
    TransportOptions partial = requiring();
    partial.tls.ca_pem = middle().pem();
    CHECK(got(partial, {.cert = leaf(), .ocsp_response = reply({})}) == "hello");
}

TEST_CASE("any other staple is refused, and so is none", "[T35]") {
    FdGuard fds;
    const auto stranger = TestCert::authority("stranger");
    const auto above = test_ca().issue({.cn = "responder", .eku = "OCSPSigning"});
    const auto not_for_ocsp = middle().issue({.cn = "responder", .eku = "serverAuth"});
    const auto expired = middle().issue(
        {.cn = "responder", .not_before = -2h, .not_after = -1h, .eku = "OCSPSigning"});
    const auto other = middle().issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
    const std::string whole = reply({});
    std::string changed = reply({.with_signer = false});  // then the signature is at its end
    changed.back() = static_cast<char>(changed.back() ^ 1);
    struct Row {
        std::string staple;
        std::string said;
    };
    const std::string signature = "the signature of the stapled OCSP response is not valid";
    const std::string not_now = "the stapled OCSP response is not valid now, but from 20";
    const Row rows[] = {
        {"", "the server stapled no OCSP response"},
        {"no DER", "the stapled OCSP response is malformed"},
        {whole.substr(0, whole.size() - 1), "the stapled OCSP response is malformed"},
        {reply({.response_status = OCSP_RESPONSE_STATUS_TRYLATER}),
         "the stapled OCSP response has the status trylater"},
        {reply({.status = V_OCSP_CERTSTATUS_REVOKED}),
         "the server's certificate was revoked on 20"},
        {reply({.status = V_OCSP_CERTSTATUS_REVOKED, .also_about = other}),
         "the server's certificate was revoked on 20"},
        {reply({.status = V_OCSP_CERTSTATUS_UNKNOWN}),
         "the stapled OCSP response does not know the server's certificate"},
        {ocsp_reply(other, middle(), {}),
         "the stapled OCSP response is not about the server's certificate"},
        {ocsp_reply(leaf(), test_ca(), {}), signature + ": it is not from the issuer of"},
        {reply({.this_update = -2h, .next_update = -1h}), not_now},
        {reply({.this_update = 1h, .next_update = 2h}), not_now},
        {reply({.next_update = std::nullopt}),
         "the stapled OCSP response does not say until when it is valid"},
        {reply({.signer = stranger}), signature},
        {reply({.signer = above}), signature},
        {reply({.signer = not_for_ocsp}), signature},
        {reply({.signer = expired}), signature},
        {reply({.signer = leaf()}), signature},
        {reply({.signer = stranger, .with_signer = false}), signature},
        {changed, signature},
    };
    for (const Row& row : rows) {
        const std::string said = got(requiring(), {.cert = leaf(), .ocsp_response = row.staple});
        CAPTURE(&row - rows, said, row.said);
        CHECK(said.starts_with(row.said));
        CHECK(got(trusting(), {.cert = leaf(), .ocsp_response = row.staple}) == "hello");
    }
}

TEST_CASE("each connection needs a staple of its own, and is asked for one only if required",
          "[T35]") {
    FdGuard fds;
    ServerTls tls{.cert = leaf(), .ocsp_response = reply({})};
    ScriptServer server{hello_server(), {.tls = tls}};
    Client client{{.transport = requiring()}};
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(client.get(server.url()).connection.tls_resumed);
        client.close_idle_connections();
    }
    Client relaxed{{.transport = trusting()}};
    CHECK(try_get(relaxed, server.url()).body == "hello");
    constexpr int status_request = 5;
    const auto asks = [&](const ClientHello& hello) {
        return std::count(hello.extensions.begin(), hello.extensions.end(), status_request);
    };
    CHECK(asks(server.client_hellos().front()) == 1);
    CHECK(asks(server.client_hellos().back()) == 0);
}

TEST_CASE("a staple cannot be required without verification") {
    TransportOptions options;
    options.tls.require_ocsp_staple = true;
    options.tls.insecure_skip_verify = true;
    CHECK_THROWS_WITH(Client({.transport = options}),
                      Catch::Contains("option tls.require_ocsp_staple: insecure_skip_verify"));
}
