// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A client with a cookie jar, as servers see it. Which cookies a jar keeps and sends is decided in
// rules/cookie_test.cpp and rules/cookie_jar_test.cpp.

#include "../support/scene.hpp"
#include "../support/styles.hpp"
#include "../support/temp_dir.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/coroutine_round_tripper.hpp>
#include <hawser/testing/mock_transport.hpp>

#include <asio/use_future.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace hawser::test;
using hawser::CookieJar;
using hawser::Credentials;
using hawser::testing::MockTransport;
using Lines = std::vector<std::string>;

namespace {

/// The cookies in a request: "-" without any, and a bar between several fields.
std::string cookies_in(const ReceivedRequest& request) {
    std::string all;
    for (const auto& [name, value] : request.fields) {
        if (same_name(name, "Cookie")) {
            all.append(all.empty() ? "" : " | ").append(value);
        }
    }
    return all.empty() ? "-" : all;
}

std::string set_cookie(std::string_view cookie, std::string_view status = "200 OK") {
    return reply(status, "", std::string("Set-Cookie: ").append(cookie).append("\r\n"));
}

/// "/set?a=1" sets this cookie. "/to/URL" redirects there. Anything else gets its cookies back.
std::string obey(const ReceivedRequest& request) {
    const std::string_view target = request.target;
    if (target.starts_with("/set?")) {
        return set_cookie(target.substr(5));
    }
    if (target.starts_with("/to/")) {
        return reply("302 x", "", "Location: " + request.target.substr(4) + "\r\n");
    }
    return respond(request.method == "HEAD" ? "" : cookies_in(request));
}

/// A server that remembers what it received.
class Site {
public:
    using Answer = std::function<std::string(const ReceivedRequest&)>;

    explicit Site(Answer answer = obey)
        : server_(keep_alive_server([this, answer](const ReceivedRequest& request) {
              const std::lock_guard lock(mutex_);
              log_.push_back(request.method + ' ' + request.target + ' ' + cookies_in(request));
              heads_.push_back(request.head + request.body);
              return answer(request);
          })) {}

    /// Method, target and cookies of each request since the last call.
    Lines log() {
        const std::lock_guard lock(mutex_);
        return std::exchange(log_, {});
    }
    /// The same requests, every byte.
    Lines bytes() {
        const std::lock_guard lock(mutex_);
        return std::exchange(heads_, {});
    }
    std::string url(std::string_view path = "/") const { return server_.url(path); }
    std::string url_as(std::string_view host, std::string_view path = "/") const {
        return server_.url_as(host, path);
    }

private:
    std::mutex mutex_;
    Lines log_;
    Lines heads_;
    ScriptServer server_;
};

/// A jar that remembers how it was used.
class WatchedJar final : public CookieJar {
public:
    std::string header(const Url& url) override {
        note("cookies for", url);
        return CookieJar::header(url);
    }
    void set_all(const Url& url, const Headers& response) override {
        note("response from", url);
        CookieJar::set_all(url, response);
    }
    Lines calls() {
        const std::lock_guard lock(mutex_);
        return calls_;
    }

private:
    void note(const char* what, const Url& url) {
        const std::lock_guard lock(mutex_);
        calls_.push_back(what + (' ' + std::string(url.target())));
    }

    std::mutex mutex_;
    Lines calls_;
};

}  // namespace

