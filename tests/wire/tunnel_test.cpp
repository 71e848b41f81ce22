// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Tunnels through proxies: what arrives where, what each hop learns, and proxies that refuse, stall
// or lie.

#include "../support/stuck_network.hpp"
#include "../support/tls_setup.hpp"
#include "../support/tunnel_proxy.hpp"
#include "../support/wire_tests.hpp"

#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace hawser::test;
using hawser::Failure;
using hawser::ProxyRules;

namespace {

std::string proxy_url(const ScriptServer& proxy, const std::string& scheme, const char* user = "") {
    return scheme + "://" + user + "127.0.0.1:" + std::to_string(proxy.port());
}

TransportOptions through(const std::string& proxy) {
    TransportOptions options = trusting();
    options.proxy = ProxyRules{proxy};
    return options;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// The requests that a SOCKS proxy has had, and its script.
class SocksLog {
public:
    Script script(bool login = false) {
        return [this, login](Peer& peer) {
            const SocksRequest request = read_socks(peer, login);
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(request);
            }
            peer.send_raw(std::string("\5\0\0\1\0\0\0\0\0\0", 10));
            relay(peer, request.port);
        };
    }
    std::vector<SocksRequest> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<SocksRequest> requests_;
};

/// The failure of a request through the proxy.
Failure failure_of(TransportOptions options, const std::string& url) {
    Client client{{.transport = std::move(options)}};
    std::error_code ec;
    Response response = client.get(url, ec);
    CHECK(ec == response.failure.code());
    check_quiet(client);
    return response.failure;
}

Failure failure_of(const std::string& proxy, const std::string& url) {
    return failure_of(through(proxy), url);
}

}  // namespace

TEST_CASE("https through an HTTP proxy: CONNECT, then TLS with the origin, on a pooled connection",
          "[F-Y02][P02][P03][P04]") {
    FdGuard fds;
    ScriptServer origin{keep_alive_server([](const auto& request) {
                            return respond(request.header("Cookie").value_or("") +
                                           request.header("Proxy-Authorization").value_or(""));
                        }),
                        {.tls = good_tls()}};
    ScriptServer proxy{connect_proxy()};
    Client client{{.transport = through(proxy_url(proxy, "http", "u:p%40@"))}};
    for (int i = 0; i < 2; ++i) {
        hawser::Request request("GET", origin.url_as("localhost", "/x"));
        request.headers.add("Cookie", "secret");
        request.headers.add("Authorization", "Bearer token");
        Response response = client.send(request);
        CHECK(response.body.read_all() == "secret");
        CHECK(response.connection.reused == (i == 1));
        CHECK(response.connection.tls_version == "TLSv1.3");
        REQUIRE(response.connection.proxy);
        CHECK(response.connection.proxy->port() == proxy.port());
    }
    const std::string target = "localhost:" + std::to_string(origin.port());
    REQUIRE(proxy.heads().size() == 1);
    CHECK(proxy.heads()[0] == "CONNECT " + target + " HTTP/1.1\r\nHost: " + target +
                                  "\r\nUser-Agent: hawser/" HAWSER_VERSION_TEXT
                                  "\r\nProxy-Authorization: Basic "
                                  "dTpwQA==\r\n\r\n");
    CHECK(origin.client_hellos().at(0).sni == "localhost");
    check_quiet(client);
}

TEST_CASE("a proxy over TLS forwards http, and carries TLS inside of TLS", "[F-S04][P03][P13]") {
    FdGuard fds;
    const std::string big(1'000'000, 'b');
    const auto echo = [&](const auto& request) {
        return respond(request.target == "/big" ? big : request.body.substr(0, 100000));
    };
    ScriptServer origin{keep_alive_server(echo), {.tls = good_tls()}};
    ScriptServer proxy{[](Peer& peer) {
                           while (const auto request = peer.read_request()) {
                               if (request->method == "CONNECT") {
                                   peer.send("HTTP/1.1 200 OK\r\n\r\n");
                                   relay(peer, port_in(request->target));
                                   return;
                               }
                               peer.send(respond(request->target));
                           }
                       },
                       {.tls = good_tls()}};
    Client client{{.transport = through("https://u:p@localhost:" + std::to_string(proxy.port()))}};
    const Response forwarded = client.get("http://plain.example/x");
    CHECK(forwarded.connection.tls_version.empty());
    REQUIRE(forwarded.connection.proxy);
    CHECK(forwarded.connection.proxy->scheme() == "https");
    for (int i = 0; i < 3; ++i) {
        Response response = client.get(origin.url_as("localhost", "/big"));
        CHECK(response.connection.tls_version == "TLSv1.3");
        CHECK(response.connection.reused == (i != 0));
        CHECK(response.body.read_all() == big);
        CHECK(client.post(origin.url_as("localhost", "/"), big).body.read_all() ==
              big.substr(0, 100000));
    }
    CHECK(proxy.client_hellos().at(0).sni == "localhost");
    REQUIRE(proxy.heads().size() == 2);
    CHECK(has(proxy.heads()[0], "GET http://plain.example/x HTTP/1.1"));
    CHECK(has(proxy.heads()[1], "Proxy-Authorization: Basic dTpw"));
    for (const std::string& head : origin.heads()) {
        CHECK_FALSE(has(head, "Proxy-Authorization"));
    }
    check_quiet(client);
}

