// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/accept_encoding.hpp>
#include <hawser/detail/message/request_writer.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using hawser::Headers;
using hawser::Request;
using hawser::RequestBody;
using hawser::detail::append_chunk_size;
using hawser::detail::HeadBuffer;
using hawser::detail::HeadExtras;
using hawser::detail::OutgoingFraming;
using hawser::detail::OutgoingPlan;
using hawser::detail::plan_request_body;
using hawser::detail::RequestTraits;
using hawser::detail::write_request_head;
using hawser::detail::write_trailers;

namespace {

std::string written(const Request& request,
                    const OutgoingPlan& plan,
                    const HeadExtras& extras = {}) {
    HeadBuffer out;
    RequestTraits traits;
    if (const std::error_code ec = write_request_head(request, plan, extras, out, traits)) {
        CHECK(out.size() == 0);  // nothing is written on error
        return ec == hawser::error::invalid_request ? "refused" : ec.message();
    }
    return std::string(std::string_view(out));
}

std::string written(const Request& request, const HeadExtras& extras = {}) {
    return written(request, plan_request_body(request), extras);
}

RequestTraits traits_of(const Request& request, const HeadExtras& extras = {}) {
    HeadBuffer out;
    RequestTraits traits;
    CHECK_FALSE(write_request_head(request, plan_request_body(request), extras, out, traits));
    return traits;
}

Request get(Headers headers = {}) {
    Request request{"GET", "http://h/p?q#f"};
    request.headers = std::move(headers);
    return request;
}

const OutgoingPlan chunked{OutgoingFraming::chunked, 0};

std::string one(int c) {
    return std::string(1, static_cast<char>(c));
}

const std::string asks(hawser::detail::accept_encoding_line);

}  // namespace

TEST_CASE("the smallest head, and the fullest with its order of fields", "[F-W01][F-W05]") {
    CHECK(written(get()) == "GET /p?q HTTP/1.1\r\nHost: h\r\n\r\n");
    Request request{"POST", "http://u:p@h:81/", RequestBody("hello")};
    request.headers = {{"x-B", "2"}, {"X-a", " 1\t"}, {"x-b", ""}};
    CHECK(written(request, {"agent/1", true, true}) ==
          "POST / HTTP/1.1\r\nHost: h:81\r\nUser-Agent: agent/1\r\n" + asks +
              "Connection: close\r\nContent-Length: 5\r\n"
              "x-B: 2\r\nX-a: 1\r\nx-b: \r\n\r\n");
    CHECK(written(request, chunked, {"", false, false}).find("Transfer-Encoding: chunked\r\nx-B") !=
          std::string::npos);
}

