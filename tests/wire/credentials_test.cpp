// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Credentials on their way: what a server receives, and how often. The decisions are tables in
// rules/credentials_test.cpp; here are real hashes, and a server that checks them.

#include "../support/echo.hpp"
#include "../support/scene.hpp"
#include "../support/styles.hpp"
#include "../support/temp_file.hpp"
#include "../support/tls_setup.hpp"
#include "../support/trace_log.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/detail/io/digest_hash.hpp>
#include <hawser/detail/message/challenge.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace hawser::test;
using namespace std::chrono_literals;
using hawser::Credentials;
using hawser::Url;
namespace detail = hawser::detail;

namespace {

/// Reports the Authorization fields of a request.
std::string authorization(const ReceivedRequest& request) {
    return respond(request.count("Authorization") < 2
                       ? request.header("Authorization").value_or("none")
                       : "several");
}

Request with(Credentials credentials, const std::string& url) {
    Request request = Request::get(url);
    request.options.credentials = std::move(credentials);
    return request;
}

std::string text(Response response) {
    return std::to_string(response.status) + ' ' + response.body.read_all();
}

/// "http://user:secret@127.0.0.1:80/"
std::string with_user(const std::string& user, std::string url) {
    return url.insert(url.find("//") + 2, user + '@');
}

/// The server's side of Digest for the user "Mufasa" with the password "Circle of Life". It checks
/// each answer strictly: the hash, the target, a count that grows by one.
class DigestRealm {
public:
    struct Setup {
        std::string algorithm = "SHA-256";
        std::string more = "qop=\"auth\"";  // parameters of the challenge
        int uses = 1000;                    // of a nonce, before it is stale
        bool names_next = false;            // Authentication-Info
        bool proxy = false;                 // it is a proxy's
    };

    DigestRealm() = default;
    explicit DigestRealm(Setup setup) : setup_(std::move(setup)) {}

    /// Responds to a request, in a script.
    std::string operator()(const ReceivedRequest& request) {
        const std::lock_guard lock(mutex_);
        const std::string verdict = check(request);
        log_ += (log_.empty() ? "" : ", ") + verdict;
        if (verdict.starts_with("use ")) {
            std::string info;
            if (setup_.names_next) {
                renew();
                info = (setup_.proxy ? "Proxy-" : "") +
                       ("Authentication-Info: qop=auth, nextnonce=\"" + nonce() + "\"\r\n");
            }
            return respond(describe(request), info);
        }
        renew();
        const std::string field = setup_.proxy ? "Proxy-Authenticate: " : "WWW-Authenticate: ";
        return reply(setup_.proxy ? "407 Proxy Authentication Required" : "401 Unauthorized",
                     "who are you?",
                     field + "NTLM\r\n" + field + "Digest realm=\"a, \\\"b\\\"\", nonce=\"" +
                         nonce() + "\", algorithm=" + setup_.algorithm + ", " + setup_.more +
                         (verdict == "stale" ? ", stale=true" : "") + "\r\n");
    }

    /// What the requests came to so far: "first, use 1, use 2".
    std::string log() const {
        const std::lock_guard lock(mutex_);
        return log_;
    }

private:
    std::string nonce() const { return "nonce/" + std::to_string(nonce_) + "=="; }
    void renew() {
        ++nonce_;
        used_ = 0;
    }

