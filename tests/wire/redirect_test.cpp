// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Redirects as servers see them: which requests arrive, with which fields and bodies, over which
// connections, and how a chain ends. What is decided, and why: rules/redirect_test.cpp.

#include "../support/echo.hpp"
#include "../support/scene.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/coroutine_round_tripper.hpp>

#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>

#include <mutex>
#include <stop_token>

using namespace hawser::test;
using hawser::Hop;
using hawser::Redirect;
using hawser::RedirectAction;

namespace {

std::string moved(std::string_view location,
                  std::string_view status = "302 Found",
                  std::string_view body = "") {
    return reply(status, body, std::string("Location: ").append(location).append("\r\n"));
}

/// "/307/x" redirects to "/x" with 307, "/307?http://h/x" to "http://h/x"; everything else is
/// echoed. So "/301/302/x" is a chain of two.
std::string follow_path(const ReceivedRequest& request) {
    const std::string_view target = request.target;
    if (!target.starts_with("/3") || target.size() < 4) {
        return echo(request);
    }
    const std::string_view rest = target.substr(4);
    const std::string_view location = rest.starts_with('?') ? rest.substr(1) : rest;
    const std::string status = std::string(target.substr(1, 3)) + " Moved";
    return location.empty() ? reply(status, "")
                            : moved(location, status, request.method == "HEAD" ? "" : "gone");
}

/// A server of such paths that remembers what it received.
class Path {
public:
    explicit Path(ServerOptions options = {})
        : server(keep_alive_server([this](const ReceivedRequest& request) {
                     const std::lock_guard lock(mutex_);
                     requests_.push_back(request);
                     return follow_path(request);
                 }),
                 std::move(options)) {}

    std::vector<ReceivedRequest> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(requests_, {});
    }
    /// The method, target, framing and body of each request.
    std::vector<std::string> log() {
        std::vector<std::string> lines;
        for (const ReceivedRequest& request : take()) {
            lines.push_back(describe(request));
        }
        return lines;
    }
    std::string url(std::string_view path = "/") const { return server.url(path); }

private:
    std::mutex mutex_;
    std::vector<ReceivedRequest> requests_;

public:
    ScriptServer server;
};

std::vector<int> statuses(const Response& response) {
    std::vector<int> found;
    for (const Hop& hop : response.history) {
        found.push_back(hop.status);
    }
    return found;
}

/// One coroutine, given as a function.
class Middleware final : public hawser::CoroutineRoundTripper {
public:
    using Function = std::function<asio::awaitable<Response>(Request)>;
    Middleware(asio::any_io_executor executor, Function function)
        : CoroutineRoundTripper(std::move(executor)), function_(std::move(function)) {}
    asio::awaitable<Response> round_trip(Request request) override {
        return function_(std::move(request));
    }

private:
    Function function_;
};

}  // namespace

