// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Who is trusted, and what the client reveals about itself (T01 to T10, T22 to T24, T30, T33).

#include "../support/temp_dir.hpp"
#include "../support/tls_probe.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

using namespace hawser::test;

namespace {

/// The verdict of a client that trusts test_ca() on this certificate when it asks for `host`.
std::error_code handshake(const CertOptions& options, std::string_view host) {
    return probe(test_ca().issue(options), host).ec;
}

}  // namespace

TEST_CASE("an unknown signer is refused unless verification is explicitly off", "[T01]") {
    FdGuard fds;
    ScriptServer server{hello_server(),
                        {.tls = ServerTls{.cert = TestCert::self_signed({.ips = {"127.0.0.1"}})}}};
    {
        Client client;
        CHECK(try_get(client, server.url()).ec == error::cert_error);
        CHECK(try_get(client, server.url()).ec == hawser::condition::refused);
        CHECK(client.stats().strands == 0);
        CHECK(client.stats().dial_failures == 2);
    }
    CHECK(server.requests() == 0);
    TransportOptions options;
    options.tls.insecure_skip_verify = true;
    Client client{{.transport = options}};
    CHECK(client.get(server.url()).body.read_all() == "hello");
}

TEST_CASE("names match as RFC 9525 says, wildcards only as a whole label", "[T03][T04][T06][T07]") {
    CHECK_FALSE(handshake({.dns = {"a.example.com"}}, "a.example.com"));
    CHECK_FALSE(handshake({.dns = {"a.example.com"}}, "a.example.com."));
    CHECK_FALSE(handshake({.dns = {"A.Example.COM"}}, "a.example.com"));
    CHECK_FALSE(handshake({.dns = {"*.example.com"}}, "a.example.com"));
    const std::pair<CertOptions, const char*> bad[] = {
        {{.cn = "localhost"}, "localhost"},
        {{.cn = "localhost", .dns = {"other"}}, "localhost"},
        {{.dns = {"a.example.com"}}, "b.example.com"},
        {{.dns = {"a*.example.com"}}, "ab.example.com"},
        {{.dns = {"*b.example.com"}}, "ab.example.com"},
        {{.dns = {"x*.example.com"}}, "xn--ab.example.com"},
        {{.dns = {"*.example.com"}}, "a.b.example.com"},
        {{.dns = {"*.example.com"}}, "example.com"},
        {{.dns = {"*"}}, "localhost"},
    };
    for (const auto& [cert, host] : bad) {
        CAPTURE(host, cert.dns);
        CHECK(handshake(cert, host) == error::cert_error);
    }
    for (const auto* host : {".example.com", ".", ""}) {  // would match everything
        CAPTURE(host);
        CHECK(handshake({.dns = {"a.example.com"}}, host) == error::tls_error);
    }
    std::error_code ec;
    (void)hawser::Url::parse("https://.example.com/", ec);
    CHECK(ec == error::invalid_url);
}

TEST_CASE("an address matches only address entries", "[T08]") {
    CHECK_FALSE(handshake({.ips = {"1.2.3.4"}}, "1.2.3.4"));
    CHECK_FALSE(handshake({.ips = {"::1"}}, "::1"));
    CHECK(handshake({.dns = {"1.2.3.4"}}, "1.2.3.4") == error::cert_error);
    CHECK(handshake({.cn = "1.2.3.4"}, "1.2.3.4") == error::cert_error);
    CHECK(handshake({.ips = {"1.2.3.5"}}, "1.2.3.4") == error::cert_error);
    CHECK(handshake({.dns = {"*.2.3.4"}}, "1.2.3.4") == error::cert_error);
}

TEST_CASE("a NUL does not end a name", "[T09]") {
    CHECK(handshake({.dns = {std::string("example.com\0.evil.com", 21)}}, "example.com") ==
          error::cert_error);
    std::error_code ec;
    (void)hawser::Url::parse(std::string_view("https://example.com\0.evil.com/", 30), ec);
    CHECK(ec == error::invalid_url);
}

