// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Forms, JSON and parameters, from the public interface to the bytes that a server receives; and
// the progress of bodies.

#include "../support/compress.hpp"
#include "../support/echo.hpp"
#include "../support/guests.hpp"
#include "../support/scene.hpp"
#include "../support/shrinking_file.hpp"
#include "../support/temp_dir.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/middleware.hpp>
#include <hawser/multipart.hpp>

#include <asio/use_future.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <future>
#include <list>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace hawser::test;
using hawser::Multipart;
using hawser::Progress;
using hawser::ResponseBody;

namespace {

std::string type_and_body(const ReceivedRequest& request) {
    return respond(request.header("Content-Type").value_or("none") + ' ' + describe(request));
}

/// Responds with the body, its boundary written as "B".
std::string form_of(const ReceivedRequest& request) {
    const std::string type = request.header("Content-Type").value_or("none");
    const std::string boundary = type.substr(std::min(type.find('=') + 1, type.size()));
    std::string body = request.body;
    for (std::size_t at; (at = body.find(boundary)) != std::string::npos;) {
        body.replace(at, boundary.size(), "B");
    }
    return respond((request.is_chunked() ? "chunked " : "length ") + body);
}

std::string part(const std::string& head, const std::string& content) {
    return "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n";
}

}  // namespace

TEST_CASE("bodies bring their content types with every way to send them", "[F-C06][T-G56]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(type_and_body)};
    Client client;
    const auto text = [](Response res) { return res.body.read_all(); };
    const std::string form = "application/x-www-form-urlencoded POST / 5 q=a+b";
    CHECK(text(client.post(server.url(), RequestBody::form({{"q", "a b"}}))) == form);
    CHECK(text(client.send(Request::post(server.url()).form({{"q", "a b"}}))) == form);
    CHECK(text(client.put(server.url(), RequestBody::json("{}"))) == "application/json PUT / 2 {}");
    CHECK(text(client.send(Request::patch(server.url()).query("a", "b c").json("[]"))) ==
          "application/json PATCH /?a=b+c 2 []");
    CHECK(text(client.post(server.url(), "x")) == "none POST / 1 x");
    CHECK(
        text(client.send(Request::post(server.url()).header("Content-Type", "text/x").json("1"))) ==
        "text/x POST / 1 1");
}

TEST_CASE("requests are made inside of a co_await expression") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(type_and_body)};
    run([&]() -> asio::awaitable<void> {
        Client client{co_await asio::this_coro::executor};
        Response first =
            co_await client.async_send(Request::post(server.url("/a/long/path"))
                                           .header("X-Long-Name", "a long value of it")
                                           .query("name", "a longer value, with blanks")
                                           .form({{"q", "a b"}, {"r", "more of it all"}})
                                           .basic("user", "a long enough password"));
        const std::string one = co_await first.body.async_read_all();
        CHECK(one ==
              "application/x-www-form-urlencoded POST "
              "/a/long/path?name=a+longer+value%2C+with+blanks 22 q=a+b&r=more+of+it+all");
        Response second = co_await client.async_post(
            server.url(),
            Multipart()
                .add("name", "a value that no small string holds")
                .add("b", "c", {.file_name = "a file name that is long enough"}));
        const std::string two = co_await second.body.async_read_all();
        CHECK(two.find("filename=\"a file name that is long enough\"") != std::string::npos);
        CHECK(two.find("a value that no small string holds\r\n") != std::string::npos);
    });
}

