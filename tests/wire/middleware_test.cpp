// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The middleware that ships: each alone, in pairs, canceled, and out of time.

#include "../support/echo.hpp"
#include "../support/scene.hpp"
#include "../support/temp_file.hpp"
#include "../support/trace_log.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/detail/har/json.hpp>
#include <hawser/testing.hpp>

#include <asio/read.hpp>
#include <asio/use_future.hpp>

#include <atomic>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

using namespace hawser::test;
using hawser::Middleware;
using hawser::RetryOptions;

namespace {

/// Retries without a pause.
RetryOptions quick(unsigned attempts) {
    RetryOptions options;
    options.attempts = attempts;
    options.base_delay = 0ms;
    return options;
}

/// A server, and clients whose requests go through middleware.
struct Stage {
    explicit Stage(Script script, ClientOptions options = {})
        : scene(std::move(script), std::move(options)) {}

    Client through(std::vector<Middleware> list, ClientOptions options = {}) {
        options.middleware = std::move(list);
        return Client{scene.client.transport(), std::move(options)};
    }

    Scene scene;
    ScriptServer& server = scene.server;
};

/// Collects the lines of log().
struct Lines {
    Middleware log() {
        return hawser::log([this](std::string_view line) {
            const std::lock_guard lock(mutex);
            lines.emplace_back(line);
            written.open();
        });
    }
    std::vector<std::string> all() {
        const std::lock_guard lock(mutex);
        return lines;
    }

    std::mutex mutex;
    std::vector<std::string> lines;
    Gate written;
};

/// Refuses the first `refusals` requests with `status`, echoes the others.
Script refusing(int refusals, std::string status, std::string fields = {}) {
    return [=, left = std::make_shared<std::atomic<int>>(refusals)](Peer& peer) {
        while (const auto request = peer.read_request()) {
            peer.send(--*left >= 0 ? reply(status, "not now", fields) : echo(*request));
        }
    };
}

Request post(const std::string& url, bool idempotent) {
    Request request("POST", url, "body");
    request.options.idempotent = idempotent;
    return request;
}

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

hawser::detail::Json json_of(const std::string& path) {
    std::string problem;
    auto json = hawser::detail::Json::parse(text_of(path), problem);
    INFO(problem);
    CHECK(problem.empty());
    return json;
}

}  // namespace

// ── retry ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a refused request is sent again, on the same connection, until it succeeds") {
    Stage stage{refusing(2, "503 Service Unavailable", "Retry-After: 0\r\n")};
    Client client = stage.through({hawser::retry(quick(4))});
    Response res = client.put(stage.server.url("/x"), "content");
    CHECK(res.status == 200);
    CHECK(res.body.read_all() == "PUT /x 7 content");
    CHECK(stage.server.requests() == 3);
    CHECK(stage.server.connections() == 1);
}

TEST_CASE("the caller gets the last response, once there is no reason to go on") {
    struct Row {
        const char* what;
        int refusals;
        std::string status;
        std::string fields;
        RetryOptions options;
        std::function<void(Request&)> change;
        int delivered;
        std::size_t requests;
    };
    const auto nothing = [](Request&) {};
    RetryOptions poor = quick(9);
    poor.budget = 1;
    const Row rows[]{
        {"success", 0, "", "", quick(3), nothing, 200, 1},
        {"other statuses", 9, "404 Not Found", "", quick(3), nothing, 404, 1},
        {"all attempts", 9, "503 No", "", quick(3), nothing, 503, 3},
        {"the budget", 9, "503 No", "", poor, nothing, 503, 2},
        {"a method that is not idempotent",
         9,
         "503 No",
         "",
         quick(3),
         [](Request& r) { r.method = "POST"; },
         503,
         1},
        {"unless told that it is",
         1,
         "503 No",
         "",
         quick(3),
         [](Request& r) {
             r.method = "POST";
             r.options.idempotent = true;
         },
         200,
         2},
        {"a body that cannot be sent again",
         9,
         "503 No",
         "",
         quick(3),
         [](Request& r) { r.body = RequestBody::stream(pieces("once", 4)); },
         503,
         1},
        {"a body that can be rewound",
         1,
         "503 No",
         "",
         quick(3),
         [](Request& r) {
             auto source = std::make_shared<std::size_t>(0);
             r.method = "PUT";
             r.body = RequestBody::stream(
                 [source](asio::mutable_buffer into) {
                     return (*source)++ == 0 ? asio::buffer_copy(into, asio::buffer("abc", 3)) : 0;
                 },
                 3,
                 [source] { *source = 0; });
         },
         200,
         2},
        {"a Retry-After that is too long",
         9,
         "429 No",
         "Retry-After: 3600\r\n",
         quick(3),
         nothing,
         429,
         1},
        {"a Retry-After beyond the deadline",
         9,
         "429 No",
         "Retry-After: 30\r\n",
         quick(3),
         [](Request& r) { r.options.timeout = 20s; },
         429,
         1},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        Stage stage{refusing(row.refusals, row.status, row.fields)};
        Client client = stage.through({hawser::retry(row.options)});
        Request request("GET", stage.server.url("/"));
        row.change(request);
        Response res = client.send(std::move(request));
        CHECK(res.status == row.delivered);
        CHECK((res.body.read_all() == "not now") == (row.delivered != 200));
        CHECK(stage.server.requests() == row.requests);
    }
}