TEST_CASE("a proxy over TLS is verified by its own name, and gets nothing meant for the server",
          "[P13][P04]") {
    FdGuard fds;
    ScriptServer origin{hello_server(), {.tls = good_tls()}};
    ServerTls other{.cert = test_ca().issue({.dns = {"proxy.example"}}), .ask_client_cert = true};
    ScriptServer proxy{[](Peer& peer) {
                           const auto request = peer.read_head();
                           peer.send("HTTP/1.1 200 OK\r\n\r\n");
                           relay(peer, port_in(request->target));
                       },
                       {.tls = other}};
    const std::string url = "https://proxy.example:" + std::to_string(proxy.port());
    const Failure wrong =
        failure_of("https://127.0.0.1:" + std::to_string(proxy.port()), origin.url_as("localhost"));
    CHECK(wrong.code() == error::cert_error);
    CHECK(wrong.phase() == Failure::Phase::proxy);
    CHECK(has(wrong.reason(), "TLS with the proxy https://127.0.0.1:"));
    TransportOptions options = through(url);
    options.resolve = {{"proxy.example:" + std::to_string(proxy.port()), {"127.0.0.1"}},
                       {"10.1.2.3:" + std::to_string(origin.port()), {"127.0.0.1"}}};
    options.tls.server_name = "localhost";  // of the server only
    options.tls.verify = [](const std::string& host, const hawser::TlsPeer&) {
        return host == "10.1.2.3";
    };
    Client client{{.transport = options}};
    CHECK(try_get(client, origin.url_as("10.1.2.3")).body == "hello");
    CHECK(proxy.client_hellos().back().sni == "proxy.example");
    CHECK(origin.client_hellos().back().sni == "localhost");
    check_quiet(client);
}

TEST_CASE("a proxy over TLS that speaks none, or stalls, is reported as the proxy", "[P13]") {
    FdGuard fds;
    ScriptServer plain{[](Peer& peer) {
        peer.send_raw("HTTP/1.1 400 Bad Request\r\n\r\n");
        peer.wait_for_eof();
    }};
    const Failure failure = failure_of(proxy_url(plain, "https"), "https://origin.example/");
    CHECK(failure.code() == error::tls_error);
    CHECK(failure.phase() == Failure::Phase::proxy);
    CHECK(has(failure.reason(), "TLS with the proxy https://127.0.0.1:"));
    ScriptServer silent{[](Peer& peer) { peer.wait_for_eof(); }};
    TransportOptions options = through(proxy_url(silent, "https"));
    options.tls_handshake_timeout = std::chrono::milliseconds{20};
    Client client{{.transport = options}};
    std::error_code ec;
    const Response late = client.get("http://origin.example/", ec);
    CHECK(ec == error::tls_timeout);
    CHECK(has(late.failure.reason(), "TLS with the proxy"));
    check_quiet(client);
}

TEST_CASE("a proxy that asks for Digest gets it on a new connection", "[P05]") {
    FdGuard fds;
    ScriptServer origin{hello_server(), {.tls = good_tls()}};
    ScriptServer proxy{[](Peer& peer) {
        const auto request = peer.read_head();
        if (!request) {
            return;
        }
        const std::string authorization = request->header("Proxy-Authorization").value_or("");
        if (authorization.starts_with("Digest username=\"u\"")) {
            peer.send_raw("HTTP/1.1 200 OK\r\n\r\n");
            relay(peer, port_in(request->target));
        } else {
            peer.send_raw(
                "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=r, nonce=n, "
                "qop=auth\r\nContent-Length: 2\r\n\r\nno");
        }
    }};
    CHECK(try_get(*std::make_unique<Client>(hawser::ClientOptions{
                      .transport = through(proxy_url(proxy, "http", "u:p@"))}),
                  origin.url())
              .body == "hello");
    CHECK(proxy.heads().size() == 2);
    const Failure refused = failure_of(proxy_url(proxy, "http"), origin.url());
    CHECK(refused.code() == error::proxy_error);
    CHECK(has(refused.reason(), "it refused: 407 No: no"));
}

