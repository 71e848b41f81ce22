// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Bodies to receive: event streams, lines, error statuses, downloads.

#include "../support/wire_tests.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>

#include <future>
#include <stop_token>
#include <vector>

using namespace hawser::test;
using hawser::Event;
using hawser::EventStream;
using hawser::LineReader;

namespace {

std::string shown(const Event& event) {
    return event.event + '|' + event.data + '|' + event.id + '\n';
}
std::string shown(const std::string& line) {
    return line + '\n';
}

/// All items up to the end or an error, in three ways.
template <class Stream>
std::string all_blocking(Stream stream) {
    std::string all;
    std::error_code ec;
    while (const auto item = stream.next(ec)) {
        all += shown(*item);
    }
    return ec ? all + ec.message() : all;
}
template <class Stream>
std::string all_futures(Stream stream) {
    std::string all;
    try {
        while (const auto item = stream.async_next(asio::use_future).get()) {
            all += shown(*item);
        }
    } catch (const std::system_error& e) {
        CHECK(stream.failure().code() == e.code());
        all += e.code().message();
    }
    return all;
}
template <class Stream>
asio::awaitable<std::string> all_awaited(Stream stream) {
    std::string all;
    try {
        while (const auto item = co_await stream.async_next()) {
            all += shown(*item);
        }
    } catch (const std::system_error& e) {
        all += e.code().message();
    }
    co_return all;
}

template <class Stream, class... Limit>
std::string read_all(const std::string& url, Limit... limit) {
    Client client;
    std::string blocking = all_blocking(Stream(client.get(url), limit...));
    CHECK(all_futures(Stream(client.get(url), limit...)) == blocking);
    IoThread io;
    Client on_thread(io.executor());
    CHECK(asio::co_spawn(
              io.executor(), all_awaited(Stream(on_thread.get(url), limit...)), asio::use_future)
              .get() == blocking);
    return blocking;
}

}  // namespace

// ── Events and lines ─────────────────────────────────────────────────────────────────────────────

TEST_CASE("the events of a response, however it is framed and cut") {
    const std::string stream =
        "\xEF\xBB\xBFid: 1\r\ndata: a\r\n\r\nevent: x\ndata: b\ndata: c\n\n"
        ":\n\ndata: cut off\n";
    ScriptServer server{[&](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->target == "/chunks") {
                std::vector<std::string> bytes;
                for (const char byte : stream) {
                    bytes.emplace_back(1, byte);
                }
                peer.send(respond_chunked(bytes, "Content-Type: text/event-stream\r\n"));
            } else if (request->target == "/slow") {
                peer.send_slowly(respond(stream), 7);
            } else {
                peer.send(respond(stream));
            }
        }
    }};
    for (const std::string path : {"/chunks", "/slow", "/at_once"}) {
        CAPTURE(path);
        CHECK(read_all<EventStream>(server.url(path)) == "message|a|1\nx|b\nc|1\n");
    }
}

TEST_CASE("an event arrives although the response goes on, and the stream ends with an error") {
    ScriptServer server{[&](Peer& peer) {
        if (peer.read_request()) {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nretry: 7\ndata: now\n\n");
            peer.read_request();  // until the client closes
        }
    }};
    Client client;
    EventStream events{client.get(server.url())};
    const auto event = events.next();
    REQUIRE(event);
    CHECK(event->data == "now");
    CHECK(events.retry() == std::chrono::milliseconds(7));
    auto pending = events.async_next(asio::use_future);
    std::error_code ec;
    CHECK_FALSE(events.next(ec));
    CHECK(ec == hawser::error::concurrent_read);
    events.close();
    CHECK_THROWS_AS(pending.get(), std::system_error);
    CHECK_FALSE(events.next(ec));
    CHECK(ec == hawser::condition::canceled);
    CHECK(events.failure().code() == ec);
}

TEST_CASE("an event stream is canceled by its slot, its token, or its destruction") {
    ScriptServer server{[](Peer& peer) {
        while (peer.read_request()) {
            peer.send("HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n");
            peer.wait_for_eof();
            return;
        }
    }};
    IoThread io;
    Client client(io.executor());
    std::stop_source stop;
    Request request = Request::get(server.url());
    request.options.stop = stop.get_token();
    asio::cancellation_signal signal;
    std::promise<std::error_code> ended;
    const auto how = GENERATE(0, 1, 2);
    std::optional<EventStream> events(std::in_place, client.send(request));
    asio::post(io.executor(), [&] {
        events->async_next([&](std::error_code ec, std::optional<Event> event) {
            CHECK((!ec && event && event->data == "1"));
            events->async_next(asio::bind_cancellation_slot(
                signal.slot(),
                [&](std::error_code code, std::optional<Event>) { ended.set_value(code); }));
            asio::post(io.executor(), [&] {
                how == 0   ? signal.emit(asio::cancellation_type::total)
                : how == 1 ? void(stop.request_stop())
                           : events.reset();
            });
        });
    });
    CHECK(ended.get_future().get() == hawser::condition::canceled);
}