    std::string check(const ReceivedRequest& request) {
        std::vector<detail::Challenge> sent;
        const char* const field = setup_.proxy ? "Proxy-Authorization" : "Authorization";
        detail::parse_challenges(request.header(field).value_or(""), sent);
        if (sent.empty()) {
            return "first";
        }
        const auto param = [&](const char* name) {
            const std::string* const value = sent[0].param(name);
            return value != nullptr ? *value : "";
        };
        if (sent[0].scheme != "Digest") {
            return sent[0].scheme;
        }
        const auto hash = [&](const std::string& bytes) {
            return detail::digest_hash(setup_.algorithm.starts_with("MD5")
                                           ? detail::DigestAlgorithm::md5
                                           : detail::DigestAlgorithm::sha_256,
                                       bytes);
        };
        const std::string tail = nonce() + ':' + param("nc") + ':' + param("cnonce") +
                                 ":auth:" + hash(request.method + ':' + request.target);
        std::string secret = hash("Mufasa:a, \"b\":Circle of Life");
        if (setup_.algorithm.ends_with("-sess")) {
            secret = hash(secret + ':' + nonce() + ':' + param("cnonce"));
        }
        if (param("nonce") != nonce()) {
            return "stale";
        }
        if (param("uri") != request.target || param("response") != hash(secret + ':' + tail)) {
            return "wrong";
        }
        ++used_;
        if (std::stoi(param("nc"), nullptr, 16) != used_) {
            return "wrong count";
        }
        return used_ > setup_.uses ? "stale" : "use " + std::to_string(used_);
    }

    mutable std::mutex mutex_;
    Setup setup_;
    int nonce_ = 1;
    int used_ = 0;
    std::string log_;
};

Script serving(DigestRealm& realm) {
    return keep_alive_server([&realm](const ReceivedRequest& request) { return realm(request); });
}

const Credentials mufasa = Credentials::digest("Mufasa", "Circle of Life");

/// The value of a parameter of the answer of RFC 7616 section 3.9 to a challenge.
std::string rfc_answer(const char* user,
                       const char* password,
                       const char* target,
                       const char* cnonce,
                       std::string_view challenge) {
    std::vector<detail::Challenge> parsed;
    detail::parse_challenges(challenge, parsed);
    const auto chosen =
        detail::strongest_digest(parsed, Url("http://a/doe.json"), &detail::digest_hash);
    const std::string answer = detail::digest_answer(
        {std::make_shared<const detail::DigestChallenge>(chosen.value()), 1, cnonce},
        {user, password, "GET", target},
        &detail::digest_hash);
    parsed.clear();
    detail::parse_challenges(answer, parsed);
    return *parsed.at(0).param("response") + ' ' + parsed[0].param("username")->substr(0, 16);
}

}  // namespace

TEST_CASE("the examples of RFC 7616 and RFC 2617 come out as printed there", "[C15]") {
    const std::string rest =
        "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
        "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
        "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    const char* const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    const auto life = [&](const std::string& algorithm) {
        return rfc_answer("Mufasa",
                          "Circle of Life",
                          "/dir/index.html",
                          cnonce,
                          "Digest " + rest + ", algorithm=" + algorithm);
    };
    CHECK(life("MD5") == "8ca523f5e9506fed4657c9700eebdbec Mufasa");
    CHECK(life("SHA-256") ==
          "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1 Mufasa");
    // RFC 7616 section 3.9.2, as its erratum 4897 corrects it.
    CHECK(rfc_answer("J\xc3\xa4s\xc3\xb8n Doe",
                     "Secret, or not?",
                     "/doe.json",
                     "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
                     "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, "
                     "nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", "
                     "opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8, "
                     "userhash=true") ==
          "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5 793263caabb707a5");
    CHECK(rfc_answer("Mufasa",
                     "Circle Of Life",
                     "/dir/index.html",
                     "0a4f113b",
                     "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
                     "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
                     "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"") ==
          "6629fae49393a05397450978507c4ef1 Mufasa");
}