TEST_CASE("chains of redirects, as servers see them",
          "[F-R01][F-R02][F-R03][T-J02][T-J03][T-J04][T-J05]") {
    struct Case {
        const char* method;
        const char* path;
        const char* body;  // null: none
        int status;        // of the response; 200 or that of the 3xx which is not followed
        std::vector<std::string> log;
    };
    const std::vector<Case> table = {
        {"POST", "/", "first", 200, {"POST / 5 first"}},
        {"POST", "/301/302/", "c", 200, {"POST /301/302/ 1 c", "GET /302/ - ", "GET / - "}},
        {"POST", "/302/302/", "c", 200, {"POST /302/302/ 1 c", "GET /302/ - ", "GET / - "}},
        {"POST", "/303/301/", "c", 200, {"POST /303/301/ 1 c", "GET /301/ - ", "GET / - "}},
        {"POST", "/304", "c", 304, {"POST /304 1 c"}},
        {"POST", "/305/x", "c", 305, {"POST /305/x 1 c"}},
        {"POST", "/300/x", "c", 300, {"POST /300/x 1 c"}},
        {"POST", "/302", "c", 302, {"POST /302 1 c"}},
        {"POST",
         "/307/303/308/302/",
         "c",
         200,
         {"POST /307/303/308/302/ 1 c",
          "POST /303/308/302/ 1 c",
          "GET /308/302/ - ",
          "GET /302/ - ",
          "GET / - "}},
        {"POST",
         "/308/302/301/",
         "c",
         200,
         {"POST /308/302/301/ 1 c", "POST /302/301/ 1 c", "GET /301/ - ", "GET / - "}},
        {"POST", "/404", "c", 200, {"POST /404 1 c"}},
        {"DELETE", "/301/308/", nullptr, 200, {"DELETE /301/308/ - ", "GET /308/ - ", "GET / - "}},
        {"DELETE",
         "/307/308/302/",
         nullptr,
         200,
         {"DELETE /307/308/302/ - ", "DELETE /308/302/ - ", "DELETE /302/ - ", "GET / - "}},
        {"DELETE", "/303/", "c", 200, {"DELETE /303/ 1 c", "GET / - "}},
        {"PUT", "/307/302/", "c", 200, {"PUT /307/302/ 1 c", "PUT /302/ 1 c", "GET / - "}},
        {"PATCH", "/308/", "c", 200, {"PATCH /308/ 1 c", "PATCH / 1 c"}},
        {"QUERY",
         "/301/302/307/303/307/",
         "c",
         200,
         {"QUERY /301/302/307/303/307/ 1 c",
          "QUERY /302/307/303/307/ 1 c",
          "QUERY /307/303/307/ 1 c",
          "QUERY /303/307/ 1 c",
          "GET /307/ - ",
          "GET / - "}},
        {"HEAD",
         "/301/303/307/",
         nullptr,
         200,
         {"HEAD /301/303/307/ - ", "HEAD /303/307/ - ", "HEAD /307/ - ", "HEAD / - "}},
        {"GET", "/302/", "c", 200, {"GET /302/ 1 c", "GET / - "}},
        {"OPTIONS",
         "/307/302/",
         nullptr,
         200,
         {"OPTIONS /307/302/ - ", "OPTIONS /302/ - ", "GET / - "}},
    };
    FdGuard fds;
    Path path;
    Client client;
    for (const Case& c : table) {
        CAPTURE(c.method, c.path);
        Request request(c.method, path.url(c.path));
        if (c.body != nullptr) {
            request.body = c.body;
        }
        Response response = client.send(request);
        response.body.read_all();
        CHECK(response.status == c.status);
        CHECK(path.log() == c.log);
        CHECK(response.history.size() == c.log.size() - 1);
        CHECK(request.url == Url(path.url(c.path)));
    }
    CHECK(path.server.connections() == 1);
}

TEST_CASE("the response says where it came from", "[T-G57][T-J01]") {
    Path path;
    Client client;
    Response response = client.get(path.url("/301/308/a?b#f"));
    CHECK(response.url == Url(path.url("/a?b#f")));
    CHECK(response.history ==
          std::vector<Hop>{{301, path.url("/301/308/a?b#f")}, {308, path.url("/308/a?b#f")}});
    CHECK(response.body.read_all() == "GET /a?b - ");
    CHECK(client.get(path.url()).history.empty());
    const auto all = client.fetch(Request::get(path.url("/302/x")));
    CHECK(all.body == "GET /x - ");
    CHECK(all.url == Url(path.url("/x")));
}

TEST_CASE("ten redirects are followed, unless the client or the request says otherwise",
          "[C17][C22][F-R12][T-J01]") {
    FdGuard fds;
    Path path;
    std::string ten;
    for (int i = 0; i < 10; ++i) {
        ten.append("/302");
    }
    const auto get = [&](const ClientOptions& options, const std::string& target, auto max) {
        Client client(options);
        Request request = Request::get(path.url(target));
        request.options.max_redirects = max;
        std::error_code ec;
        const Response response = client.send(request, ec);
        INFO(response.failure.message());
        CHECK(static_cast<bool>(ec) == static_cast<bool>(response.failure));
        CHECK((!ec || ec == error::too_many_redirects));
        return std::pair(ec ? -1 : response.status, path.take().size());
    };
    using Got = std::pair<int, std::size_t>;
    CHECK(get({}, ten + "/", std::nullopt) == Got{200, 11});
    CHECK(get({}, "/302" + ten + "/", std::nullopt) == Got{-1, 11});
    CHECK(get({}, "/302" + ten + "/", 11) == Got{200, 12});
    CHECK(get({}, ten + "/", 0) == Got{302, 1});
    CHECK(get({.max_redirects = 0}, ten + "/", std::nullopt) == Got{302, 1});
    CHECK(get({.max_redirects = 0}, ten + "/", 10) == Got{200, 11});
    CHECK(get({.max_redirects = 1}, "/301/", std::nullopt) == Got{200, 2});
    CHECK(get({.max_redirects = 1}, "/301/301/", std::nullopt) == Got{-1, 2});

    // Every way to send heeds the same switch.
    Client client({.max_redirects = 0});
    const Url url(path.url("/302/x"));
    CHECK(client.get(url).status == 302);
    CHECK(client.head(url).status == 302);
    CHECK(client.post(url, "x").status == 302);
    CHECK(client.put(url, "x").status == 302);
    CHECK(client.patch(url, "x").status == 302);
    CHECK(client.del(url).status == 302);
    CHECK(client.fetch(Request::get(url)).status == 302);
    CHECK(client.async_get(url, asio::use_future).get().status == 302);
    CHECK(client.async_head(url, asio::use_future).get().status == 302);
    CHECK(client.async_post(url, "x", asio::use_future).get().status == 302);
    CHECK(client.async_send(Request::get(url), asio::use_future).get().status == 302);
    CHECK(client.get(url).body.read_all() == "gone");
}