TEST_CASE("a stream of an error status fails at once, and so does one that was moved from") {
    ScriptServer server{
        keep_alive_server([](auto&) { return reply("503 Down", "data: x\n\n", ""); })};
    CHECK(read_all<EventStream>(server.url()) ==
          make_error_code(hawser::error::bad_status).message());
    Client client;
    EventStream events{client.get(server.url())};
    CHECK_THROWS_WITH(events.next(), Catch::Contains("503 Down"));
    EventStream other = std::move(events);
    std::error_code ec;
    CHECK_FALSE(events.next(ec));  // NOLINT(bugprone-use-after-move)
    CHECK(ec == hawser::error::body_closed);
    CHECK(all_blocking(LineReader{client.get(server.url())}) == "data: x\n\n");
}

TEST_CASE("the lines of a body, its last line, and lines too long") {
    ScriptServer server{keep_alive_server([](auto& request) {
        return request.target == "/long" ? respond("ok\n" + std::string(5000, 'x'))
                                         : respond_chunked({"a\r", "\n\nb", "c\n", "d\r"});
    })};
    CHECK(read_all<LineReader>(server.url("/")) == "a\n\nbc\nd\n");
    CHECK(read_all<LineReader>(server.url("/long"), std::size_t{4999}) ==
          "ok\n" + make_error_code(hawser::error::body_too_large).message());
    CHECK(read_all<LineReader>(server.url("/long")) == "ok\n" + std::string(5000, 'x') + '\n');
}

TEST_CASE("a connection that ends too early fails the lines after those that arrived") {
    ScriptServer server{[](Peer& peer) {
        while (peer.read_request()) {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\none\ntwo");
            return;
        }
    }};
    CHECK(read_all<LineReader>(server.url()) ==
          "one\n" + make_error_code(hawser::error::incomplete_body).message());
}

// ── Statuses ─────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("throw_unless_ok() throws for every status but 200 to 299") {
    ScriptServer server{keep_alive_server(
        [](auto& request) { return reply(request.target.substr(1) + " Why", "body"); })};
    Client client;
    for (const int status : {200, 201, 299}) {
        Response res = client.get(server.url('/' + std::to_string(status)));
        CHECK(res.ok());
        CHECK(res.throw_unless_ok().body.read_all() == "body");
    }
    for (const int status : {300, 399, 404, 500, 999}) {
        const std::string url = server.url('/' + std::to_string(status));
        Response res = client.post(url, "x");
        CHECK_FALSE(res.ok());
        try {
            res.throw_unless_ok();
            FAIL("no exception");
        } catch (const hawser::StatusError& e) {
            CHECK(e.code() == hawser::error::bad_status);
            CHECK(e.status() == status);
            CHECK(e.reason() == "Why");
            CHECK(e.body() == "body");
            CHECK_THAT(e.what(), Catch::StartsWith("POST " + url + ": "));
            CHECK_THAT(e.what(), Catch::Contains(std::to_string(status) + " Why"));
        }
        CHECK(res.body.read_all() == "body");
    }
    CHECK(server.connections() == 1);
    CHECK_THROWS_AS(Response().throw_unless_ok(), hawser::StatusError);
}

TEST_CASE("a StatusError holds what has arrived of the body, without waiting for more") {
    Gate go;
    const std::string beginning(3000, 'a');
    const std::string rest(7000, 'b');
    ScriptServer server{[&](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 500 Oops\r\nContent-Length: 10000\r\n\r\n" + beginning);
        peer.await(go);
        peer.send(rest);
        peer.read_request();
    }};
    Client client;
    Response res = client.get(server.url_as("user:secret@127.0.0.1"));
    const auto body = [&] {
        try {
            res.throw_unless_ok();
        } catch (const hawser::StatusError& e) {
            CHECK_THAT(e.what(), !Catch::Contains("secret"));
            return e.body();
        }
        return std::string();
    };
    CHECK(eventually([&] { return body() == beginning; }));
    go.open();
    CHECK(eventually([&] { return body().size() == 4096; }));
    CHECK(body() == beginning + rest.substr(0, 1096));
    CHECK(res.body.read_all() == beginning + rest);
    CHECK(body().empty());
}
