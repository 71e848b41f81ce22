// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Coded bodies through the public interface: when they are requested, every way to read them, and
// what happens to the connection.

#include "../support/compress.hpp"
#include "../support/echo.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/detail/message/accept_encoding.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/read.hpp>
#include <asio/use_future.hpp>

#include <functional>
#include <future>
#include <memory>

using namespace hawser::test;

#if !defined(HAWSER_HAS_ZLIB)

TEST_CASE("without zlib nothing is asked for, and nothing is decoded", "[F-G01]") {
    ScriptServer server{
        keep_alive_server([](auto&) { return respond("x", "Content-Encoding: gzip\r\n"); })};
    Client client;
    Response res = client.get(server.url());
    CHECK(res.headers.get("Content-Encoding") == "gzip");
    CHECK(res.body.read_all() == "x");
    CHECK(server.heads().at(0).find("gzip") == std::string::npos);
}

#else

namespace {

const std::string asks(hawser::detail::accept_encoding_line);
const std::string coded = "Content-Encoding: gzip\r\n";

enum class Way { all, some, async_all, async_some, await_all, await_some };

Way any_way() {
    return GENERATE(
        Way::all, Way::some, Way::async_all, Way::async_some, Way::await_all, Way::await_some);
}

/// The outcome of a request.
struct Got {
    std::error_code ec;
    std::string text;
    bool uncompressed = false;
    Headers headers;
    hawser::TransportStats stats;  // before the response is destroyed
};

void note(Got& got, const Response& res) {
    got.uncompressed = res.uncompressed;
    got.headers = res.headers;
    CHECK((!res.uncompressed || !res.content_length));
}

Got fetch_blocking(const std::string& url, Way way, TransportOptions options, std::size_t step) {
    Client client{{.transport = std::move(options)}};
    Got got;
    Response res = client.get(url, got.ec);
    note(got, res);
    if (!got.ec && way == Way::all) {
        got.text = res.body.read_all(got.ec);
    } else if (!got.ec) {
        std::string buffer(step, '\0');
        while (!got.ec) {
            got.text.append(buffer, 0, res.body.read_some(asio::buffer(buffer), got.ec));
        }
        std::error_code again;
        CHECK(res.body.read_some(asio::buffer(buffer), again) == 0);
        CHECK(again == got.ec);
        got.ec = got.ec == asio::error::eof ? std::error_code{} : got.ec;
    }
    got.stats = client.stats();
    return got;
}

asio::awaitable<void> read_async(Response& res, Way way, std::size_t step, Got& got) {
    const auto tuple = as_tuple(asio::use_awaitable);
    std::string buffer(step, '\0');
    try {
        if (way == Way::await_all) {
            got.text = co_await res.body.async_read_all();
        } else if (way == Way::async_all) {
            auto [ec, text] = co_await res.body.async_read_all(tuple);
            got.ec = ec;
            got.text = std::move(text);
        }
        while (way == Way::await_some) {
            const std::size_t n = co_await res.body.async_read_some(asio::buffer(buffer));
            got.text.append(buffer, 0, n);
        }
        while (way == Way::async_some && !got.ec) {
            const auto [ec, n] = co_await res.body.async_read_some(asio::buffer(buffer), tuple);
            got.text.append(buffer, 0, n);
            got.ec = ec;
        }
    } catch (const std::system_error& e) {
        got.ec = e.code();
    }
    if (got.ec == asio::error::eof) {
        got.ec = {};
    }
}

Got fetch(const std::string& url, Way way, TransportOptions options = {}, std::size_t step = 1000) {
    if (way == Way::all || way == Way::some) {
        return fetch_blocking(url, way, std::move(options), step);
    }
    Got got;
    run([&]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        Client client{executor, {.transport = std::move(options)}};
        auto [ec, res] = co_await client.async_get(url, as_tuple(asio::use_awaitable));
        got.ec = ec;
        note(got, res);
        if (!ec) {
            co_await read_async(res, way, step, got);
        }
        co_await asio::post(executor, asio::use_awaitable);  // the connection has closed by now
        got.stats = client.stats();
    });
    return got;
}

std::string noise(std::size_t size) {
    std::string text(size, '\0');
    unsigned state = 1;
    for (char& c : text) {
        state = state * 1664525 + 1013904223;
        c = static_cast<char>('a' + (state >> 24) % 64);
    }
    return text;
}