TEST_CASE("SOCKS5 carries http and https, by name or by address", "[F-Y06][T-D02][P17][P18]") {
    FdGuard fds;
    SocksLog log;
    ScriptServer plain{hello_server()};
    ScriptServer tls{hello_server(), {.tls = good_tls()}};
    ScriptServer proxy{log.script()};
    const std::string name = "not.known.here.invalid";
    {
        Client client{{.transport = through(proxy_url(proxy, "socks5h"))}};
        const std::string url = "http://" + name + ':' + std::to_string(plain.port()) + '/';
        CHECK(try_get(client, url).body == "hello");
        CHECK(try_get(client, url).body == "hello");
        CHECK(questions().of(name) == 0);
        CHECK(try_get(client, tls.url_as("localhost")).body == "hello");
        REQUIRE(log.requests().size() == 2);
        CHECK(log.requests()[0].type == 3);
        CHECK(log.requests()[0].address == name);
        CHECK(log.requests()[1].address == "localhost");
        CHECK(plain.heads().at(0).starts_with("GET / HTTP/1.1\r\nHost: " + name));
        check_quiet(client);
    }
    Client client{{.transport = through(proxy_url(proxy, "socks5"))}};
    CHECK(try_get(client, tls.url_as("localhost")).body == "hello");
    CHECK(try_get(client, plain.url()).body == "hello");
    REQUIRE(log.requests().size() == 4);
    CHECK(log.requests()[2].type == 1);
    CHECK(log.requests()[2].address == std::string("\x7f\0\0\1", 4));
    CHECK(log.requests()[3].address == std::string("\x7f\0\0\1", 4));
    check_quiet(client);
}

TEST_CASE("a SOCKS proxy gets the user and the password, and no one else does", "[P04]") {
    FdGuard fds;
    SocksLog log;
    ScriptServer plain{hello_server()};
    ScriptServer proxy{log.script(true)};
    Client client{{.transport = through(proxy_url(proxy, "socks5h", "me:p%3Aw@"))}};
    CHECK(try_get(client, plain.url()).body == "hello");
    CHECK(log.requests().at(0).login == "me:p:w");
    CHECK(log.requests().at(0).methods == std::string("\0\2", 2));
    CHECK_FALSE(has(plain.heads().at(0), "uthorization"));
    check_quiet(client);
}

TEST_CASE("a failed tunnel says which proxy it was, and what that said",
          "[P01][P10][P15][P23][P25]") {
    FdGuard fds;
    ScriptServer origin{hello_server(), {.tls = good_tls()}};
    struct Row {
        Script script;
        const char* scheme;
        const char* said;
    };
    const auto says = [](std::string answer) -> Script {
        return [answer](Peer& peer) {
            peer.read_head();
            peer.send_raw(answer);
            peer.wait_for_eof();
        };
    };
    const auto socks_says = [](std::string answer) -> Script {
        return [answer](Peer& peer) {
            peer.read_exactly(4);
            peer.send_raw(answer);
            peer.wait_for_eof();
        };
    };
    const Row rows[] = {
        {says("HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!"),
         "http",
         ": it refused: 403 Forbidden: no!"},
        {[](Peer& peer) {
             peer.read_head();
             peer.send_raw("HTTP/1.1 403 Filtered\r\nConnection: close\r\n\r\n");
             peer.send_raw("by the ");
             peer.send_raw("rules");
         },
         "http",
         ": it refused: 403 Filtered: by the rules"},
        {[](Peer& peer) {
             peer.read_head();
             peer.send_raw("HTTP/1.1 403 Filtered\r\nContent-Length: 30\r\n\r\nby ");
             peer.reset();
         },
         "http",
         ": it refused: 403 Filtered"},
        {says("HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n\r\n"),
         "http",
         ": it refused: 302 Found"},
        {says("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=r\r\n\r\n"),
         "http",
         ": it refused: 401 No"},
        {says("HTTP/1.1 200 OK\r\n\r\ntoo early"),
         "http",
         ": it sent bytes before the tunnel stood"},
        {says("nonsense\r\n\r\n"), "http", ": its response to CONNECT is not HTTP"},
        {[](Peer& peer) { peer.read_head(); }, "http", ": it closed the connection"},
        {socks_says("\5\xff"), "socks5h", ": it accepts no way to log in that we know"},
        {[](Peer& peer) { peer.read_exactly(4); }, "socks5", ": it closed the connection"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.said);
        ScriptServer proxy{row.script};
        const Failure failure =
            failure_of(proxy_url(proxy, row.scheme, "user:s3cret@"), origin.url());
        CHECK(failure.code() == error::proxy_error);
        CHECK(failure.phase() == Failure::Phase::proxy);
        CHECK(has(failure.reason(), "the proxy " + proxy_url(proxy, row.scheme) + row.said));
        CHECK_FALSE(has(failure.message(), "s3cret"));
    }
    CHECK(origin.connections() == 0);
}