TEST_CASE(
    "one Cookie field has the caller's cookies and the jar's, and the request stays as it was",
    "[F-C13][F-K07][K15][K16][T-K13][X-05]") {
    FdGuard fds;
    Site site;
    const auto jar = std::make_shared<CookieJar>();
    for (const char* cookie : {"b=2", "deep=1; Path=/a/b", "a=3"}) {
        (void)jar->set(site.url(), cookie);
    }
    struct Case {
        Headers own;
        const char* sent;
    };
    const std::vector<Case> table = {
        {{}, "deep=1; b=2; a=3"},
        {{{"Cookie", "x=1"}}, "x=1; deep=1; b=2; a=3"},
        {{{"Cookie", "x=1; y"}, {"X", "1"}, {"cookie", "z=2"}}, "x=1; y; z=2; deep=1; b=2; a=3"},
        {{{"Cookie", "b=mine"}}, "b=mine; deep=1; a=3"},
        {{{"Cookie", ""}}, "deep=1; b=2; a=3"},
    };
    Client client({.cookies = jar});
    for (const Case& c : table) {
        Request request = Request::get(site.url("/a/b"));
        request.headers = c.own;
        client.send(request);
        client.send(request);
        CHECK(request.headers == c.own);
        const std::string line = std::string("GET /a/b ") + c.sent;
        CHECK(site.log() == Lines{line, line});
    }
    Client with_default({.cookies = jar, .headers = {{"Cookie", "d=1"}}});
    with_default.get(site.url());
    CHECK(site.log() == Lines{"GET / d=1; b=2; a=3"});
    Client other({.cookies = std::make_shared<CookieJar>()});
    other.send(Request::get(site.url()).header("Cookie", "x=1"));
    CHECK(site.log() == Lines{"GET / x=1"});
}

TEST_CASE("the jar's cookies go with every verb, and with every way to send it", "[T-K08]") {
    FdGuard fds;
    Site site;
    const hawser::test::TempDir folder;
    const auto jar = std::make_shared<CookieJar>();
    (void)jar->set(site.url(), "c=1");
    Client client({.cookies = jar});
    const Url url(site.url());
    const auto done = asio::use_future;
    client.get(url);
    client.head(url);
    client.post(url, "x");
    client.put(url, "x");
    client.patch(url, "x");
    client.del(url);
    client.send(Request("OPTIONS", url));
    CHECK(client.fetch(url).body == "c=1");
    CHECK(client.download(url, folder.file("f")).size == 3);
    client.async_get(url, done).get();
    client.async_head(url, done).get();
    client.async_post(url, "x", done).get();
    client.async_put(url, "x", done).get();
    client.async_patch(url, "x", done).get();
    client.async_del(url, done).get();
    client.async_send(Request("OPTIONS", url), done).get();
    CHECK(client.async_fetch(Request::get(url), done).get().body == "c=1");
    const Lines log = site.log();
    CHECK(log.size() == 17);
    for (const std::string& line : log) {
        CHECK(line.ends_with(" / c=1"));
    }
}

TEST_CASE(
    "each hop asks the jar for its cookies and gives it those of its response, in every style",
    "[F-K09][K21][T-K10]") {
    FdGuard fds;
    Site site([](const ReceivedRequest& request) {
        if (request.target == "/") {
            return reply("302 x", "", "Location: /in\r\nSet-Cookie: hop=1\r\n");
        }
        return request.header("Authorization")
                   ? set_cookie("in=1")
                   : reply("401 x",
                           "",
                           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n"
                           "Set-Cookie: asked=1\r\n");
    });
    for (const Style& style : all_styles()) {
        INFO(style.name);
        const auto jar = std::make_shared<WatchedJar>();
        Request request = Request::get(site.url());
        request.options.credentials = Credentials::digest("u", "p");
        request.headers = {{"Cookie", "hop=mine; asked=mine; own=1"}};
        CHECK_FALSE(style.run(request, {.options = {.cookies = jar}}).ec);
        CHECK(site.log() == Lines{"GET / hop=mine; asked=mine; own=1",
                                  "GET /in asked=mine; own=1; hop=1",
                                  "GET /in own=1; hop=1; asked=1"});
        CHECK(jar->calls() == Lines{"cookies for /",
                                    "response from /",
                                    "cookies for /in",
                                    "response from /in",
                                    "cookies for /in",
                                    "response from /in"});
        CHECK(jar->header(site.url()) == "hop=1; asked=1; in=1");
    }
}