TEST_CASE("credentials arrive from wherever they were given",
          "[F-C08][T-K03][T-K04][T-K05][T-G46]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(authorization)};
    const std::string url = server.url();
    const TempFile netrc{"machine 127.0.0.1 login file password 5\n"};
    Client client{{.credentials = {{url, Credentials::bearer("of-client")}}}};
    Client plain{{.credentials = Credentials::netrc(netrc.path())}};
    const std::string url_user = with_user("url:p%40ss", url);

    CHECK(text(Client().get(url)) == "200 none");
    CHECK(text(client.get(url)) == "200 Bearer of-client");
    CHECK(text(client.get(server.url_as("localhost"))) == "200 none");
    CHECK(text(plain.get(url)) == "200 Basic ZmlsZTo1");
    CHECK(text(plain.get(server.url_as("localhost"))) == "200 none");
    CHECK(text(client.get(url_user)) == "200 Basic dXJsOnBAc3M=");
    CHECK(text(client.get(with_user("url", url))) == "200 Basic dXJsOg==");
    CHECK(text(client.send(with(Credentials::basic("own", "x"), url_user))) ==
          "200 Basic b3duOng=");
    CHECK(text(client.send(with(Credentials::bearer("own"), url).basic("hand", ""))) ==
          "200 Basic aGFuZDo=");
    CHECK(text(client.send(with(Credentials::netrc(netrc.path()), url))) == "200 Basic ZmlsZTo1");

    run([&]() -> asio::awaitable<void> {
        Client async{co_await asio::this_coro::executor};
        Response res = co_await async.async_send(with(Credentials::basic("own", "x"), url));
        const std::string first = co_await res.body.async_read_all();
        CHECK(first == "Basic b3duOng=");
        res = co_await async.async_get(url_user);
        const std::string second = co_await res.body.async_read_all();
        CHECK(second == "Basic dXJsOnBAc3M=");
        async.close_idle_connections();
    });
}

TEST_CASE("Digest takes two requests at first, and one from then on", "[C15][C26]") {
    FdGuard fds;
    const auto [algorithm, more] = GENERATE(table<std::string, std::string>({
        {"SHA-256", "qop=\"auth\""},
        {"MD5", "qop=\"auth-int,auth\", opaque=\"o\""},
        {"MD5-sess", "qop=\"auth\", charset=UTF-8"},
        {"SHA-256-sess", "qop=auth"},
    }));
    DigestRealm realm{{.algorithm = algorithm, .more = more}};
    ScriptServer server{serving(realm)};
    Client client{{.credentials = {{server.url(), mufasa}}}};
    CHECK(text(client.get(server.url("/a?b=c"))) == "200 GET /a?b=c - ");
    CHECK(text(client.post(server.url("/d"), "body")) == "200 POST /d 4 body");
    CHECK(text(client.put(server.url("/d"), RequestBody::stream(pieces("abc", 2)))) ==
          "200 PUT /d chunked abc");
    CHECK(realm.log() == "first, use 1, use 2, use 3");
    CHECK(server.connections() == 1);  // the 401 was read to its end
}

TEST_CASE("the body is sent again with the answer, if it can be", "[C10][C26]") {
    FdGuard fds;
    DigestRealm realm;
    ScriptServer server{serving(realm)};
    const TempFile file{"content"};
    const auto post = [&](RequestBody body) {
        Client client;  // without a nonce
        Request request = with(mufasa, server.url("/p"));
        request.method = "POST";
        request.body = std::move(body);
        return text(client.send(std::move(request)));
    };
    CHECK(post("text") == "200 POST /p 4 text");
    CHECK(post(RequestBody::file(file.path())) == "200 POST /p 7 content");
    CHECK(post(RequestBody::stream(pieces("abc", 2))) == "401 who are you?");
    CHECK(realm.log() == "first, use 1, first, use 1, first");
}

TEST_CASE("a nonce that is stale costs one request more, and a wrong password none", "[C26]") {
    FdGuard fds;
    DigestRealm realm{{.uses = 2}};
    ScriptServer server{serving(realm)};
    Client client;
    const auto get = [&](const Credentials& credentials) {
        return text(client.send(with(credentials, server.url()))).substr(0, 3);
    };
    CHECK(get(mufasa) == "200");
    CHECK(get(mufasa) == "200");
    CHECK(get(mufasa) == "200");  // stale: again
    CHECK(realm.log() == "first, use 1, use 2, stale, use 1");
    CHECK(get(Credentials::digest("Mufasa", "wrong")) == "401");
    CHECK(realm.log() == "first, use 1, use 2, stale, use 1, wrong, wrong");
    CHECK(get(mufasa) == "200");
    CHECK(get(Credentials::basic("Mufasa", "Circle of Life")) == "401");
    CHECK(realm.log().ends_with("wrong, wrong, first, use 1, Basic"));

    DigestRealm never{{.uses = 0}};  // every answer is stale
    ScriptServer endless{serving(never)};
    CHECK(text(client.send(with(mufasa, endless.url()))) == "401 who are you?");
    CHECK(never.log() == "first, stale, stale");
}