TEST_CASE("no secret follows a redirect to another origin, nor comes back from there",
          "[C01][C02][C04][C05][C06][C07][F-R07][T-J13][T-J14]") {
    FdGuard fds;
    Path here;
    Path there;
    Client client({.headers = {{"X-Client", "secret"}}});
    Request request = Request::get(here.url("/302?" + there.url("/307?" + here.url("/303/end"))));
    request.headers = {{"Authorization", "secret"},
                       {"Cookie", "secret"},
                       {"X-Api-Key", "secret"},
                       {"Accept", "text/x"},
                       {"Range", "bytes=0-"},
                       {"User-Agent", "me"}};
    request.host = "secret.example";
    CHECK(client.send(request).body.read_all() == "GET /end - ");
    const auto at_home = here.take();
    const auto abroad = there.take();
    REQUIRE(at_home.size() == 3);
    REQUIRE(abroad.size() == 1);
    for (const char* name : {"Authorization", "Cookie", "X-Api-Key", "X-Client"}) {
        CHECK(at_home[0].header(name) == "secret");
    }
    CHECK(at_home[0].header("Host") == "secret.example");
    for (const ReceivedRequest& later : {abroad[0], at_home[1], at_home[2]}) {
        INFO(later.head);
        CHECK(later.head.find("secret") == std::string::npos);
        for (const char* name : {"Authorization", "Cookie", "X-Api-Key", "X-Client"}) {
            CHECK_FALSE(later.header(name));
        }
        CHECK(later.header("Accept") == "text/x");
        CHECK(later.header("Range") == "bytes=0-");
        CHECK(later.header("User-Agent") == "me");
        CHECK(later.header("Host")->starts_with("127.0.0.1:"));
    }
    CHECK(abroad[0].header("Referer") ==
          here.url("/302?" + there.url("/307?" + here.url("/303/end"))));

    // At one origin, everything stays.
    request.url = here.url("/302/307/end");
    CHECK(client.send(request).status == 200);
    for (const ReceivedRequest& same : here.take()) {
        INFO(same.head);
        for (const char* name : {"Authorization", "Cookie", "X-Api-Key", "X-Client"}) {
            CHECK(same.header(name) == "secret");
        }
        CHECK(same.header("Host") == "secret.example");
    }
}

