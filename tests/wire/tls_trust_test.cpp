// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What may be trusted besides roots, where roots come from, what happens if they cannot be read,
// and the files of the options.

#include "../support/no_descriptors.hpp"
#include "../support/temp_dir.hpp"
#include "../support/tls_probe.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>

using namespace hawser::test;

namespace {

/// Sets an environment variable and restores it at the end.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) {
            before_ = before;
        }
        ::setenv(name, value.c_str(), 1);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

private:
    const char* name_;
    std::optional<std::string> before_;
};

/// What a client made with these options throws.
std::string refusal(const TlsOptions& tls) {
    TransportOptions options;
    options.tls = tls;
    try {
        const Client client{{.transport = options}};
    } catch (const std::system_error& failure) {
        CHECK(failure.code() == error::tls_error);
        CHECK(ERR_peek_error() == 0);
        return failure.what();
    }
    return "";
}

/// Adds a certificate under the name that OpenSSL looks for.
void add_hashed(const TempDir& folder, const TestCert& cert) {
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "%08lx.0", X509_subject_name_hash(cert.cert()));
    std::ofstream(folder.file(name.data())) << cert.pem();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const CertOptions named{.dns = {"localhost"}, .ips = {"127.0.0.1"}};

}  // namespace

// ── The end of a chain ───────────────────────────────────────────────────────────────────────────