TEST_CASE("the user's User-Agent replaces ours, and an empty one removes it", "[F-W03]") {
    const HeadExtras extras{"ours/1", false, false};
    CHECK(written(get(), extras) == "GET /p?q HTTP/1.1\r\nHost: h\r\nUser-Agent: ours/1\r\n\r\n");
    CHECK(written(get({{"A", "1"}, {"user-agent", "mine"}}), extras) ==
          "GET /p?q HTTP/1.1\r\nHost: h\r\nA: 1\r\nuser-agent: mine\r\n\r\n");
    CHECK(written(get({{"User-Agent", ""}}), extras) == "GET /p?q HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(written(get({{"User-Agent", " "}}), extras) == "GET /p?q HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(written(get(), {"bad\r\nX: y", false, false}) == "refused");
}

TEST_CASE("the Host is the URL's, or an override that would be valid in a URL", "[F-W04][U03]") {
    Request request = get();
    request.url = "http://[fe80::1%25eth0]:8080/";
    CHECK(written(request) == "GET / HTTP/1.1\r\nHost: [fe80::1]:8080\r\n\r\n");
    for (const auto& host : {"other", "other:80", "[::1]:1", "1.2.3.4", "a_b.", "UPPER:8"}) {
        request.host = host;
        CHECK(written(request) == "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
    }
    for (const auto& host : {"",
                             " ",
                             "a b",
                             "a/b",
                             "a?b",
                             "a#b",
                             "u@a",
                             "a\\b",
                             "a\r\nX: y",
                             "a%41",
                             "[fe80::1%25a]",
                             "a:0",
                             "::1",
                             "a,b",
                             "..",
                             "a:b:c",
                             "[::1",
                             "\xc3\xa4",
                             "127.1"}) {
        INFO(host);
        request.host = host;
        CHECK(written(request) == "refused");
    }
    for (int c = 0; c < 256; ++c) {
        INFO(c);
        request.host = "a" + one(c) + "b";
        const bool fine =
            c != 0 &&
            std::string("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
                    .find(static_cast<char>(c)) != std::string::npos;
        CHECK((written(request) != "refused") == fine);
    }
    request.url = {};
    CHECK(written(request) == make_error_code(hawser::error::invalid_url).message());
}

TEST_CASE("each byte in a method", "[U01]") {
    const std::string tokens =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int c = 0; c < 256; ++c) {
        INFO(c);
        Request request = get();
        request.method = "A" + one(c) + "B";
        CHECK((written(request) != "refused") ==
              (tokens.find(static_cast<char>(c)) != std::string::npos));
        request.method = one(c);
        CHECK((written(request) != "refused") ==
              (tokens.find(static_cast<char>(c)) != std::string::npos));
    }
    Request request = get();
    request.method = "";
    CHECK(written(request) == "refused");
}

TEST_CASE("CONNECT asks the URL's host for the authority in Request::host", "[F-U01]") {
    Request request = get();
    request.method = "CONNECT";
    for (const std::string target : {"example.com:443", "[::1]:8443", "10.0.0.1:1"}) {
        request.host = target;
        CHECK(written(request).starts_with("CONNECT " + target + " HTTP/1.1\r\nHost: " + target +
                                           "\r\n"));
    }
    for (const std::string target :
         {"example.com", "example.com:", "[::1]", "", "a b:1", "a/b:1"}) {
        request.host = target;
        CHECK(written(request) == "refused");
    }
    request.host = "example.com:443";
    request.method = "connect";
    CHECK(written(request) == "refused");
    request.method = "CONNECT";
    request.body = "x";
    CHECK(written(request) == "refused");
}

TEST_CASE("OPTIONS may be about the server as a whole", "[T-G08][T-G09]") {
    Request request = get();
    request.options.asterisk_form = true;
    for (const char* const method : {"GET", "options", "TRACE", "CONNECT"}) {
        request.method = method;
        CHECK(written(request) == "refused");
    }
    request.host = "h:443";  // all that CONNECT needs
    CHECK(written(request) == "refused");
    request.host.reset();
    request.method = "OPTIONS";
    CHECK(written(request).starts_with("OPTIONS * HTTP/1.1\r\nHost: h\r\n"));
    HeadExtras to_proxy;
    to_proxy.to_proxy = true;
    CHECK(written(request, to_proxy).starts_with("OPTIONS http://h HTTP/1.1\r\nHost: h\r\n"));
}

TEST_CASE("codings are asked for unless the request mentions them itself", "[B11][F-G01]") {
    const auto asked = [](const Request& request) {
        HeadExtras extras;
        extras.ask_for_codings = true;
        const bool written_so = written(request, extras).find(asks) != std::string::npos;
        CHECK(written_so == traits_of(request, extras).asked_for_codings);
        CHECK_FALSE(traits_of(request).asked_for_codings);
        return written_so;
    };
    Request request{"GET", "http://h/"};
    CHECK(asked(request));
    request.headers = {{"Accept", "*/*"}, {"Ranges", "x"}, {"Accept-Encodings", "y"}};
    CHECK(asked(request));
    for (const auto& name : {"Accept-Encoding", "accept-encoding", "Range", "RANGE"}) {
        for (const auto& value : {"", "gzip", "bytes=0-1", "identity"}) {
            request.headers = {{"A", "b"}, {name, value}};
            CHECK_FALSE(asked(request));
        }
    }
    request.headers = {};
    request.method = "POST";
    CHECK(asked(request));
    request.method = "HEAD";
    CHECK_FALSE(asked(request));
}

TEST_CASE("only a body waits for the server's 100", "[F-E01]") {
    Request request = get({{"Expect", "100-Continue"}});
    CHECK_FALSE(traits_of(request).expects_continue);
    request.body = "x";
    CHECK(traits_of(request).expects_continue);
    request.headers = {};
    CHECK_FALSE(traits_of(request).expects_continue);
}

TEST_CASE("an offer to upgrade needs the field and the option", "[F-U02]") {
    CHECK(traits_of(get({{"Connection", "keep-alive, Upgrade"}, {"UPGRADE", "x"}})).upgrade);
    CHECK_FALSE(traits_of(get({{"Connection", "Upgrade"}})).upgrade);
    CHECK_FALSE(traits_of(get({{"Upgrade", "x"}})).upgrade);
    CHECK_FALSE(traits_of(get({})).upgrade);
}

TEST_CASE("CONNECT without a target, and TRACE with a body or credentials, are refused", "[U19]") {
    Request request = get();
    for (const auto& method : {"CONNECT", "connect"}) {
        request.method = method;
        CHECK(written(request) == "refused");
    }
    request.method = "TRACE";
    CHECK(written(request) != "refused");
    for (const auto& name : {"Cookie", "authorization", "Proxy-Authorization"}) {
        request.headers = {{name, "x"}};
        CHECK(written(request) == "refused");
    }
    request.headers = {};
    request.body = "x";
    CHECK(written(request) == "refused");
    request.body = {};
    request.url = "http://u@h/";
    CHECK(written(request) == "refused");
}

TEST_CASE("each byte in a field's name and value", "[U03]") {
    const std::string tokens =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int c = 0; c < 256; ++c) {
        INFO(c);
        const bool token = tokens.find(static_cast<char>(c)) != std::string::npos;
        CHECK((written(get({{"A" + one(c) + "B", "v"}})) != "refused") == token);
        CHECK((written(get({{one(c), "v"}})) != "refused") == token);
        const bool value = (c >= 32 && c != 127) || c == '\t';
        for (const auto& name :
             {"A", "User-Agent", "Upgrade", "Content-Type", "Accept-Encoding", "Cookie"}) {
            CHECK((written(get({{name, "v" + one(c) + "w"}})) != "refused") == value);
        }
        CHECK((written(get({{"A", one(c)}})) != "refused") == value);
    }
    CHECK(written(get({{"", "v"}})) == "refused");
    CHECK(written(get({{"A", "v\r\nB: w"}})) == "refused");
    CHECK(written(get({{"A", "v\r\n w"}})) == "refused");
    CHECK(written(get({{"A", "1"}, {"B", "2\n"}})) == "refused");
}

TEST_CASE("fields that the transport owns are refused", "[U06]") {
    for (const auto& name : {"Host", "content-length", "Transfer-Encoding", "TRAILER"}) {
        for (const auto& value : {"", "h", "5", "chunked"}) {
            INFO(name << ": " << value);
            CHECK(written(get({{name, value}})) == "refused");
        }
    }
    CHECK(written(get({{"Expect", "100-Continue"}})).find("Expect: 100-Continue\r\n") !=
          std::string::npos);
    CHECK(written(get({{"Expect", "something"}})) == "refused");
    CHECK(written(get({{"Expect", ""}})) == "refused");
}

TEST_CASE("Connection allows only close, keep-alive and upgrade", "[U06][F-U02]") {
    const HeadExtras close{"", false, true};
    for (const auto& value :
         {"Transfer-Encoding", "close, x", "\"close\"", "Host", "keep-alive;", "upgrade te", "x"}) {
        INFO(value);
        CHECK(written(get({{"Connection", value}})) == "refused");
    }
    CHECK(written(get({{"connection", "Close"}}), close) ==
          "GET /p?q HTTP/1.1\r\nHost: h\r\nconnection: Close\r\n\r\n");
    CHECK(written(get({{"Connection", "keep-alive"}})) ==
          "GET /p?q HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n");
    CHECK(written(get({{"Connection", "keep-alive"}}), close) ==
          "GET /p?q HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    CHECK(written(get({{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}), close) ==
          "GET /p?q HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    Request request = get();
    request.close = true;
    CHECK(written(request) == "GET /p?q HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    CHECK(traits_of(request).close);
    CHECK(traits_of(get({{"CONNECTION", "upgrade, Close"}})).close);
    CHECK_FALSE(traits_of(get({{"Connection", "keep-alive"}})).close);
}

TEST_CASE("Accept-Encoding is added unless the request has one", "[B11]") {
    const HeadExtras ask{"", true, false};
    CHECK(written(get(), ask) == "GET /p?q HTTP/1.1\r\nHost: h\r\n" + asks + "\r\n");
    CHECK(written(get({{"accept-encoding", "br"}}), ask) ==
          "GET /p?q HTTP/1.1\r\nHost: h\r\naccept-encoding: br\r\n\r\n");
}

TEST_CASE("how a body is framed", "[F-B01][F-B02][F-B03][F-B04]") {
    const auto plan =
        [](const char* method, RequestBody body, Headers trailers = {}) -> std::string {
        Request request{method, "http://h/", std::move(body)};
        request.trailers = std::move(trailers);
        const OutgoingPlan result = plan_request_body(request);
        switch (result.framing) {
            case OutgoingFraming::none:
                return "none";
            case OutgoingFraming::length:
                return "length " + std::to_string(result.length);
            case OutgoingFraming::chunked:
                return "chunked";
        }
        return "";
    };
    for (const auto& method : {"GET", "HEAD", "DELETE", "OPTIONS", "CUSTOM"}) {
        INFO(method);
        CHECK(plan(method, {}) == "none");
        CHECK(plan(method, RequestBody("")) == "none");
        CHECK(plan(method, RequestBody("abc")) == "length 3");
        CHECK(plan(method, RequestBody("abc"), {{"A", "b"}}) == "chunked");
        CHECK(plan(method, {}, {{"A", "b"}}) == "none");
    }
    for (const auto& method : {"POST", "PUT", "PATCH"}) {
        INFO(method);
        CHECK(plan(method, {}) == "length 0");
        CHECK(plan(method, RequestBody("")) == "length 0");
        CHECK(plan(method, RequestBody("abc")) == "length 3");
    }
    CHECK(written(Request{"POST", "http://h/"}) ==
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    CHECK(written(get(), {OutgoingFraming::length, std::numeric_limits<std::uint64_t>::max()})
              .find("Content-Length: 18446744073709551615\r\n") != std::string::npos);
}

TEST_CASE("trailers are announced in the head, and only with a chunked body", "[F-B07][F-W01]") {
    Request request{"POST", "http://h/", RequestBody("abc")};
    request.trailers = {{"Digest", "x"}, {"X-Sum", "1"}};
    CHECK(written(request) ==
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: Digest, "
          "X-Sum\r\n\r\n");
    CHECK(written(request, {OutgoingFraming::length, 3}) == "refused");
    CHECK(written(request, OutgoingPlan{}) == "refused");
    for (const auto& name : {"Transfer-Encoding",
                             "trailer",
                             "Content-Length",
                             "Host",
                             "Set-Cookie",
                             "Authorization",
                             "a b",
                             ""}) {
        INFO(name);
        request.trailers = {{name, "x"}};
        CHECK(written(request) == "refused");
        std::string out = "before";
        CHECK(write_trailers(request.trailers, out) == hawser::error::invalid_request);
        CHECK(out == "before");
    }
}

TEST_CASE("each byte in a trailer", "[U04][F-B06]") {
    std::string out = "x";
    CHECK_FALSE(write_trailers({}, out));
    CHECK(out == "x0\r\n\r\n");
    out.clear();
    CHECK_FALSE(write_trailers({{"A", " b "}, {"C", ""}}, out));
    CHECK(out == "0\r\nA: b\r\nC: \r\n\r\n");
    for (int c = 0; c < 256; ++c) {
        INFO(c);
        std::string text;
        const bool value = (c >= 32 && c != 127) || c == '\t';
        const std::error_code ec = write_trailers({{"A", "v" + one(c) + "w"}}, text);
        CHECK(!ec == value);
        CHECK(text.empty() == !value);
        text.clear();
        const bool token = hawser::detail::is(hawser::detail::token_char, static_cast<char>(c));
        CHECK(!write_trailers({{"A" + one(c), "v"}}, text) == token);
    }
}

TEST_CASE("chunk sizes are lower-case hex", "[F-B06]") {
    std::string out;
    for (std::size_t size :
         {std::size_t{1}, std::size_t{10}, std::size_t{255}, std::size_t{65536}, SIZE_MAX}) {
        append_chunk_size(size, out);
    }
    const std::string largest(2 * sizeof(std::size_t), 'f');
    CHECK(out == "1\r\na\r\nff\r\n10000\r\n" + largest + "\r\n");
}

TEST_CASE("a head of more than 1 MiB is refused", "[U20]") {
    CHECK(written(get({{"A", std::string(1024 * 1024 - 400, 'x')}})) != "refused");
    CHECK(written(get({{"A", std::string(1024 * 1024, 'x')}})) == "refused");
    Headers many;
    for (int i = 0; i < 200000; ++i) {
        many.add("A", "b");
    }
    CHECK(written(get(many)) == "refused");
    std::string out;
    CHECK(write_trailers({{"A", std::string(1024 * 1024, 'x')}}, out) ==
          hawser::error::invalid_request);
}

TEST_CASE("neither fragment nor userinfo is ever sent", "[U16]") {
    const std::string head = written(Request{"GET", "http://secret:word@h/#fragment"});
    CHECK(head == "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
}