TEST_CASE("a connection that breaks before the response is a reason to try again") {
    const bool resets = GENERATE(false, true);
    Stage stage{in_order({[resets](Peer& peer) {
                              peer.read_request();
                              resets ? peer.reset() : peer.close();
                          },
                          keep_alive_server(echo)})};
    Client client = stage.through({hawser::retry(quick(2))});
    CHECK(client.get(stage.server.url("/")).status == 200);
    CHECK(stage.server.connections() == 2);
    std::error_code ec;
    Client refused = stage.through({hawser::retry(quick(3))});
    const Response res = refused.get(refusing_url(), ec);
    CHECK(ec == error::connect_failed);
    CHECK(res.failure.phase() == Failure::Phase::connect);  // of the last attempt
}

TEST_CASE("a pause is as long as Retry-After, and a body that is not large is read meanwhile") {
    Stage stage{[refused = std::make_shared<std::atomic<bool>>()](Peer& peer) {
        while (const auto request = peer.read_request()) {
            const bool first = !refused->exchange(true);
            peer.send(first ? reply("429 No", std::string(66'000, 'x'), "Retry-After: 1\r\n")
                            : echo(*request));
        }
    }};
    const auto began = std::chrono::steady_clock::now();
    CHECK(stage.through({hawser::retry()}).get(stage.server.url("/")).status == 200);
    CHECK(std::chrono::steady_clock::now() - began >= 1s);
    CHECK(stage.server.connections() == 1);
}

TEST_CASE("a large or slow body of a refused request costs its connection, and no time") {
    const std::string head = "HTTP/1.1 503 No\r\nContent-Length: 10000000\r\n\r\n";
    Stage stage{in_order({[&](Peer& peer) {
                              peer.read_request();
                              peer.send(head);
                              peer.wait_for_eof();
                          },
                          [&](Peer& peer) {
                              peer.read_request();
                              peer.send(head + std::string(200'000, 'x'));
                              peer.wait_for_eof();
                          },
                          keep_alive_server(echo)})};
    RetryOptions options = quick(3);
    options.base_delay = 150ms;
    CHECK(stage.through({hawser::retry(options)}).get(stage.server.url("/")).status == 200);
    CHECK(stage.server.connections() == 3);
    stage.server.wait_for_open(1);
}

TEST_CASE("a pause ends at once when its request is canceled, stopped, or its client gone") {
    const int how = GENERATE(0, 1, 2, 3, 4);
    Lines lines;
    Stage stage{refusing(9, "503 No", "Retry-After: 30\r\n")};
    auto client = std::make_unique<Client>(stage.through({hawser::retry(quick(9)), lines.log()}));
    Call<Response> call;
    std::stop_source stop;
    Request request("GET", stage.server.url("/"));
    request.options.stop = stop.get_token();
    client->async_send(std::move(request), call.handler());
    lines.written.wait();
    std::error_code wanted = aborted;
    if (how < 3) {
        const asio::cancellation_type types[]{asio::cancellation_type::terminal,
                                              asio::cancellation_type::partial,
                                              asio::cancellation_type::total};
        call.cancel(stage.scene.io.executor(), types[how]);
    } else if (how == 3) {
        wanted = error::canceled;
        stop.request_stop();
    } else {
        wanted = error::client_closed;
        client.reset();
    }
    CHECK(call.outcome() == wanted);
    CHECK(call.result.status == 0);
    CHECK(call.completions == 1);
    CHECK(stage.server.requests() == 1);
}

// ── rate_limit ───────────────────────────────────────────────────────────────────────────────────

TEST_CASE("requests beyond the rate wait, in order of arrival, for each origin by itself") {
    ClientOptions options;
    options.transport.max_conns_per_host = 1;  // keeps them in order on their way
    Stage stage{keep_alive_server(echo), options};
    Client client = stage.through({hawser::rate_limit({.per_second = 50, .burst = 2})});
    const auto began = std::chrono::steady_clock::now();
    std::vector<Call<Response>> calls(6);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        client.async_get(stage.server.url("/" + std::to_string(i)), calls[i].handler());
    }
    Call<Response> other;
    client.async_get(stage.server.url_as("localhost"), other.handler());
    CHECK(other.outcome() == std::error_code());
    for (Call<Response>& call : calls) {
        CHECK(call.outcome() == std::error_code());
    }
    CHECK(std::chrono::steady_clock::now() - began >= 79ms);
    std::string order;
    for (const std::string& head : stage.server.heads()) {
        order += head.find("localhost") == head.npos ? head.substr(5, 1) : "";
    }
    CHECK(order == "012345");
}

TEST_CASE("a request held back fails at once if that is beyond its deadline, or it is canceled") {
    Stage stage{keep_alive_server(echo)};
    Client client = stage.through({hawser::rate_limit({.per_second = 0.01})});
    CHECK(client.get(stage.server.url("/")).status == 200);
    std::error_code ec;
    const Response late = client.send(Request::get(stage.server.url("/")).timeout(20s), ec);
    CHECK(ec == error::total_timeout);
    CHECK(late.failure.reason() == "the rate limit allows it only after its deadline");
    Call<Response> call;
    client.async_get(stage.server.url("/"), call.handler());
    call.cancel(stage.scene.io.executor(), asio::cancellation_type::total);
    CHECK(call.outcome() == aborted);
    CHECK(call.result.failure.method() == "GET");
    Call<Response> gone;
    client.async_get(stage.server.url("/"), gone.handler());
    client = Client(stage.scene.client);
    CHECK(gone.outcome() == error::client_closed);
    CHECK(stage.server.requests() == 1);
}

TEST_CASE("a rate that is not above 0, and middleware without a next round tripper, are refused") {
    CHECK_THROWS_AS(hawser::rate_limit({.per_second = 0}), std::system_error);
    CHECK_THROWS_AS(hawser::rate_limit({.per_second = -1}), std::system_error);
    CHECK_THROWS_AS(hawser::retry()(nullptr), std::system_error);
}

// ── log ──────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("each request is one line, and no secret is in it", "[X17]") {
    Lines lines;
    Stage stage{keep_alive_server(echo)};
    Client client = stage.through({lines.log()});
    std::string url = stage.server.url("/path?token=secret#secret");
    url.insert(7, "user:secret@");
    Request request("POST", url, "secret");
    request.bearer("secret");
    client.send(std::move(request));
    std::error_code ec;
    client.get(refusing_url() + "?secret", ec);
    client.get("ftp://secret", ec);
    const auto all = lines.all();
    REQUIRE(all.size() == 3);
    CHECK(all[0].starts_with("POST " + stage.server.url("/path?*** 200 in ")));
    CHECK(all[0].ends_with(" bytes"));
    CHECK(all[1].find("?*** failed after ") != std::string::npos);
    CHECK(all[1].ends_with(" ms: no connection to the host could be made: Connection refused"));
    CHECK(all[2].starts_with("GET (invalid URL) failed after "));
    for (const std::string& line : all) {
        CHECK(line.find("secret") == std::string::npos);
    }
}

TEST_CASE("an exception of the sink affects no request and reaches on_handler_exception") {
    ScriptServer server{keep_alive_server(echo)};
    std::promise<std::string> what;
    ClientOptions options;
    options.on_handler_exception = [&](std::exception_ptr exception) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& e) {
            what.set_value(e.what());
        }
    };
    options.middleware = {
        hawser::log([](std::string_view) { throw std::runtime_error("disk full"); })};
    Client client(options);
    CHECK(client.get(server.url("/")).body.read_all() == "GET / - ");
    CHECK(what.get_future().get() == "disk full");
}