TEST_CASE("every final response sets its cookies, even one that fails its request", "[F-K09]") {
    FdGuard fds;
    struct Case {
        const char* status;
        const char* fields;
        std::size_t max_redirects;
        std::error_code ec;
        const char* kept = "c=1";
    };
    const std::vector<Case> table = {
        {"200 OK", "", 10, {}},
        {"204 x", "", 10, {}},
        {"304 x", "", 10, {}},
        {"401 x", "", 10, {}},
        {"404 x", "", 10, {}},
        {"500 x", "", 10, {}},
        {"302 x", "", 10, {}},
        {"302 x", "Location: /x\r\n", 0, {}},
        {"302 x", "Location: /x\r\n", 1, error::too_many_redirects},
        {"302 x", "Location: ftp://x/\r\n", 10, error::redirect_refused},
        {"302 x", "Location: http://\r\n", 10, error::bad_response},
        {"302 x", "Location: /hook\r\n", 10, error::redirect_refused},
        {"200 OK", "Content-Length: 1\r\n", 10, error::bad_response, ""},
    };
    for (const Case& c : table) {
        CAPTURE(c.status, c.fields);
        Site site([&](const ReceivedRequest&) {
            return reply(c.status, "", std::string("Set-Cookie: c=1\r\n") + c.fields);
        });
        const auto jar = std::make_shared<CookieJar>();
        ClientOptions options;
        options.cookies = jar;
        options.max_redirects = c.max_redirects;
        options.on_redirect = [](const hawser::Redirect& redirect) {
            return redirect.to.path() == "/hook" ? throw std::runtime_error("stop")
                                                 : hawser::RedirectAction::follow;
        };
        Client client(options);
        CHECK(error_of(client, Request::get(site.url())) == c.ec);
        CHECK(jar->header(site.url()) == c.kept);
    }
}

TEST_CASE("interim responses, trailers and CONNECT set no cookies, but an upgrade does", "[K19]") {
    FdGuard fds;
    Site site([](const ReceivedRequest& request) -> std::string {
        if (request.method == "CONNECT") {
            return set_cookie("tunnel=1", request.target == "far:1" ? "200 OK" : "401 x");
        }
        if (request.header("Upgrade")) {
            return "HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n"
                   "Set-Cookie: up=1\r\n\r\n";
        }
        return "HTTP/1.1 100 x\r\nSet-Cookie: a=1\r\n\r\nHTTP/1.1 103 x\r\nSet-Cookie: "
               "b=1\r\n\r\n" +
               respond_chunked({"x"}, "Set-Cookie: c=1\r\n", "Set-Cookie: d=1\r\n");
    });
    const auto jar = std::make_shared<CookieJar>();
    Client client({.cookies = jar});
    CHECK(client.get(site.url()).body.read_all() == "x");
    CHECK(jar->header(site.url()) == "c=1");
    for (const char* target : {"far:1", "far:2"}) {
        Request connect("CONNECT", site.url());
        connect.host = target;
        CHECK(client.send(connect).status == (connect.host == "far:1" ? 200 : 401));
    }
    CHECK(jar->header(site.url()) == "c=1");
    CHECK(site.log() == Lines{"GET / -", "CONNECT far:1 -", "CONNECT far:2 -"});
    client.send(Request::get(site.url()).header("Connection", "Upgrade").header("Upgrade", "echo"));
    CHECK(jar->header(site.url()) == "c=1; up=1");
}

TEST_CASE("cookies stay at their host, whatever names it has, and cross its ports",
          "[K21][T-K07]") {
    FdGuard fds;
    Site site;
    Site neighbor;  // another port
    const auto jar = std::make_shared<CookieJar>();
    Client client({.cookies = jar});
    client.get(site.url("/set?ip=1"));
    client.get(site.url_as("localhost", "/set?name=1"));
    client.get(site.url("/set?x=1;Domain=localhost"));
    client.get(site.url_as("localhost", "/set?x=1;Domain=127.0.0.1"));
    client.get(site.url("/set?x=1;Domain=example.com"));
    client.get(site.url("/set?deep=1;Path=/deep"));
    CHECK(jar->all().size() == 3);
    site.log();
    const std::string back = "/to/" + site.url("/deep/x");
    const std::string there = "/to/" + site.url_as("localhost", back);
    CHECK(client.get(site.url(there)).body.read_all() == "deep=1; ip=1");
    CHECK(site.log() ==
          Lines{"GET " + there + " ip=1", "GET " + back + " name=1", "GET /deep/x deep=1; ip=1"});
    CHECK(client.get(neighbor.url()).body.read_all() == "ip=1");
    Request request = Request::get(site.url());
    request.host = "localhost";  // not the host that is asked
    CHECK(client.send(request).body.read_all() == "ip=1");
}