TEST_CASE("a certificate with any defect is refused, once", "[T10]") {
    const auto& ca = test_ca();
    const CertOptions named{.ips = {"127.0.0.1"}};
    const auto leaf = [&](auto change) {
        CertOptions options = named;
        change(options);
        return ca.issue(options);
    };
    const auto above = [&](CertOptions options) {
        options.eku = "";
        options.is_ca = true;
        return ca.issue(options);
    };
    const auto last = above({.cn = "last", .pathlen = 0});
    const std::pair<const char*, TestCert> bad[] = {
        {"expired", leaf([](auto& o) { o.not_before = -2h, o.not_after = -1h; })},
        {"not yet valid", leaf([](auto& o) { o.not_before = 1h; })},
        {"other use", leaf([](auto& o) { o.eku = "clientAuth"; })},
        {"weak key", leaf([](auto& o) { o.rsa_bits = 768; })},
        {"unknown signer", TestCert::authority("other").issue(named)},
        {"same name, other key", TestCert::authority().issue(named)},
        {"self-signed", TestCert::self_signed(named)},
        {"no chain", above({.cn = "middle"}).issue(named).without_chain()},
        {"bad signature", leaf([](auto&) {}).with_bad_signature()},
        {"signer is no CA", ca.issue({.cn = "leaf"}).issue(named)},
        {"name constraint",
         above({.name_constraints = "permitted;IP:10.0.0.0/255.0.0.0"}).issue(named)},
        {"path length", last.issue({.cn = "below", .eku = "", .is_ca = true}).issue(named)},
    };
    for (const auto& [what, cert] : bad) {
        CAPTURE(what);
        FdGuard fds;
        ScriptServer server{hello_server(), {.tls = ServerTls{.cert = cert}}};
        Client client{{.transport = trusting()}};
        CHECK(try_get(client, server.url()).ec == error::cert_error);
        server.stop();
        CHECK(server.connections() == 1);
        CHECK(server.requests() == 0);
        CHECK(client.stats().strands == 0);
    }
    ScriptServer deep{hello_server(),
                      {.tls = ServerTls{.cert = above({.cn = "middle"}).issue(named)}}};
    Client client{{.transport = trusting()}};
    CHECK(client.get(deep.url()).body.read_all() == "hello");
}

TEST_CASE("the server may choose only http/1.1, or nothing", "[T22]") {
    for (const std::string chosen : {"http/1.1", "", "h2", "http/1.0", "x\x1b[31m"}) {
        CAPTURE(chosen);
        FdGuard fds;
        auto tls = good_tls();
        tls.choose_alpn = [&](const auto&) { return chosen; };
        ScriptServer server{hello_server(), {.tls = tls}};
        Client client{{.transport = trusting()}};
        const bool good = chosen.empty() || chosen == "http/1.1";
        CHECK(try_get(client, server.url()).ec ==
              (good ? std::error_code{} : make_error_code(error::tls_error)));
        client.close_idle_connections();
        CHECK(client.stats().strands == 0);
        server.stop();
        CHECK(server.client_hellos().at(0).alpn == std::vector<std::string>{"http/1.1"});
    }
}

TEST_CASE("versions below TLS 1.2 are refused without a retry", "[T23]") {
    const std::pair<int, const char*> versions[] = {{TLS1_VERSION, nullptr},
                                                    {TLS1_1_VERSION, nullptr},
                                                    {TLS1_2_VERSION, "TLSv1.2"},
                                                    {TLS1_3_VERSION, "TLSv1.3"}};
    for (const auto& [version, name] : versions) {
        FdGuard fds;
        auto tls = good_tls();
        tls.min_version = tls.max_version = version;
        ScriptServer server{hello_server(), {.tls = tls}};
        Client client{{.transport = trusting()}};
        std::error_code ec;
        const Response response = client.get(server.url(), ec);
        CHECK(response.connection.tls_version == (name != nullptr ? name : ""));
        CHECK(response.connection.tls_cipher.empty() == (name == nullptr));
        CHECK(ec == (name != nullptr ? std::error_code{} : make_error_code(error::tls_error)));
        CHECK(server.connections() == 1);
    }
}

TEST_CASE("the hello names the host without its port, and no address", "[T24][T32]") {
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    for (int i = 0; i < 2; ++i) {  // the second time with a session to resume
        CHECK(client.get(server.url_as("localhost")).status == 200);
        CHECK(client.get(server.url_as("LOCALHOST")).connection.reused);
        CHECK(client.get(server.url_as("127.0.0.1")).status == 200);
        client.close_idle_connections();
    }
    const auto hellos = server.client_hellos();
    REQUIRE(hellos.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        const auto& types = hellos[i].extensions;
        CHECK(hellos[i].sni ==
              (i % 2 == 0 ? std::optional<std::string>("localhost") : std::nullopt));
        CHECK(std::count(types.begin(), types.end(), 42) == 0);  // early_data
        CHECK(std::count(types.begin(), types.end(), 41) == (i < 2 ? 0 : 1));
    }
}