TEST_CASE("a form with files is streamed with its length, or chunked", "[U05]") {
    FdGuard fds;
    const std::string content = pattern(300'000);
    const TempFile file{content};
    ScriptServer server{keep_alive_server(form_of)};
    Client client;
    Multipart form;
    form.add("a", "1").add_file("f", file.path(), {.file_name = "\"n\""}).add("b", "2");
    const std::string begin =
        part("name=\"a\"", "1") +
        part("name=\"f\"; filename=\"%22n%22\"\r\nContent-Type: application/octet-stream",
             content) +
        part("name=\"b\"", "2");
    CHECK(client.post(server.url(), form).body.read_all() == "length " + begin + "--B--\r\n");
    form.add("s", RequestBody::stream(pieces(content, 1000)));
    CHECK(client.post(server.url(), form).body.read_all() ==
          "chunked " + begin + part("name=\"s\"", content) + "--B--\r\n");
    CHECK(client.stats().dialed == 1);
}

TEST_CASE("a part that is a pipe waits for its writer") {
    FdGuard fds;
    const TempFile name{""};
    ::unlink(name.path().c_str());
    REQUIRE(::mkfifo(name.path().c_str(), 0600) == 0);
    ScriptServer server{keep_alive_server(form_of)};
    Client client;
    std::thread writer([&] {
        std::FILE* pipe = std::fopen(name.path().c_str(), "wb");
        std::fputs("through a pipe", pipe);
        std::fclose(pipe);
    });
    const Multipart form = Multipart().add("p", RequestBody::file(name.path())).add("b", "2");
    CHECK(client.post(server.url(), form).body.read_all() ==
          "chunked " + part("name=\"p\"", "through a pipe") + part("name=\"b\"", "2") +
              "--B--\r\n");
    writer.join();
}

TEST_CASE("a form is sent again after a stale connection, the same byte for byte") {
    FdGuard fds;
    const TempFile file{pattern(200'000)};
    std::vector<std::string> bodies;
    ScriptServer server{in_order({[](Peer& peer) {
                                      peer.read_request();
                                      peer.send(respond("ok"));
                                      peer.read_request();  // which it does not answer
                                      peer.close();
                                  },
                                  [&](Peer& peer) {
                                      const auto request = peer.read_request();
                                      bodies.push_back(request ? request->body : "nothing");
                                      peer.send(respond("ok"));
                                  }})};
    Client client;
    client.get(server.url()).body.read_all();
    Multipart form;
    form.add("a", "1").add_file("f", file.path());
    const RequestBody body = form;
    CHECK(client.put(server.url(), body).status == 200);
    CHECK(client.stats().retried == 1);
    REQUIRE(bodies.size() == 1);
    CHECK(bodies[0].size() == body.length());
    CHECK(bodies[0].find(pattern(200'000)) != std::string::npos);
    const auto heads = server.heads();
    REQUIRE(heads.size() == 3);
    CHECK(heads[1] == heads[2]);
}

TEST_CASE("a file of a form that shrinks while it is sent fails the request", "[U07]") {
    check_that_shrinking_fails([](const std::string& path) -> RequestBody {
        return Multipart().add_file("f", path).add("b", "2");
    });
}

TEST_CASE("a form that cannot be sent is refused before a connection is touched", "[U05]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    const auto refused = [&](RequestBody content, const hawser::PartOptions& options) {
        std::error_code ec;
        client.post(server.url(), Multipart().add("a", std::move(content), options), ec);
        return ec;
    };
    CHECK(refused("x", {.content_type = "a\r\nb: c"}) == error::invalid_request);
    CHECK(refused(RequestBody::stream(awaitable_pieces("abc", 1)), {}) == error::invalid_request);
    CHECK(refused(RequestBody::file("/nonexistent"), {}) == error::request_body_error);
    CHECK(client.stats().dialed == 0);
}

// ── Progress ─────────────────────────────────────────────────────────────────────────────────────

namespace {

/// What on_progress was told, on which threads, and whether it was a guest.
struct Told {
    std::vector<Progress> all;
    std::vector<std::thread::id> threads;
    GuestLog log;

    auto listener() {
        return [this, thing = std::make_shared<GuestThing>(log)](const Progress& progress) {
            log.called();
            all.push_back(progress);
            threads.push_back(std::this_thread::get_id());
        };
    }
    bool only_on(std::thread::id id) const {
        return std::all_of(threads.begin(), threads.end(), [&](auto one) { return one == id; });
    }
    bool rises() const {
        return std::is_sorted(all.begin(), all.end(), [](const Progress& a, const Progress& b) {
            return a.sent < b.sent || a.received < b.received;
        });
    }
};

asio::awaitable<std::string> read_pieces(ResponseBody& body) {
    std::string text;
    std::array<char, 30'000> piece{};
    try {
        for (;;) {
            const std::size_t n = co_await body.async_read_some(asio::buffer(piece));
            text.append(piece.data(), n);
        }
    } catch (const std::system_error& e) {
        if (e.code() != asio::error::eof) {
            throw;
        }
    }
    co_return text;
}

asio::awaitable<std::string> send_and_read(Client& client, Request request, bool whole) {
    Response res = co_await client.async_send(std::move(request));
    if (whole) {
        co_return co_await res.body.async_read_all();
    }
    co_return co_await read_pieces(res.body);
}

/// The body of the response, read in one of several ways.
const std::vector<std::function<std::string(Client&, IoThread&, Request)>> ways{
    [](Client& client, IoThread&, Request request) {
        return client.send(std::move(request)).body.read_all();
    },
    [](Client& client, IoThread&, Request request) {
        return client.fetch(std::move(request)).body;
    },
    [](Client& client, IoThread&, Request request) {
        Response res = client.send(std::move(request));
        std::string text;
        std::array<char, 30'000> piece{};
        for (std::error_code ec; !ec;) {
            text.append(piece.data(), res.body.read_some(asio::buffer(piece), ec));
        }
        return text;
    },
    [](Client& client, IoThread&, Request request) {
        return client.async_fetch(std::move(request), asio::use_future).get().body;
    },
    [](Client& client, IoThread&, Request request) {
        Response res = client.async_send(std::move(request), asio::use_future).get();
        return res.body.async_read_all(asio::use_future).get();
    },
    [](Client& client, IoThread& io, Request request) {
        return asio::co_spawn(
                   io.executor(), send_and_read(client, std::move(request), true), asio::use_future)
            .get();
    },
    [](Client& client, IoThread& io, Request request) {
        return asio::co_spawn(io.executor(),
                              send_and_read(client, std::move(request), false),
                              asio::use_future)
            .get();
    },
};
constexpr std::size_t blocking_ways = 3;

Request tell(Request request, Told& told) {
    request.options.on_progress = told.listener();
    return request;
}

}  // namespace

TEST_CASE("the progress of every kind of body is told, however it is sent and read") {
    FdGuard fds;
    const std::string text = pattern(300'000);
    TempDir dir;
    std::ofstream(dir.file("f")) << text;
    ScriptServer server{
        keep_alive_server([](const ReceivedRequest& request) { return respond(request.body); })};
    const auto way = GENERATE(range(std::size_t{0}, ways.size()));
    CAPTURE(way);
    const bool blocking = way < blocking_ways;
    const std::vector<RequestBody> bodies{text,
                                          RequestBody::json(text),
                                          RequestBody::file(dir.file("f")),
                                          RequestBody::stream(pieces(text, 40'000), text.size()),
                                          RequestBody::stream(pieces(text, 40'000)),
                                          RequestBody::stream(awaitable_pieces(text, 40'000))};
    for (const RequestBody& body : bodies) {
        const bool awaitable = &body == &bodies.back();  // runs on the executor in any case
        const auto length = body.length();
        Told told;
        {
            IoThread io;
            Client client = blocking ? Client() : Client(io.executor());
            const std::string got =
                ways[way](client, io, tell(Request::post(server.url(), body), told));
            CHECK(got == text);
            CHECK(((blocking && awaitable) ||
                   told.only_on(blocking ? std::this_thread::get_id() : io.thread_id())));
        }
        REQUIRE(told.all.size() >= 4);
        CHECK(told.all.front().sent > 0);
        CHECK(told.all.front().sent < text.size());
        CHECK(told.all.front().send_total == length);
        CHECK(told.all.front().received == 0);
        CHECK(told.all.back().sent == text.size());
        CHECK(told.all.back().received == text.size());
        CHECK(told.all.back().receive_total == text.size());
        CHECK(told.rises());
        CHECK(told.log.under_lock == 0);
    }
}

TEST_CASE("the progress of a response counts decoded bytes, and its total may be unknown") {
    const std::string text = pattern(200'000);
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
        if (request.target == "/gzip") {
            return reply("200 OK", gzip(text), "Content-Encoding: gzip\r\n");
        }
        return request.target == "/chunked"
                   ? respond_chunked({text.substr(0, 100'000), text.substr(100'000)})
                   : respond(request.target == "/empty" ? std::string() : request.target);
    })};
    const auto way = GENERATE(range(std::size_t{0}, ways.size()));
    CAPTURE(way);
    std::list<Told> all;  // the threads may destroy what refers to it
    IoThread io;
    Client client = way < blocking_ways ? Client() : Client(io.executor());
    for (const std::string path : {"/gzip", "/chunked", "/small", "/empty"}) {
        CAPTURE(path);
        const bool large = path == "/gzip" || path == "/chunked";
        const std::string wanted = large ? text : path == "/empty" ? std::string() : path;
        Told& told = all.emplace_back();
        CHECK(ways[way](client, io, tell(Request::get(server.url(path)), told)) == wanted);
        REQUIRE_FALSE(told.all.empty());
        CHECK(told.all.back().received == wanted.size());
        CHECK(told.all.back().receive_total.has_value() == !large);
        CHECK_FALSE(told.all.back().send_total.has_value());
        CHECK(told.rises());
        CHECK(told.log.under_lock == 0);
    }
    CHECK(client.stats().dialed == 1);
}

TEST_CASE("progress is told and recorded at once, until the time limit of a read") {
    const std::string text = pattern(200'000);
    ScriptServer server{[&](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->target == "/stuck") {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
                peer.wait_for_eof();
                return;
            }
            peer.send(respond(text));
        }
    }};
    const auto way = GENERATE(range(std::size_t{0}, ways.size()));
    CAPTURE(way);
    TempDir dir;
    Told told;
    Told stuck;
    IoThread io;
    ClientOptions options;
    options.middleware = {hawser::record(dir.file("har"))};
    Client client = way < blocking_ways ? Client(options) : Client(io.executor(), options);
    CHECK(ways[way](client, io, tell(Request::get(server.url()), told)) == text);
    CHECK(told.all.back().received == text.size());
    CHECK(told.log.under_lock == 0);
    options.transport.body_idle_timeout = 20ms;
    Client hasty = way < blocking_ways ? Client(options) : Client(io.executor(), options);
    Request request = tell(Request::get(server.url("/stuck")), stuck);
    if (way == 2) {
        CHECK(ways[way](hasty, io, std::move(request)) == "12345");
    } else {
        CHECK_THROWS_AS(ways[way](hasty, io, std::move(request)), std::system_error);
    }
    REQUIRE_FALSE(stuck.all.empty());
    CHECK(stuck.all.back().received == 5);
}

TEST_CASE("a request or a read fails with what on_progress throws, and its connection closes") {
    const std::string text = pattern(200'000);
    ScriptServer server{keep_alive_server([&](const ReceivedRequest&) { return respond(text); })};
    const auto way = GENERATE(range(std::size_t{0}, ways.size()));
    const bool sending = GENERATE(true, false);
    const bool system = GENERATE(true, false);
    CAPTURE(way, sending, system);
    IoThread io;
    Client client = way < blocking_ways ? Client() : Client(io.executor());
    Request request = Request::post(server.url(), text);
    request.options.on_progress = [&](const Progress& progress) {
        if (sending ? progress.sent != 0 : progress.received != 0) {
            if (system) {
                throw std::system_error(std::make_error_code(std::errc::not_supported));
            }
            throw std::runtime_error("enough");
        }
    };
    const std::error_code wanted =
        system ? std::make_error_code(std::errc::not_supported) : make_error_code(error::canceled);
    if (way == 2) {
        std::error_code ec;
        Response res = client.send(std::move(request), ec);
        if (!sending) {
            (void)res.body.read_all(ec);
        }
        CHECK(ec == wanted);
    } else {
        try {
            ways[way](client, io, std::move(request));
            FAIL_CHECK("completed");
        } catch (const std::system_error& e) {
            CHECK(e.code() == wanted);
            CHECK(std::string(e.what()).find("on_progress threw") != std::string::npos);
        }
    }
    CHECK(eventually([&] { return client.stats().open == 0; }));
}

TEST_CASE("on_progress cancels its own request, by slot, stop token or body") {
    const std::string text = pattern(200'000);
    Scene scene(keep_alive_server([&](const ReceivedRequest&) { return respond(text); }));
    Call<Response> call;
    Call<std::string> read;
    std::stop_source stop;
    std::function<void()> end;
    Request request = Request::get(scene.server.url());
    request.options.stop = stop.get_token();
    request.options.on_progress = [&](const Progress&) { end(); };
    scene.client.async_send(std::move(request), call.handler());
    CHECK_FALSE(call.outcome());
    std::error_code wanted = error::canceled;
    SECTION("slot") {
        end = [&] { read.signal.emit(asio::cancellation_type::total); };
        wanted = aborted;
    }
    SECTION("stop token") {
        end = [&] { stop.request_stop(); };
    }
    SECTION("body") {
        end = [&] { call.result.body.close(); };
    }
    call.result.body.async_read_all(read.handler());
    CHECK(read.outcome() == wanted);
    CHECK(read.completions == 1);
}

TEST_CASE(
    "progress starts anew with each request of a redirect chain, and stays unset unless set") {
    ScriptServer server{keep_alive_server([](const ReceivedRequest& request) {
        return request.target == "/"
                   ? reply(
                         "307 Temporary Redirect", std::string(3'000, 'r'), "Location: /there\r\n")
                   : echo(request);
    })};
    const auto way = GENERATE(range(std::size_t{0}, ways.size()));
    CAPTURE(way);
    Told told;
    IoThread io;
    Client client = way < blocking_ways ? Client() : Client(io.executor());
    CHECK(ways[way](client, io, tell(Request::post(server.url(), "text"), told)) ==
          "POST /there 4 text");
    REQUIRE(told.all.size() >= 3);  // more if the machine paused between two of them
    for (const Progress& progress : told.all) {
        CHECK(progress.sent == 4);
        CHECK((progress.received == 0 || progress.received == 18));
    }
    CHECK(told.all[1].received == 0);
    CHECK(told.all.back().received == 18);
    CHECK(told.log.under_lock == 0);
    Response plain = client.get(server.url("/there"));
    CHECK(hawser::detail::Access::rest(plain.body) == nullptr);
    Request unset = Request::get(server.url("/there"));
    unset.options.on_progress = std::function<void(const Progress&)>();
    CHECK_FALSE(unset.options.on_progress);
}