TEST_CASE("the server names the next nonce", "[C15]") {
    FdGuard fds;
    DigestRealm realm{{.names_next = true}};
    ScriptServer server{serving(realm)};
    Client client{{.credentials = {{server.url(), mufasa}}}};
    for (int i = 0; i < 3; ++i) {
        CHECK(client.get(server.url()).status == 200);
    }
    CHECK(realm.log() == "first, use 1, use 1, use 1");
}

TEST_CASE("the user of a URL answers Digest, and is Basic no longer", "[F-C08]") {
    FdGuard fds;
    DigestRealm realm;
    ScriptServer server{serving(realm)};
    Client client;
    const std::string url = with_user("Mufasa:Circle%20of%20Life", server.url());
    CHECK(text(client.get(url)).substr(0, 3) == "200");
    CHECK(text(client.get(url)).substr(0, 3) == "200");
    CHECK(realm.log() == "Basic, use 1, use 2");
}

TEST_CASE("a proxy that forwards requests gets Digest for all hosts, and an origin gets none of it",
          "[P04][P24][F-Y08]") {
    DigestRealm realm{{.names_next = GENERATE(false, true), .proxy = true}};
    ScriptServer proxy{serving(realm)};
    Client client{{.transport = {.proxy = hawser::ProxyRules{
                                     with_user("Mufasa:Circle%20of%20Life", proxy.url("/"))}}}};
    for (const char* const url :
         {"http://a.example/x?y", "http://b.example:81/", "http://a.example/"}) {
        CHECK(text(client.get(url)).starts_with("200 "));
    }
    const bool renewed = realm.log().find("use 2") == std::string::npos;
    CHECK(realm.log() == (renewed ? "Basic, use 1, use 1, use 1" : "Basic, use 1, use 2, use 3"));
    CHECK(client.stats().dialed == 2);
    CHECK(client.stats().retried_with_proxy_credentials == 1);

    ScriptServer origin{keep_alive_server([](const ReceivedRequest& request) {
        return respond(request.target + request.header("Proxy-Authorization").value_or(" none"));
    })};
    Request direct = Request::get(origin.url("/x"));
    direct.options.proxy = hawser::ProxyRules{};
    CHECK(text(client.send(direct)) == "200 /x none");
}

TEST_CASE("Digest in every style, canceled and timed out in its second request", "[C15]") {
    FdGuard fds;
    DigestRealm realm;
    // Answers the challenge, and then nothing more.
    const Script silent = [&](Peer& peer) {
        peer.send(realm(*peer.read_request()));
        (void)peer.read_request();
        peer.wait_for_eof();
    };
    {
        Scene scene(serving(realm));
        Call<Response> call;
        scene.client.async_send(with(mufasa, scene.server.url()), call.handler());
        CHECK(call.outcome() == std::error_code());
        CHECK(call.result.status == 200);
        call.result = {};
    }
    {
        Scene scene(silent);
        Call<Response> call;
        scene.client.async_send(with(mufasa, scene.server.url()), call.handler());
        scene.server.wait_for_requests(2);
        call.cancel(scene.io.executor());
        CHECK(call.outcome() == aborted);
        CHECK(call.completions == 1);
    }
    ScriptServer server{silent};
    Client client;
    std::error_code ec;
    client.send(with(mufasa, server.url()).timeout(400ms), ec);
    CHECK(ec == hawser::error::total_timeout);
    CHECK(server.requests() == 2);
}