// ── measure ──────────────────────────────────────────────────────────────────────────────────────

namespace {

struct Measured {
    Middleware measure() {
        return hawser::measure([this](const hawser::Timings& timings) {
            const std::lock_guard lock(mutex);
            all.push_back(timings);
        });
    }
    std::vector<hawser::Timings> take() {
        const std::lock_guard lock(mutex);
        return std::exchange(all, {});
    }

    std::mutex mutex;
    std::vector<hawser::Timings> all;
};

}  // namespace

TEST_CASE("a request is measured from its first attempt to the end of its body") {
    Stage stage{keep_alive_server([](const ReceivedRequest& request) {
        return request.target == "/big" ? respond(std::string(3'000'000, 'x')) : echo(request);
    })};
    Measured measured;
    Client client = stage.through({measured.measure()});
    const auto trace = std::make_shared<TraceLog>();
    CHECK(client.fetch(Request::get(stage.server.url("/x?secret")).trace(trace)).status == 200);
    CHECK_THAT(trace->text, Catch::StartsWith("begin 1, get_conn "));
    CHECK_THAT(trace->text, Catch::Contains("first_byte"));
    auto all = measured.take();
    REQUIRE(all.size() == 1);
    CHECK_THAT(all[0].url, Catch::EndsWith("/x?***"));
    CHECK(all[0].status == 200);
    CHECK_FALSE(all[0].ec);
    CHECK(all[0].connection_id == 1);
    CHECK_FALSE(all[0].reused);
    CHECK(all[0].connect);
    CHECK_FALSE(all[0].tls);
    CHECK(all[0].received > 0);
    Response res = client.get(stage.server.url("/big"));
    CHECK(measured.take().empty());
    CHECK(res.body.read_all().size() == 3'000'000);
    all.clear();
    CHECK(eventually([&] { return !(all = measured.take()).empty(); }));
    REQUIRE(all.size() == 1);
    CHECK(all[0].reused);
    CHECK_FALSE(all[0].connect);
    CHECK(all[0].received > 3'000'000);
    CHECK(all[0].total >= *all[0].body);
}

