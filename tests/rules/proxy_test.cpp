// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Proxies as users write them, the rules that choose one, the environment, no_proxy, and what a
// request says to its proxy, as tables.

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/request_writer.hpp>
#include <hawser/detail/policy/authorization.hpp>
#include <hawser/detail/pool/connect_key.hpp>
#include <hawser/detail/proxy_table.hpp>
#include <hawser/detail/punycode.hpp>
#include <hawser/error.hpp>
#include <hawser/proxy.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using hawser::Headers;
using hawser::Proxy;
using hawser::ProxyRules;
using hawser::Request;
using hawser::Url;
using namespace hawser::detail;

namespace {

/// "socks5://h:1080 user=u password=p", or the text of the error.
template <class Make>
std::string shown(Make make) {
    try {
        const std::optional<Proxy> proxy = make();
        if (!proxy) {
            return "direct";
        }
        std::string out = proxy->to_string();
        if (proxy->has_credentials()) {
            out.append(" user=").append(proxy->user());
            out.append(" password=").append(proxy->password());
        }
        return out;
    } catch (const std::system_error& e) {
        CHECK(e.code() == hawser::error::invalid_url);
        return e.what();
    }
}

std::string parsed(std::string_view text) {
    return shown([&] { return std::optional<Proxy>(text); });
}

std::string selected(const ProxyRules& rules, std::string_view url) {
    return shown([&] { return rules.select(Url(url)); });
}

bool goes_direct(std::string_view no_proxy, std::string_view host) {
    ProxyRules rules("proxy");
    rules.bypass(no_proxy);
    return selected(rules, std::string("http://").append(host)) == "direct";
}

/// Sets environment variables, and unsets them at its end.
class Environment {
public:
    explicit Environment(std::vector<std::pair<const char*, const char*>> variables)
        : variables_(std::move(variables)) {
        for (const auto& [name, value] : variables_) {
            ::setenv(name, value, 1);
        }
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    ~Environment() {
        for (const auto& [name, value] : variables_) {
            ::unsetenv(name);
        }
    }

private:
    std::vector<std::pair<const char*, const char*>> variables_;
};

std::string readable_hash(DigestAlgorithm, std::string_view text) {
    return "h(" + std::string(text) + ")";
}

ProxyPtr data_of(std::string_view text) {
    std::string refusal;
    ProxyPtr proxy = parse_proxy(text, refusal);
    REQUIRE(proxy);
    return proxy;
}

}  // namespace

// ── One proxy ────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("the URL of a proxy is read as Go and curl read it", "[F-V02][F-Y06]") {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"proxy", "http://proxy:80"},
        {"proxy:3128", "http://proxy:3128"},
        {"10.0.0.1:8080", "http://10.0.0.1:8080"},
        {"[fd00::1]:8080", "http://[fd00::1]:8080"},
        {" http://proxy:80/ ", "http://proxy:80"},
        {"HTTPS://Proxy.Example", "https://proxy.example:443"},
        {"https://proxy:80", "https://proxy:80"},
        {"http://proxy:443", "http://proxy:443"},
        {"socks5://proxy", "socks5://proxy:1080"},
        {"socks5://proxy:80", "socks5://proxy:80"},
        {"socks5h://proxy:443/path?query#fragment", "socks5h://proxy:443"},
        {"socks5h://[fe80::1%25eth0]", "socks5h://[fe80::1%eth0]:1080"},
        {"u:p@proxy", "http://proxy:80 user=u password=p"},
        {"http://u@proxy:1", "http://proxy:1 user=u password="},
        {"http://:p@proxy", "http://proxy:80 user= password=p"},
        {"http://@proxy", "http://proxy:80 user= password="},
        {"http://a%40b:c%3Ad%2f@proxy", "http://proxy:80 user=a@b password=c:d/"},
        {"http://u:p@ss:word@proxy", "http://proxy:80 user=u password=p@ss:word"},
        {"http://u:p\\^ w@proxy", "http://proxy:80 user=u password=p\\^ w"},
        {"socks5://u:@proxy", "socks5://proxy:1080 user=u password="},
    };
    for (const auto& [text, expected] : table) {
        INFO(text);
        CHECK(parsed(text) == expected);
    }
}

