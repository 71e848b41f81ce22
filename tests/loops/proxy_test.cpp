// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Requests through a proxy, above the dial: what is sent on which connection, whose credentials go
// where, and what a 407 leads to.

#include "../support/loops_tests.hpp"
#include "../support/script_client.hpp"

#include <cstdlib>
#include <string>
#include <vector>

using namespace hawser::test;
using hawser::ProxyRules;

namespace {

const std::string digest_407 =
    "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"r\", qop=\"auth\", nonce=\"one\"\r\n"
    "Content-Length: 4\r\n\r\nnope";
const std::string stale_407 =
    "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"r\", qop=\"auth\", nonce=\"two\", "
    "stale=true\r\nContent-Length: 0\r\n\r\n";
const std::string basic_407 =
    "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"r\"\r\nContent-Length: 4\r\n\r\nnope";

TransportOptions by(const char* proxy) {
    TransportOptions options;
    options.proxy = ProxyRules{proxy};
    return options;
}

Request get(const char* url) {
    return Request("GET", url);
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; ++at) {
        ++n;
    }
    return n;
}

}  // namespace

TEST_CASE("an HTTP proxy forwards plain http: in absolute form, all hosts on one connection",
          "[F-Y01][P24][T-D01][T-D10]") {
    const char* const proxy = GENERATE("http://u:p@proxy", "https://u:p@proxy");
    ScriptTransport t(by(proxy));
    Request first = get("http://a.example/x");
    first.headers.add("Cookie", "of-a");
    const CallPtr a = t.send(std::move(first));
    t.run();
    const CallPtr b = t.send(get("http://b.example:81/y"));
    t.run();
    CHECK(a->body == "ok");
    CHECK(b->body == "ok");
    REQUIRE(b->response.connection.proxy);
    CHECK(*b->response.connection.proxy == hawser::Proxy{proxy});
    CHECK(b->response.connection.reused);
    REQUIRE(t.net->dialed == 1);
    const std::string& written = t.wire().written();
    const std::string second = written.substr(written.find("GET http://b.example:81/y HTTP/1.1"));
    CHECK(written.starts_with("GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n"));
    CHECK(second.find("\r\nHost: b.example:81\r\n") != std::string::npos);
    CHECK(second.find("of-a") == std::string::npos);
    CHECK(count(written, "Proxy-Authorization: Basic dTpw\r\n") == 2);
    CHECK(count(written, "Proxy-Connection") == 0);
}

TEST_CASE("which requests share the connections of which proxy", "[R17][F-T11][F-Y07]") {
    struct Target {
        const char* url;
        const char* proxy;
        int group;
    };
    const std::vector<Target> targets = {
        {"http://a/", "", 0},
        {"http://b/", "", 1},
        {"http://a/", "http://proxy", 2},
        {"http://b:81/", "http://proxy:80", 2},
        {"http://a/", "http://u:p@proxy", 3},
        {"http://a/", "http://u:q@proxy", 4},
        {"http://a/", "https://proxy:80", 5},
        {"https://a/", "http://proxy", 6},
        {"https://b/", "http://proxy", 7},
        {"https://a:80/", "http://proxy", 8},
        {"https://a/", "http://u:p@proxy", 9},
        {"http://a/", "socks5://proxy:80", 10},
        {"http://b/", "socks5://proxy:80", 11},
        {"http://a/", "socks5h://proxy:80", 12},
        {"http://proxy/", "", 13},
    };
    for (const Target& first : targets) {
        for (const Target& second : targets) {
            ScriptTransport t(by("http://unused"));
            for (const Target* const target : {&first, &second}) {
                Request request = get(target->url);
                request.options.proxy = ProxyRules{target->proxy};
                const CallPtr call = t.send(std::move(request));
                t.run();
                CHECK(call->body == "ok");
                CHECK(call->response.connection.proxy.has_value() == (*target->proxy != '\0'));
            }
            INFO(first.url << ' ' << first.proxy << ", " << second.url << ' ' << second.proxy);
            CHECK((t.net->dialed == 1) == (first.group == second.group));
        }
    }
}

TEST_CASE("Proxy-Authorization of the caller reaches a proxy, and no origin",
          "[P04][F-Y04][X-06]") {
    struct Row {
        const char* url;
        const char* proxy;
        bool sent;
    };
    for (const Row& row : std::vector<Row>{{"http://a/", "http://u:p@proxy", true},
                                           {"http://a/", "https://u:p@proxy", true},
                                           {"https://a/", "http://u:p@proxy", false},
                                           {"http://a/", "socks5://u:p@proxy", false},
                                           {"https://a/", "socks5h://u:p@proxy", false},
                                           {"http://a/", "", false},
                                           {"https://a/", "", false}}) {
        ScriptTransport t(by(row.proxy));
        Request request = get(row.url);
        request.headers.add("Proxy-Authorization", "canary");
        const CallPtr call = t.send(std::move(request));
        t.run();
        INFO(row.url << ' ' << row.proxy);
        CHECK(call->status() == 200);
        CHECK(count(t.wire().written(), "canary") == (row.sent ? 1 : 0));
        CHECK(count(t.wire().written(), "Proxy-Auth") == (row.sent ? 1 : 0));
        CHECK(t.wire().written().starts_with(row.sent ? "GET http://a/ " : "GET / "));
    }
}

