// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What is said to a proxy until the tunnel stands, and every way in which it may answer, however
// its bytes are cut.

#include <hawser/detail/message/proxy_handshake.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>

using hawser::detail::ConnectHandshake;
using hawser::detail::HeadLimits;
using hawser::detail::ProxyData;
using hawser::detail::ProxyHandshake;
using hawser::detail::ProxyPtr;
using hawser::detail::SocksHandshake;
using hawser::detail::SocksTarget;
using namespace std::string_literals;

namespace {

/// Plays the proxy: gives `bytes` in pieces, and then nothing. Returns what was said, in brackets,
/// the number of bytes not read, and how it ended.
std::string talk(ProxyHandshake& handshake, std::string_view bytes, std::size_t piece) {
    std::string said;
    while (!handshake.ended()) {
        if (!handshake.unsent().empty()) {
            said += '[' + std::string(handshake.unsent()) + ']';
            handshake.sent(handshake.unsent().size());
            continue;
        }
        const std::size_t n = std::min({handshake.wants(), piece, bytes.size()});
        if (n == 0) {
            if (!handshake.ends_here()) {
                break;
            }
            continue;
        }
        handshake.received(bytes.substr(0, n));
        bytes.remove_prefix(n);
    }
    if (!handshake.ended()) {
        return said + " waits";
    }
    return said + (handshake.error() ? ' ' + handshake.reason()
                                     : " tunnel, " + std::to_string(bytes.size()) + " left");
}

std::string connect(std::string_view answer, std::size_t piece = 4096) {
    ConnectHandshake handshake("h:443", "", "", HeadLimits{});
    const std::string all = talk(handshake, answer, piece);
    if (handshake.ended() && handshake.error()) {
        CHECK(handshake.error() == hawser::error::proxy_error);
    }
    const std::size_t end = all.find("]");
    return all.substr(end + 2);
}

ProxyPtr proxy(std::string user = {}, std::string password = {}) {
    ProxyPtr data(new ProxyData);
    data->has_credentials = !user.empty();
    data->user = std::move(user);
    data->password = std::move(password);
    return data;
}

std::string socks(const ProxyPtr& by, const SocksTarget& target, std::string_view answer) {
    std::string first;
    for (const std::size_t piece : {1u, 2u, 3u, 100u}) {
        SocksHandshake handshake(*by, target);
        const std::string got = talk(handshake, answer, piece);
        first = first.empty() ? got : first;
        CHECK(got == first);
    }
    return first;
}

std::string socks(std::string_view answer) {
    return socks(proxy(), {"h", {}, 80}, answer);
}

}  // namespace