TEST_CASE("what cannot be a proxy is refused, and the reason contains no secret",
          "[P08][P16][P22][P23]") {
    const std::string long_text(256, 'x');
    const std::vector<std::string> refused = {
        "",
        "::::",
        "http://",
        "http:///path",
        "//proxy",
        "foo://proxy",
        "socks4://proxy",
        "socks://proxy",
        "http://proxy:0",
        "http://proxy:99999",
        "http://proxy:x",
        "http://pro xy",
        "http://u:canary@pro\r\nxy",
        "http://u:canary@proxy\n:1",
        "http://u:can\nary@proxy",
        "http://u:can%0d%0aary@proxy",
        std::string("http://u:canary@pro\0xy", 22),
        "http://u:canary%00@proxy",
        "http://u:canary%zz@proxy",
        "http://u:canary@",
        "http://u:canary/canary@proxy",
        "http://u:canary?canary@proxy",
        "canary%3A:p@proxy",
        "http://u:canary@[fd00::1",
        "socks5://:canary@proxy",
        "socks5://u:canary" + long_text + "@proxy",
        "socks5://canary" + long_text + ":p@proxy",
        "http://" + long_text,
    };
    for (const std::string& text : refused) {
        INFO(text);
        const std::string reason = parsed(text);
        CHECK(reason.find("not a proxy: ") != std::string::npos);
        CHECK(reason.find("canary") == std::string::npos);
        CHECK_THROWS_AS(ProxyRules{}.set("http", text.empty() ? "@" : text), std::system_error);
    }
    CHECK(parsed("socks5://" + long_text.substr(1) + ":" + long_text.substr(1) + "@proxy")
              .substr(0, 19) == "socks5://proxy:1080");
    CHECK_THROWS_AS(ProxyRules{}.set("ftp", "proxy"), std::system_error);
}

TEST_CASE("a proxy prints no secret, and is compared by all that matters", "[P23]") {
    const Proxy proxy{"http://u:canary@proxy:1"};
    std::ostringstream out;
    out << proxy;
    CHECK(out.str() == "http://proxy:1");
    CHECK(proxy.scheme() == "http");
    CHECK(proxy == Proxy{"u:canary@PROXY:1"});
    for (const char* const other : {"http://proxy:1",
                                    "http://u:other@proxy:1",
                                    "http://ucanary@proxy:1",
                                    "http://u:canary@proxy:2",
                                    "http://u:canary@proxies:1",
                                    "https://u:canary@proxy:1",
                                    "socks5://u:canary@proxy:1",
                                    "socks5h://u:canary@proxy:1"}) {
        CHECK_FALSE(proxy == Proxy{other});
    }
}

// ── Rules ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("explicit rules choose by scheme and apply to this computer, too", "[F-T01]") {
    CHECK(ProxyRules{}.empty());
    CHECK(ProxyRules{""}.empty());
    CHECK(selected(ProxyRules{}, "http://a/") == "direct");
    ProxyRules rules{"all:1"};
    CHECK(selected(rules, "http://localhost/") == "http://all:1");
    CHECK(selected(rules, "https://127.0.0.1/") == "http://all:1");
    const ProxyRules copy = rules;
    rules.set("HTTPS", "socks5://tls:2").bypass("a.example").bypass("b.example:8080");
    CHECK(selected(rules, "http://c/") == "http://all:1");
    CHECK(selected(rules, "https://c/") == "socks5://tls:2");
    CHECK(selected(rules, "https://a.example/") == "direct");
    CHECK(selected(rules, "http://b.example:8080/") == "direct");
    CHECK(selected(rules, "http://b.example/") == "http://all:1");
    CHECK(selected(copy, "https://a.example/") == "http://all:1");  // as it was
    rules.set("all", "");
    CHECK(selected(rules, "http://c/") == "direct");
    CHECK(selected(rules, "https://c/") == "socks5://tls:2");
    CHECK_FALSE(rules.empty());
    CHECK(rules.set("https", "").empty());
}

