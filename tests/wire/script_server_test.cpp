// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Tests of the scripted server itself, with the plainest possible clients: a blocking socket, and
// OpenSSL on one. Includes no hawser header: what these tests show must not depend on the library.

#include "../support/script_server.hpp"

#include "../support/fd_guard.hpp"
#include "../support/io_thread.hpp"

#include <asio/post.hpp>
#include <fcntl.h>
#include <poll.h>

using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* get_hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

struct RawClient {
    explicit RawClient(const ScriptServer& server, const char* address = "127.0.0.1")
        : fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(server.port());
        ::inet_pton(AF_INET, address, &name.sin_addr);
        const timeval limit{20, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        connected = ::connect(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
    }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient() { close(); }

    void send(std::string_view bytes) const {
        ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    void close() {
        if (fd >= 0) {
            ::close(std::exchange(fd, -1));
        }
    }
    /// Exactly `size` bytes, or fewer at the end; `error` is errno, or 0 at FIN.
    std::string read(std::size_t size) {
        std::string bytes(size, '\0');
        std::size_t have = 0;
        while (have < size) {
            const auto n = ::recv(fd, bytes.data() + have, size - have, MSG_PEEK);
            if (n <= 0) {
                error = n < 0 ? errno : 0;
                break;
            }
            // Takes what it saw: with more room, recv() would also take what arrives meanwhile.
            ::recv(fd, bytes.data() + have, static_cast<std::size_t>(n), 0);
            ++reads;
            have += static_cast<std::size_t>(n);
        }
        bytes.resize(have);
        return bytes;
    }
    std::string read_to_end() { return read(1 << 20); }

    int fd;
    bool connected = false;
    int error = -1;
    int reads = 0;
};

struct TlsClient {
    TlsClient(const ScriptServer& server, const TestCert& ca, const char* host = "localhost")
        : raw{server},
          ctx{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free},
          ssl{SSL_new(ctx.get()), &SSL_free} {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx.get()), ca.cert());
        SSL_set_fd(ssl.get(), raw.fd);
        SSL_set_verify(ssl.get(), SSL_VERIFY_PEER, nullptr);
        SSL_set_tlsext_host_name(ssl.get(), host);
        SSL_set1_host(ssl.get(), host);
        SSL_set_hostflags(
            ssl.get(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    }
    bool connect() {
        ERR_clear_error();
        return SSL_connect(ssl.get()) == 1;
    }
    long verdict() const { return SSL_get_verify_result(ssl.get()); }
    std::string read_to_end() {
        std::string all;
        char bytes[4096];
        int n = 0;
        while ((n = SSL_read(ssl.get(), bytes, sizeof bytes)) > 0) {
            all.append(bytes, static_cast<std::size_t>(n));
        }
        clean_end = SSL_get_error(ssl.get(), n) == SSL_ERROR_ZERO_RETURN;
        ERR_clear_error();
        return all;
    }

    RawClient raw;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> ctx;
    std::unique_ptr<SSL, void (*)(SSL*)> ssl;
    bool clean_end = false;
};

const TestCert& test_ca() {
    static const auto ca = TestCert::authority();
    return ca;
}

long verdict_on(const TestCert& cert, const char* host) {
    ScriptServer server{[](Peer& peer) { peer.wait_for_eof(); }, {.tls = ServerTls{.cert = cert}}};
    TlsClient client{server, test_ca(), host};
    client.connect();
    return client.verdict();
}

}  // namespace

TEST_CASE("a keep-alive server answers all requests of a connection and counts them") {
    FdGuard fds;
    ScriptServer server{keep_alive_server([](const ReceivedRequest& request) {
        return respond(request.method + ' ' + request.target + ' ' + request.body,
                       "X-Host: " + request.header("hOST").value_or("none") + "\r\n");
    })};
    REQUIRE(server.url("/x") == "http://127.0.0.1:" + std::to_string(server.port()) + "/x");
    RawClient client{server};
    client.send(get_hello);
    client.send("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    client.send(
        "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n");
    CHECK(client.read_to_end() ==
          "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-Host: a\r\n\r\nGET /hello "
          "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-Host: a\r\n\r\nPOST /b abc"
          "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nX-Host: a\r\n\r\nPOST /c abcde");
    CHECK(client.error == 0);
    server.wait_for_open(0);
    CHECK(server.connections() == 1);
    CHECK(server.requests() == 3);
    CHECK(server.heads().at(0) == get_hello);
}

TEST_CASE("each ending of a connection looks to the client as its name says") {
    FdGuard fds;
    Gate sent[2];
    ScriptServer server{in_order({
        [](Peer& peer) { peer.read_request(), peer.close(); },
        [](Peer& peer) { peer.read_request(), peer.reset(); },
        [](Peer& peer) { peer.half_close(), peer.read_request(), peer.wait_for_eof(); },
        [&](Peer& peer) { peer.await(sent[0]), peer.send("x"), peer.close(); },
        [&](Peer& peer) { peer.await(sent[1]), peer.drop(); },
    })};
    const int expected[] = {0, ECONNRESET, 0, 0, ECONNRESET};
    for (std::size_t i = 0; i < std::size(expected); ++i) {
        RawClient client{server};
        client.send(get_hello);
        if (i >= 3) {
            sent[i - 3].open();
        }
        CHECK(client.read_to_end() == (i == 3 ? "x" : ""));
        CHECK(client.error == expected[i]);
    }
}

TEST_CASE("a client's reset and its FIN are distinguished") {
    Gate seen[2];
    End ends[2]{};
    ScriptServer server{[&](Peer& peer) {
        const auto i = peer.number() - 1;
        ends[i] = peer.wait_for_eof();
        seen[i].open();
    }};
    RawClient fin{server};
    fin.close();
    seen[0].wait();
    RawClient reset{server};
    const linger hard{1, 0};
    ::setsockopt(reset.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    reset.close();
    seen[1].wait();
    CHECK(ends[0] == End::fin);
    CHECK(ends[1] == End::reset);
}

TEST_CASE("bytes sent one by one are read one by one, and waiting for a deaf client ends in time") {
    const auto text = respond(std::string(20, 'x'));
    std::atomic<bool> apart{false};
    ScriptServer server{[&](Peer& peer) {
        peer.read_request();
        apart = peer.send_bytewise(text);
    }};
    RawClient client{server};
    client.send(get_hello);
    CHECK(client.read_to_end() == text);
    CHECK(static_cast<std::size_t>(client.reads) == text.size());
    CHECK(apart);
    RawClient deaf{server};
    deaf.send(get_hello);
    server.wait_for_connections(2);
    server.wait_for_open(0);
    CHECK_FALSE(apart);
    CHECK(deaf.read_to_end() == text);
}

TEST_CASE(
    "a server that does not accept still lets clients connect, and one that stopped refuses") {
    ScriptServer server{keep_alive_server([](auto&) { return respond("ok"); }),
                        {.accepting = false}};
    RawClient early{server};
    CHECK(early.connected);
    CHECK(server.connections() == 0);
    server.accept_now();
    server.wait_for_open(1);
    server.stop_listening();
    RawClient late{server};
    CHECK_FALSE(late.connected);
    early.send(get_hello);
    CHECK(early.read(40) == respond("ok"));
}

TEST_CASE("a server is destroyed at once while scripts wait for anything") {
    FdGuard fds;
    const auto begin = std::chrono::steady_clock::now();
    {
        Gate never;
        ScriptServer server{in_order({
            [](Peer& peer) { peer.read_request(); },
            [&](Peer& peer) { peer.await(never); },
            [](Peer& peer) { peer.wait_for_eof(); },
            [](Peer& peer) { peer.send(std::string(64 << 20, 'x')); },
        })};
        RawClient clients[] = {
            RawClient{server}, RawClient{server}, RawClient{server}, RawClient{server}};
        server.wait_for_connections(4);
        server.stop();
        CHECK(server.open_connections() == 0);
    }
    CHECK(std::chrono::steady_clock::now() - begin < patience / 2);
}

TEST_CASE("a malformed request and a throwing script are failures of the test") {
    const char* malformed[] = {
        "GET  / HTTP/1.1\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/1.1\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: +1\r\n\r\n1",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\n",
    };
    ScriptServer server{
        keep_alive_server([](auto&) -> std::string { throw std::logic_error{"script"}; })};
    for (const auto* text : malformed) {
        RawClient client{server};
        client.send(text);
        CHECK(client.read_to_end().empty());
        server.wait_for_open(0);
        CHECK(server.take_failures().size() == 1);
    }
    RawClient client{server};
    client.send(get_hello);
    client.read_to_end();
    server.wait_for_open(0);
    CHECK(server.take_failures() == std::vector<std::string>{"connection 8: script"});
}

TEST_CASE("the failure of a script fails its test", "[!shouldfail]") {
    ScriptServer server{[](Peer&) { throw std::logic_error{"meant to fail"}; }};
    RawClient client{server};
    client.read_to_end();
}

TEST_CASE("a descriptor left open fails its test", "[!shouldfail]") {
    const int first = ::eventfd(0, EFD_CLOEXEC);
    ::close(first);
    {
        FdGuard fds;
        CHECK(::eventfd(0, EFD_CLOEXEC) == first);
    }
    ::close(first);
}

TEST_CASE("waits end with their event, by timeout, or by a stop") {
    Gate gate;
    CHECK_THROWS_AS(gate.wait({}, 1ms), TimedOut);
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS(gate.wait(stop.get_token()), PeerGone);
    gate.open();
    CHECK(gate.is_open());
    gate.wait();
}

TEST_CASE("servers listen on other loopback addresses, on ::1, and on a port of choice") {
    ScriptServer other{keep_alive_server([](auto&) { return respond("ok"); }),
                       {.address = "127.0.0.7"}};
    RawClient client{other, "127.0.0.7"};
    client.send(get_hello);
    CHECK(client.read(40) == respond("ok"));
    const auto port = other.port();
    other.stop();
    ScriptServer again{[](Peer&) {}, {.address = "127.0.0.7", .port = port}};
    CHECK(again.port() == port);
    ScriptServer six{[](Peer&) {}, {.address = "::1"}};
    CHECK(six.url() == "http://[::1]:" + std::to_string(six.port()) + "/");
}

TEST_CASE("a TLS server shows what the client asked for and ends with or without close_notify") {
    FdGuard fds;
    for (const bool polite : {true, false}) {
        ServerTls tls{.cert = test_ca().issue({.dns = {"localhost"}})};
        tls.send_close_notify = polite;
        tls.choose_alpn = [](const auto& offered) { return offered.back(); };
        ScriptServer server{keep_alive_server([](auto&) { return respond("ok"); }), {.tls = tls}};
        TlsClient client{server, test_ca()};
        SSL_set_alpn_protos(
            client.ssl.get(), reinterpret_cast<const unsigned char*>("\2h2\10http/1.1"), 12);
        REQUIRE(client.connect());
        const std::string request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        SSL_write(client.ssl.get(), request.data(), static_cast<int>(request.size()));
        CHECK(client.read_to_end() == respond("ok"));
        CHECK(client.clean_end == polite);
        const auto hello = server.client_hellos().at(0);
        CHECK(hello.sni == "localhost");
        CHECK(hello.alpn == std::vector<std::string>{"h2", "http/1.1"});
        CHECK(server.url() == server.https_url());
    }
}

TEST_CASE("a hello is known before the client gets the first byte of its answer") {
    FdGuard fds;
    ServerTls tls{.cert = test_ca().issue({.dns = {"localhost"}})};
    tls.stall_after = 1;
    ScriptServer server{[](Peer&) {}, {.tls = tls}};
    TlsClient client{server, test_ca()};
    REQUIRE(::fcntl(client.raw.fd, F_SETFL, O_NONBLOCK) == 0);
    CHECK_FALSE(client.connect());  // has sent the hello
    pollfd answer{client.raw.fd, POLLIN, 0};
    REQUIRE(::poll(&answer, 1, -1) == 1);
    CHECK(server.client_hellos().at(0).sni == "localhost");
}

TEST_CASE("test certificates are good or bad as intended", "[T03][T04][T08][T09][T10]") {
    const auto& ca = test_ca();
    const auto leaf = [&](CertOptions options) { return ca.issue(options); };
    CHECK(verdict_on(leaf({.dns = {"localhost"}}), "localhost") == X509_V_OK);
    CHECK(verdict_on(leaf({.dns = {"localhost"}, .rsa_bits = 2048}), "localhost") == X509_V_OK);
    CHECK(verdict_on(leaf({.dns = {"*.example.com"}}), "f.example.com") == X509_V_OK);
    CHECK(verdict_on(leaf({.dns = {"f*.example.com"}}), "foo.example.com") ==
          X509_V_ERR_HOSTNAME_MISMATCH);
    CHECK(verdict_on(leaf({.cn = "localhost"}), "localhost") == X509_V_ERR_HOSTNAME_MISMATCH);
    const std::string with_nul{"example.com\0.evil.com", 21};
    CHECK(verdict_on(leaf({.dns = {with_nul}}), "example.com") == X509_V_ERR_HOSTNAME_MISMATCH);
    CHECK(verdict_on(leaf({.dns = {"localhost"}, .not_before = -2h, .not_after = -1h}),
                     "localhost") == X509_V_ERR_CERT_HAS_EXPIRED);
    CHECK(verdict_on(leaf({.dns = {"localhost"}, .not_before = 1h}), "localhost") ==
          X509_V_ERR_CERT_NOT_YET_VALID);
    CHECK(verdict_on(leaf({.dns = {"localhost"}, .eku = "clientAuth"}), "localhost") ==
          X509_V_ERR_INVALID_PURPOSE);
    CHECK(verdict_on(TestCert::self_signed({.dns = {"localhost"}}), "localhost") ==
          X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    CHECK(verdict_on(TestCert::authority("other").issue({.dns = {"localhost"}}), "localhost") ==
          X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    const auto middle = ca.issue({.cn = "middle", .eku = "", .is_ca = true});
    const auto deep = middle.issue({.dns = {"localhost"}});
    CHECK(verdict_on(deep, "localhost") == X509_V_OK);
    CHECK(verdict_on(deep.without_chain(), "localhost") ==
          X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    CHECK(verdict_on(leaf({.dns = {"localhost"}}).with_bad_signature(), "localhost") ==
          X509_V_ERR_CERT_SIGNATURE_FAILURE);
    const auto narrow = ca.issue({.cn = "narrow",
                                  .eku = "",
                                  .is_ca = true,
                                  .name_constraints = "permitted;DNS:example.com"});
    CHECK(verdict_on(narrow.issue({.dns = {"localhost"}}), "localhost") ==
          X509_V_ERR_PERMITTED_VIOLATION);
    const auto last = ca.issue({.cn = "last", .eku = "", .is_ca = true, .pathlen = 0});
    const auto below = last.issue({.cn = "below", .eku = "", .is_ca = true});
    CHECK(verdict_on(below.issue({.dns = {"localhost"}}), "localhost") ==
          X509_V_ERR_PATH_LENGTH_EXCEEDED);
}

TEST_CASE("an IP entry matches an address and a DNS entry that looks like one does not", "[T08]") {
    const auto check_ip = [](const TestCert& cert) {
        return X509_check_ip_asc(cert.cert(), "1.2.3.4", X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    };
    CHECK(check_ip(test_ca().issue({.ips = {"1.2.3.4"}})) == 1);
    CHECK(check_ip(test_ca().issue({.cn = "1.2.3.4", .dns = {"1.2.3.4"}})) == 0);
    const TempFile file{test_ca().pem()};
    SSL_CTX* ctx = SSL_CTX_new(TLS_client_method());
    CHECK(SSL_CTX_load_verify_locations(ctx, file.path().c_str(), nullptr) == 1);
    SSL_CTX_free(ctx);
}

TEST_CASE("a handshake can stall after any number of bytes", "[T31]") {
    FdGuard fds;
    for (const std::size_t bytes : {0, 1, 90, 400}) {
        ServerTls tls{.cert = test_ca().issue({.dns = {"localhost"}})};
        tls.stall_after = bytes;
        ScriptServer server{[](Peer&) {}, {.tls = tls}};
        TlsClient client{server, test_ca()};
        const timeval limit{0, 50'000};
        ::setsockopt(client.raw.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        CHECK_FALSE(client.connect());
        CHECK(SSL_get_error(client.ssl.get(), -1) == SSL_ERROR_WANT_READ);
        server.wait_for_open(1);
    }
}

TEST_CASE("a script cuts records, forges bytes and starts TLS late", "[N13][T13][T17][T20]") {
    const TlsContext tls{{.cert = test_ca().issue({.dns = {"localhost"}})}};
    ScriptServer server{[&](Peer& peer) {
        peer.read_head();
        peer.send("HTTP/1.1 200 OK\r\n\r\n");
        peer.start_tls(tls);
        auto two = peer.seal("ab");
        two += peer.seal("cd");
        for (const char byte : two) {
            peer.send_raw({&byte, 1});
        }
        SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED);
        SSL_do_handshake(peer.ssl());
        peer.flush_tls();
        peer.send_bytewise("ef");
        if (peer.number() == 1) {
            peer.truncate();
        } else {
            peer.send_raw("HTTP/1.1 200 OK\r\n\r\n");
        }
    }};
    for (int i = 0; i < 2; ++i) {
        TlsClient client{server, test_ca()};
        client.raw.send("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
        CHECK(client.raw.read(19) == "HTTP/1.1 200 OK\r\n\r\n");
        REQUIRE(client.connect());
        CHECK(client.read_to_end() == "abcdef");
        CHECK_FALSE(client.clean_end);
    }
}

TEST_CASE("sessions are resumed unless tickets are off", "[T15]") {
    for (const bool tickets : {true, false}) {
        std::atomic<int> reused{0};
        ServerTls tls{.cert = test_ca().issue({.dns = {"localhost"}})};
        tls.tickets = tickets;
        ScriptServer server{[&](Peer& peer) { reused += peer.session_reused(), peer.send("x"); },
                            {.tls = tls}};
        TlsClient first{server, test_ca()};
        REQUIRE(first.connect());
        CHECK(first.read_to_end() == "x");
        SSL_SESSION* session = SSL_get1_session(first.ssl.get());
        TlsClient second{server, test_ca()};
        SSL_set_session(second.ssl.get(), session);
        SSL_SESSION_free(session);
        REQUIRE(second.connect());
        CHECK(second.read_to_end() == "x");
        CHECK(reused == (tickets ? 1 : 0));
    }
}

TEST_CASE("the descriptor guard sees what a scope leaves open, and memory is measured") {
    FdGuard fds;
    const auto before = count_fds();
    const int fd = ::eventfd(0, EFD_CLOEXEC);
    CHECK(count_fds() == before + 1);
    CHECK(fds.leaked().size() == 1);
    ::close(fd);
    CHECK(fds.leaked().empty());
    CHECK(rss_kib() > 1000);
}

TEST_CASE("an io_context runs on a thread of its own until its work is done") {
    FdGuard fds;
    IoThread io;
    Gate ran;
    std::atomic<bool> there{false};
    asio::post(io.executor(), [&] {
        there = std::this_thread::get_id() == io.thread_id();
        ran.open();
    });
    ran.wait();
    CHECK(there);
    asio::post(io.executor(), [] { throw std::runtime_error{"handler"}; });
    CHECK_THROWS_WITH(io.finish(), "handler");
}
