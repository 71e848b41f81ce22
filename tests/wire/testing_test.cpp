// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// <hawser/testing.hpp>, as the tests of users have it.

#include "../support/echo.hpp"
#include "../support/scene.hpp"
#include "../support/temp_file.hpp"
#include "../support/trace_log.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/coroutine_round_tripper.hpp>
#include <hawser/middleware.hpp>
#include <hawser/testing.hpp>

#include <asio/read.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>
#include <asio/write.hpp>

#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hawser::test;
using hawser::testing::Expectation;
using hawser::testing::MockTransport;
using hawser::testing::no_reply;
using hawser::testing::raw;
using hawser::testing::reply;
using hawser::testing::Reply;
using hawser::testing::Server;
using hawser::testing::ServerConnection;
using Received = hawser::testing::ReceivedRequest;

namespace {

constexpr const char* api = "https://api.example/x";

struct Result {
    std::error_code ec;
    std::string text;
    std::error_code body_ec;
};

/// The status and body of a blocking request, or how it failed.
Result fetch(Client& client, Request request) {
    Result result;
    Response response = client.send(std::move(request), result.ec);
    result.text = result.ec ? response.failure.message() : std::to_string(response.status) + ' ';
    if (!result.ec) {
        result.text += response.body.read_all(result.body_ec);
    }
    return result;
}
std::string text_of(Client& client, Request request) {
    const Result result = fetch(client, std::move(request));
    return result.ec ? result.ec.message() : result.text;
}

/// What a raw connection to the server gets for these bytes, until the server closes it.
std::string talk(const Server& server, std::string_view bytes) {
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::make_address("127.0.0.1"), server.port()});
    asio::write(socket, asio::buffer(bytes));
    std::string got;
    std::error_code ec;
    asio::read(socket, asio::dynamic_buffer(got), ec);
    return got;
}

class Tagging final : public hawser::CoroutineRoundTripper {
public:
    explicit Tagging(std::shared_ptr<RoundTripper> next)
        : CoroutineRoundTripper(next->get_executor()), next_(std::move(next)) {}
    asio::awaitable<Response> round_trip(Request request) override {
        request.headers.set("X-Tag", "1");
        co_return co_await next_->async_round_trip(std::move(request), asio::use_awaitable);
    }

private:
    std::shared_ptr<RoundTripper> next_;
};

ClientOptions trusting(const Server& server) {
    ClientOptions options;
    options.transport.tls.ca_pem = server.ca_pem();
    return options;
}

}  // namespace

// ── MockTransport ────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a mock serves clients of every style") {
    FdGuard fds;
    MockTransport mock;
    mock.expect("GET", api).any_times().respond(reply(200, "{}").header("ETag", "1"));
    {
        Client client{mock};
        Response response = client.get(api);
        CHECK(response.reason == "OK");
        CHECK(response.headers.get("ETag") == "1");
        CHECK(response.content_length == 2);
        CHECK(response.url == Url(api));
        CHECK(response.body.read_all() == "{}");
        CHECK(client.transport() == nullptr);
        Response later = client.async_get(api, asio::use_future).get();
        CHECK(later.body.async_read_all(asio::use_future).get() == "{}");
        Call<Response> call;
        Client(mock).async_get(api, call.handler());
        CHECK_FALSE(call.outcome());
    }
    run([&]() -> asio::awaitable<void> {
        MockTransport own{co_await asio::this_coro::executor};
        own.expect("*", "*").respond(201, "any");
        Client client{own};
        Response response = co_await client.async_get("http://any.example/");
        CHECK(response.status == 201);
        expect(co_await response.body.async_read_all(), "any");
    });
    IoThread io;
    const auto shared = std::make_shared<MockTransport>(io.context());
    shared->expect("GET", "/y").respond(202);
    CHECK(text_of(*std::make_unique<Client>(shared), Request::get("http://b/y")) == "202 ");
    shared->verify();
    io.finish();
    CHECK(mock.requests().size() == 3);
    mock.verify();
}