TEST_CASE("foreign errors in OpenSSL's queue are not ours, and ours do not stay there", "[T30]") {
    ScriptServer good{hello_server(), {.tls = good_tls()}};
    ScriptServer bad{hello_server(), {.tls = ServerTls{.cert = TestCert::self_signed({})}}};
    ScriptServer cut{[](Peer& peer) {
                         peer.read_request();
                         peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                         peer.truncate();
                     },
                     {.tls = good_tls()}};
    ScriptServer until_close{[](Peer& peer) {
                                 peer.read_request();
                                 peer.send("HTTP/1.1 200 OK\r\n\r\nall");
                                 peer.close();
                             },
                             {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    // The call's own errors, and not the foreign one if another thread did the work.
    const auto none_of_ours = [] {
        const auto first = ERR_get_error();
        return (first == 0 || ERR_GET_LIB(first) == ERR_LIB_USER) && ERR_get_error() == 0;
    };
    for (int i = 0; i < 3; ++i) {
        ERR_raise(ERR_LIB_USER, 1);
        CHECK(client.get(good.url()).body.read_all() == "hello");
        ERR_raise(ERR_LIB_USER, 1);
        CHECK(client.get(until_close.url()).body.read_all() == "all");
        ERR_raise(ERR_LIB_USER, 1);
        CHECK(try_get(client, bad.url()).ec == error::cert_error);
        CHECK(none_of_ours());
        ERR_raise(ERR_LIB_USER, 1);
        std::error_code ec;
        client.get(cut.url()).body.read_all(ec);
        CHECK(ec == error::incomplete_body);
        CHECK(none_of_ours());
    }
    CHECK(good.connections() == 1);
}

TEST_CASE("a trimmed TLS stream continues where it was", "[X15][B-38]") {
    ScriptServer server{keep_alive_server([](auto&) { return respond("hello"); }),
                        {.tls = good_tls()}};
    const auto context = std::make_shared<hawser::detail::TlsContext>(trusting().tls, false);
    std::error_code ec;
    hawser::detail::Fault fault;
    auto ssl =
        context->make_ssl("localhost", "key", hawser::detail::TlsContext::Resume::yes, ec, fault);
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::make_address("127.0.0.1"), server.port()});
    const hawser::detail::TcpEnds ends{socket.local_endpoint(), socket.remote_endpoint()};
    pollfd readable{socket.native_handle(), POLLIN, 0};
    const auto wait = [&] {
        REQUIRE(::poll(&readable, 1, static_cast<int>(patience.count())) == 1);
    };
    auto& loop = *new hawser::detail::SocketLoop(io.get_executor());  // kept by the stream
    hawser::detail::TlsStream stream(hawser::detail::TcpStream::make(loop, std::move(socket), ends),
                                     std::move(ssl),
                                     {context, "key"});
    while (stream.handshake(ec)) {
        wait();
    }
    REQUIRE_FALSE(ec);
    std::string first;
    for (int i = 0; i < 3; ++i) {
        stream.trim();
        const std::string_view request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        REQUIRE(stream.write_some({&request, 1}, ec) == request.size());
        std::string response;
        while (response.find("hello") == std::string::npos) {
            char some[16];  // the rest of the record stays in the stream
            response.append(some, stream.read_some(some, sizeof(some), ec));
            stream.trim();
            if (ec == asio::error::would_block) {
                wait();
                ec = {};
            }
            REQUIRE_FALSE(ec);
        }
        first = first.empty() ? response : first;
        CHECK(response == first);
        CHECK(stream.probe() == hawser::detail::Idle::quiet);
    }
    stream.close();
    stream.trim();
}

TEST_CASE("roots and keys that cannot be loaded fail the constructor", "[T33]") {
    FdGuard fds;
    const TempFile roots{test_ca().pem()};
    const TempFile none{""};
    const TempFile garbage{"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    const auto fails = [](auto change) {
        TransportOptions options;
        change(options.tls);
        try {
            Client client{{.transport = options}};
        } catch (const std::system_error& failure) {
            return failure.code() == error::tls_error && ERR_peek_error() == 0;
        }
        return false;
    };
    CHECK(fails([](auto& tls) { tls.ca_file = "/nowhere/roots.pem"; }));
    CHECK(fails([&](auto& tls) { tls.ca_file = none.path(); }));
    CHECK(fails([&](auto& tls) { tls.ca_file = garbage.path(); }));
    CHECK(fails([](auto& tls) { tls.ca_pem = "no PEM"; }));
    CHECK(fails([&](auto& tls) {  // one of two is broken
        tls.ca_pem = test_ca().pem() +
                     "-----BEGIN CERTIFICATE-----\nAAAA\n"
                     "-----END CERTIFICATE-----\n";
    }));
    CHECK(fails([&](auto& tls) { tls.certificate_file = roots.path(); }));  // without its key
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    TransportOptions options;
    options.tls.ca_file = roots.path();
    Client client{{.transport = options}};
    CHECK(client.get(server.url()).status == 200);
    options.tls = {};
    const TempDir empty;
    options.tls.ca_path = empty.path();  // no root at all
    Client strict{{.transport = options}};
    CHECK(try_get(strict, server.url()).ec == error::cert_error);
}

TEST_CASE("a client certificate is shown to a server that asks") {
    const auto mine = test_ca().issue({.cn = "me", .eku = "clientAuth"});
    const TempFile cert{mine.chain_pem()};
    const TempFile key{mine.key_pem()};
    auto tls = good_tls();
    tls.ask_client_cert = true;
    ScriptServer server{[](Peer& peer) {
                            X509* shown = SSL_get0_peer_certificate(peer.ssl());
                            peer.read_request();
                            char name[64] = "nobody";
                            if (shown != nullptr) {
                                X509_NAME_get_text_by_NID(
                                    X509_get_subject_name(shown), NID_commonName, name, 64);
                            }
                            peer.send(respond(name));
                        },
                        {.tls = tls}};
    auto options = trusting();
    CHECK(Client{{.transport = options}}.get(server.url()).body.read_all() == "nobody");
    options.tls.certificate_file = cert.path();
    options.tls.private_key_file = key.path();
    CHECK(Client{{.transport = options}}.get(server.url()).body.read_all() == "me");
}