TEST_CASE("a body is sent again only where it can be, and to another origin only if allowed",
          "[C08][C10][F-R03][T-J08][T-J09]") {
    FdGuard fds;
    Path here;
    Path there;
    const std::string text = pattern(300'000);
    const TempFile file(text);
    auto next = std::make_shared<decltype(pieces("", 1))>(pieces(text, 30'000));
    const auto source = [&](asio::mutable_buffer into) { return (*next)(into); };
    const auto rewind = [&] {
        next = std::make_shared<decltype(pieces("", 1))>(pieces(text, 30'000));
    };
    const std::string size = std::to_string(text.size());
    struct Case {
        RequestBody body;
        std::string framing;
        bool again;
    };
    const std::vector<Case> table = {
        {text, size, true},
        {RequestBody::file(file.path()), size, true},
        {RequestBody::stream(source, text.size(), rewind), size, true},
        {RequestBody::stream(source, {}, rewind), "chunked", true},
        {RequestBody::stream(pieces(text, 30'000)), "chunked", false},
        {RequestBody::stream(awaitable_pieces(text, 30'000), text.size()), size, false},
    };
    const bool allowed = GENERATE(false, true);
    Client client({.allow_cross_origin_body = allowed});
    for (const Case& c : table) {
        CAPTURE(c.framing, c.again, allowed);
        rewind();
        const std::string rest = " " + c.framing + " " + text;
        Request request = Request::post(here.url("/307/308/x"), c.body);
        Response response = client.send(request);
        if (!c.again) {
            CHECK(response.status == 307);
            CHECK(response.body.read_all() == "gone");
            CHECK(here.log() == std::vector{"POST /307/308/x" + rest});
            continue;
        }
        CHECK(response.body.read_all() == "POST /x" + rest);
        CHECK(here.log() ==
              std::vector{"POST /307/308/x" + rest, "POST /308/x" + rest, "POST /x" + rest});
        rewind();
        request.url = here.url("/308?" + there.url("/x"));
        std::error_code ec;
        response = client.send(request, ec);
        if (allowed) {
            CHECK(response.body.read_all(ec) == "POST /x" + rest);
        } else {
            CHECK(ec == error::redirect_refused);
            CHECK(response.failure.message().find("another origin") != std::string::npos);
            CHECK(there.take().empty());
        }
        here.take();
        rewind();
        request.url = here.url("/302?" + there.url("/x"));  // without the body, it may go
        CHECK(client.send(request).body.read_all() == "GET /x - ");
        here.take();
        there.take();
    }
}

TEST_CASE(
    "a redirect that arrives during the upload ends it, and the next request has its own body",
    "[C10][N19]") {
    FdGuard fds;
    const std::string text = pattern(5'000'000);
    const int status = GENERATE(302, 307);
    const bool closes = GENERATE(false, true);
    const bool streamed = GENERATE(false, true);
    Gate next_begun;
    ScriptServer server([&](Peer& peer) {
        while (auto request = peer.read_head()) {
            if (request->target == "/early") {
                peer.send(
                    reply(std::to_string(status) + " x",
                          "body",
                          closes ? "Location: /x\r\nConnection: close\r\n" : "Location: /x\r\n"));
                peer.await(next_begun);  // reads nothing meanwhile
                return;
            }
            next_begun.open();
            peer.read_body(*request);
            peer.send(echo(*request));
        }
    });
    Client client;
    auto next = std::make_shared<decltype(pieces("", 1))>(pieces(text, 30'000));
    const auto source = [&](asio::mutable_buffer into) { return (*next)(into); };
    const auto rewind = [&] {
        next = std::make_shared<decltype(pieces("", 1))>(pieces(text, 30'000));
    };
    const std::string length = std::to_string(text.size());
    const auto body = streamed ? RequestBody::stream(source, text.size(), rewind) : text;
    Response response = client.post(server.url("/early"), body);
    CHECK(response.body.read_all() ==
          (status == 302 ? "GET /x - " : "POST /x " + length + " " + text));
    CHECK(statuses(response) == std::vector<int>{status});
    CHECK(server.connections() == 2);
}

TEST_CASE("the connection of a redirect with a small body is used again", "[F-R13][T-J10][C21]") {
    struct Case {
        const char* what;
        std::function<void(Peer&)> answer;
        std::size_t connections;
        milliseconds limit = 20s;
    };
    const std::string small = pattern(2000);
    const std::string large = pattern(3'000'000);
    const std::vector<Case> table = {
        {"none", [](Peer& peer) { peer.send(moved("/x")); }, 1},
        {"with the head", [&](Peer& peer) { peer.send(moved("/x", "302 Found", small)); }, 1},
        {"later", [&](Peer& peer) { peer.send_slowly(moved("/x", "302 Found", small), 4); }, 1},
        {"chunked",
         [&](Peer& peer) {
             std::string text = respond_chunked({small, "x"}, "Location: /x\r\n");
             peer.send_slowly(text.replace(9, 3, "302"), 4);
         },
         1},
        {"large", [&](Peer& peer) { peer.send(moved("/x", "302 Found", large)); }, 2},
        {"large, chunked",
         [&](Peer& peer) {
             std::string text = respond_chunked({large}, "Location: /x\r\n");
             peer.send(text.replace(9, 3, "302"));
         },
         2},
        {"never ending",
         [&](Peer& peer) {
             peer.send("HTTP/1.1 302 x\r\nLocation: /x\r\nContent-Length: 10\r\n\r\nabc");
             peer.wait_for_eof();
         },
         2,
         20ms},
        {"cut off",
         [&](Peer& peer) {
             peer.send("HTTP/1.1 302 x\r\nLocation: /x\r\nContent-Length: 10\r\n\r\nabc");
             peer.close();
         },
         2},
        {"corrupt",
         [&](Peer& peer) {
             peer.send("HTTP/1.1 302 x\r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\nzz");
             peer.wait_for_eof();
         },
         2},
        {"wrongly compressed",
         [&](Peer& peer) {
             peer.send(reply("302 x", small, "Location: /x\r\nContent-Encoding: gzip\r\n"));
         },
         1},
    };
    FdGuard fds;
    for (const Case& c : table) {
        CAPTURE(c.what);
        ScriptServer server([&](Peer& peer) {
            while (const auto request = peer.read_request()) {
                if (request->target != "/") {
                    peer.send(echo(*request));
                    continue;
                }
                c.answer(peer);
                if (!peer.is_open()) {
                    return;
                }
            }
        });
        Client client({.transport = {.drain_timeout = c.limit}});
        CHECK(client.get(server.url()).body.read_all() == "GET /x - ");
        CHECK(server.connections() == c.connections);
    }
}

TEST_CASE("one deadline covers the whole chain and the body at its end", "[F-C11]") {
    FdGuard fds;
    const std::string_view stuck = GENERATE(as<std::string_view>{}, "", "/302", "/307/303/302");
    const bool in_body = GENERATE(false, true);
    ScriptServer server([](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->target.starts_with("/3")) {
                peer.send(follow_path(*request));
                continue;
            }
            if (request->target == "/half") {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
            }
            peer.wait_for_eof();
            return;
        }
    });
    const std::string url = server.url(std::string(stuck) + (in_body ? "/half" : "/stuck"));
    const auto outcome = [&](Client& client, hawser::RequestOptions options, bool async) {
        Request request = Request::get(url);
        request.options = options;
        std::error_code ec;
        Response response;
        if (async) {
            try {
                response = client.async_send(request, asio::use_future).get();
            } catch (const std::system_error& e) {
                ec = e.code();
            }
        } else {
            response = client.send(request, ec);
        }
        CHECK((in_body || ec));
        if (!ec) {
            response.body.read_all(ec);
        }
        return ec;
    };
    for (const bool async : {false, true}) {
        Client client({.timeout = 60ms});
        CHECK(outcome(client, {}, async) == error::total_timeout);
        Client patient;
        CHECK(outcome(patient, timeout(60ms), async) == error::total_timeout);
    }
}

TEST_CASE("a hop that takes its share leaves less for the others", "[F-C11]") {
    FdGuard fds;
    Gate never;
    ScriptServer server([&](Peer& peer) {
        while (peer.read_request()) {  // a loop that would take ten times as long
            try {
                never.wait({}, 30ms);
            } catch (const TimedOut&) {
            }
            peer.send(moved("/"));
        }
    });
    Client client({.timeout = 100ms});
    std::error_code ec;
    const auto begin = std::chrono::steady_clock::now();
    const Response response = client.get(server.url(), ec);
    CHECK(ec == error::total_timeout);
    CHECK(response.failure.code() == ec);
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    CHECK(server.requests() < 6);
}

TEST_CASE("a cancellation at every hop of a chain ends it there", "[T-C27]") {
    for (const int hop : {0, 1, 2}) {
        CAPTURE(hop);
        Gate reached;
        Scene scene([&](Peer& peer) {
            for (int i = 0; const auto request = peer.read_request(); ++i) {
                if (i == hop) {
                    reached.open();
                    peer.wait_for_eof();
                    return;
                }
                peer.send(follow_path(*request));
            }
        });
        const std::string url = scene.server.url("/301/302/307/x");
        const int way = GENERATE(0, 1, 2, 3);
        CAPTURE(way);
        if (way == 0) {
            Call<Response> call;
            scene.client.async_get(url, call.handler());
            reached.wait();
            scene.cancel(call);
            CHECK(call.outcome() == aborted);
            CHECK(call.completions == 1);
        } else if (way == 3) {
            std::error_code got;
            asio::cancellation_signal signal;
            auto work = [&]() -> asio::awaitable<void> {
                auto [ec, response] =
                    co_await scene.client.async_get(url, as_tuple(asio::use_awaitable));
                got = ec;
            };
            Gate done;
            asio::co_spawn(scene.io.executor(),
                           work(),
                           asio::bind_cancellation_slot(
                               signal.slot(), [&](const std::exception_ptr&) { done.open(); }));
            reached.wait();
            asio::post(scene.io.executor(),
                       [&] { signal.emit(asio::cancellation_type::terminal); });
            done.wait();
            CHECK(got == aborted);
        } else {
            std::stop_source stop;
            Request request = Request::get(url);
            request.options.stop = stop.get_token();
            std::thread stopper([&] {
                reached.wait();
                stop.request_stop();
            });
            std::error_code ec;
            if (way == 1) {
                scene.client.send(request, ec);
            } else {
                Client blocking;
                blocking.send(request, ec);
            }
            stopper.join();
            CHECK(ec == error::canceled);
        }
        scene.server.wait_for_open(0);
        CHECK(scene.server.requests() == static_cast<std::size_t>(hop) + 1);
    }
}

TEST_CASE("a cancellation after the k-th step of a chain, for every k", "[L01][T-C27]") {
    FdGuard fds;
    ScriptServer server([](Peer& peer) {
        while (const auto request = peer.read_request()) {
            peer.send_slowly(follow_path(*request), 2);
        }
    });
    bool reached_end = false;
    for (int k = 0; !reached_end; ++k) {
        REQUIRE(k < 200);
        asio::io_context io;
        Client client(io.get_executor());
        Call<Response> call;
        client.async_post(server.url("/307/302/x"), "body", call.handler());
        for (int step = 0; step < k && (reached_end = call.completions != 0) == false; ++step) {
            io.run_one_for(patience);
        }
        call.signal.emit(asio::cancellation_type::terminal);
        while (call.completions == 0) {
            REQUIRE(io.run_one_for(patience) != 0);
        }
        CHECK((call.ec == aborted || (!call.ec && call.result.status == 200)));
        CHECK(call.completions == 1);
        CHECK(call.ec == (reached_end ? std::error_code{} : call.ec));
        call.result = {};
        client.close_idle_connections();
        io.run_for(patience);
        CHECK(io.stopped());
        CHECK(client.stats().strands == 0);
        CHECK(call.completions == 1);
    }
}

TEST_CASE("a hook sees each redirect, and may stop it", "[F-R11][T-J06][X-16]") {
    FdGuard fds;
    Path path;
    std::vector<std::string> seen;
    const auto stop_at = std::make_shared<std::size_t>(99);
    const auto hook = [&](const Redirect& redirect) {
        CHECK(redirect.headers.contains("Location"));
        seen.push_back(std::to_string(redirect.status) + " " + redirect.method + " " +
                       std::string(redirect.from.path()) + " " + std::string(redirect.to.path()));
        return redirect.followed == *stop_at ? RedirectAction::stop : RedirectAction::follow;
    };
    Client client({.on_redirect = hook});
    Response response = client.post(path.url("/307/301/x"), "b");
    CHECK(response.body.read_all() == "GET /x - ");
    CHECK(seen == std::vector<std::string>{"307 POST /307/301/x /301/x", "301 GET /301/x /x"});
    for (const std::size_t at : {std::size_t{0}, std::size_t{1}}) {
        *stop_at = at;
        seen.clear();
        response = client.post(path.url("/307/301/x"), "b");
        CHECK(response.status == (at == 0 ? 307 : 301));
        CHECK(response.body.read_all() == "gone");
        CHECK(response.history.size() == at);
        CHECK(response.url == Url(path.url(at == 0 ? "/307/301/x" : "/301/x")));
        CHECK(seen.size() == at + 1);
    }
    seen.clear();
    CHECK(client.get(path.url("/302")).status == 302);
    CHECK(client.get(path.url("/304/x")).status == 304);
    CHECK(seen.empty());
    CHECK(path.server.connections() == 1);
}

TEST_CASE("a hook that throws fails its own call only", "[F-R11]") {
    FdGuard fds;
    Path path;
    const std::error_code mine = std::make_error_code(std::errc::owner_dead);
    int kind = 0;
    const auto hook = [&](const Redirect&) -> RedirectAction {
        switch (kind) {
            case 0:
                throw std::system_error(mine, "not there");
            case 1:
                throw std::runtime_error("not there");
            default:
                throw 1;
        }
    };
    const bool own_executor = GENERATE(false, true);
    IoThread io;
    {
        Client client = own_executor ? Client(io.executor(), {.on_redirect = hook})
                                     : Client({.on_redirect = hook});
        for (kind = 0; kind < 3; ++kind) {
            std::error_code ec;
            const Response response = client.get(path.url("/302/x"), ec);
            CHECK(ec == (kind == 0 ? mine : make_error_code(error::redirect_refused)));
            CHECK(response.failure.message().find(kind == 2 ? "redirect" : "not there") !=
                  std::string::npos);
            CHECK(response.status == 0);
            CHECK_THROWS_AS(client.get(path.url("/302/x")), std::system_error);
            CHECK_THROWS_AS(client.async_get(path.url("/302/x"), asio::use_future).get(),
                            std::system_error);
            CHECK(client.get(path.url("/x")).status == 200);
        }
        CHECK(eventually([&] { return client.stats().active == 0; }));
    }
    io.finish();
}

TEST_CASE("a call that times out after a redirect names the limit of the call", "[B-15]") {
    const bool in_body = GENERATE(true, false);
    const bool retries = GENERATE(true, false);
    Scene scene{keep_alive_server([&](const ReceivedRequest& request) {
        return request.target == "/" ? moved("/slow")
               : in_body             ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
                                     : "";
    })};
    ClientOptions options;
    if (retries) {
        options.middleware = {hawser::retry()};
    }
    Client client{scene.client.transport(), options};
    std::error_code ec;
    Response response = client.send(Request::get(scene.server.url("/")).timeout(400ms), ec);
    if (in_body) {
        CHECK_FALSE(ec);
        (void)response.body.read_all(ec);
    }
    CHECK(ec == error::total_timeout);
    const hawser::Failure why = in_body ? response.body.failure() : response.failure;
    CHECK_THAT(why.reason(), Catch::StartsWith("after 400 ms"));
}

TEST_CASE("https stays https unless the caller allows otherwise", "[C03][C11][C24]") {
    FdGuard fds;
    Path plain;
    Path secure({.tls = good_tls()});
    ClientOptions options{.transport = trusting()};
    Request request = Request::get(secure.url("/302?" + plain.url("/x"))).bearer("secret");
    std::error_code ec;
    CHECK(Client(options).send(request, ec).failure);
    CHECK(ec == error::redirect_refused);
    CHECK(plain.take().empty());
    options.allow_https_to_http = true;
    CHECK(Client(options).send(request).body.read_all() == "GET /x - ");
    const auto got = plain.take();
    REQUIRE(got.size() == 1);
    CHECK_FALSE(got[0].header("Referer"));
    CHECK_FALSE(got[0].header("Authorization"));

    // The other way is free, and the certificate is checked there as anywhere.
    const std::string up = plain.url("/302?" + secure.url("/x"));
    CHECK(Client(options).get(up).body.read_all() == "GET /x - ");
    Client().get(up, ec);
    CHECK(ec == error::cert_error);
    const Url url(secure.url());
    Client(options).get(plain.url("/302?" + secure.server.url_as("127.0.0.2")), ec);
    CHECK(ec);
}

TEST_CASE("a Location that leads nowhere is an error that says so, without secrets",
          "[C13][C18][C19][F-R10][T-J07]") {
    FdGuard fds;
    const std::vector<std::pair<std::string, std::error_code>> table = {
        {"ftp://u:secret@h/", error::redirect_refused},
        {"javascript:secret", error::redirect_refused},
        {"data:,x", error::redirect_refused},
        {"http://", error::bad_response},
        {"http://u:secret@h:99999/", error::bad_response},
        {"/a\\b", error::bad_response},
        {"/a\tb", error::bad_response},
        {"", {}},
    };
    for (const auto& [location, expected] : table) {
        CAPTURE(location);
        ScriptServer server(keep_alive_server(
            [&, to = location](const ReceivedRequest&) { return moved(to, "302 x", "b"); }));
        Client client;
        std::error_code ec;
        Response response = client.get(server.url(), ec);
        CHECK(ec == expected);
        if (ec) {
            CHECK(response.failure.message().find("secret") == std::string::npos);
            CHECK(response.failure.code() == ec);
            CHECK_THROWS_AS(client.get(server.url()), RequestError);
        } else {
            CHECK(response.status == 302);
            CHECK(response.body.read_all() == "b");
        }
        CHECK(client.stats().active == 0);
    }
}

TEST_CASE("a Location with spaces and UTF-8 is asked for percent-encoded", "[C19]") {
    ScriptServer server(keep_alive_server([](const ReceivedRequest& request) {
        return request.target == "/" ? moved("/\xc3\xa9 a?\"b#\xc3\xa9") : echo(request);
    }));
    Client client;
    Response response = client.get(server.url());
    CHECK(response.body.read_all() == "GET /%C3%A9%20a?%22b - ");
    CHECK(response.url.fragment() == "%C3%A9");
}

TEST_CASE("middleware sees every request of a chain", "[B-31]") {
    FdGuard fds;
    Path path;
    IoThread io;
    {
        const auto transport = std::make_shared<Transport>(io.executor());
        std::vector<std::string> seen;
        const auto middleware = std::make_shared<Middleware>(
            io.executor(), [&](Request request) -> asio::awaitable<Response> {
                seen.push_back(request.method + std::string(request.url.path()));
                request.headers.set("X-Added", "1");
                co_return co_await transport->async_round_trip(std::move(request),
                                                               asio::use_awaitable);
            });
        Client client(middleware);
        Response response = client.post(path.url("/307/302/x"), "b");
        CHECK(response.body.read_all() == "GET /x - ");
        CHECK(statuses(response) == std::vector<int>{307, 302});
        CHECK(seen == std::vector<std::string>{"POST/307/302/x", "POST/302/x", "GET/x"});
        for (const ReceivedRequest& request : path.take()) {
            CHECK(request.count("X-Added") == 1);
        }
        CHECK(client.async_get(path.url("/302/x"), asio::use_future).get().status == 200);
        transport->close_idle_connections();
    }
    io.finish();
}

TEST_CASE("cookies that a redirect sets are sent from the next request on",
          "[C14][K21][F-R15][T-J18][T-K09]") {
    FdGuard fds;
    ScriptServer server(keep_alive_server([](const ReceivedRequest& request) {
        const std::string cookies = request.header("Cookie").value_or("-");
        return request.target == "/"
                   ? reply("302 x", "", "Location: /x\r\nSet-Cookie: a=new\r\nSet-Cookie: n=1\r\n")
                   : respond(cookies);
    }));
    Client client({.cookies = std::make_shared<hawser::CookieJar>()});
    Request request = Request::get(server.url()).header("Cookie", "a=old; b=2");
    CHECK(client.send(request).body.read_all() == "b=2; a=new; n=1");
    CHECK(request.headers.get("Cookie") == "a=old; b=2");
    CHECK(Client().send(request).body.read_all() == "a=old; b=2");
    request.host = "other.example";  // [C14] the jar knows only the host of the URL
    CHECK(client.send(request).body.read_all() == "b=2; a=new; n=1");
    CHECK(client.get(server.url("/x")).body.read_all() == "a=new; n=1");
}

TEST_CASE("a client that is gone in the middle of a chain ends it", "[L10]") {
    FdGuard fds;
    Gate reached;
    Gate go;
    ScriptServer server([&](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->target == "/302/x") {
                reached.open();
                peer.await(go);
            }
            peer.send(follow_path(*request));
        }
    });
    IoThread io;
    Call<Response> call;
    {
        Client client(io.executor());
        client.async_get(server.url("/307/302/x"), call.handler());
        reached.wait();
    }
    go.open();
    call.outcome();
    CHECK(call.completions == 1);
    CHECK((call.ec == condition::canceled || call.ec == error::server_closed));
    CHECK(call.result.failure.code() == call.ec);
    io.finish();
}

TEST_CASE("chains on many threads do not mix", "[L10]") {
    FdGuard fds;
    Path path;
    asio::thread_pool pool(4);
    std::atomic<int> right = 0;
    {
        Client client(pool.get_executor());
        std::vector<std::future<Response>> responses;
        for (int i = 0; i < 100; ++i) {
            responses.push_back(client.async_post(
                path.url("/307/308/" + std::to_string(i)), std::to_string(i), asio::use_future));
        }
        for (int i = 0; i < 100; ++i) {
            Response response = responses[static_cast<std::size_t>(i)].get();
            const std::string text = std::to_string(i);
            right += response.body.read_all() ==
                     "POST /" + text + " " + std::to_string(text.size()) + " " + text;
        }
        client.close_idle_connections();
    }
    pool.join();
    CHECK(right == 100);
}