TEST_CASE("an expectation matches what it says") {
    Request request = Request::post("https://api.example/x/y?a=1&b=%20").header("Accept", "text/x");
    request.headers.add("Accept", "text/y");
    request.body = "n=1";
    const auto with = [](const char* method, const char* target, auto refine) {
        return [=](MockTransport& mock) { refine(mock.expect(method, target)); };
    };
    const auto plain = [](Expectation&) {};
    const auto body = [](const char* text) { return [=](auto& e) { e.with_body(text); }; };
    const auto header = [](const char* v) { return [=](auto& e) { e.with_header("accept", v); }; };
    const auto query = [](const char* v) { return [=](auto& e) { e.with_query("b", v); }; };
    const auto where = [](bool answer) {
        return [=](Expectation& e) {
            e.where([answer](const Received& got) {
                return got.path() == "/x/y" && got.query() == "a=1&b=%20" && answer;
            });
        };
    };
    struct Row {
        bool matches;
        std::function<void(MockTransport&)> expect;
    };
    const Row rows[] = {
        {true, with("POST", "https://api.example/x/y", plain)},
        {true, with("*", "https://API.example:443/x/y?a=1&b=%20", plain)},
        {true, with("", "*", plain)},
        {true, with("POST", "/x/y", plain)},
        {true, with("POST", "/x/*", plain)},
        {true, with("POST", "https://api.example/*", plain)},
        {true, with("POST", "/x/y", header("text/y"))},
        {true, with("POST", "/x/y", query(" "))},
        {true, with("POST", "/x/y", body("n=1"))},
        {true, with("POST", "/x/y", where(true))},
        {false, with("GET", "/x/y", plain)},
        {false, with("POST", "/x", plain)},
        {false, with("POST", "/x/y?a=1", plain)},
        {false, with("POST", "http://api.example/x/y", plain)},
        {false, with("POST", "https://other.example/*", plain)},
        {false, with("POST", "/x/y", header("text/z"))},
        {false, with("POST", "/x/y", query("1"))},
        {false, with("POST", "/x/y", body("n=2"))},
        {false, with("POST", "/x/y", where(false))},
    };
    for (const Row& row : rows) {
        MockTransport mock;
        row.expect(mock);
        Client client{mock};
        std::error_code ec;
        client.send(request, ec);
        CAPTURE(&row - rows, mock.unexpected());
        CHECK(!ec == row.matches);
        CHECK(mock.unmet().empty() == row.matches);
        CHECK(mock.requests().at(0).header("Host") == "api.example");
    }
    MockTransport mock;
    CHECK_THROWS_AS(mock.expect("GET", "api/x"), std::system_error);
}

TEST_CASE("answers come in turn, and expectations in any order or in theirs") {
    const auto get = [](const char* path) { return Request::get(std::string("http://a") + path); };
    MockTransport mock;
    Client client{mock};
    Expectation& turns = mock.expect("GET", "/t").respond(503).respond(200);
    mock.expect("GET", "/t").times(2).respond([](const Received& got) {
        return reply(418, got.target);
    });
    CHECK(mock.unmet() ==
          std::vector<std::string>{"GET /t (0 of 2 requests)", "GET /t (0 of 2 requests)"});
    for (const char* wanted : {"503 ", "200 ", "418 /t", "418 /t"}) {
        CHECK(text_of(client, get("/t")) == wanted);
    }
    CHECK(turns.calls() == 2);
    CHECK(mock.unmet().empty());
    CHECK(fetch(client, get("/t")).ec == error::invalid_request);

    MockTransport strict;
    Client orderly{strict};
    strict.expect("GET", "/1");
    strict.expect("GET", "/any").any_times();
    strict.expect("GET", "/2");
    strict.in_order();
    CHECK(fetch(orderly, get("/2")).ec == error::invalid_request);
    CHECK(text_of(orderly, get("/1")) == "200 ");
    CHECK(text_of(orderly, get("/any")) == "200 ");
    CHECK(text_of(orderly, get("/2")) == "200 ");
    CHECK(text_of(orderly, get("/any")) == "200 ");
    CHECK(strict.unmet().empty());
}