TEST_CASE("Secure cookies go over https only, also in a chain, and http cannot replace them") {
    MockTransport mock;
    const auto to_http = hawser::testing::reply(302).header("Location", "http://a.example/end");
    mock.expect("GET", "https://a.example/login")
        .respond(hawser::testing::reply()
                     .header("Set-Cookie", "s=1; Secure")
                     .header("Set-Cookie", "__Host-h=1; Secure; Path=/")
                     .header("Set-Cookie", "p=1"));
    mock.expect("GET", "http://a.example/evil")
        .respond(hawser::testing::reply()
                     .header("Set-Cookie", "s=evil")
                     .header("Set-Cookie", "t=1; Secure")
                     .header("Set-Cookie", "__Host-h=2; Secure; Path=/"));
    mock.expect("GET", "https://a.example/down").respond(to_http);
    mock.expect("*", "*").any_times();
    Client client(mock, {.allow_https_to_http = true, .cookies = std::make_shared<CookieJar>()});
    Lines sent;
    for (const char* url : {"https://a.example/login",
                            "http://a.example/evil",
                            "https://a.example/down",
                            "https://b.a.example/"}) {
        client.get(url);
    }
    for (const auto& request : mock.requests()) {
        sent.emplace_back(request.header("Cookie"));
    }
    CHECK(sent == Lines{"", "p=1", "s=1; __Host-h=1; p=1", "p=1", ""});
}

TEST_CASE("a session: a form logs in, the next process continues it, and it logs out") {
    FdGuard fds;
    Site site([](const ReceivedRequest& request) {
        if (request.target == "/login") {
            return request.body == "user=me"
                       ? reply("303 x",
                               "",
                               "Location: /home\r\nSet-Cookie: sid=7; HttpOnly; Path=/\r\n"
                               "Set-Cookie: lang=en; Max-Age=1000\r\n")
                       : reply("403 x", "who are you?");
        }
        if (request.target == "/logout") {
            return set_cookie("sid=; Max-Age=0; Path=/");
        }
        return cookies_in(request).starts_with("sid=7") ? respond("welcome")
                                                        : reply("401 x", "log in");
    });
    const hawser::test::TempDir folder;
    const std::string file = folder.file("cookies.txt");
    {
        const auto jar = std::make_shared<CookieJar>();
        Client client({.cookies = jar, .base_url = site.url()});
        CHECK(client.fetch("home").body == "log in");
        CHECK(client.fetch(Request::post("login").form({{"user", "you"}})).status == 403);
        CHECK(client.fetch(Request::post("login").form({{"user", "me"}})).body == "welcome");
        CHECK(client.fetch("home").body == "welcome");
        jar->save(file);
    }
    const auto jar = std::make_shared<CookieJar>();
    jar->load(file);
    Client client({.cookies = jar, .base_url = site.url()});
    CHECK(client.fetch("home").body == "welcome");
    CHECK(client.fetch("logout").ok());
    CHECK(client.fetch("home").body == "log in");
    CHECK(site.log().back() == "GET /home lang=en");
}

TEST_CASE("two clients on many threads share a jar", "[K17]") {
    FdGuard fds;
    Site site;
    const auto jar = std::make_shared<CookieJar>();
    Client clients[]{Client({.cookies = jar}), Client({.cookies = jar})};
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 20; ++i) {
                const std::string cookie = std::string("t")
                                               .append(std::to_string(t))
                                               .append("=")
                                               .append(std::to_string(i));
                std::error_code ec;
                (void)clients[t % 2].fetch(site.url("/set?" + cookie), ec);
                const auto got = clients[(t + i) % 2].fetch(site.url(), ec);
                const std::string all = got.body + ';';
                wrong += ec || all.find(cookie + ';') == std::string::npos ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(wrong == 0);
    CHECK(jar->all().size() == 4);
}