TEST_CASE("CONNECT names the target, and nothing of the request", "[P03][F-Y02]") {
    ConnectHandshake plain("example.com:443", "", "", HeadLimits{});
    CHECK(plain.unsent() == "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
    ConnectHandshake full("[::1]:443", "hawser/0.1", "Basic dTpw", HeadLimits{});
    CHECK(full.unsent() ==
          "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nUser-Agent: hawser/0.1\r\n"
          "Proxy-Authorization: Basic dTpw\r\n\r\n");
}

TEST_CASE("any 2xx makes a tunnel whatever it announces, and interim responses are skipped",
          "[P11][F30]") {
    for (const std::size_t piece : {1u, 5u, 4096u}) {
        for (const auto* answer : {
                 "HTTP/1.1 200 Connection established\r\n\r\n",
                 "HTTP/1.0 200 OK\r\n\r\n",
                 "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n",
                 "HTTP/1.1 299\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                 "HTTP/1.1 200 OK\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                 "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
                 "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
             }) {
            INFO(answer);
            CHECK(connect(answer, piece) == "tunnel, 0 left");
        }
    }
}

TEST_CASE("a refusal of CONNECT says its status, and what has arrived of its body",
          "[P01][F-Y03]") {
    for (const std::size_t piece : {1u, 7u, 4096u}) {
        CHECK(connect("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nnot today", piece) ==
              "it refused: 403 Forbidden: not today");
        CHECK(connect("HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n\r\n", piece) ==
              "it refused: 302 Found");
        CHECK(connect("HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", piece) ==
              "it refused: 101 S");
        CHECK(connect("HTTP/1.1 502\r\n\r\n", piece) == "it refused: 502");
        CHECK(connect("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\n\r\n", piece) ==
              "it refused: 401 No");
    }
    const std::string long_body(100'000, 'x');
    CHECK(connect("HTTP/1.1 500 E\r\n\r\n" + long_body) ==
          "it refused: 500 E: " + long_body.substr(0, 4096));
    CHECK(connect("HTTP/1.1 500 E\r\n\r\n\x1b[31m\n").find('\x1b') == std::string::npos);
}

TEST_CASE("a refusal waits for the text that it announces, and ends without it", "[P01][P09]") {
    const auto waits_for = [](const std::string& fields, const std::string& text) {
        const std::string head = "HTTP/1.1 403 No\r\n" + fields + "\r\n";
        for (std::size_t n = 0; n < text.size(); ++n) {
            CHECK(connect(head + text.substr(0, n)) == "waits");
            ConnectHandshake handshake("h:443", "", "", HeadLimits{});
            talk(handshake, head + text.substr(0, n), 4096);
            CHECK(handshake.ends_early());
            CHECK(handshake.reason() ==
                  "it refused: 403 No" + (n == 0 ? "" : ": " + text.substr(0, n)));
        }
        return connect(head + text);
    };
    CHECK(waits_for("Content-Length: 9\r\n", "not today") == "it refused: 403 No: not today");
    CHECK(waits_for("Connection: close\r\n", std::string(4096, 'x')) ==
          "it refused: 403 No: " + std::string(4096, 'x'));
    ConnectHandshake no_answer("h:443", "", "", HeadLimits{});
    talk(no_answer, "HTTP/1.1 403", 4096);
    CHECK_FALSE(no_answer.ends_early());
}

TEST_CASE("a proxy that answers CONNECT with something else fails it", "[P09][P11]") {
    CHECK(connect("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n") ==
          "it sent bytes before the tunnel stood");
    CHECK(connect("SSH-2.0-x\r\n\r\n").starts_with("its response to CONNECT is not HTTP: "));
    CHECK(connect("HTTP/1.1 200 OK\r\nX: " + std::string(300'000, 'x'))
              .starts_with("its response to CONNECT is not HTTP: "));
    std::string flood;
    while (flood.size() < 400'000) {
        flood += "HTTP/1.1 103 E\r\nX: " + std::string(1000, 'x') + "\r\n\r\n";
    }
    CHECK(connect(flood) == "its response to CONNECT is too large");
    CHECK(connect("HTTP/1.1 200 OK\r\n") == "waits");
    CHECK(connect("") == "waits");
    ConnectHandshake handshake("h:443", "", "", HeadLimits{});
    handshake.closed();
    CHECK(handshake.error() == hawser::error::proxy_error);
    CHECK(handshake.reason() == "it closed the connection");
}

TEST_CASE("SOCKS5 asks for a name or an address, and reads nothing of the tunnel", "[F-Y06][P15]") {
    const std::string reply_v4("\5\0\0\1\x7f\0\0\1\x1f\x90", 10);
    const std::string reply_v6("\5\0\0\4"s + std::string(16, '\1') + "\0\1"s);
    const std::string reply_name("\5\0\0\3\4name\0\1"s);
    const std::string none("\5\0"s);
    for (const std::string& reply : {reply_v4, reply_v6, reply_name}) {
        CHECK(socks(none + reply + "tunnel") == "[\5\1\0][\5\1\0\3\1h\0\x50] tunnel, 6 left"s);
    }
    CHECK(socks(proxy(), {"h", "\x7f\0\0\1"s, 443}, none + reply_v4) ==
          "[\5\1\0][\5\1\0\1\x7f\0\0\1\1\xbb] tunnel, 0 left"s);
    CHECK(socks(proxy(), {"h", std::string(16, '\2'), 256}, none + reply_v4) ==
          "[\5\1\0][\5\1\0\4"s + std::string(16, '\2') + "\1\0] tunnel, 0 left"s);
    CHECK(socks(proxy("user", "pass"), {"h", {}, 80}, "\5\2\1\0"s + reply_v4) ==
          "[\5\2\0\2][\1\4user\4pass][\5\1\0\3\1h\0\x50] tunnel, 0 left"s);
    CHECK(socks(proxy("user", "pass"), {"h", {}, 80}, none + reply_v4) ==
          "[\5\2\0\2][\5\1\0\3\1h\0\x50] tunnel, 0 left"s);
}

TEST_CASE("a SOCKS proxy that refuses or lies fails the dial, and says how", "[P15][P25]") {
    struct Row {
        std::string answer;
        const char* end;
    };
    const Row rows[] = {
        {"\4\0"s, "it does not speak SOCKS version 5"},
        {"HTTP/1.1 400"s, "it does not speak SOCKS version 5"},
        {"\5\xff"s, "it wants a user and a password"},
        {"\5\2"s, "it chose a way to log in that was not offered"},
        {"\5\1"s, "it chose a way to log in that was not offered"},
        {"\5\0\4\0\0\1"s, "its reply is not of SOCKS version 5"},
        {"\5\0\5\1\0\1"s, "it refused with code 1: general failure"},
        {"\5\0\5\2\0\1"s, "it refused with code 2: its rules do not allow the connection"},
        {"\5\0\5\3\0\1"s, "it refused with code 3: the network is unreachable"},
        {"\5\0\5\4\0\1"s, "it refused with code 4: the host is unreachable"},
        {"\5\0\5\5\0\1"s, "it refused with code 5: the connection was refused"},
        {"\5\0\5\6\0\1"s, "it refused with code 6: the connection took too long"},
        {"\5\0\5\7\0\1"s, "it refused with code 7: it does not know the command"},
        {"\5\0\5\x8\0\1"s, "it refused with code 8: it does not know the type of the address"},
        {"\5\0\5\xfe\0\1"s, "it refused with code 254: an unknown code"},
        {"\5\0\5\0\0\0"s, "its reply has an unknown type of address"},
        {"\5\0\5\0\0\2"s, "its reply has an unknown type of address"},
        {"\5\0\5\0\0\5"s, "its reply has an unknown type of address"},
        {"\5\0\5\0\0\3\xff"s, "waits"},
        {"\5\0\5\0\0\1\1"s, "waits"},
        {"\5"s, "waits"},
    };
    for (const Row& row : rows) {
        const std::string got = socks(row.answer);
        CAPTURE(row.end, got);
        CHECK(got.ends_with(row.end));
    }
    CHECK(socks(proxy("u", "p"), {"h", {}, 80}, "\5\2\1\1"s)
              .ends_with("it refused the user and the password"));
    CHECK(socks(proxy("u", "p"), {"h", {}, 80}, "\5\xff"s)
              .ends_with("it accepts no way to log in that we know"));
}

TEST_CASE("what SOCKS cannot carry is refused before a byte is sent", "[P14][P16]") {
    const std::string longest(255, 'h');
    CHECK(SocksHandshake(*proxy(), {longest, {}, 80}).unsent() == "\5\1\0"s);
    for (const std::size_t size : {256u, 65'536u}) {
        SocksHandshake handshake(*proxy(), {std::string(size, 'h'), {}, 80});
        CHECK(handshake.ended());
        CHECK(handshake.unsent().empty());
        CHECK(handshake.error() == hawser::error::invalid_url);
    }
    CHECK(SocksHandshake(*proxy(std::string(256, 'u'), "p"), {"h", {}, 80}).error() ==
          hawser::error::invalid_request);
    CHECK(SocksHandshake(*proxy("u", std::string(256, 'p')), {"h", {}, 80}).error() ==
          hawser::error::invalid_request);
    CHECK_FALSE(SocksHandshake(*proxy("u", longest), {"h", {}, 80}).ended());
}