TEST_CASE("a request without a response is measured, and one that never started") {
    Stage stage{[](Peer& peer) { peer.read_request(); }};
    Measured measured;
    Client client = stage.through({measured.measure()});
    std::error_code ec;
    client.get(stage.server.url("/"), ec);
    client.get(refusing_url(), ec);
    client.send(Request("B A D", stage.server.url("/")), ec);
    const auto all = measured.take();
    REQUIRE(all.size() == 3);
    CHECK(all[0].ec == error::server_closed);
    CHECK(all[0].attempts == 1);
    CHECK(all[0].status == 0);
    CHECK(all[1].ec == error::connect_failed);
    CHECK(all[1].wait);
    CHECK(all[2].ec == error::invalid_request);
    CHECK(all[2].attempts == 0);
}

TEST_CASE("in front of retry() one request is measured, behind it each attempt") {
    const bool in_front = GENERATE(true, false);
    Stage stage{refusing(2, "503 No")};
    Measured measured;
    const auto retries = hawser::retry(quick(3));
    Client client = stage.through(in_front ? std::vector{measured.measure(), retries}
                                           : std::vector{retries, measured.measure()});
    CHECK(client.fetch(stage.server.url("/")).status == 200);
    const auto all = measured.take();
    CHECK(all.size() == (in_front ? 1u : 3u));
    CHECK(all.back().attempts == (in_front ? 3u : 1u));
    CHECK(all.back().status == 200);
}

// ── trace_context ────────────────────────────────────────────────────────────────────────────────

namespace {

std::string traceparent_of(const std::string& head) {
    const std::size_t at = head.find("traceparent: ");
    return at == std::string::npos ? "" : head.substr(at + 13, 55);
}

}  // namespace

TEST_CASE("each attempt is a span of its own, in the trace of the caller") {
    Stage stage{refusing(1, "503 No")};
    const std::string trace(32, 'a');
    const std::string mine = "00-" + trace + "-bbbbbbbbbbbbbbbb-01";
    hawser::TraceContextOptions options;
    options.current = [&] { return mine; };
    const auto context = hawser::trace_context(options);
    Client client = stage.through({hawser::retry(quick(2)), context});
    CHECK(client.fetch(Request::get(stage.server.url("/")).header("tracestate", "a=1")).status ==
          200);
    auto heads = stage.server.heads();
    REQUIRE(heads.size() == 2);
    const std::string first = traceparent_of(heads[0]);
    const std::string second = traceparent_of(heads[1]);
    CHECK(first.starts_with("00-" + trace + "-"));
    CHECK(second.starts_with("00-" + trace + "-"));
    CHECK(first != second);
    CHECK(first != mine);
    CHECK_THAT(heads[1], Catch::Contains("tracestate: a=1\r\n"));

    Client fresh = stage.through({hawser::trace_context()});
    CHECK(fresh.fetch(stage.server.url("/")).status == 200);
    CHECK(fresh.fetch(stage.server.url("/")).status == 200);
    heads = stage.server.heads();
    CHECK(traceparent_of(heads[2]).size() == 55);
    CHECK(traceparent_of(heads[2]).substr(3, 32) != traceparent_of(heads[3]).substr(3, 32));
}