TEST_CASE("middleware sees the jar's cookies, and the jar what middleware lets through") {
    class Between final : public hawser::CoroutineRoundTripper {
    public:
        Between(std::shared_ptr<RoundTripper> next, Lines& seen)
            : CoroutineRoundTripper(next->get_executor()), next_(std::move(next)), seen_(seen) {}
        asio::awaitable<Response> round_trip(Request request) override {
            seen_.emplace_back(request.headers.get("Cookie").value_or("-"));
            Response response =
                co_await next_->async_round_trip(std::move(request), asio::use_awaitable);
            response.headers.erase("Set-Cookie");
            response.headers.add("Set-Cookie", "m=1");
            co_return response;
        }

    private:
        const std::shared_ptr<RoundTripper> next_;
        Lines& seen_;
    };
    FdGuard fds;
    Site site;
    Lines seen;
    ClientOptions options;
    options.cookies = std::make_shared<CookieJar>();
    options.middleware = {[&](std::shared_ptr<RoundTripper> next) {
        return std::make_shared<Between>(std::move(next), seen);
    }};
    {
        Client client(options);
        client.get(site.url("/set?x=1"));
        client.get(site.url("/to//end"));
    }
    CHECK(seen == Lines{"-", "m=1", "m=1"});
    CHECK(site.log() == Lines{"GET /set?x=1 -", "GET /to//end m=1", "GET /end m=1"});
}

TEST_CASE("nothing of one request is in the next", "[C27]") {
    FdGuard fds;
    Site site([](const ReceivedRequest& request) {
        if (request.target.starts_with("/to/")) {
            return obey(request);
        }
        return request.target == "/digest" && !request.header("Authorization")
                   ? reply("401 x",
                           "",
                           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n")
                   : respond("");
    });
    Client().get(site.url());
    const Lines wanted = site.bytes();
    const std::vector<std::function<void(Request&)>> changes = {
        [](Request& a) { a.method = "PUT"; },
        [](Request& a) { a.body = "text"; },
        [](Request& a) { a.body = RequestBody::json("{}"); },
        [](Request& a) {
            a.headers = {{"X", "1"}, {"Cookie", "c=1"}, {"Accept-Encoding", "br"}};
        },
        [](Request& a) {
            a.headers = {{"Authorization", "secret"}, {"User-Agent", "me"}};
        },
        [](Request& a) {
            a.headers = {{"Range", "bytes=1-"}, {"Expect", "100-continue"}};
        },
        [](Request& a) { a.host = "other.example"; },
        [](Request& a) { a.close = true; },
        [](Request& a) { a.query("q", "1"); },
        [](Request& a) { a.options.credentials = Credentials::basic("u", "p"); },
        [](Request& a) { a.options.credentials = Credentials::bearer("t"); },
        [](Request& a) {
            a.url = a.url.resolve("/digest");
            a.options.credentials = Credentials::digest("u", "p");
        },
        [](Request& a) {
            a.url = a.url.resolve("/to//end");
            a.options.credentials = Credentials::basic("u", "p");
            a.headers = {{"Cookie", "c=1"}};
        },
        [&](Request& a) { a.url = "http://u:p@" + site.url().substr(7); },
        [](Request& a) { a.options.pool_tag = "tag"; },
    };
    const auto jar =
        GENERATE(as<std::shared_ptr<CookieJar>>{}, nullptr, std::make_shared<CookieJar>());
    Client client({.cookies = jar});
    for (std::size_t i = 0; i < changes.size(); ++i) {
        CAPTURE(i, jar != nullptr);
        Request a = Request::get(site.url());
        changes[i](a);
        CHECK(client.send(std::move(a)).status == 200);
        CHECK((site.bytes() != wanted || i + 1 == changes.size()));
        CHECK(client.get(site.url()).status == 200);
        CHECK(site.bytes() == wanted);
    }
}