TEST_CASE("an unexpected request names itself and what was expected") {
    MockTransport mock;
    mock.expect("POST", "/items").with_header("A", "b").with_query("q", "1").with_body("n=1");
    Client client{mock};
    const Result result = fetch(client, Request::get("https://u:pw@api.example/y?z=1"));
    CHECK(result.ec == error::invalid_request);
    const std::string complaint =
        "unexpected request GET https://u:***@api.example/y?z=1; expected: POST /items with "
        "\"A: b\" with the parameter q=1 with the body \"n=1\" (0 of 1 request)";
    CHECK_THAT(result.text, Catch::Contains("unexpected request GET https://"));
    CHECK_THAT(result.text, !Catch::Contains("pw"));
    CHECK_THAT(result.text, Catch::Contains(complaint.substr(complaint.find("; expected"))));
    CHECK(mock.unexpected().size() == 1);
    CHECK_THROWS_WITH(mock.verify(),
                      Catch::Contains("unexpected request GET") &&
                          Catch::Contains("still expected: POST /items"));
    MockTransport empty;
    Client other{empty};
    CHECK_THAT(fetch(other, Request::get(api)).text, Catch::Contains("nothing was expected"));
}

TEST_CASE("a mock fails before the response, or behind a part of its body") {
    struct Row {
        std::function<void(Expectation&)> set;
        std::error_code ec;
        std::string body;
        std::error_code body_ec;
    };
    const auto code = [](error e) { return make_error_code(e); };
    const std::error_code reset = code(error::connection_reset);
    const std::error_code cut = code(error::incomplete_body);
    const Row rows[] = {
        {[&](auto& e) { e.fail(error::tls_error); }, code(error::tls_error), {}, {}},
        {[](auto& e) { e.fail(asio::error::host_not_found, 1ms); },
         asio::error::host_not_found,
         {},
         {}},
        {[](auto& e) { e.respond(no_reply()); }, code(error::server_closed), {}, {}},
        {[](auto& e) { e.respond(no_reply().reset()); }, reset, {}, {}},
        {[](auto& e) { e.fail(error::idle_timeout, reply(200, "half")); },
         {},
         "half",
         code(error::idle_timeout)},
        {[](auto& e) { e.respond(reply(200, "half").cut(2)); }, {}, "ha", cut},
        {[](auto& e) { e.respond(reply(200, "half").cut(0).reset()); }, {}, "", cut},
    };
    for (const Row& row : rows) {
        MockTransport mock;
        row.set(mock.expect("GET", api).times(2));
        Client client{mock};
        CAPTURE(&row - rows);
        const Result result = fetch(client, Request::get(api));
        CHECK(result.ec == row.ec);
        if (!row.ec) {
            CHECK(result.text == "200 " + row.body);
            CHECK(result.body_ec == row.body_ec);
            Response later = client.async_get(api, asio::use_future).get();
            CHECK_THROWS_WITH(later.body.async_read_all(asio::use_future).get(),
                              Catch::Contains("api.example"));
        }
    }
    MockTransport mock;
    CHECK_THROWS_AS(mock.expect("GET", "/r").respond(raw("x")), std::invalid_argument);
    mock.expect("GET", api).respond([](const Received&) { return reply().stall(); });
    Client client{mock};
    CHECK(fetch(client, Request::get(api)).ec == error::invalid_request);
}