/// `content` with a Content-Encoding field of gzip, framed as the target says.
std::string framed(std::string_view target, const std::string& content, std::string_view fields) {
    if (target.starts_with("/chunked")) {
        return respond_chunked({content.substr(0, 1),
                                content.substr(1, content.size() / 2),
                                content.substr(1 + content.size() / 2)},
                               fields);
    }
    if (target.starts_with("/close")) {
        return std::string("HTTP/1.1 200 OK\r\n").append(fields) + "\r\n" + content;
    }
    return respond(content, fields);
}

/// Responds to every request with `content`; to "…/slowly" in pieces, one after another.
Script coded_server(std::string content, std::string fields = coded) {
    return [content = std::move(content), fields = std::move(fields)](Peer& peer) {
        while (const auto request = peer.read_request()) {
            const std::string answer = framed(request->target, content, fields);
            if (request->target.ends_with("slowly")) {
                peer.send_slowly(answer, 6);
            } else {
                peer.send(answer);
            }
            if (request->target.starts_with("/close")) {
                return;
            }
        }
    };
}

}  // namespace

TEST_CASE("a coded body reads like a plain one", "[T-I01][T-I02][T-I08][T-I10][F-G02]") {
    FdGuard fds;
    const auto size = GENERATE(as<std::size_t>{}, 1, 3'000, 200'000);
    const auto path = GENERATE(as<std::string>{},
                               "/length",
                               "/chunked",
                               "/close",
                               "/length/slowly",
                               "/chunked/slowly",
                               "/close/slowly");
    const std::string text = noise(size);
    ScriptServer server{coded_server(gzip(text), coded + "X: y\r\n")};
    const Way way = any_way();
    INFO(size << ' ' << path << ' ' << static_cast<int>(way));
    const Got got = fetch(server.url(path), way, {}, size == 1 ? 1 : 999);
    CHECK_FALSE(got.ec);
    CHECK(got.text == text);
    CHECK(got.uncompressed);
    CHECK_FALSE(got.headers.contains("Content-Encoding"));
    CHECK_FALSE(got.headers.contains("Content-Length"));
    CHECK(got.headers.get("X") == "y");
    CHECK(got.stats.idle == (path.starts_with("/close") ? 0 : 1));
    CHECK(got.stats.failed == 0);
}

