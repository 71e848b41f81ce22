// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Real TLS servers, by OpenSSL, GnuTLS and nginx, that ask for a client certificate.

#include "../support/child_server.hpp"
#include "../support/ocsp_replies.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

using namespace hawser::test;
using hawser::TlsVersion;

namespace {

const TestCert& leaf() {
    static const auto cert = test_ca().issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
    return cert;
}

const TestCert& me() {
    static const auto cert = test_ca().issue({.cn = "me", .eku = "clientAuth"});
    return cert;
}

const char nginx_conf[] = R"(
daemon off;
error_log stderr;
pid nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 127.0.0.1:PORT ssl;
        ssl_certificate cert.pem;
        ssl_certificate_key key.pem;
        ssl_client_certificate ca.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_verify_client on;
        ssl_stapling on;
        ssl_stapling_file ocsp.der;
        location / { root .; }
    }
}
)";

const std::vector<ChildServer::Program>& programs() {
    static const std::vector<ChildServer::Program> all{
        {"openssl",
         "exec openssl s_server -accept 127.0.0.1:$PORT -cert cert.pem -key key.pem -CAfile ca.pem "
         "-Verify 1 -verify_return_error -status_file ocsp.der -WWW </dev/null"},
        {"gnutls-serv",
         "exec gnutls-serv --http --port $PORT --x509certfile cert.pem --x509keyfile key.pem "
         "--x509cafile ca.pem --require-client-cert --verify-client-cert "
         "--ocsp-response ocsp.der </dev/null"},
        {"nginx",
         "sed s/PORT/$PORT/ nginx.conf >own.conf && exec nginx -p . -c own.conf -e stderr"}};
    return all;
}

TransportOptions with_certificate() {
    TransportOptions options = trusting();
    options.tls.certificate_pem = me().pem();
    options.tls.private_key_pem = me().key_pem();
    return options;
}

}  // namespace

TEST_CASE("OpenSSL's, GnuTLS's and nginx's servers get our certificate, and show theirs") {
    const ChildServer::Program program = GENERATE(from_range(programs()));
    CAPTURE(program.name);
    if (!program.installed()) {
        return;
    }
    FdGuard fds;
    const ChildServer server(program,
                             ChildServer::Files{{"cert.pem", leaf().pem()},
                                                {"key.pem", leaf().key_pem()},
                                                {"ca.pem", test_ca().pem()},
                                                {"ocsp.der", ocsp_reply(leaf(), test_ca(), {})},
                                                {"nginx.conf", nginx_conf},
                                                {"hello", "hello\n"}});
    const std::string url = server.https_url("/hello");
    for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
        CAPTURE(static_cast<int>(version));
        TransportOptions options = with_certificate();
        options.tls.min_version = options.tls.max_version = version;
        Client client{{.transport = options}};
        for (int i = 0; i < 3; ++i) {
            Response response = client.get(url);
            CHECK(response.status == 200);
            CHECK_FALSE(response.body.read_all().empty());
            CHECK(response.connection.tls_resumed == (i != 0));
            CHECK(response.connection.tls_peer.certificates_pem().starts_with(leaf().pem()));
            client.close_idle_connections();
        }
        options.tls.require_ocsp_staple = true;
        Client stapled{{.transport = options}};
        CHECK(stapled.get(url).status == 200);
    }
    Client nobody{{.transport = trusting()}};
    std::error_code ec;
    const Response refused = nobody.get(url, ec);
    CHECK((ec || refused.status == 400));  // nginx says so over HTTP
    TransportOptions distrusting = with_certificate();
    distrusting.tls.ca_pem = TestCert::authority().pem();
    Client stranger{{.transport = distrusting}};
    CHECK(try_get(stranger, url).ec == error::cert_error);
}