TEST_CASE("which proxy the environment chooses, as in Go",
          "[P21][F-V01][F-V03][F-V04][T-D13]"
          "[T-D14][T-D16][T-D17][T-D18][T-D19]") {
    struct Row {
        std::vector<std::pair<const char*, const char*>> variables;
        std::string url;
        std::string expected;
    };
    const char* const http_proxy = "http_proxy";
    const std::vector<Row> table = {
        {{}, "http://a.example/", "direct"},
        {{{http_proxy, "proxy"}}, "http://a.example/", "http://proxy:80"},
        {{{http_proxy, "proxy"}}, "https://a.example/", "direct"},
        {{{"https_proxy", "tls"}, {http_proxy, "plain"}}, "http://a.example/", "http://plain:80"},
        {{{"https_proxy", "tls"}, {http_proxy, "plain"}}, "https://a.example/", "http://tls:80"},
        {{{"https_proxy", "https://tls"}}, "https://a.example/", "https://tls:443"},
        // Upper case, and which one wins.
        {{{"HTTP_PROXY", "proxy"}}, "http://a.example/", "http://proxy:80"},
        {{{"HTTPS_PROXY", "proxy"}}, "https://a.example/", "http://proxy:80"},
        {{{http_proxy, "lower"}, {"HTTP_PROXY", "upper"}}, "http://a/", "http://lower:80"},
        {{{http_proxy, ""}, {"HTTP_PROXY", "upper"}}, "http://a/", "http://upper:80"},
        {{{http_proxy, "p"}, {"NO_PROXY", "a"}}, "http://a/", "direct"},
        {{{http_proxy, "p"}, {"NO_PROXY", "a"}, {"no_proxy", "b"}}, "http://a/", "http://p:80"},
        // For URLs without a proxy of their own.
        {{{"all_proxy", "socks5h://s"}}, "https://a.example/", "socks5h://s:1080"},
        {{{"ALL_PROXY", "s"}, {http_proxy, "p"}}, "https://a.example/", "http://s:80"},
        {{{"all_proxy", "s"}, {http_proxy, "p"}}, "http://a.example/", "http://p:80"},
        {{{"all_proxy", "s"}, {"no_proxy", "*"}}, "http://a.example/", "direct"},
        // A CGI script.
        {{{"HTTP_PROXY", "evil"}, {"REQUEST_METHOD", "PUT"}}, "http://a.example/", "direct"},
        {{{"HTTP_PROXY", "evil"}, {"REQUEST_METHOD", "PUT"}, {"all_proxy", "s"}},
         "http://a.example/",
         "http://s:80"},
        {{{"HTTP_PROXY", "evil"}, {"REQUEST_METHOD", ""}}, "http://a.example/", "http://evil:80"},
        {{{http_proxy, "p"}, {"HTTP_PROXY", "evil"}, {"REQUEST_METHOD", "GET"}},
         "http://a.example/",
         "http://p:80"},
        {{{"HTTPS_PROXY", "p"}, {"REQUEST_METHOD", "GET"}}, "https://a.example/", "http://p:80"},
        // This computer.
        {{{http_proxy, "p"}}, "http://localhost/", "direct"},
        {{{http_proxy, "p"}}, "http://LOCALHOST:8080/", "direct"},
        {{{http_proxy, "p"}}, "http://127.0.0.1/", "direct"},
        {{{http_proxy, "p"}}, "http://127.9.9.9:81/", "direct"},
        {{{http_proxy, "p"}}, "http://[::1]/", "direct"},
        {{{http_proxy, "p"}}, "http://[::ffff:127.0.0.1]/", "direct"},
        {{{http_proxy, "p"}}, "http://[::2]/", "http://p:80"},
        {{{http_proxy, "p"}}, "http://128.0.0.1/", "http://p:80"},
        {{{http_proxy, "p"}}, "http://sub.localhost/", "http://p:80"},
        {{{http_proxy, "p"}}, "http://localhost.example/", "http://p:80"},
    };
    for (const Row& row : table) {
        const Environment variables(row.variables);
        INFO(row.url << ' ' << (row.variables.empty() ? "" : row.variables.back().first) << '='
                     << (row.variables.empty() ? "" : row.variables.back().second));
        CHECK(selected(ProxyRules::from_environment(), row.url) == row.expected);
    }
}