TEST_CASE("any certificate of a chain may be the trusted one") {
    FdGuard fds;
    const auto middle = test_ca().issue({.cn = "middle", .eku = "", .is_ca = true});
    const auto leaf = middle.issue(named);
    const auto alone = TestCert::self_signed(named);
    const auto other = TestCert::self_signed(named);
    struct Row {
        const char* what;
        TestCert shown;
        TestCert trusted;
        bool good;
    };
    const Row rows[] = {
        {.what = "the root", .shown = leaf, .trusted = test_ca(), .good = true},
        {.what = "the intermediate", .shown = leaf, .trusted = middle, .good = true},
        {.what = "the intermediate, which is not shown",
         .shown = leaf.without_chain(),
         .trusted = middle,
         .good = true},
        {.what = "the leaf", .shown = leaf, .trusted = leaf, .good = true},
        {.what = "a leaf signed by itself", .shown = alone, .trusted = alone, .good = true},
        {.what = "another one of the same name", .shown = alone, .trusted = other, .good = false},
        {.what = "the leaf of another",
         .shown = leaf,
         .trusted = test_ca().issue(named),
         .good = false},
        {.what = "an expired leaf",
         .shown = test_ca().issue({.ips = {"127.0.0.1"}, .not_after = std::chrono::seconds{-1}}),
         .trusted = test_ca().issue({.ips = {"127.0.0.1"}, .not_after = std::chrono::seconds{-1}}),
         .good = false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        ScriptServer server{hello_server(), {.tls = ServerTls{.cert = row.shown}}};
        const TempFile file{row.trusted.pem()};
        TransportOptions by_file;
        by_file.tls.ca_file = file.path();
        TransportOptions by_text;
        by_text.tls.ca_pem = row.trusted.pem();
        for (const TransportOptions& options : {by_file, by_text}) {
            Client client{{.transport = options}};
            CHECK(try_get(client, server.url()).ec ==
                  (row.good ? std::error_code{} : make_error_code(error::cert_error)));
        }
    }
}

TEST_CASE("a trusted leaf is still bound to its name and its validity") {
    const auto leaf = test_ca().issue({.dns = {"a.example"}});
    const auto old = test_ca().issue({.dns = {"a.example"}, .not_after = std::chrono::seconds{-1}});
    for (const auto& [cert, host, good] : {std::tuple{leaf, "a.example", true},
                                           std::tuple{leaf, "b.example", false},
                                           std::tuple{old, "a.example", false}}) {
        ScriptServer server{[](Peer& peer) { peer.wait_for_eof(); },
                            {.tls = ServerTls{.cert = cert}}};
        TlsOptions options;
        options.ca_pem = cert.pem();
        CHECK(bool(probe(options, server.port(), host).ec) == !good);
    }
}

// ── Names with an underscore ─────────────────────────────────────────────────────────────────────

TEST_CASE("a wildcard covers a name with an underscore, and otherwise what it covered before",
          "[T04]") {
    const auto ends = [](std::vector<std::string> dns, std::string_view host) {
        return probe(test_ca().issue({.dns = std::move(dns)}), host).ec;
    };
    CHECK_FALSE(ends({"*.example.com"}, "a_b.example.com"));
    CHECK_FALSE(ends({"*.example.com"}, "a_b.example.com."));
    CHECK_FALSE(ends({"other.example", "*.example.com"}, "A_b.Example.com"));
    CHECK_FALSE(ends({"a_b.example.com"}, "a_b.example.com"));
    CHECK_FALSE(ends({"*.my_zone.example.com"}, "a.my_zone.example.com"));
    CHECK(ends({"*.example.com"}, "a_b.c.example.com") == error::cert_error);
    CHECK(ends({"a*.example.com"}, "a_b.example.com") == error::cert_error);
    CHECK(ends({"*.com"}, "a_b.com") == error::cert_error);
    CHECK(ends({std::string("*.example.com\0.evil.com", 23)}, "a_b.example.com") ==
          error::cert_error);
    const auto name_only = probe(test_ca().issue({.cn = "*.example.com"}), "a_b.example.com").ec;
    CHECK(name_only == error::cert_error);
}

TEST_CASE("a wildcard match for an underscore excuses nothing else") {
    const CertOptions wild{.dns = {"*.example.com"}};
    const auto ends = [](const TestCert& cert) { return probe(cert, "a_b.example.com").ec; };
    CertOptions expired = wild;
    expired.not_after = std::chrono::seconds{-1};
    CertOptions client_only = wild;
    client_only.eku = "clientAuth";
    CHECK_FALSE(ends(test_ca().issue(wild)));
    CHECK(ends(test_ca().issue(expired)) == error::cert_error);
    CHECK(ends(test_ca().issue(client_only)) == error::cert_error);
    CHECK(ends(TestCert::self_signed(wild)) == error::cert_error);
    CHECK(ends(test_ca().issue(wild).with_bad_signature()) == error::cert_error);
    const auto narrow = test_ca().issue(
        {.eku = "", .is_ca = true, .name_constraints = "permitted;DNS:other.example"});
    CHECK(ends(narrow.issue(wild)) == error::cert_error);
}

// ── The system's roots ───────────────────────────────────────────────────────────────────────────

#if !defined(__SANITIZE_ADDRESS__)  // used together with UBSan, which needs descriptors to inspect
                                    // memory
TEST_CASE("roots that could not be read for lack of descriptors are read by the next request",
          "[T33]") {
    FdGuard fds;
    const TempFile roots{test_ca().pem()};
    const Variable file{"SSL_CERT_FILE", roots.path()};
    const Variable directory{"SSL_CERT_DIR", "/nowhere"};
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    Client client;
    {
        NoDescriptors none;
        none.free_one();  // for the socket
        const Got got = try_get(client, server.url());
        CHECK(got.ec == error::resource_exhausted);
        CHECK(got.ec == std::errc::too_many_files_open);
    }
    CHECK(try_get(client, server.url()).body == "hello");
    check_quiet(client);
}

TEST_CASE("a directory of roots unreadable for lack of descriptors is not an unknown signer",
          "[T33]") {
    FdGuard fds;
    const TempDir roots;
    add_hashed(roots, test_ca());
    TlsOptions options;
    options.ca_path = roots.path();
    ScriptServer server{[](Peer& peer) { peer.wait_for_eof(); }, {.tls = good_tls()}};
    std::optional<NoDescriptors> none;
    const Probed probed = probe(options, server.port(), "localhost", [&] {
        server.wait_for_connections(1);
        none.emplace();
    });
    none.reset();
    CHECK(probed.ec == error::resource_exhausted);
    CHECK(probed.fault.cause == std::errc::too_many_files_open);
    CHECK_FALSE(probe(options, server.port(), "localhost").ec);
}
#endif

TEST_CASE("without any roots the error says where it looked, and later requests look again",
          "[T33]") {
    FdGuard fds;
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    const TempDir empty;
    const TempDir roots;
    Client client;
    {
        const Variable file{"SSL_CERT_FILE", "/nowhere/roots.pem"};
        const Variable directory{"SSL_CERT_DIR", "/nowhere/certs:" + empty.path()};
        CHECK(try_get(client, server.url()).ec == error::cert_error);
        const std::string reason = probe(TlsOptions{}, server.port(), "localhost").fault.reason;
        CAPTURE(reason);
        CHECK(has(reason, "\"/nowhere/roots.pem\": No such file or directory"));
        CHECK(has(reason, "\"/nowhere/certs:" + empty.path() + "\": there is no hashed"));
    }
    add_hashed(roots, test_ca());
    const Variable file{"SSL_CERT_FILE", "/nowhere/roots.pem"};
    const Variable directory{"SSL_CERT_DIR", "/nowhere:" + roots.path()};
    CHECK(try_get(client, server.url()).body == "hello");
    check_quiet(client);
}

// ── Files of the options ─────────────────────────────────────────────────────────────────────────

TEST_CASE("an option that cannot be used is named, with its file and the reason", "[T33]") {
    FdGuard fds;
    const auto mine = test_ca().issue({.cn = "me", .eku = "clientAuth"});
    const TempFile cert{mine.chain_pem()};
    const TempFile key{mine.key_pem()};
    const TempFile other_key{TestCert::authority().key_pem()};
    const TempFile empty{""};
    struct Row {
        std::optional<std::string> TlsOptions::*option;
        std::string value;
        const char* said;
    };
    const Row rows[] = {
        {&TlsOptions::ca_file, "/nowhere/a.pem", R"(ca_file "/nowhere/a.pem": No such file)"},
        {&TlsOptions::ca_file, "/etc", R"(ca_file "/etc": Is a directory)"},
        {&TlsOptions::ca_file, empty.path(), R"(": there is no certificate in it)"},
        {&TlsOptions::ca_file, "/x\n\x1b", R"(ca_file "/x\n\x1b": No such file)"},
        {&TlsOptions::ca_path, "/nowhere", R"(ca_path "/nowhere": No such file)"},
        {&TlsOptions::ca_path, empty.path(), R"(": Not a directory)"},
        {&TlsOptions::ca_pem, "no PEM", "ca_pem: there is no certificate in it"},
        {&TlsOptions::certificate_file, "/nowhere/c.pem", R"(file "/nowhere/c.pem": No such file)"},
        {&TlsOptions::certificate_file, "", "private_key_file"},
        {&TlsOptions::certificate_file, empty.path(), R"(": no start line)"},
        {&TlsOptions::private_key_file, "/nowhere/k.pem", R"(file "/nowhere/k.pem": No such file)"},
        {&TlsOptions::private_key_file, "", "private_key_file is not set"},
        {&TlsOptions::private_key_file, other_key.path(), "key values mismatch"},
    };
    for (const Row& row : rows) {
        TlsOptions tls;
        tls.certificate_file = cert.path();
        tls.private_key_file = key.path();
        CHECK(refusal(tls).empty());
        tls.*row.option = row.value;
        const std::string text = refusal(tls);
        CAPTURE(text);
        CHECK(has(text, "option tls."));
        CHECK(has(text, row.said));
    }
}

TEST_CASE("an encrypted key is opened with its option, and nobody is prompted for a password") {
    FdGuard fds;
    const auto mine = test_ca().issue({.cn = "me", .eku = "clientAuth"});
    const TempFile cert{mine.chain_pem()};
    for (const bool traditional : {false, true}) {
        CAPTURE(traditional);
        const TempFile key{mine.key_pem("secret", traditional)};
        TlsOptions tls;
        tls.certificate_file = cert.path();
        tls.private_key_file = key.path();
        const std::string without = refusal(tls);
        CHECK(has(without, key.path() + "\": it is encrypted"));
        tls.private_key_password = "wrong one";
        const std::string wrong = refusal(tls);
        CHECK(has(wrong, "private_key_password does not open it"));
        CHECK_FALSE(has(wrong, "wrong one"));
        tls.private_key_password = std::string(5000, 'x');
        CHECK(has(refusal(tls), "does not open it"));
        tls.private_key_password = "secret";
        CHECK(refusal(tls).empty());
    }
}

TEST_CASE("an encrypted block among the roots prompts nobody for a password") {
    const std::string encrypted =
        "-----BEGIN CERTIFICATE-----\n"
        "Proc-Type: 4,ENCRYPTED\n"
        "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n" +
        test_ca().pem().substr(28);
    TlsOptions tls;
    tls.ca_pem = encrypted;
    CHECK(has(refusal(tls), "ca_pem: "));
    const TempFile file{encrypted};
    tls.ca_pem.reset();
    tls.ca_file = file.path();
    CHECK(has(refusal(tls), "ca_file \"" + file.path()));
}