TEST_CASE("a redirect to another origin carries no credentials, and none come back",
          "[C01][C02][C04][C26]") {
    FdGuard fds;
    // "/to/<url>" redirects to that URL.
    const auto script = [](const ReceivedRequest& request) {
        return request.target.starts_with("/to/")
                   ? reply("302 Found", "", "Location: " + request.target.substr(4) + "\r\n")
                   : authorization(request);
    };
    ScriptServer a{keep_alive_server(script)};
    ScriptServer b{keep_alive_server(script)};
    Client client;
    Client known{{.credentials = {{b.url(), Credentials::bearer("b")}}}};
    const std::string here = a.url("/to//x");
    const std::string there = a.url("/to/" + b.url("/x"));
    const std::string back = a.url("/to/" + b.url("/to/" + a.url("/x")));
    for (const Credentials& own : {Credentials::basic("u", "p"), Credentials::bearer("t")}) {
        CHECK(text(client.send(with(own, here))) != "200 none");
        CHECK(text(client.send(with(own, there))) == "200 none");
        CHECK(text(client.send(with(own, back))) == "200 none");
        CHECK(text(known.send(with(own, there))) == "200 Bearer b");
    }
    CHECK(text(client.get(with_user("u:p", here))) == "200 Basic dTpw");
    CHECK(text(client.get(with_user("u:p", there))) == "200 none");
    CHECK(text(client.get(with_user("u:p", back))) == "200 none");
    CHECK(text(client.get(a.url("/to/" + with_user("u:p", b.url("/x"))))) == "200 none");
}

TEST_CASE("from https to http no credentials at all", "[C03]") {
    FdGuard fds;
    ScriptServer http{keep_alive_server(authorization)};
    ScriptServer https{keep_alive_server([&](const ReceivedRequest&) {
                           return reply("302 Found", "", "Location: " + http.url() + "\r\n");
                       }),
                       {.tls = good_tls()}};
    const TempFile netrc{"machine 127.0.0.1 login file password 5\n"};
    hawser::OriginCredentials credentials = Credentials::netrc(netrc.path());
    credentials.set(http.url(), Credentials::bearer("of-client"));
    Client client{
        {.allow_https_to_http = true, .credentials = credentials, .transport = trusting()}};
    CHECK(text(client.get(https.url())) == "200 none");
    CHECK(text(client.get(http.url())) == "200 Bearer of-client");
}

TEST_CASE("credentials that cannot be sent fail the request, and say why without a secret",
          "[C13][C16][C25]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(authorization)};
    const TempFile malformed{"machine a\nlogin \"canary"};
    const std::string url = server.url();
    const auto fault = [&](const Request& request) {
        Client client;
        std::error_code ec;
        const Response response = client.send(request, ec);
        CHECK(ec == hawser::error::invalid_request);
        const std::string what = response.failure.message();
        CHECK(what.find("canary") == std::string::npos);
        return response.failure.reason();
    };
    CHECK(fault(with(Credentials::basic("ca:nary", "canary"), url)) ==
          "the user name of Basic credentials has a colon");
    CHECK(fault(with(Credentials::bearer("canary\r\nX: y"), url)).starts_with("the bearer token"));
    CHECK(fault(Request::get(with_user("canary%3A:canary", url))) ==
          "the user name of Basic credentials has a colon");
    CHECK(fault(with(Credentials::netrc("/nowhere/netrc"), url)) ==
          "netrc file \"/nowhere/netrc\": No such file or directory");
    CHECK(fault(with(Credentials::netrc("/tmp"), url)) == "netrc file \"/tmp\": Is a directory");
    CHECK(fault(with(Credentials::netrc(malformed.path()), url)) ==
          "netrc file \"" + malformed.path() +
              "\", line 2: a quoted word does not end in its line");
    CHECK(server.requests() == 0);
    CHECK_THROWS_WITH((Client{{.credentials = {{"https://u:canary@x", mufasa}}}}),
                      Catch::Contains("not an origin") && !Catch::Contains("canary"));
}