TEST_CASE("a server that is not to know of traces is not told, and a failing function fails") {
    Stage stage{keep_alive_server(echo)};
    hawser::TraceContextOptions options;
    options.propagate_to = [](const Url& url) -> bool {
        if (url.path() == "/throw") {
            throw std::system_error(std::make_error_code(std::errc::owner_dead));
        }
        if (url.path() == "/throw/else") {
            throw 1;
        }
        return url.path() == "/told";
    };
    Client client = stage.through({hawser::trace_context(options)});
    CHECK(client.fetch(stage.server.url("/told")).status == 200);
    CHECK(client.fetch(stage.server.url("/x")).status == 200);
    CHECK_FALSE(traceparent_of(stage.server.heads().at(0)).empty());
    CHECK(traceparent_of(stage.server.heads().at(1)).empty());
    std::error_code ec;
    client.get(stage.server.url("/throw"), ec);
    CHECK(ec == std::errc::owner_dead);
    const Response response = client.get(stage.server.url("/throw/else"), ec);
    CHECK(ec == error::invalid_request);
    CHECK(response.failure.reason() == "a function of trace_context() threw");
    CHECK(stage.server.requests() == 2);
}

// ── hedge ────────────────────────────────────────────────────────────────────────────────────────

namespace {

/// Says nothing on its first connection.
Script silent_first() {
    return in_order({[](Peer& peer) {
                         peer.read_request();
                         peer.wait_for_eof();
                     },
                     keep_alive_server(echo)});
}

}  // namespace

TEST_CASE("a request that takes long is sent again, and the slower attempt is canceled") {
    Stage stage{silent_first()};
    Client client = stage.through({hawser::hedge({.delay = 20ms})});
    Response res = client.send(post(stage.server.url("/"), true));
    CHECK(res.body.read_all() == "POST / 4 body");
    CHECK(stage.server.connections() == 2);
    stage.server.wait_for_open(1);
    CHECK(eventually([&] { return stage.scene.client.stats().open == 1; }));
    CHECK(stage.scene.client.stats().idle == 1);
    CHECK(stage.through({hawser::hedge({.delay = 1h})}).get(stage.server.url("/")).status == 200);
    CHECK(stage.server.requests() == 3);
}

TEST_CASE("a request that may not be sent twice is not hedged") {
    Stage stage{silent_first()};
    Client client = stage.through({hawser::hedge({.delay = 1ms})});
    std::error_code ec;
    Request request = post(stage.server.url("/"), false);
    request.options.timeout = 500ms;
    client.send(std::move(request), ec);
    CHECK(ec == error::total_timeout);
    CHECK(stage.server.requests() == 1);
}

TEST_CASE("a hedged request tells its progress of the attempt that succeeds, and of no other") {
    Stage stage{silent_first()};
    Client client = stage.through({hawser::hedge({.delay = 20ms})});
    std::mutex mutex;
    std::vector<hawser::Progress> told;
    Response res = client.send(
        post(stage.server.url("/"), true).on_progress([&](const hawser::Progress& progress) {
            const std::lock_guard lock(mutex);
            told.push_back(progress);
        }));
    CHECK(res.body.read_all() == "POST / 4 body");
    stage.server.wait_for_open(1);
    const std::lock_guard lock(mutex);
    REQUIRE_FALSE(told.empty());
    for (const hawser::Progress& progress : told) {
        CHECK(progress.sent == 4);
        CHECK(progress.received != 0);
    }
    CHECK(told.back().received == 13);
}

TEST_CASE("if one attempt of a hedged request fails, the other one decides") {
    const bool first_fails = GENERATE(true, false);
    Gate both_asked;
    Gate failed;
    const auto fail = [&](Peer& peer) {
        peer.await(both_asked);
        peer.close();
        failed.open();
    };
    const auto succeed = [&](Peer& peer) {
        peer.await(failed);
        peer.send(respond("good"));
        peer.wait_for_eof();
    };
    Stage stage{in_order({[&](Peer& peer) {
                              peer.read_request();
                              first_fails ? fail(peer) : succeed(peer);
                          },
                          [&](Peer& peer) {
                              peer.read_request();
                              both_asked.open();
                              first_fails ? succeed(peer) : fail(peer);
                          }})};
    Client client = stage.through({hawser::hedge({.delay = 1ms})});
    CHECK(client.get(stage.server.url("/")).body.read_all() == "good");
}

TEST_CASE("a hedged request ends with its first attempt's error if that is before the second") {
    Stage stage{keep_alive_server(echo)};
    Client client = stage.through({hawser::hedge({.delay = 1h})});
    std::error_code ec;
    client.get(refusing_url(), ec);
    CHECK(ec == error::connect_failed);
}