TEST_CASE("an unusable variable throws only for URLs that would use it, and is named",
          "[P22][P23]") {
    const Environment variables({{"http_proxy", "http://u:canary@:::"}, {"NO_PROXY", "direct"}});
    const ProxyRules rules = ProxyRules::from_environment();
    CHECK_FALSE(rules.empty());
    CHECK(selected(rules, "https://a.example/") == "direct");
    CHECK(selected(rules, "http://direct/") == "direct");
    CHECK(selected(rules, "http://localhost/") == "direct");
    const std::string text = selected(rules, "http://a.example/");
    CHECK(text.find("the variable http_proxy is not a proxy: ") != std::string::npos);
    CHECK(text.find("canary") == std::string::npos);
    CHECK(selected(ProxyRules(rules).set("http", "p"), "http://a.example/") == "http://p:80");
}

TEST_CASE("no_proxy matches as in Go", "[P19][P20][F-V05][T-D16][T-D20][T-D21][T-D22]") {
    const std::string list =
        "Some.Example , .subs.example,*.stars.example,\t10.1.1.1,10.2.2.2:81 ,10.3.3.3:80,"
        "10.4.0.0/14,fd00::a,[fd00::b]:443,[fd00::c]:80,[fd00::d],2001:db8:7::99/48,"
        "ported.example:80,other.example:81,bücher.example,xn--1-7ga.example,,:1,  ,dot.example.";
    struct Row {
        const char* host;
        bool direct;
    };
    const std::vector<Row> table = {
        {"some.example", true},
        {"SOME.example:8080", true},
        {"deep.in.some.example", true},
        {"awesome.example", false},
        {"some.example.net", false},
        {"ome.example", false},
        {"some.example.", false},
        {"dot.example.", true},
        {"a.dot.example.", true},
        {"dot.example", false},
        {"subs.example", false},
        {"a.subs.example", true},
        {"stars.example", false},
        {"a.stars.example", true},
        {"astars.example", false},
        {"10.1.1.1", true},
        {"10.1.1.1:99", true},
        {"10.2.2.2", false},
        {"10.2.2.2:81", true},
        {"10.3.3.3", true},
        {"10.3.3.3:81", false},
        {"10.7.255.255", true},
        {"10.8.0.0", false},
        {"[::ffff:10.4.0.1]", true},
        {"[::ffff:10.1.1.1]", true},
        {"[fd00::a]", true},
        {"[fd00:0:0::0:000a]:9", true},
        {"[fd00::b]", false},
        {"[fd00::b]:443", true},
        {"[fd00::c]", true},
        {"[fd00::d]", true},
        {"[2001:db8:7:ffff::1]", true},
        {"[2001:db8:8::1]", false},
        {"ported.example", true},
        {"sub.ported.example", true},
        {"ported.example:81", false},
        {"other.example", false},
        {"www.xn--bcher-kva.example", true},
        {"xn--1-7ga.example", true},
        {"unlisted.example", false},
        {"[fe80::1%25.some.example]", false},
    };
    for (const Row& row : table) {
        INFO(row.host);
        CHECK(goes_direct(list, row.host) == row.direct);
        CHECK(goes_direct("*", row.host));
        CHECK(goes_direct("x, *,y", row.host));
        CHECK_FALSE(goes_direct(":1", row.host));
        CHECK_FALSE(goes_direct("*.", "a.example"));
    }
}