TEST_CASE("a 407 that asks for Digest is answered, and the nonce is used again", "[F-Y08][B-29]") {
    const std::string body = GENERATE(as<std::string>{}, "", "the-body");
    ScriptTransport t(by("http://u:p@proxy"));
    t.net->scripts.push_back(answers(body.empty() ? head_end : body, digest_407));
    t.net->scripts.push_back(answers(body.empty() ? head_end : body, ok).then(head_end, ok));
    const CallPtr call = body.empty() ? t.get() : t.post(body);
    t.run();
    REQUIRE(call->done());
    CHECK(call->status() == 200);
    CHECK(count(t.wire(0).written(), "Proxy-Authorization: Basic dTpw") == 1);
    CHECK(t.wire(0).closed());
    const std::string& answer = t.wire(1).written();
    CHECK(count(answer, "Proxy-Authorization: Digest username=\"u\"") == 1);
    CHECK(count(answer, "uri=\"http://host.example/\"") == 1);
    CHECK(count(answer, "Basic") == 0);
    CHECK(count(answer, body) >= 1);
    CHECK(t.stats().retried_with_proxy_credentials == 1);
    CHECK(t.stats().retried == 1);

    const CallPtr next = t.send(get("http://other/"));
    t.run();
    CHECK(next->status() == 200);
    CHECK(t.net->dialed == 2);
    CHECK(count(t.wire(1).written(), "nc=00000002") == 1);
}

TEST_CASE("how often a proxy is answered", "[F-Y08]") {
    struct Row {
        const char* proxy;
        std::vector<std::string> replies;
        int status;
    };
    const std::string endless =
        "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
        "Transfer-Encoding: chunked\r\n\r\n4\r\nmore\r\n";
    for (const Row& row :
         std::vector<Row>{{"http://u:p@proxy", {digest_407, ok}, 200},
                          {"http://u:p@proxy", {endless, ok}, 200},
                          {"http://u:p@proxy", {digest_407, stale_407, ok}, 200},
                          {"http://u:p@proxy", {digest_407, digest_407}, 407},
                          {"http://u:p@proxy", {digest_407, stale_407, stale_407}, 407},
                          {"http://u:p@proxy", {basic_407}, 407},
                          {"http://u:p@proxy", {digest_407, basic_407}, 407},
                          {"http://proxy", {digest_407}, 407},
                          {"socks5://u:p@proxy", {digest_407}, 407},  // of the origin
                          {"", {digest_407}, 407}}) {
        ScriptTransport t(by(row.proxy));
        for (const std::string& reply : row.replies) {
            t.net->scripts.push_back(answers(head_end, reply));
        }
        const CallPtr call = t.get();
        t.run();
        INFO(row.proxy << ' ' << row.replies.size() << ' ' << row.replies.front());
        REQUIRE(call->done());
        CHECK(call->status() == row.status);
        CHECK(t.net->dialed == static_cast<int>(row.replies.size()));
    }
}

TEST_CASE("a 407 is the caller's if the request cannot be sent again, or has a field of its own",
          "[P06]") {
    ScriptTransport t(by("http://u:p@proxy"));
    const bool streamed = GENERATE(true, false);
    t.net->scripts.push_back(answers(head_end, digest_407));
    Request request("POST",
                    t.url(),
                    streamed
                        ? RequestBody::stream([](asio::mutable_buffer) { return std::size_t{0}; })
                        : RequestBody("x"));
    if (!streamed) {
        request.headers.add("Proxy-Authorization", "own");
    }
    const CallPtr call = t.send(std::move(request));
    t.run();
    REQUIRE(call->done());
    CHECK(call->status() == 407);
    CHECK(call->body == "nope");
    CHECK(t.net->dialed == 1);
}