TEST_CASE("canceling a hedged request cancels both attempts") {
    const bool by_stop = GENERATE(true, false);
    Stage stage{[](Peer& peer) {
        peer.read_request();
        peer.wait_for_eof();
    }};
    Client client = stage.through({hawser::hedge({.delay = 1ms})});
    Call<Response> call;
    std::stop_source stop;
    Request request("GET", stage.server.url("/"));
    request.options.stop = stop.get_token();
    client.async_send(std::move(request), call.handler());
    stage.server.wait_for_requests(2);
    if (by_stop) {
        stop.request_stop();
    } else {
        call.cancel(stage.scene.io.executor(), asio::cancellation_type::partial);
    }
    CHECK(call.outcome() == (by_stop ? make_error_code(error::canceled) : aborted));
    CHECK(call.completions == 1);
    stage.server.wait_for_open(0);
}

// ── record and replay ────────────────────────────────────────────────────────────────────────────

namespace {

std::string library(const ReceivedRequest& request) {
    const std::string large = pattern(3'000'000);
    if (request.target == "/large") {
        return respond(large, "Content-Type: text/plain\r\nSet-Cookie: a=secret\r\n");
    }
    if (request.target == "/chunked") {
        return respond_chunked({"one ", "two"}, "", "T: 1\r\n");
    }
    return request.target == "/404" ? reply("404 Not Found", "nothing") : echo(request);
}

/// What a program does with a client; returns what it saw.
std::string use(Client client, const ScriptServer& server, const std::string& refused) {
    std::string seen;
    const auto add = [&](Response res) {
        seen += std::to_string(res.status) + ' ' + res.reason + ' ';
        seen += std::to_string(res.content_length.value_or(0)) + ' ';
        std::string body;
        char piece[10'000];
        std::error_code ec;
        while (!ec) {
            body.append(piece, res.body.read_some(asio::buffer(piece), ec));
        }
        seen += std::to_string(body.size()) + ' ' + body.substr(0, 20) + '\n';
    };
    Request request = Request::get(server.url("/large?key=1")).bearer("secret");
    request.url = Url(server.url("/large"));
    add(client.send(request));
    add(client.head(server.url("/")));
    add(client.post(server.url("/"), "a"));
    add(client.post(server.url("/"), "b"));
    add(client.get(server.url("/404")));
    seen += client.get(server.url("/chunked")).body.read_all() + '\n';
    seen += client.async_get(server.url("/1"), asio::use_future)
                .get()
                .body.async_read_all(asio::use_future)
                .get();
    std::error_code ec;
    client.get(refused, ec);
    seen += ec.message();
    client.get("no URL", ec);
    return seen;
}

}  // namespace

TEST_CASE("what is recorded is replayed, without the server and without secrets") {
    const TempFile file("");
    const std::string refused = refusing_url();
    Stage stage{keep_alive_server(library)};
    const hawser::RecordOptions options{.max_body_bytes = 4'000'000};
    const std::string seen =
        use(stage.through({hawser::record(file.path(), options)}), stage.server, refused);
    CHECK(seen.find("200 OK 3000000 3000000 " + pattern(20)) != std::string::npos);
    const std::size_t requests = stage.server.requests();
    const auto entries = json_of(file.path())["log"]["entries"].array();
    CHECK(entries.size() == 8);
    CHECK(text_of(file.path()).find("secret") == std::string::npos);
    Client replaying = stage.through({hawser::replay(file.path())});
    CHECK(use(replaying, stage.server, refused) == seen);
    std::error_code ec;
    const Response none = replaying.get(stage.server.url("/404"), ec);
    CHECK(ec == error::invalid_request);
    CHECK(none.failure.reason() == "no response left for it in \"" + file.path() + '"');
    CHECK(stage.server.requests() == requests);
}

TEST_CASE("a replayed response is told to the trace and to on_progress") {
    const TempFile file("");
    Stage stage{keep_alive_server(echo)};
    const auto ask = [&](Middleware through, std::shared_ptr<TraceLog> trace, std::string& told) {
        Client client = stage.through({std::move(through)});
        Response res = client.send(Request::get(stage.server.url("/"))
                                       .trace(std::move(trace))
                                       .on_progress([&](const hawser::Progress& p) {
                                           told += std::to_string(p.received) + ' ';
                                       }));
        return res.body.read_all();
    };
    std::string told;
    const std::string body = ask(hawser::record(file.path()), nullptr, told);
    const auto trace = std::make_shared<TraceLog>();
    std::string told_again;
    CHECK(ask(hawser::replay(file.path()), trace, told_again) == body);
    CHECK(told_again == told);
    CHECK(trace->text == "begin 1, wrote_headers, wrote_request, first_byte, end out 0 in 0");
}

TEST_CASE("a recorded body arrives piece by piece, and the file is complete meanwhile") {
    const TempFile file("");
    Gate go;
    Stage stage{[&](Peer& peer) {
        while (peer.read_request()) {
            peer.send("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 10\r\n\r\n");
            peer.send("first");
            peer.await(go);
            peer.send("after");
        }
    }};
    Client client =
        stage.through({hawser::record(file.path(), {.credentials = true, .max_body_bytes = 7})});
    const auto entries = [&] { return json_of(file.path())["log"]["entries"].array(); };
    CHECK(entries().empty());
    Response res = client.get(stage.server.url("/"));
    char piece[5];
    CHECK(asio::read(res.body, asio::buffer(piece)) == 5);
    Response dropped = client.get(stage.server.url("/"));
    CHECK(entries().empty());
    dropped = {};
    CHECK(entries().size() == 1);
    go.open();
    client = Client(stage.scene.client);  // the body outlives its client
    CHECK(res.body.read_all() == "after");
    const auto all = entries();
    REQUIRE(all.size() == 2);
    CHECK(all[1]["response"]["content"]["text"].text() == "firstaf");
    CHECK(all[1]["response"]["content"]["size"].number() == 10);
    CHECK(text_of(file.path()).find("Set-Cookie") != std::string::npos);
    stage.server.wait_for_open(1);  // that of the dropped response is closed
}

TEST_CASE("a read of a recorded body can be canceled, and times out, as any other") {
    const TempFile file("");
    const int how = GENERATE(0, 1, 2);
    Stage stage{moody};
    Client client = stage.through({hawser::record(file.path())});
    Request request("GET", stage.server.url("/half"));
    if (how != 0) {
        request.options.timeout = 500ms;
    }
    Response res = client.send(std::move(request));
    if (how == 2) {
        std::error_code ec;
        CHECK(res.body.read_all(ec) == "half:");
        CHECK(ec == error::total_timeout);
    } else {
        Call<std::string> read;
        res.body.async_read_all(read.handler());
        Call<std::size_t> second;
        char byte = 0;
        res.body.async_read_some(asio::buffer(&byte, 1), second.handler());
        CHECK(second.outcome() == error::concurrent_read);
        if (how == 0) {
            read.cancel(stage.scene.io.executor());
        }
        CHECK(read.outcome() == (how == 0 ? aborted : make_error_code(error::total_timeout)));
        CHECK(read.result == "half:");
    }
    const auto entries = json_of(file.path())["log"]["entries"].array();
    REQUIRE(entries.size() == 1);
    CHECK(entries[0]["response"]["content"]["text"].text() == "half:");
    CHECK_FALSE(entries[0]["_error"].text().empty());
    stage.server.wait_for_open(0);
}

TEST_CASE("a file that cannot be written or read is an error of the program that names it") {
    CHECK_THROWS_AS(hawser::record("/no/such/folder/x.har"), std::system_error);
    CHECK_THROWS_AS(hawser::replay("/no/such/folder/x.har"), std::system_error);
    const TempFile file("no JSON");
    CHECK_THROWS_WITH(hawser::replay(file.path()), Catch::Contains("not JSON: byte 0"));
}

// ── Pairs ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("the order of middleware decides what each of them sees") {
    struct Row {
        const char* what;
        std::function<std::vector<Middleware>(Lines&)> list;
        std::size_t lines;
        std::string last;  // status in the last line
    };
    const Row rows[]{
        {"log, retry",
         [](Lines& l) {
             return std::vector{l.log(), hawser::retry(quick(3))};
         },
         1,
         " 200 in "},
        {"retry, log",
         [](Lines& l) {
             return std::vector{hawser::retry(quick(3)), l.log()};
         },
         3,
         " 200 in "},
        {"retry, rate limit, log",
         [](Lines& l) {
             return std::vector{
                 hawser::retry(quick(3)), hawser::rate_limit({.per_second = 50}), l.log()};
         },
         3,
         " 200 in "},
        {"hedge, retry, log",
         [](Lines& l) {
             return std::vector{hawser::hedge({.delay = 1h}), hawser::retry(quick(3)), l.log()};
         },
         3,
         " 200 in "},
        {"retry, hedge, log",
         [](Lines& l) {
             return std::vector{hawser::retry(quick(2)), hawser::hedge({.delay = 1h}), l.log()};
         },
         2,
         " 503 in "},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        Lines lines;
        Stage stage{refusing(2, "503 No")};
        const auto began = std::chrono::steady_clock::now();
        const Response res = stage.through(row.list(lines)).get(stage.server.url("/"));
        const auto all = lines.all();
        REQUIRE(all.size() == row.lines);
        CHECK(all.back().find(row.last) != std::string::npos);
        CHECK(row.last.find(std::to_string(res.status)) != std::string::npos);
        if (std::string_view(row.what).find("rate") != std::string_view::npos) {
            CHECK(std::chrono::steady_clock::now() - began >= 39ms);
        }
    }
}