TEST_CASE("malformed entries of no_proxy match nothing, and address blocks match exactly",
          "[P19]") {
    for (const char* const entry : {"10.0.0.0/33",
                                    "10.0.0.0/",
                                    "10.0.0/8",
                                    "10.0.0.01",
                                    "10.0.0.1:",
                                    "fd00::/129",
                                    "/8",
                                    "[fd00::1",
                                    "fd00::1]",
                                    "a:b:c",
                                    "[]",
                                    "[]:80",
                                    "::ffff:0:0/95",
                                    "fe80::1%eth0",
                                    "10.0.0.1:080",
                                    "10.0.0.1:http",
                                    "*:80",
                                    "**",
                                    "..",
                                    "\xff\xfe.example",
                                    "::1.2.3.4.5",
                                    "1:2:3:4:5:6:7:8:9",
                                    "1::2::3",
                                    "12345::",
                                    ":::",
                                    "1.2.3.4::",
                                    "::g"}) {
        INFO(entry);
        CHECK(goes_direct(entry, "10.0.0.1") == (std::string(entry) == "10.0.0.1:"));
        CHECK_FALSE(goes_direct(entry, "[fd00::1]"));
        CHECK_FALSE(goes_direct(entry, "[fe80::1%25eth0]"));
        CHECK_FALSE(goes_direct(entry, "a.example"));
    }
    CHECK(goes_direct("::/0", "[fd00::1]"));
    CHECK_FALSE(goes_direct("::/0", "10.0.0.1"));
    CHECK(goes_direct("0.0.0.0/0", "10.0.0.1"));
    CHECK_FALSE(goes_direct("0.0.0.0/0", "[fd00::1]"));
    CHECK(goes_direct("::ffff:10.0.0.0/104", "10.255.0.1"));
    CHECK(goes_direct("fe80::/10", "[fe80::1%25eth0]"));
    CHECK(goes_direct("::1.2.3.4", "[::102:304]"));
}

TEST_CASE("names beyond ASCII become what DNS has", "[P19]") {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"plain.example", "plain.example"},
        {".bücher.example", ".xn--bcher-kva.example"},
        {"ü.ä", "xn--tda.xn--4ca"},
        {"他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"},
        {"3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"},
        {"a\xc0\x80", "a\xc0\x80"},
        {"\xed\xa0\x80.b", "\xed\xa0\x80.b"},
        {"\xe4\xbb", "\xe4\xbb"},
    };
    for (const auto& [domain, expected] : table) {
        CHECK(to_ascii_domain(domain) == expected);
    }
}

// ── What a request says to its proxy ─────────────────────────────────────────────────────────────

TEST_CASE("the head of a request for a proxy: absolute form, Host, credentials",
          "[P04][P07][F-Y01][F-W05][X-06]") {
    struct Row {
        Request request;
        std::string start;
        bool to_proxy = true;
        std::string authorization{};  // of the proxy, as sent
    };
    const auto with = [](Request request, const char* name, const char* value) {
        request.headers.add(name, value);
        return request;
    };
    const auto host = [](Request request, const char* name) {
        request.host = name;
        return request;
    };
    const std::string own = "Proxy-Authorization: Basic eDp5\r\n";
    const std::string ours = "Proxy-Authorization: OURS\r\n";
    const std::vector<Row> table = {
        {{"GET", "http://u:p@a.example/x?y#z"},
         "GET http://a.example/x?y HTTP/1.1\r\nHost: "
         "a.example\r\n",
         true,
         ours},
        {{"POST", "http://[fe80::1%25eth0]:81"},
         "POST http://[fe80::1]:81/ HTTP/1.1\r\nHost: "
         "[fe80::1]:81\r\n",
         true,
         ours},
        {host({"GET", "http://a.example/x"}, "b.example:9"),
         "GET http://b.example:9/x HTTP/1.1\r\nHost: b.example:9\r\n",
         true,
         ours},
        {with({"GET", "http://a.example"}, "proxy-authorization", "Basic eDp5"),
         "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n",
         true,
         "proxy-authorization: Basic eDp5\r\n"},
        {with({"GET", "http://a.example"}, "Proxy-Authorization", "Basic eDp5"),
         "GET / HTTP/1.1\r\nHost: a.example\r\n",
         false},
        {with(host({"CONNECT", "http://proxy"}, "a.example:443"),
              "Proxy-Authorization",
              "Basic eDp5"),
         "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n",
         false,
         own},
    };
    for (const Row& row : table) {
        HeadExtras extras;
        extras.to_proxy = row.to_proxy;
        extras.proxy_authorization = row.to_proxy ? "OURS" : "";
        HeadBuffer out;
        RequestTraits traits;
        REQUIRE_FALSE(
            write_request_head(row.request, plan_request_body(row.request), extras, out, traits));
        const std::string head{std::string_view(out)};
        INFO(head);
        CHECK(head.starts_with(row.start));
        CHECK(head.find("u:p") == std::string::npos);
        std::string lower = head;
        std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
        const std::size_t at = lower.find("proxy-authorization");
        CHECK((at == std::string::npos) == row.authorization.empty());
        if (at != std::string::npos) {
            CHECK(head.substr(at, row.authorization.size()) == row.authorization);
            CHECK(lower.find("proxy-authorization", at + 1) == std::string::npos);
        }
    }
}