TEST_CASE("a mock reads bodies of every kind, and refuses what a transport refuses") {
    const TempFile file("of a file");
    struct Row {
        RequestBody body;
        std::string text;
        std::string type;
        std::string framing;
    };
    const std::string large = pattern(200'000);
    Row rows[] = {
        {RequestBody("text"), "text", "", "4"},
        {RequestBody(), "", "", "0"},
        {RequestBody::form({{"a", "b c"}}), "a=b+c", "application/x-www-form-urlencoded", "5"},
        {RequestBody::file(file.path()), "of a file", "", "9"},
        {RequestBody::stream(pieces(large, 70'000), large.size()), large, "", "200000"},
        {RequestBody::stream(awaitable_pieces("streamed", 3)), "streamed", "", "chunked"},
    };
    asio::thread_pool pool(2);
    MockTransport own, pooled{pool};
    for (Row& row : rows) {
        MockTransport& mock = &row - rows != 4 ? own : pooled;
        mock.expect("POST", api).with_body(row.text).respond(201);
        Client client{mock};
        CHECK(text_of(client, Request::post(api, std::move(row.body))) == "201 ");
        const Received got = mock.requests().back();
        CHECK(got.header("Content-Type") == row.type);
        CHECK(got.headers.get(row.framing == "chunked" ? "Transfer-Encoding" : "Content-Length") ==
              row.framing);
    }
    own.verify();
    pooled.verify();
    Client client{own};
    const auto error_for = [&](Request request) { return fetch(client, std::move(request)).ec; };
    CHECK(error_for(Request::get(api).header("Bad name", "x")) == error::invalid_request);
    CHECK(error_for(Request::get("ftp://a/")) == error::invalid_url);
    CHECK(error_for(Request::post(api, RequestBody::file("/none"))) == error::request_body_error);
    CHECK(error_for(Request::post(api, RequestBody::stream(pieces("abc", 2), 4))) ==
          error::request_body_error);
    CHECK(error_for(Request::post(api, RequestBody::stream([](asio::mutable_buffer) -> std::size_t {
                                      throw 1;
                                  }))) == error::request_body_error);
    CHECK(own.unexpected().empty());
}

TEST_CASE("a delay ends by itself, or by whatever ends a request") {
    FdGuard fds;
    IoThread io;
    std::optional<MockTransport> mock(std::in_place, io.executor());
    mock->expect("GET", "/late").any_times().respond(reply(200, "late").delay(2ms));
    mock->expect("GET", "/never").any_times().respond(no_reply().stall());
    mock->expect("GET", "/hour").any_times().respond(reply(200).delay(1h));
    const std::string url = GENERATE("http://a/never", "http://a/hour");
    Client client{*mock};
    CHECK(text_of(client, Request::get("http://a/late")) == "200 late");
    CHECK(fetch(client, Request::get(url).timeout(1ms)).ec == error::total_timeout);

    Call<Response> timed;
    client.async_send(Request::get(url).timeout(1ms), timed.handler());
    CHECK(timed.outcome() == error::total_timeout);

    Call<Response> canceled;
    client.async_get(url, canceled.handler());
    canceled.cancel(io.executor(), asio::cancellation_type::total);
    CHECK(canceled.outcome() == aborted);

    for (const bool early : {true, false}) {
        std::stop_source stop;
        Request request = Request::get(url);
        request.options.stop = stop.get_token();
        Call<Response> stopped;
        if (early) {
            stop.request_stop();
        }
        client.async_send(request, stopped.handler());
        stop.request_stop();
        CHECK(stopped.outcome() == error::canceled);
        CHECK(fetch(client, request).ec == error::canceled);
    }
    Call<Response> left;
    client.async_get(url, left.handler());
    mock.reset();
    client = Client{std::make_shared<MockTransport>()};
    CHECK(left.outcome() == error::client_closed);
    io.finish();
}

TEST_CASE("a mock tells the trace and the progress of a request") {
    MockTransport mock;
    mock.expect("PUT", api).respond(200, "answer");
    mock.expect("PUT", api).fail(error::connection_reset);
    Client client{mock};
    std::istringstream made("a stream");
    const bool streamed = GENERATE(true, false);
    const auto request = [&](std::shared_ptr<hawser::ClientTrace> trace, std::string& told) {
        auto body = streamed ? RequestBody::stream([&](asio::mutable_buffer into) -> std::size_t {
            made.read(static_cast<char*>(into.data()), 100);
            return static_cast<std::size_t>(made.gcount());
        })
                             : RequestBody("a string");
        return Request::put(api, std::move(body))
            .header("X-Of-Mine", "1")
            .trace(std::move(trace))
            .on_progress([&](const hawser::Progress& p) {
                told += std::to_string(p.sent) + '/' + std::to_string(p.received) + ' ';
            });
    };
    const auto trace = std::make_shared<TraceLog>();
    std::string told;
    CHECK(client.send(request(trace, told)).body.read_all() == "answer");
    CHECK(told == (streamed ? "8/0 8/0 8/6 " : "8/0 8/6 "));
    CHECK_THAT(trace->text, Catch::StartsWith("begin 1, Host: api.example, "));
    CHECK_THAT(
        trace->text,
        Catch::EndsWith("X-Of-Mine: 1, wrote_headers, wrote_request, first_byte, end out 0 in 0"));
    std::error_code ec;
    const auto failed = std::make_shared<TraceLog>();
    (void)client.send(request(failed, told), ec);
    CHECK_THAT(failed->text,
               Catch::EndsWith("wrote_request, end the peer reset the connection out 0 in 0"));
    CHECK(failed->balanced());
}

TEST_CASE("a function of on_progress that throws fails the request to a mock") {
    MockTransport mock;
    mock.expect("PUT", api).respond(200);
    Client client{mock};
    std::error_code ec;
    const auto mine = std::make_error_code(std::errc::owner_dead);
    client.send(Request::put(api, "body").on_progress([&](const hawser::Progress&) {
        throw std::system_error(mine);
    }),
                ec);
    CHECK(ec == mine);
}

TEST_CASE("the header timeout of a request applies to a mock that is slow") {
    MockTransport mock;
    mock.expect("GET", api).respond(reply(200).delay(std::chrono::hours(1)));
    mock.expect("GET", api).respond(no_reply().stall());
    Client client{mock};
    Request request = Request::get(api);
    request.options.response_header_timeout = std::chrono::milliseconds(1);
    for (int i = 0; i < 2; ++i) {
        std::error_code ec;
        const Response response = client.send(request, ec);
        CHECK(ec == error::header_timeout);
        CHECK(response.failure.reason() == "after 1 ms");
    }
}

TEST_CASE("an exception of a trace does not touch the request to a mock") {
    class Throwing final : public hawser::ClientTrace {
        void wrote_headers() override { throw std::runtime_error("of a trace"); }
    };
    asio::io_context io;
    MockTransport mock{io.get_executor()};
    mock.expect("GET", api).respond(200, "answer");
    Client client{mock};
    auto answer =
        client.async_fetch(Request::get(api).trace(std::make_shared<Throwing>()), asio::use_future);
    CHECK_THROWS_WITH(io.run(), "of a trace");
    io.run();
    CHECK(answer.get().body == "answer");
}

TEST_CASE("the last handle of a mock ends its requests, and its thread") {
    FdGuard fds;
    {
        Call<Response> call;
        MockTransport mock;
        mock.expect("*", "*").respond(no_reply().stall());
        Client(mock).async_get(api, call.handler());
        mock = MockTransport();
        CHECK(call.outcome() == error::client_closed);
    }
    CHECK(eventually([&] { return fds.leaked().empty(); }));
}

TEST_CASE("middleware works on a mock", "[B-31]") {
    MockTransport mock;
    mock.expect("GET", api).with_header("X-Tag", "1").times(2).respond(200, "tagged");
    Client client{std::make_shared<Tagging>(mock)};
    CHECK(text_of(client, Request::get(api)) == "200 tagged");
    CHECK(client.async_get(api, asio::use_future).get().status == 200);
    mock.expect("GET", "/busy").respond(503).respond(200, "not any more");
    Client patient{mock, {.middleware = {hawser::retry({.base_delay = 1ms})}}};
    CHECK(text_of(patient, Request::get("http://a/busy")) == "200 not any more");
    mock.expect("GET", "/old").respond(reply(302).header("Location", "https://b/new"));
    mock.expect("GET", "https://b/new").respond(200, "new");
    CHECK(text_of(patient, Request::get("https://a/old")) == "200 new");
    mock.verify();
}

TEST_CASE("what functions of a test throw is reported") {
    MockTransport mock;
    mock.expect("GET", "/where").where([](const Received&) -> bool {
        throw std::logic_error("w");
    });
    Client client{mock};
    CHECK_THAT(fetch(client, Request::get("http://a/where")).text,
               Catch::Contains("a function of the test threw: w"));
    MockTransport other;
    Client second{other};
    other.expect("GET", "/code").respond([](const Received&) -> Reply {
        throw std::system_error(make_error_code(error::cert_error));
    });
    CHECK(fetch(second, Request::get("http://a/code")).ec == error::cert_error);
    other.expect("GET", "/handler");
    second.async_get("http://a/handler",
                     [](std::error_code, Response) { throw std::runtime_error("of a handler"); });
    CHECK(eventually([&] { return !other.unexpected().empty(); }));
    CHECK_THROWS_WITH(other.verify(), Catch::Contains("a handler threw: of a handler"));
}

// ── Server ───────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a server of a test answers by method and path") {
    FdGuard fds;
    Server server;
    const auto echo = [](const auto& req) {
        return reply(200, req.method + ' ' + req.target + ' ' + req.body).header("X-A", "1");
    };
    server.on("POST", "/items", echo).on("*", "/tree/*", echo).on("GET", "/q?a=1", reply(202, "q"));
    server.on("GET", "/chunks", reply(200, "0123456789").chunked(3).trailer("X-Sum", "45"));
    server.on("GET", "/none", reply(204)).on("GET", "/eof", reply(200, "to the end").until_close());
    server.on("GET", "/last", reply(200, "last").close());
    Client client;
    const auto get = [&](const char* path) {
        return text_of(client, Request::get(server.url(path)));
    };
    CHECK(text_of(client, Request::post(server.url("/items?n=1"), "body")) ==
          "200 POST /items?n=1 body");
    CHECK(text_of(client,
                  Request::post(server.url("/items"), RequestBody::stream(pieces("piece", 2)))) ==
          "200 POST /items piece");
    CHECK(get("/tree/a") == "200 GET /tree/a ");
    CHECK(client.head(server.url("/tree/b")).content_length == 13);
    CHECK(get("/q?a=1") == "202 q");
    CHECK(get("/none") == "204 ");
    CHECK(get("/q") == "404 no route for GET /q\n");
    server.otherwise([](const auto&) { return reply(299); });
    CHECK(get("/q") == "299 ");
    server.on("GET", "/q", reply(298));
    server.on("GET", "/q", reply(297));
    CHECK(get("/q") == "297 ");
    Response chunks = client.get(server.url("/chunks"));
    CHECK(chunks.body.read_all() == "0123456789");
    CHECK(chunks.trailers().get("X-Sum") == "45");
    CHECK(server.connections() == 1);
    CHECK(get("/last") == "200 last");
    CHECK(get("/eof") == "200 to the end");
    CHECK(server.connections() == 2);
    CHECK(server.wait_for_requests(12));
    const std::vector<Received> requests = server.requests();
    CHECK(requests.size() == 12);
    CHECK(requests.at(0).url == Url(server.url("/items?n=1")));
    CHECK(requests.at(0).query() == "n=1");
    CHECK_THAT(requests.at(0).head, Catch::StartsWith("POST /items?n=1 HTTP/1.1\r\nHost: 127."));
    CHECK(server.errors() == std::vector<std::string>{"no route for GET /q"});
}

TEST_CASE("a server of a test misbehaves as it is told") {
    FdGuard fds;
    struct Row {
        Reply reply;
        std::error_code ec;
        std::string text;
        std::error_code body_ec;
    };
    const auto code = [](error e) { return make_error_code(e); };
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    const Row rows[] = {
        {no_reply(), code(error::server_closed), {}, {}},
        {no_reply().reset(), code(error::connection_reset), {}, {}},
        {no_reply().stall(), code(error::header_timeout), {}, {}},
        {reply(200).delay(1h), code(error::header_timeout), {}, {}},
        {reply(200, "half").cut(2), {}, "200 ha", code(error::incomplete_body)},
        {reply(200, "half").chunked(2).cut(7), {}, "200 ha", code(error::incomplete_body)},
        {reply(200, "half").cut(2).reset(), {}, "200 ha", code(error::incomplete_body)},
        {reply(200, "half").cut(2).stall(), {}, "200 ha", code(error::idle_timeout)},
        {reply(200, "dripped").drip(3, 1ms), {}, "200 dripped", {}},
        {reply(200, std::string(300'000, 'x')), {}, "200 " + std::string(300'000, 'x'), {}},
        {raw(head + "ok"), {}, "200 ok", {}},
        {raw("SSH-2.0\r\n\r\n").close(), code(error::bad_response), {}, {}},
    };
    const bool https = GENERATE(false, true);
    Server server{{.https = https}};
    for (const Row& row : rows) {
        server.on("GET", "/", row.reply);
        CAPTURE(&row - rows, https);
        ClientOptions options = trusting(server);
        options.transport.response_header_timeout = row.ec == error::header_timeout ? 300ms : 0ms;
        options.transport.body_idle_timeout = row.body_ec == error::idle_timeout ? 300ms : 0ms;
        Client client{options};
        const Result result = fetch(client, Request::get(server.url()));
        CHECK(result.ec == row.ec);
        CHECK((result.ec || result.text == row.text));
        CHECK(result.body_ec == row.body_ec);
    }
    CHECK(eventually([&] { return server.open_connections() == 1; }));  // it waits for an hour
    CHECK(server.errors().empty());
}

TEST_CASE("a server of a test answers an expectation, or refuses it") {
    Server server;
    server.on("POST", "/a", [](const auto& req) { return reply(200, req.body); });
    server.on_head("POST", "/no", reply(417)).on_head("POST", "/early", [](const auto& req) {
        return reply(413, std::string(req.header("Content-Length")));
    });
    Client client{{.transport = {.expect_continue_timeout = 1min}}};
    const auto post = [&](const char* path) {
        return text_of(client,
                       Request::post(server.url(path), "body").header("Expect", "100-continue"));
    };
    CHECK(post("/a") == "200 body");
    CHECK(post("/early") == "413 4");
    CHECK(post("/no") == "417 ");
    Server other{{.answers_expect = false}};
    other.on("POST", "/", [](const auto& req) { return reply(200, req.body); });
    Client impatient{{.transport = {.expect_continue_timeout = 1ms}}};
    CHECK(text_of(impatient, Request::post(other.url(), "body").header("Expect", "100-continue")) ==
          "200 body");
}

TEST_CASE("a server of a test speaks TLS with a certificate of its own") {
    FdGuard fds;
    Server server = Server::https();
    server.on("GET", "/", reply(200, "secret"));
    Client client{trusting(server)};
    CHECK_THAT(server.url("/x"), Catch::StartsWith("https://127.0.0.1:"));
    CHECK(text_of(client, Request::get(server.url())) == "200 secret");
    const std::string localhost = "https://localhost:" + std::to_string(server.port());
    CHECK(text_of(client, Request::get(localhost)) == "200 secret");
    CHECK(server.errors().empty());
    Client wary;
    CHECK(fetch(wary, Request::get(server.url())).ec == error::cert_error);
    CHECK(eventually([&] { return !server.errors().empty(); }));
    CHECK(server.errors() == std::vector<std::string>{"a TLS handshake failed"});
}

TEST_CASE("what goes wrong in a server of a test is in its errors") {
    Server server;
    server.on("GET", "/throw", [](const auto&) -> Reply { throw std::runtime_error("why"); });
    server.on("GET", "/script", reply(101).then([](ServerConnection&) -> asio::awaitable<void> {
        throw std::runtime_error("script");
        co_return;
    }));
    Client client;
    CHECK(text_of(client, Request::get(server.url("/throw"))) ==
          "500 the handler of GET /throw threw: why\n");
    CHECK_THAT(talk(server, "nonsense\r\n\r\n"), Catch::StartsWith("HTTP/1.1 400 "));
    CHECK(talk(server, "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n").empty());
    CHECK(talk(server, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n").empty());
    CHECK_THAT(talk(server, "GET /throw HTTP/1.0\r\n\r\n"), Catch::StartsWith("HTTP/1.1 500 "));
    talk(server, "GET /script HTTP/1.1\r\n\r\n");
    CHECK(eventually([&] { return server.errors().size() == 6; }));
    const std::string all = Catch::StringMaker<std::vector<std::string>>::convert(server.errors());
    for (const char* what : {"GET /throw threw: why",
                             "not a request: nonsense",
                             "body of a request",
                             "a script threw: script"}) {
        CHECK_THAT(all, Catch::Contains(what));
    }
}

TEST_CASE("a script has the connection to itself") {
    Server server;
    server.on("GET",
              "/up",
              reply(101)
                  .header("Connection", "Upgrade")
                  .header("Upgrade", "echo")
                  .then([](ServerConnection& connection) -> asio::awaitable<void> {
                      const std::string bytes = co_await connection.read_some();
                      co_await connection.pause(1ms);
                      co_await connection.send("<" + bytes + ">");
                      connection.reset();
                  }));
    Client client;
    Response response = client.send(
        Request::get(server.url("/up")).header("Connection", "Upgrade").header("Upgrade", "echo"));
    REQUIRE(response.upgraded);
    hawser::UpgradedStream stream = response.upgrade();
    asio::write(stream, asio::buffer("hello", 5));
    std::string got(7, '\0');
    asio::read(stream, asio::buffer(got));
    CHECK(got == "<hello>");
    std::error_code ec;
    stream.read_some(asio::buffer(got), ec);
    CHECK(ec == condition::connection_lost);
    CHECK(server.errors().empty());
}

TEST_CASE("a server of a test ends whatever its clients do") {
    FdGuard fds;
    Client client;
    std::vector<std::future<Response>> pending;
    std::uint16_t port = 0;
    {
        Server server;
        port = server.port();
        server.on("GET", "/stall", no_reply().stall()).on("GET", "/hour", reply().delay(1h));
        server.on("GET", "/large", reply(200, pattern(30'000'000))).on("GET", "/", reply());
        for (const char* path : {"/stall", "/hour", "/large", "/"}) {
            pending.push_back(client.async_get(server.url(path), asio::use_future));
        }
        CHECK(server.wait_for_requests(4));
        CHECK_FALSE(server.wait_for_requests(5, 1ms));
    }
    CHECK_THROWS(pending.at(0).get());
    CHECK_THROWS(pending.at(1).get());
    Response large = pending.at(2).get();
    CHECK_THROWS(large.body.read_all());
    CHECK(pending.at(3).get().status == 200);
    Server other;
    other.stop();
    other.stop();
    CHECK(fetch(client, Request::get(other.url())).ec == error::connect_failed);
    const Server third{{.port = port}};
    CHECK(third.port() == port);
}