TEST_CASE("a proxy that stalls is given up at the connect timeout, and gets nothing meanwhile",
          "[P10][P12][T-D05]") {
    FdGuard fds;
    ScriptServer origin{hello_server(), {.tls = good_tls()}};
    for (const char* scheme : {"http", "socks5h"}) {
        std::string more;
        {
            ScriptServer proxy{[&, http = scheme == std::string("http")](Peer& peer) {
                http ? (void)peer.read_head() : (void)peer.read_exactly(3);
                more += peer.read_to_end();
            }};
            TransportOptions options = through(proxy_url(proxy, scheme));
            options.connect_timeout = std::chrono::milliseconds{200};
            {
                Client client{{.transport = options}};
                std::error_code ec;
                const Response response = client.get(origin.url(), ec);
                CHECK(ec == error::connect_timeout);
                CHECK(response.failure.phase() == Failure::Phase::proxy);
                CHECK(has(response.failure.reason(), "the proxy " + proxy_url(proxy, scheme)));
            }
            options.connect_timeout = patience;
            options.dial_linger = std::chrono::milliseconds{0};
            Client client{{.transport = options}};
            hawser::Request request("GET", origin.url());
            request.options.timeout = std::chrono::milliseconds{30};
            std::error_code ec;
            client.send(request, ec);
            CHECK(ec == error::total_timeout);
            CHECK(eventually([&] { return client.stats().dialing == 0; }));
        }
        CHECK(more.empty());
    }
}

TEST_CASE("a proxy that refuses and stalls before its text is complete has refused", "[P01][P10]") {
    FdGuard fds;
    ScriptServer origin{hello_server(), {.tls = good_tls()}};
    ScriptServer proxy{[](Peer& peer) {
        peer.read_head();
        peer.send_raw("HTTP/1.1 403 Filtered\r\nContent-Length: 30\r\n\r\nby the");
        peer.wait_for_eof();
    }};
    TransportOptions options = through(proxy_url(proxy, "http"));
    options.connect_timeout = std::chrono::milliseconds{400};
    Client client{{.transport = options}};
    std::error_code ec;
    const Response response = client.get(origin.url(), ec);
    CHECK(ec == error::proxy_error);
    CHECK(has(response.failure.reason(), ": it refused: 403 Filtered: by the"));
    CHECK(origin.connections() == 0);
}

TEST_CASE("TLS through a tunnel is verified for the origin, and nothing goes around a proxy",
          "[P22][T02][T20]") {
    FdGuard fds;
    const auto leaf = test_ca().issue({.dns = {"other.example"}});
    ScriptServer origin{hello_server(), {.tls = ServerTls{.cert = leaf}}};
    ScriptServer proxy{connect_proxy()};
    CHECK(failure_of(proxy_url(proxy, "http"), origin.url_as("localhost")).code() ==
          error::cert_error);
    ScriptServer plain_lie{connect_proxy("HTTP/1.1 200 OK\r\n\r\n")};
    ScriptServer no_tls{[](Peer& peer) {
        peer.read_some();
        peer.send_raw("HTTP/1.1 400 No\r\n\r\n");
        peer.wait_for_eof();
    }};
    CHECK(failure_of(proxy_url(plain_lie, "http"),
                     "https://localhost:" + std::to_string(no_tls.port()) + '/')
              .code() == error::tls_error);
    const Failure none = failure_of("http://127.0.0.1:1", origin.url());
    CHECK(none.code() == error::connect_failed);
    CHECK(none.reason() == "the proxy http://127.0.0.1:1");
    const Failure not_forwarded = failure_of("http://127.0.0.1:1", "http://localhost/");
    CHECK(not_forwarded.code() == error::connect_failed);
    CHECK(not_forwarded.reason() == "the proxy http://127.0.0.1:1");
    TransportOptions twofold = through("http://both.example:1");
    twofold.resolve = {{"both.example:1", {"127.0.0.1", "127.0.0.2"}}};
    const Failure neither = failure_of(std::move(twofold), "http://localhost/");
    CHECK(has(neither.reason(), "the proxy http://both.example:1: 127.0.0.1:1: "));
    CHECK(has(neither.reason(), "; 127.0.0.2:1: "));
    TransportOptions filtered = through("http://127.0.0.1:1");
    filtered.address_filter = [](const asio::ip::address&) { return false; };
    for (const char* url : {"http://localhost/", "https://localhost/"}) {
        CHECK(failure_of(filtered, url).reason() ==
              "the proxy http://127.0.0.1:1: address_filter refused 127.0.0.1");
    }
    CHECK(origin.connections() == 1);
}