TEST_CASE("a proxy gets Basic at once, and Digest if it asks for nothing else",
          "[P05][F-Y08][T-D10][T-D15]") {
    DigestSessions nonces;
    const auto at = [&](const char* proxy, const char* target = "http://a/x") {
        return Authorization::at_proxy(*data_of(proxy), target, nonces, readable_hash);
    };
    CHECK(at("http://proxy").first("GET").empty());
    CHECK(at("http://user:pw@proxy").first("GET") == "Basic dXNlcjpwdw==");
    CHECK(at("http://user@proxy").first("GET") == "Basic dXNlcjo=");
    CHECK(at("http://u%20:p%C3%BC@proxy").first("GET") == "Basic dSA6cMO8");

    const char* const challenge =
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", domain=\"/other\"";
    Headers asks;
    asks.add("Proxy-Authenticate", challenge);
    Headers as_origin;
    as_origin.add("WWW-Authenticate", challenge);
    CHECK(at("http://proxy").answer(asks, "GET").empty());
    Authorization first = at("http://u:p@proxy");
    (void)first.first("GET");
    CHECK(first.answer(as_origin, "GET").empty());
    const std::string answer = first.answer(asks, "GET");
    CHECK(answer.find("uri=\"http://a/x\"") != std::string::npos);
    CHECK(answer.find("h(GET:http://a/x)") != std::string::npos);
    CHECK(answer.find("nc=00000001") != std::string::npos);
    CHECK(first.answer(asks, "GET").empty());  // the same challenge again: refused
    (void)at("http://u:p@proxy").answer(asks, "GET");
    // The nonce serves all targets of this proxy, and no other proxy.
    CHECK(at("http://u:p@proxy", "http://b/").first("GET").find("nc=00000002") !=
          std::string::npos);
    CHECK(at("http://u:p@proxy:81").first("GET").starts_with("Basic "));
    CHECK(at("https://u:p@proxy:80").first("GET").starts_with("Basic "));

    Headers both;
    both.add("Proxy-Authenticate", std::string("Basic realm=\"r\", ").append(challenge));
    Authorization refused = at("http://u:p@other");
    (void)refused.first("GET");
    CHECK(refused.answer(both, "GET").empty());  // it was shown at once
}

TEST_CASE("connections are shared only through an equal proxy with equal credentials",
          "[R17][F-Y07][T-A38]") {
    const std::vector<ProxyPtr> proxies = {nullptr,
                                           data_of("http://proxy:80"),
                                           data_of("https://proxy:80"),
                                           data_of("socks5://proxy:80"),
                                           data_of("socks5h://proxy:80"),
                                           data_of("http://proxy:81"),
                                           data_of("http://proxies:80"),
                                           data_of("http://u@proxy"),
                                           data_of("http://u:p@proxy"),
                                           data_of("http://up@proxy"),
                                           data_of("http://v:p@proxy")};
    for (std::size_t i = 0; i < proxies.size(); ++i) {
        for (std::size_t j = 0; j < proxies.size(); ++j) {
            const ConnectKeyView a{true, "h", 443, {}, proxies[i].get()};
            const ConnectKeyView b{true, "h", 443, {}, proxies[j].get()};
            INFO(i << ' ' << j);
            CHECK((a == b) == (i == j));
            CHECK(ConnectKeyEqual{}(ConnectKey(a), b) == (i == j));
        }
    }
    const ProxyPtr same = data_of("HTTP://u:p@PROXY/");
    const ConnectKeyView a{false, {}, 0, {}, same.get()};
    const ConnectKeyView b{false, {}, 0, {}, proxies[8].get()};
    CHECK(a == b);
    CHECK(ConnectKeyHash{}(a) == ConnectKeyHash{}(ConnectKey(b)));
}