TEST_CASE("a redirect asks the rules again, and takes no credentials of a proxy along",
          "[P04][P05][C05]") {
    TransportOptions options;
    options.proxy = ProxyRules{"http://u:canary@one"}.set("https", "http://v:other@two");
    options.proxy->bypass("direct.example");
    const char* const to =
        GENERATE("http://direct.example/", "https://tls.example/", "http://b.example/");
    ScriptTransport t(options);
    follow_redirects(t);
    std::string reply = "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: ";
    reply.append(to).append(head_end);
    t.net->scripts.push_back(answers(head_end, reply).then(head_end, ok));
    Request request = get("http://a.example/");
    request.headers.add("Authorization", "secret");
    const CallPtr call = t.send(std::move(request));
    t.run();
    CHECK(call->status() == 200);
    const bool same = std::string_view(to) == "http://b.example/";
    CHECK(t.net->dialed == (same ? 1 : 2));
    CHECK(count(t.wire(0).written(), "Proxy-Authorization: Basic dTpjYW5hcnk=\r\n") ==
          (same ? 2 : 1));
    CHECK(count(t.wire(0).written(), "secret") == 1);
    if (!same) {
        CHECK(t.wire(1).written().starts_with("GET / HTTP/1.1\r\n"));
        CHECK(count(t.wire(1).written(), "uthorization") == 0);
    }
}

TEST_CASE("a proxy of the environment that cannot be used fails the request, and nothing is dialed",
          "[P22][P23][T-D12]") {
    ::setenv("http_proxy", "http://u:canary@::::", 1);
    ScriptTransport t;
    ::unsetenv("http_proxy");
    const CallPtr call = t.get();
    const CallPtr ahead = t.preconnect(1);
    const CallPtr other = t.send(get("https://host.example/"));
    t.run();
    for (const CallPtr& failed : {call, ahead}) {
        CHECK(failed->ec == hawser::error::invalid_url);
    }
    const std::string text = call->response.failure.message();
    CHECK(count(text, "the variable http_proxy is not a proxy") == 1);
    CHECK(count(text, "canary") == 0);
    CHECK(other->status() == 200);
    CHECK(t.net->dialed == 1);
}

TEST_CASE("the environment is read when the transport is made", "[F-V01][T-D13]") {
    ::setenv("http_proxy", "proxy", 1);
    ScriptTransport t;
    ::setenv("http_proxy", "later", 1);
    ScriptTransport none(by(""));
    ::unsetenv("http_proxy");
    for (ScriptTransport* const made : {&t, &none}) {
        const CallPtr call = made->get();
        made->run();
        CHECK(call->status() == 200);
        const bool direct = made == &none;
        CHECK(call->response.connection.proxy.has_value() != direct);
        CHECK(made->wire().written().starts_with(direct ? "GET / " : "GET http://host.example/ "));
    }
}

TEST_CASE("an upgrade goes through a forwarding proxy, a CONNECT of the caller through a tunnel",
          "[F30]") {
    ScriptTransport t(by("http://u:p@proxy"));
    t.net->scripts.push_back(
        answers(head_end, "HTTP/1.1 101 S\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nhello"));
    Request request = get("http://a/");
    request.headers.add("Connection", "upgrade");
    request.headers.add("Upgrade", "echo");
    const CallPtr upgrade = t.send(std::move(request), Reading::nothing);
    t.run();
    CHECK(upgrade->status() == 101);
    CHECK(t.wire(0).written().starts_with("GET http://a/ HTTP/1.1\r\n"));
    CHECK(count(t.wire(0).written(), "Upgrade: echo") == 1);
    CHECK(count(t.wire(0).written(), "Proxy-Authorization: Basic") == 1);

    Request connect("CONNECT", "http://second:3128/");
    connect.host = "a.example:443";
    connect.headers.add("Proxy-Authorization", "of-second");
    t.net->scripts.push_back(answers(head_end, "HTTP/1.1 200 OK\r\n\r\n"));
    const CallPtr tunnel = t.send(std::move(connect), Reading::nothing);
    t.run();
    CHECK(tunnel->status() == 200);
    CHECK(t.wire(1).written().starts_with("CONNECT a.example:443 HTTP/1.1\r\n"));
    CHECK(count(t.wire(1).written(), "Proxy-Authorization: ") == 1);
    CHECK(count(t.wire(1).written(), "of-second") == 1);
}

TEST_CASE("TRACE shows a proxy no credentials", "[F14]") {
    ScriptTransport t(by("http://u:p@proxy"));
    t.net->scripts.push_back(answers(head_end, digest_407));
    const CallPtr call = t.send(Request("TRACE", "http://a/"));
    t.run();
    CHECK(call->status() == 407);
    CHECK(t.net->dialed == 1);
    CHECK(t.wire().written().starts_with("TRACE http://a/ HTTP/1.1\r\n"));
    CHECK(count(t.wire().written(), "uthorization") == 0);
}

TEST_CASE("connections made ahead are those that requests through the proxy use", "[F-Y01]") {
    ScriptTransport t(by("http://proxy"));
    const CallPtr ahead = t.preconnect(1);
    t.run();
    CHECK_FALSE(ahead->ec);
    const CallPtr call = t.send(get("http://other.example/"));
    t.run();
    CHECK(call->response.connection.proxy);
    CHECK(t.net->dialed == 1);
}