TEST_CASE("the connection is reusable at the end of the decoded body", "[T-A23][T-A24][F-G04]") {
    FdGuard fds;
    const auto path =
        GENERATE(as<std::string>{}, "/length", "/chunked", "/length/slowly", "/chunked/slowly");
    const auto size = GENERATE(as<std::size_t>{}, 20, 150'000);
    const std::string text = noise(size);
    ScriptServer server{coded_server(gzip(text))};
    Client client;
    for (int i = 0; i < 3; ++i) {
        Response res = client.get(server.url(path));
        std::string got(text.size(), '\0');
        CHECK(asio::read(res.body, asio::buffer(got)) == text.size());
        CHECK(got == text);
        std::error_code ec;
        CHECK(res.body.read_some(asio::buffer(got), ec) == 0);
        CHECK(ec == asio::error::eof);
        CHECK(client.stats().idle == 1);
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("only a coding that was asked for is decoded", "[F-G01][B11][T-I06][T-I09]") {
    FdGuard fds;
    const std::string content = gzip("hello");
    ScriptServer server{[&](Peer& peer) {
        while (const auto request = peer.read_request()) {
            const std::string head = "HTTP/1.1 200 OK\r\n" + coded +
                                     "Content-Length: " + std::to_string(content.size()) +
                                     "\r\n\r\n";
            peer.send(request->method == "HEAD" ? head : head + content);
        }
    }};
    Client client;
    const auto asked = [&](Client& by, Request request) {
        const Headers before = request.headers;
        Response res = by.send(request);
        CHECK(request.headers == before);
        const std::string head = server.heads().back();
        const bool ours = head.find("\r\n" + asks) != std::string::npos;
        CHECK(res.uncompressed == ours);
        CHECK(res.headers.contains("Content-Encoding") != ours);
        CHECK(res.content_length.has_value() != ours);
        const std::string text = res.body.read_all();
        CHECK(text == (ours ? "hello" : request.method == "HEAD" ? "" : content));
        return ours;
    };
    const std::string url = server.url();
    CHECK(asked(client, {"GET", url}));
    CHECK(asked(client, {"POST", url, "body"}));
    CHECK_FALSE(asked(client, {"HEAD", url}));
    for (const auto& [name, value] : {std::pair{"Accept-Encoding", "gzip"},
                                      std::pair{"accept-encoding", "gzip, deflate, br"},
                                      std::pair{"Accept-Encoding", "identity"},
                                      std::pair{"Range", "bytes=0-99"}}) {
        Request request{"GET", url};
        request.headers.set(name, value);
        CHECK_FALSE(asked(client, request));
        const std::string head = server.heads().back();
        CHECK(head.find(std::string(name) + ": " + value + "\r\n") != std::string::npos);
    }
    Client plain{{.transport = {.disable_compression = true}}};
    CHECK_FALSE(asked(plain, {"GET", url}));
    CHECK(server.connections() == 2);
}

TEST_CASE("other formats and spellings, and two codings at once", "[B08][T-I07]") {
    FdGuard fds;
    const std::string text = noise(90'000);
    struct Row {
        const char* field;
        std::string content;
        std::string text;
    };
    const std::vector<Row> rows = {
        {"Content-Encoding: GZIP\r\n", gzip(text), text},
        {"content-encoding: x-gzip\r\n", gzip(text), text},
        {"Content-Encoding: deflate\r\n", zlib(text), text},
        {"Content-Encoding: deflate\r\n", raw_deflate(text), text},
        {"Content-Encoding: deflate\r\nContent-Encoding: gzip\r\n", gzip(zlib(text)), text},
        {"Content-Encoding: gzip, gzip\r\n", gzip(gzip(text)), text},
        {"Content-Encoding: gzip, identity\r\n", gzip(gzip(text)), gzip(text)},  // T-I03: decoded
                                                                                 // once
        {"Content-Encoding: gzip\r\n", gzip(text) + gzip(text), text + text},
#if defined(HAWSER_HAS_BROTLI)
        {"Content-Encoding: br\r\n", brotli(text), text},
#endif
#if defined(HAWSER_HAS_ZSTD)
        {"Content-Encoding: zstd\r\n", zstd(text), text},
        {"Content-Encoding: zstd, gzip\r\n", gzip(zstd(text)), text},
#endif
    };
    for (const Row& row : rows) {
        INFO(row.field);
        ScriptServer server{coded_server(row.content, row.field)};
        for (const Way way : {Way::all, Way::some, Way::await_all, Way::async_some}) {
            const Got got = fetch(server.url(), way);
            CHECK_FALSE(got.ec);
            CHECK(got.text == row.text);
            CHECK(got.uncompressed);
            CHECK(got.stats.idle == 1);
        }
    }
}

TEST_CASE("a body in an unknown coding is left as received", "[B12]") {
    FdGuard fds;
    const auto value =
        GENERATE(as<std::string>{}, "lz4", "gzip, lz4", "identity", "", "gzip;q=1", "g z");
    ScriptServer server{coded_server("coded", "Content-Encoding: " + value + "\r\n")};
    const Got got = fetch(server.url(), any_way());
    CHECK_FALSE(got.ec);
    CHECK(got.text == "coded");
    CHECK_FALSE(got.uncompressed);
    CHECK(got.headers.get("Content-Encoding") == value);
    CHECK(got.stats.idle == 1);
}

TEST_CASE("a response with too many codings is an error", "[B02]") {
    FdGuard fds;
    const auto value = GENERATE(as<std::string>{}, "gzip, gzip, gzip", "br,gzip,br");
    const auto size = GENERATE(as<std::size_t>{}, 10, 200'000);
    const auto path = GENERATE(as<std::string>{}, "/length", "/chunked");
    ScriptServer server{coded_server(noise(size), "Content-Encoding: " + value + "\r\n")};
    const Way way = any_way();
    const Got got = fetch(server.url(path), way);
    CHECK(got.ec == error::unsupported_coding);
    CHECK(got.headers.empty());
    CHECK(got.stats.active == 0);  // idle if all of it had arrived, else closed
    CHECK(got.stats.retried == 0);
    CHECK(got.stats.strands == 2 * got.stats.open);
}

TEST_CASE("an empty body decodes to an empty text", "[B13]") {
    FdGuard fds;
    const auto path =
        GENERATE(as<std::string>{}, "/length", "/chunked", "/close", "/chunked/slowly");
    ScriptServer server{[&](Peer& peer) {
        while (const auto request = peer.read_request()) {
            const std::string answer = path == "/length"  ? respond("", coded)
                                       : path == "/close" ? "HTTP/1.1 200 OK\r\n" + coded + "\r\n"
                                                          : respond_chunked({}, coded);
            peer.send_slowly(answer, path.ends_with("slowly") ? 20 : 1);
            if (path == "/close") {
                return;
            }
        }
    }};
    const Got got = fetch(server.url(path), any_way());
    CHECK_FALSE(got.ec);
    CHECK(got.text.empty());
    CHECK(got.uncompressed == (path != "/length"));
    CHECK(got.stats.idle == (path == "/close" ? 0 : 1));
}

TEST_CASE("errors follow the bytes that could be decoded", "[B05][B06][B07][T-I04]") {
    FdGuard fds;
    const auto size = GENERATE(as<std::size_t>{}, 300, 200'000);
    const auto fault = GENERATE(as<std::string>{}, "cut", "flip", "trailing", "header");
    const std::string text = noise(size);
    std::string content = gzip(text);
    if (fault == "cut") {
        content.resize(content.size() - 5);
    } else if (fault == "flip") {
        content[content.size() - 5] = static_cast<char>(content[content.size() - 5] ^ 1);
    } else if (fault == "trailing") {
        content += std::string(2, 'x');
    } else {
        content[2] = 7;
    }
    const auto path = GENERATE(as<std::string>{}, "/length", "/chunked/slowly", "/close");
    ScriptServer server{coded_server(content)};
    const Way way = any_way();
    INFO(fault << ' ' << path << ' ' << static_cast<int>(way));
    const Got got = fetch(server.url(path), way);
    CHECK(got.ec == error::decode_error);
    if (way != Way::await_all) {
        CHECK(got.text == (fault == "header" ? "" : text));
    }
    CHECK(got.stats.active == 0);  // idle if the framing was read to its end, else closed
}

TEST_CASE("bytes that do not decode close the connection at once, even if more would follow",
          "[B05]") {
    FdGuard fds;
    Gate never;
    ScriptServer server{[&](Peer& peer) {
        const auto request = peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n" + coded + "\r\n");
        peer.send_slowly(std::string(20'000, 'x'), 1);
        peer.wait_for_eof();
        never.open();
    }};
    Client client;
    Response res = client.get(server.url());
    std::error_code ec;
    if (GENERATE(false, true)) {
        res.body.read_all(ec);
    } else {
        char buffer[100];
        res.body.read_some(asio::buffer(buffer), ec);
    }
    CHECK(ec == error::decode_error);
    never.wait();  // the server saw it close, while the response still exists
    CHECK(client.stats().open == 0);
    CHECK(client.stats().failed == 1);
    char buffer[1];
    CHECK(res.body.read_some(asio::buffer(buffer), ec) == 0);
    CHECK(ec == error::decode_error);
    res.body.close();
    CHECK(res.body.read_some(asio::buffer(buffer), ec) == 0);
    CHECK(ec == error::body_closed);
}

TEST_CASE("a connection that ends first is an incomplete body, coded or not", "[B06]") {
    FdGuard fds;
    const std::string text = noise(100'000);
    ScriptServer server{[&](Peer& peer) {
        const auto request = peer.read_request();
        const std::string answer = framed(request->target, gzip(text), coded);
        peer.send(answer.substr(0, answer.size() / 2));
    }};
    const auto path = GENERATE(as<std::string>{}, "/length", "/chunked");
    const Way way = any_way();
    const Got got = fetch(server.url(path), way);
    CHECK(got.ec == error::incomplete_body);
    CHECK(text.starts_with(got.text));
    CHECK((way == Way::await_all || got.text.size() > 10'000));
    CHECK(got.stats.open == 0);
}

TEST_CASE("a bomb is detected without filling the client's memory", "[B01][B14]") {
    FdGuard fds;
    static const std::string bombs[] = {gzip(std::string(20'000'000, '\0'), 9),   // held
                                        gzip(std::string(90'000'000, '\0'), 9)};  // not
    const auto size = GENERATE(0, 1);
    const auto path = GENERATE(as<std::string>{}, "/length", "/chunked", "/close");
    ScriptServer server{coded_server(bombs[size])};
    const Way way = GENERATE(Way::all, Way::some, Way::async_all, Way::await_some);
    const Got ratio = fetch(server.url(path), way, {}, 4096);
    CHECK(ratio.ec == error::decode_limit);
    CHECK(ratio.text.size() > 1024 * 1024);
    CHECK(ratio.text.size() < 3 * 1024 * 1024);
    CHECK(ratio.stats.active == 0);
    const Got limit =
        fetch(server.url(path),
              way,
              TransportOptions{.max_decoded_body_bytes = 5'000, .max_decode_ratio = 0},
              999);
    CHECK(limit.ec == error::decode_limit);
    CHECK(limit.text.size() == 5'000);
    CHECK(limit.stats.active == 0);
}

TEST_CASE("the limit of a body counts bytes received, and a reader's limit bytes delivered",
          "[B14]") {
    FdGuard fds;
    const std::string text(50'000, 'x');
    ScriptServer server{coded_server(gzip(text))};
    Client client{{.transport = {.max_response_body_bytes = 1'000}}};
    Response res = client.get(server.url());
    std::error_code ec;
    CHECK(res.body.read_all(49'999, ec) == text.substr(1));
    CHECK(ec == error::body_too_large);
    CHECK(client.get(server.url()).body.read_all(50'000) == text);
    Client narrow{{.transport = {.max_response_body_bytes = 10}}};
    narrow.get(server.url(), ec);
    CHECK(ec == error::body_too_large);
}

TEST_CASE("a body closed early is not decoded any further, and closes its connection",
          "[B04][T-I02]") {
    FdGuard fds;
    const std::string text = noise(1'000'000);
    ScriptServer server{coded_server(gzip(text))};
    Client client;
    const auto reads = GENERATE(0, 1, 50);
    Response res = client.get(server.url());
    char buffer[1000];
    std::string got;
    for (int i = 0; i < reads; ++i) {
        got.append(buffer, res.body.read_some(asio::buffer(buffer)));
    }
    CHECK(text.starts_with(got));
    if (GENERATE(false, true)) {
        res.body.close();
        std::error_code ec;
        CHECK(res.body.read_some(asio::buffer(buffer), ec) == 0);
        CHECK(ec == error::body_closed);
        CHECK(res.body.read_all(ec).empty());
        CHECK(ec == error::body_closed);
    } else {
        res = Response();
    }
    CHECK(client.stats().open == 0);
    CHECK(client.stats().early_close == 1);
    CHECK(client.stats().strands == 0);
    Response small = client.get(server.url());
    small = client.get(server.url());
    CHECK(small.body.read_all() == text);
}

TEST_CASE("close and cancel end a pending read, and a second read is refused", "[T-I05][F-G05]") {
    FdGuard fds;
    const std::string answer = respond(gzip(noise(100'000)), coded);
    ScriptServer server{[&](Peer& peer) {
        peer.read_request();
        peer.send(answer.substr(0, answer.find("\r\n\r\n") + 14));  // nothing to decode yet
        peer.wait_for_eof();
    }};
    const bool close = GENERATE(true, false);
    const bool all = GENERATE(true, false);
    IoThread io;
    {
        Client client{io.executor()};
        Response res = client.async_get(server.url(), asio::use_future).get();
        asio::cancellation_signal signal;
        std::promise<std::error_code> first;
        std::promise<std::error_code> second;
        char buffer[100];
        asio::post(io.executor(), [&] {
            auto handler = asio::bind_cancellation_slot(
                signal.slot(), [&](std::error_code ec, const auto&) { first.set_value(ec); });
            if (all) {
                res.body.async_read_all(handler);
            } else {
                res.body.async_read_some(asio::buffer(buffer), handler);
            }
            res.body.async_read_some(asio::buffer(buffer), [&](std::error_code ec, std::size_t) {
                second.set_value(ec);
            });
        });
        CHECK(second.get_future().get() == error::concurrent_read);
        if (close) {
            res.body.close();
        } else {
            asio::post(io.executor(), [&] { signal.emit(asio::cancellation_type::all); });
        }
        CHECK(first.get_future().get() == (close
                                               ? make_error_code(error::canceled)
                                               : std::error_code(asio::error::operation_aborted)));
        std::error_code ec;
        CHECK(res.body.read_some(asio::buffer(buffer), ec) == 0);
        CHECK(ec == (close ? make_error_code(error::body_closed)
                           : std::error_code(asio::error::operation_aborted)));
        CHECK(client.stats().open == 0);
    }
    io.finish();
}

namespace {

/// Competes for turns of the loop and counts its own, until told to stop.
struct Turns {
    asio::io_context& io;
    int count = 0;
    bool stop = false;
    std::function<void(int)> at{};  // called in each of them

    void go() {
        if (!stop) {
            ++count;
            if (at) {
                at(count);
            }
            asio::post(io, [this] { go(); });
        }
    }
};

}  // namespace

TEST_CASE("other work gets its turns while a lot is decoded", "[B01]") {
    FdGuard fds;
    constexpr std::size_t size = 40'000'000;
    const std::string bomb = gzip(std::string(size, 'x'), 9);
    // All of it held; more than is held; a held beginning with only the end still in flight.
    const std::string whole = respond(bomb, coded);
    const std::string long_one = respond(bomb + bomb + gzip("end"), coded);
    const std::string held = respond_chunked({bomb, gzip("end")}, coded);
    const auto which = GENERATE(0, 1, 2);
    ScriptServer server{[&](Peer& peer) {
        while (peer.read_request()) {
            if (which == 2) {
                peer.send_split(held, held.size() - 20);
            } else {
                peer.send(which == 0 ? whole : long_one);
            }
        }
    }};
    asio::io_context io;
    Client client{io.get_executor(), {.transport = {.max_decode_ratio = 0}}};
    enum class Event { nothing, close, destroy, cancel, second };
    const auto event =
        GENERATE(Event::nothing, Event::close, Event::destroy, Event::cancel, Event::second);
    Response res;
    Turns turns{io};
    asio::cancellation_signal signal;
    std::error_code ec;
    std::error_code second;
    std::string text;
    turns.at = [&](int n) {
        if (n != 20) {
            return;
        }
        if (event == Event::close) {
            res.body.close();
        } else if (event == Event::destroy) {
            res = Response();
        } else if (event == Event::cancel) {
            signal.emit(asio::cancellation_type::all);
        } else if (event == Event::second) {
            char c[1];
            CHECK(res.body.read_some(asio::buffer(c), second) == 0);
        }
    };
    client.async_get(server.url(), [&](std::error_code error, Response got) {
        REQUIRE_FALSE(error);
        res = std::move(got);
        turns.go();
        res.body.async_read_all(
            asio::bind_cancellation_slot(signal.slot(), [&](std::error_code code, std::string all) {
                turns.stop = true;
                ec = code;
                text = std::move(all);
                client.close_idle_connections();
            }));
    });
    io.run_for(patience);
    REQUIRE(io.stopped());
    INFO(which << ' ' << static_cast<int>(event));
    if (event == Event::nothing || event == Event::second) {
        CHECK_FALSE(ec);
        CHECK(text.size() == size * (which == 1 ? 2 : 1) + (which == 0 ? 0 : 3));
        CHECK(turns.count > static_cast<int>(size / 300'000));
        CHECK(second == (event == Event::second ? make_error_code(error::concurrent_read)
                                                : std::error_code()));
        CHECK(client.stats().failed == 0);
    } else {
        CHECK(ec == (event == Event::cancel ? std::error_code(asio::error::operation_aborted)
                                            : make_error_code(error::canceled)));
        CHECK(turns.count < 40);
        CHECK(text.size() < size / 2);
        char c[1];
        CHECK(res.body.read_some(asio::buffer(c), ec) == 0);
        CHECK(ec == (event == Event::close     ? make_error_code(error::body_closed)
                     : event == Event::destroy ? std::error_code(asio::error::eof)
                                               : std::error_code(asio::error::operation_aborted)));
    }
    CHECK(client.stats().open == 0);
}

TEST_CASE("a destroyed context ends a read that was decoding", "[B01]") {
    FdGuard fds;
    ScriptServer server{coded_server(gzip(std::string(20'000'000, 'x'), 9))};
    auto io = std::make_unique<asio::io_context>();
    Client client{io->get_executor(), {.transport = {.max_decode_ratio = 0}}};
    Response res;
    bool begun = false;
    auto token = std::make_shared<int>();
    const std::weak_ptr<int> handler = token;
    client.async_get(server.url(), [&, token](std::error_code, Response got) {
        res = std::move(got);
        res.body.async_read_all(
            [token](std::error_code, const std::string&) { FAIL("completed"); });
        begun = true;
    });
    token.reset();
    while (!begun) {
        io->run_one();
    }
    io->run_one();
    CHECK_FALSE(handler.expired());
    io.reset();
    CHECK(handler.expired());
}

#endif