TEST_CASE("record behind retry writes each attempt, in front of it the last one") {
    const bool behind = GENERATE(true, false);
    const TempFile file("");
    Stage stage{refusing(2, "503 No")};
    {
        const Middleware record = hawser::record(file.path());
        const Middleware retry = hawser::retry(quick(3));
        Client client =
            stage.through(behind ? std::vector{retry, record} : std::vector{record, retry});
        CHECK(client.get(stage.server.url("/")).body.read_all() == "GET / - ");
        client.async_get(stage.server.url("/"), asio::use_future).get();
    }
    CHECK(json_of(file.path())["log"]["entries"].array().size() == (behind ? 4 : 2));
    Client replaying = stage.through({hawser::retry(quick(3)), hawser::replay(file.path())});
    CHECK(replaying.get(stage.server.url("/")).status == 200);
}

TEST_CASE("a cancellation passes through all middleware to the connection") {
    const TempFile file("");
    const int how = GENERATE(0, 1, 2, 3, 4);
    Lines lines;
    Stage stage{moody};
    Client client = stage.through({hawser::retry(quick(3)),
                                   hawser::record(file.path()),
                                   hawser::rate_limit({.per_second = 1000}),
                                   lines.log(),
                                   hawser::hedge({.delay = 1h})});
    Call<Response> call;
    std::stop_source stop;
    Request request("GET", stage.server.url("/stuck"));
    request.options.stop = stop.get_token();
    if (how == 4) {
        request.options.timeout = 200ms;
    }
    client.async_send(std::move(request), call.handler());
    if (how < 3) {
        stage.server.wait_for_requests(1);
        const asio::cancellation_type types[]{asio::cancellation_type::terminal,
                                              asio::cancellation_type::partial,
                                              asio::cancellation_type::total};
        call.cancel(stage.scene.io.executor(), types[how]);
    } else if (how == 3) {
        stage.server.wait_for_requests(1);
        stop.request_stop();
    }
    const std::error_code wanted[]{
        aborted, aborted, aborted, error::canceled, error::total_timeout};
    CHECK(call.outcome() == wanted[how]);
    CHECK(call.completions == 1);
    CHECK(lines.all().size() == 1);
    CHECK(json_of(file.path())["log"]["entries"].array().size() == 1);
    stage.server.wait_for_open(0);
}