TEST_CASE("a proxy that asks for Digest and then is gone fails the dial", "[P25]") {
    FdGuard fds;
    asio::io_context io;
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    const std::string url =
        "http://u:p@127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
    std::thread proxy([&] {
        auto socket = acceptor.accept();
        acceptor.close();
        std::string head;
        std::error_code ignored;
        asio::read_until(socket, asio::dynamic_buffer(head), "\r\n\r\n", ignored);
        const std::string answer =
            "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=r, nonce=n, qop=auth\r\n\r\n";
        asio::write(socket, asio::buffer(answer), ignored);
        asio::read(socket, asio::dynamic_buffer(head), ignored);
    });
    const Failure failure = failure_of(url, "https://localhost:1/");
    proxy.join();
    CHECK(failure.code() == error::connect_failed);
    CHECK(has(failure.reason(), "the proxy http://127.0.0.1:"));
}

TEST_CASE("a tunnel without limits of its head, and a refusal that repeats our credentials",
          "[P09][P23]") {
    FdGuard fds;
    ScriptServer origin{hello_server(), {.tls = good_tls()}};
    ScriptServer proxy{connect_proxy("HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n")};
    TransportOptions options = through(proxy_url(proxy, "http"));
    options.max_response_header_bytes = 0;
    options.max_response_header_fields = 0;
    {
        Client client{{.transport = options}};
        CHECK(try_get(client, origin.url()).body == "hello");
    }
    ScriptServer echo{[](Peer& peer) {
        const auto request = peer.read_head();
        peer.send_raw("HTTP/1.1 403 No\r\n\r\n" + (request ? request->head : ""));
    }};
    const Failure failure = failure_of(proxy_url(echo, "http", "user:s3cret@"), origin.url());
    CHECK(has(failure.reason(), "it refused: 403 No"));
    CHECK_FALSE(has(failure.reason(), "dXNlcjpzM2NyZXQ="));
}

TEST_CASE("the filter is asked about the address that a SOCKS5 proxy is to connect to", "[C23]") {
    FdGuard fds;
    SocksLog log;
    ScriptServer origin{hello_server(), {.address = "127.0.0.2"}};
    ScriptServer proxy{log.script()};
    TransportOptions options = through(proxy_url(proxy, "socks5"));
    options.address_filter = [](const asio::ip::address& address) {
        return address.to_string() != "127.0.0.2";
    };
    Client client{{.transport = options}};
    std::error_code ec;
    const Response refused = client.get(origin.url(), ec);
    CHECK(ec == error::connect_failed);
    CHECK(refused.failure.reason() == "address_filter refused 127.0.0.2");
    CHECK(log.requests().empty());
    check_quiet(client);
}

TEST_CASE("another proxy is another connection, and a request may go directly") {
    FdGuard fds;
    ScriptServer origin{hello_server(), {.tls = good_tls()}};
    ScriptServer one{connect_proxy()}, two{connect_proxy()};
    Client client{{.transport = through(proxy_url(one, "http"))}};
    const auto get = [&](std::optional<ProxyRules> rules) {
        hawser::Request request("GET", origin.url());
        request.options.proxy = std::move(rules);
        Response response = client.send(request);
        CHECK(response.body.read_all() == "hello");
        return response.connection.reused;
    };
    CHECK_FALSE(get(std::nullopt));
    CHECK_FALSE(get(ProxyRules{proxy_url(two, "http")}));
    CHECK_FALSE(get(ProxyRules{}));
    CHECK_FALSE(get(ProxyRules{proxy_url(two, "http", "other:user@")}));
    CHECK(get(std::nullopt));
    CHECK(get(ProxyRules{proxy_url(two, "http")}));
    CHECK(get(ProxyRules{}));
    CHECK(one.connections() == 1);
    CHECK(two.connections() == 2);
    CHECK(origin.connections() == 4);
    check_quiet(client);
}
