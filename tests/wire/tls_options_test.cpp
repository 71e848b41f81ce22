// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Options of TLS beyond trust: certificates as text, pins, versions, ciphers, another name, the key
// log, and the context itself.

#include "../support/temp_dir.hpp"
#include "../support/temp_file.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/detail/base64.hpp>
#include <hawser/detail/io/tls_context.hpp>
#include <hawser/detail/rt/monitor.hpp>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <fstream>
#include <sstream>
#include <sys/stat.h>

using namespace hawser::test;
using hawser::TlsOptions;
using hawser::TlsVersion;

namespace {

/// Why a transport with these options cannot be made; empty if it can.
std::string refusal(const TlsOptions& tls) {
    try {
        hawser::Client client{{.transport = {.tls = tls}}};
        return {};
    } catch (const std::system_error& e) {
        CHECK(e.code() == error::tls_error);
        return e.what();
    }
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// "sha256//…" of the certificate's key.
std::string pin_of(const TestCert& cert) {
    unsigned char* spki = nullptr;
    const int size = i2d_PUBKEY(cert.key(), &spki);
    unsigned char hash[32];
    EVP_Digest(spki, static_cast<std::size_t>(size), hash, nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(spki);
    return "sha256//" + hawser::detail::base64({reinterpret_cast<const char*>(hash), sizeof hash});
}

/// What a client with these options gets from the server.
Got got(const TransportOptions& options, const std::string& url) {
    Client client{{.transport = options}};
    return try_get(client, url);
}

/// Responds with the name in the client's certificate.
Script names_its_client() {
    return [](Peer& peer) {
        peer.read_request();
        X509* const shown = SSL_get0_peer_certificate(peer.ssl());
        char name[64] = "nobody";
        if (shown != nullptr) {
            X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, 64);
        }
        peer.send(respond(name));
    };
}

}  // namespace

TEST_CASE("a client certificate and its key may be PEM text, with a password") {
    FdGuard fds;
    ServerTls tls = good_tls();
    tls.need_client_cert = true;
    ScriptServer server{names_its_client(), {.tls = tls}};
    const auto mine = test_ca().issue({.cn = "me", .eku = "clientAuth"});
    TransportOptions options = trusting();
    options.tls.certificate_pem = mine.chain_pem();
    options.tls.private_key_pem = mine.key_pem();
    CHECK(got(options, server.url()).body == "me");
    options.tls.private_key_pem = mine.key_pem("secret", false);
    options.tls.private_key_password = "secret";
    CHECK(got(options, server.url()).body == "me");
    const TempFile file{mine.key_pem()};
    options.tls.private_key_pem.reset();
    options.tls.private_key_file = file.path();
    CHECK(got(options, server.url()).body == "me");

    CHECK(has(refusal({.certificate_pem = "no PEM", .private_key_pem = mine.key_pem()}),
              "option tls.certificate_pem: "));
    CHECK(has(refusal({.certificate_pem = mine.chain_pem()}), "private_key_file is not set"));
    CHECK(has(refusal({.private_key_pem = mine.key_pem()}), "certificate_file is not set"));
    const std::string wrong = refusal({.certificate_pem = mine.chain_pem(),
                                       .private_key_pem = mine.key_pem("secret", false),
                                       .private_key_password = "wrong one"});
    CHECK(has(wrong, "private_key_pem: private_key_password does not open it"));
    CHECK_FALSE(has(wrong, "wrong one"));
    CHECK(has(refusal({.certificate_pem = mine.chain_pem() + "-----BEGIN CERTIFICATE-----\nx\n",
                       .private_key_pem = mine.key_pem()}),
              "certificate_pem: "));
}

TEST_CASE("one certificate of the verified chain must have a pinned key") {
    FdGuard fds;
    const auto leaf = test_ca().issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
    ScriptServer server{hello_server(), {.tls = ServerTls{.cert = leaf}}};
    const std::string other = pin_of(TestCert::authority());
    struct Row {
        std::vector<std::string> pins;
        bool skip_verify;
        bool good;
    };
    const Row rows[] = {
        {{pin_of(leaf)}, false, true},
        {{pin_of(test_ca())}, false, true},
        {{other, pin_of(leaf)}, false, true},
        {{other}, false, false},
        {{pin_of(leaf)}, true, true},
        {{pin_of(test_ca())}, true, false},  // the server's own certificate counts
        {{other}, true, false},
    };
    for (const Row& row : rows) {
        CAPTURE(&row - rows);
        TransportOptions options = trusting();
        options.tls.pins = row.pins;
        options.tls.insecure_skip_verify = row.skip_verify;
        Client client{{.transport = options}};
        std::error_code ec;
        const Response response = client.get(server.url(), ec);
        CHECK(ec == (row.good ? std::error_code() : make_error_code(error::cert_error)));
        if (!row.good) {
            CHECK(has(response.failure.reason(), "one of the keys in tls.pins"));
        }
    }
    // A pin does not replace the verification.
    ScriptServer foreign{hello_server(), {.tls = ServerTls{.cert = TestCert::self_signed({})}}};
    TransportOptions options = trusting();
    options.tls.pins = {other};
    CHECK(got(options, foreign.url()).ec == error::cert_error);
}

TEST_CASE("a resumed session needs no second look at the pins") {
    const auto leaf = test_ca().issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
    ScriptServer server{hello_server(), {.tls = ServerTls{.cert = leaf}}};
    TransportOptions options = trusting();
    options.tls.pins = {pin_of(leaf)};
    Client client{{.transport = options}};
    CHECK_FALSE(client.get(server.url()).connection.tls_resumed);
    client.close_idle_connections();
    CHECK(client.get(server.url()).connection.tls_resumed);
}

TEST_CASE("versions, ciphers and groups are those of the options") {
    FdGuard fds;
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    const auto negotiated = [&](auto set) {
        TransportOptions options = trusting();
        set(options.tls);
        Client client{{.transport = options}};
        const Response response = client.get(server.url());
        return std::string(response.connection.tls_version) + ' ' +
               std::string(response.connection.tls_cipher);
    };
    CHECK(negotiated([](TlsOptions& tls) {
              tls.max_version = TlsVersion::tls1_2;
              tls.ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
          }).starts_with("TLSv1.2 ECDHE-"));
    CHECK(negotiated([](TlsOptions&) {}) == "TLSv1.3 TLS_AES_128_GCM_SHA256");
    CHECK(negotiated([](TlsOptions& tls) { tls.cipher_suites = "TLS_CHACHA20_POLY1305_SHA256"; }) ==
          "TLSv1.3 TLS_CHACHA20_POLY1305_SHA256");
    CHECK(negotiated([](TlsOptions& tls) { tls.groups = "P-384"; }).starts_with("TLSv1.3"));

    ServerTls old = good_tls();
    old.max_version = TLS1_2_VERSION;
    ScriptServer older{hello_server(), {.tls = old}};
    TransportOptions options = trusting();
    options.tls.min_version = TlsVersion::tls1_3;
    CHECK(got(options, older.url()).ec == error::tls_error);
}

TEST_CASE("AES-128 is preferred unless the system or the options say otherwise") {
    const std::string aes128 = "TLS_AES_128_GCM_SHA256";
    const std::string aes256 = "TLS_AES_256_GCM_SHA384";
    const std::string chacha = "TLS_CHACHA20_POLY1305_SHA256";
    struct Row {
        std::string system;
        std::string option;
        std::string offered;
    };
    const Row rows[] = {
        {aes256 + ':' + chacha + ':' + aes128, "", aes128 + ' ' + aes256 + ' ' + chacha},
        {chacha + ':' + aes256 + ':' + aes128, "", chacha + ' ' + aes256 + ' ' + aes128},
        {aes256 + ':' + aes128, "", aes256 + ' ' + aes128},
        {aes256, "", aes256},
        {aes256 + ':' + chacha + ':' + aes128, aes256 + ':' + aes128, aes256 + ' ' + aes128},
    };
    for (const Row& row : rows) {
        CAPTURE(row.system, row.option);
        const hawser::detail::SslCtxPtr ctx{SSL_CTX_new(TLS_client_method())};
        REQUIRE(SSL_CTX_set_ciphersuites(ctx.get(), row.system.c_str()) == 1);
        TlsOptions options;
        options.cipher_suites = row.option;
        hawser::detail::Fault fault;
        REQUIRE_FALSE(hawser::detail::apply_settings(options, ctx.get(), fault));
        std::string offered;
        const STACK_OF(SSL_CIPHER)* const suites = SSL_CTX_get_ciphers(ctx.get());
        for (int i = 0; i < sk_SSL_CIPHER_num(suites); ++i) {
            const SSL_CIPHER* const suite = sk_SSL_CIPHER_value(suites, i);
            if (std::string_view(SSL_CIPHER_get_name(suite)).starts_with("TLS_")) {
                offered.append(offered.empty() ? "" : " ").append(SSL_CIPHER_get_name(suite));
            }
        }
        CHECK(offered == row.offered);
    }
}

TEST_CASE("no cipher list turns the verification off", "[T02]") {
    FdGuard fds;
    const std::string anonymous = "AECDH-AES256-SHA:@SECLEVEL=0";
    ServerTls tls = good_tls();
    tls.max_version = TLS1_2_VERSION;
    tls.ciphers = anonymous;
    ScriptServer server{hello_server(), {.tls = tls}};
    TransportOptions options = trusting();
    options.tls.ciphers = "ALL:@SECLEVEL=0";
    CHECK(got(options, server.url()).ec == error::tls_error);  // no cipher in common
    CHECK(has(refusal({.insecure_skip_verify = true, .ciphers = anonymous}), "no cipher match"));
    options.tls.ciphers.reset();
    options.tls.configure = [&](SSL_CTX* ctx) { SSL_CTX_set_cipher_list(ctx, anonymous.c_str()); };
    Client client{{.transport = options}};
    std::error_code ec;
    const Response response = client.get(server.url(), ec);
    CHECK(ec == error::cert_error);
    CHECK(response.failure.reason() == "the server showed no certificate");
    CHECK(server.heads().empty());
}

TEST_CASE("an option of TLS that cannot be used is named") {
    FdGuard fds;
    struct Row {
        TlsOptions tls;
        const char* said;
    };
    const std::string good = "sha256//" + hawser::detail::base64(std::string(32, 'k'));
    CHECK(refusal({.insecure_skip_verify = true, .pins = {good}}).empty());
    const Row rows[] = {
        {{.min_version = TlsVersion::tls1_3, .max_version = TlsVersion::tls1_2},
         "option tls.max_version: it is older than min_version"},
        {{.ciphers = "NONSENSE"}, "option tls.ciphers \"NONSENSE\": no cipher match"},
        {{.cipher_suites = "TLS_NONSENSE"}, "option tls.cipher_suites \"TLS_NONSENSE\": "},
        {{.groups = "P-1\n"}, "option tls.groups \"P-1\\n\": "},
        {{.pins = {"sha1//AAAA"}}, "option tls.pins \"sha1//AAAA\": not \"sha256//\""},
        {{.pins = {good.substr(0, good.size() - 1)}}, "option tls.pins "},
        {{.pins = {good, good + "A"}}, "option tls.pins "},
        {{.pins = {""}}, "option tls.pins: "},
        {{.key_log_file = "/nowhere/keys"}, "\"/nowhere/keys\": No such file"},
        {{.certificate_file = "/a.pem", .certificate_pem = "b"},
         "option tls.certificate_pem: certificate_file is set, too"},
        {{.private_key_file = "/a.pem", .private_key_pem = "b"},
         "option tls.private_key_pem: private_key_file is set, too"},
        {{.ca_file = std::string("/a\0b", 4)},
         "option tls.ca_file \"/a\\x00b\": it contains a NUL"},
        {{.ciphers = std::string("HIGH\0", 5)},
         "option tls.ciphers \"HIGH\\x00\": it contains a NUL"},
    };
    for (Row row : rows) {
        row.tls.insecure_skip_verify = true;  // needs no roots
        const std::string text = refusal(row.tls);
        CAPTURE(text, row.said);
        CHECK(has(text, row.said));
    }
}

TEST_CASE("a server_name that no certificate can be for is refused at once", "[T-E04]") {
    FdGuard fds;
    for (const char* const bad : {".",
                                  ".example",
                                  "a..example",
                                  "a.example:443",
                                  "https://a.example",
                                  "[::1]",
                                  "a b",
                                  "-a.example",
                                  "*.example",
                                  "b\xc3\xbc"
                                  "cher.example",
                                  "a.example\n"}) {
        CAPTURE(bad);
        const std::string text = refusal({.server_name = bad});  // and reads no roots
        CHECK(has(text, "option tls.server_name \""));
        CHECK(has(text, "\": it is neither a host name nor an address"));
    }
    CHECK(has(refusal({.server_name = std::string(64, 'a') + ".example"}), "neither"));
    CHECK(has(refusal({.server_name = std::string("a\0b", 3)}), "NUL"));
    for (const char* const good :
         {"", "a", "a.example", "a.example.", "_a.example", "127.0.0.1", "::1", "fe80::1%lo"}) {
        CAPTURE(good);
        CHECK(refusal({.server_name = good}).empty());
    }
}

TEST_CASE("server_name is sent and verified in place of the URL's host", "[T-E04]") {
    FdGuard fds;
    const auto leaf = test_ca().issue({.dns = {"inner.example"}});
    ScriptServer server{hello_server(), {.tls = ServerTls{.cert = leaf}}};
    TransportOptions options = trusting();
    CHECK(got(options, server.url()).ec == error::cert_error);
    options.tls.server_name = "inner.example";
    CHECK(got(options, server.url()).body == "hello");
    CHECK(server.client_hellos().back().sni == "inner.example");
    options.tls.server_name = "other.example";
    CHECK(got(options, server.url()).ec == error::cert_error);
}

TEST_CASE("the key log has the secrets of each connection, for its owner alone") {
    FdGuard fds;
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    const TempDir dir;
    TransportOptions options = trusting();
    options.tls.key_log_file = dir.path() + "/keys";
    CHECK(got(options, server.url()).body == "hello");
    const auto read = [&] {
        std::ostringstream text;
        text << std::ifstream(*options.tls.key_log_file).rdbuf();
        return text.str();
    };
    const std::string first = read();
    CHECK(first.starts_with("SERVER_HANDSHAKE_TRAFFIC_SECRET ") ==
          has(first, "\nCLIENT_HANDSHAKE_TRAFFIC_SECRET "));
    CHECK(has(first, "CLIENT_TRAFFIC_SECRET_0 "));
    CHECK(first.ends_with('\n'));
    struct stat facts {};
    REQUIRE(::stat(options.tls.key_log_file->c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK(got(options, server.url()).body == "hello");
    CHECK(read().starts_with(first));
    CHECK(read().size() > first.size());
}

TEST_CASE("configure gets the context, once, with no lock held, and may throw") {
    FdGuard fds;
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    TransportOptions options = trusting();
    int calls = 0;
    options.tls.configure = [&](SSL_CTX* ctx) {
        ++calls;
        CHECK(hawser::detail::locks_held == 0);
        SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM");
        SSL_CTX_set_options(ctx, SSL_OP_NO_TLSv1_3);
    };
    Client client{{.transport = options}};
    CHECK(calls == 1);
    CHECK(client.get(server.url()).connection.tls_version == "TLSv1.2");
    client.close_idle_connections();
    CHECK(client.get(server.url()).connection.tls_version == "TLSv1.2");
    CHECK(calls == 1);
    options.tls.configure = [](SSL_CTX*) { throw std::runtime_error("no"); };
    CHECK_THROWS_WITH(Client({.transport = options}), "no");
}