TEST_CASE("one deadline covers everything that middleware does") {
    Stage stage{refusing(99, "503 No")};
    RetryOptions options = quick(99);
    options.base_delay = 1h;
    options.max_delay = 30ms;
    Client client = stage.through({hawser::retry(options),
                                   hawser::rate_limit({.per_second = 50}),
                                   hawser::hedge({.delay = 50ms})},
                                  ClientOptions{.timeout = 1s});
    const auto began = std::chrono::steady_clock::now();
    std::error_code ec;
    const Response res = client.get(stage.server.url("/"), ec);
    CHECK((ec == error::total_timeout || res.status == 503));
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    CHECK(stage.server.requests() > 1);
}

TEST_CASE("a client with a loop of its own runs middleware, blocking and not") {
    FdGuard fds;
    ScriptServer server{refusing(2, "503 No", "Retry-After: 0\r\n")};
    Lines lines;
    {
        ClientOptions options;
        options.middleware = {lines.log(), hawser::retry(quick(3)), hawser::hedge({.delay = 1h})};
        Client client(options);
        CHECK(client.get(server.url("/")).body.read_all() == "GET / - ");
        Response res = client.async_get(server.url("/"), asio::use_future).get();
        CHECK(res.body.read_all() == "GET / - ");
    }
    CHECK(lines.all().size() == 2);
}

TEST_CASE("every recorded error is replayed as it was") {
    for (const error recorded : {error::connect_failed, hawser::detail::last_error}) {
        const TempFile file("");
        hawser::testing::MockTransport mock;
        mock.expect("GET", "http://h/x").fail(make_error_code(recorded));
        ClientOptions options;
        options.middleware = {hawser::record(file.path())};
        std::error_code ec;
        Client(mock, options).get("http://h/x", ec);
        CHECK(ec == recorded);
        options.middleware = {hawser::replay(file.path())};
        Client(options).get("http://h/x", ec);
        CHECK(ec == recorded);
    }
}
