// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Bodies to receive: event streams, lines, error statuses, downloads.

#include "../support/temp_dir.hpp"
#include "../support/wire_tests.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>

#include <fcntl.h>
#include <fstream>
#include <future>
#include <iterator>
#include <stop_token>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
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

TEST_CASE("throw_unless_ok() of a whole response returns it, or throws") {
    ScriptServer server{keep_alive_server(
        [](auto& request) { return reply(request.target.substr(1) + " Why", "body"); })};
    Client client;
    CHECK(client.fetch(server.url("/201")).throw_unless_ok().body == "body");
    const hawser::FullResponse fine = client.fetch(server.url("/200"));
    CHECK(&fine.throw_unless_ok() == &fine);
    const hawser::FullResponse missing = client.fetch(server.url("/404"));
    try {
        missing.throw_unless_ok();
        FAIL("no exception");
    } catch (const hawser::StatusError& e) {
        CHECK(e.status() == 404);
        CHECK(e.reason() == "Why");
        CHECK(e.body() == "body");
        CHECK_THAT(e.what(), Catch::StartsWith("GET " + server.url("/404") + ": "));
    }
    CHECK_THROWS_AS(client.fetch(server.url("/500")).throw_unless_ok(), hawser::StatusError);
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

// ── Downloads ────────────────────────────────────────────────────────────────────────────────────

namespace {

using hawser::DownloadOptions;
using hawser::DownloadResult;
using hawser::Progress;

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
void write(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

/// One download, blocking or not.
DownloadResult download(bool blocking,
                        Client& client,
                        const Request& request,
                        const std::string& path,
                        const DownloadOptions& options,
                        std::error_code& ec) {
    if (blocking) {
        return client.download(request, path, options, ec);
    }
    std::promise<DownloadResult> result;
    client.async_download(request, path, options, [&](std::error_code code, DownloadResult got) {
        ec = code;
        result.set_value(std::move(got));
    });
    return result.get_future().get();
}

/// A server with one file of a version, which can also send a part of it, or lie about it.
struct FileServer {
    std::string file{};
    std::string etag = "\"1\"";
    std::string date{};                   // Last-Modified
    std::size_t cut = std::string::npos;  // the connection ends after so many bytes of a body
    bool ranges = true;
    std::string content_range{};       // a false one
    std::vector<std::string> asked{};  // "Range If-Range" of each request

    void serve(Peer& peer) {
        while (const auto request = peer.read_request()) {
            const auto range = request->header("Range");
            const auto version = request->header("If-Range");
            asked.push_back(range.value_or("-") + ' ' + version.value_or("-"));
            std::string head = etag.empty() ? "" : "ETag: " + etag + "\r\n";
            head += date.empty() ? "" : "Last-Modified: " + date + "\r\n";
            const bool part = ranges && range && (version == etag || version == date);
            const std::size_t from = part ? std::stoul(range->substr(6)) : 0;
            if (from > 0 && from >= file.size()) {
                peer.send(
                    reply("416 No",
                          "",
                          head + "Content-Range: bytes */" + std::to_string(file.size()) + "\r\n"));
                continue;
            }
            std::string shown = "bytes " + std::to_string(from) + '-' +
                                std::to_string(file.size() - 1) + '/' + std::to_string(file.size());
            shown = content_range.empty() ? shown : content_range;
            head += part ? "Content-Range: " + shown + "\r\n" : "";
            const std::string text = reply(part ? "206 Part" : "200 OK", file.substr(from), head);
            const std::size_t body = text.find("\r\n\r\n") + 4;
            const bool cuts = cut != std::string::npos;  // the test may change it after the reply
            peer.send(text.substr(0, cuts ? body + cut : text.size()));
            if (cuts) {
                return;
            }
        }
    }
};

}  // namespace

TEST_CASE("a download writes a file, with progress, and leaves nothing else") {
    const bool blocking = GENERATE(true, false);
    const std::string text(3'000'000, 'x');
    ScriptServer server{keep_alive_server([&](auto&) { return respond(text); })};
    TempDir dir;
    const std::string path = dir.file("f");
    write(path, "old");
    ::chmod(path.c_str(), 0640);
    Client client;
    std::vector<Progress> seen;
    DownloadOptions options;
    options.sync = true;
    options.on_progress = [&](const Progress& progress) {
        seen.push_back(progress);
        CHECK(contents(path) == "old");
    };
    std::error_code ec;
    const auto result = download(blocking, client, Request::get(server.url()), path, options, ec);
    CHECK_FALSE(ec);
    CHECK(result.size == text.size());
    CHECK(result.received == text.size());
    CHECK(result.response.status == 200);
    CHECK(result.response.headers.get("Content-Length") == "3000000");
    CHECK(contents(path) == text);
    CHECK(dir.files() == 1);
    struct ::stat status {};
    ::stat(path.c_str(), &status);
    CHECK((status.st_mode & 07777) == 0640);
    REQUIRE(seen.size() > 4);
    CHECK(seen.front().received == 0);
    CHECK(seen.back().received == text.size());
    CHECK(seen.back().receive_total == text.size());
    CHECK(client.stats().idle == 1);
}

TEST_CASE("a download into a link replaces what the link leads to, and into a device writes") {
    ScriptServer server{keep_alive_server([](auto&) { return respond("new"); })};
    TempDir dir;
    write(dir.file("real"), "old");
    REQUIRE(::symlink(dir.file("real").c_str(), dir.file("link").c_str()) == 0);
    Client client;
    client.download(server.url(), dir.file("link"));
    CHECK(contents(dir.file("real")) == "new");
    CHECK(dir.files() == 2);
    CHECK(client.download(server.url(), "/dev/null").size == 3);
    struct ::stat status {};
    REQUIRE(::stat("/dev/null", &status) == 0);
    CHECK(S_ISCHR(status.st_mode));
}

TEST_CASE("a download that fails says why, and changes nothing", "[B20]") {
    const bool blocking = GENERATE(true, false);
    const bool resume = GENERATE(false, true);
    ScriptServer server{[](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->target == "/cut") {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
                return;
            }
            peer.send(request->target == "/missing" ? reply("404 Not There", "why") : respond("x"));
        }
    }};
    TempDir dir;
    write(dir.file("f"), "old");
    REQUIRE(::mkdir(dir.file("d").c_str(), 0755) == 0);
    Client client;
    std::error_code ec;
    DownloadOptions options;
    options.resume = resume;
    const auto fails = [&](Request request, const std::string& path) {
        DownloadResult result = download(blocking, client, request, path, options, ec);
        CHECK(result.response.failure.code() == ec);
        return std::move(result.response);
    };
    CHECK(fails(Request::get(server.url("/missing")), dir.file("f")).body.read_all() == "why");
    CHECK(ec == hawser::error::bad_status);
    fails(Request::get(server.url("/cut")), dir.file("f"));
    CHECK(ec == hawser::error::incomplete_body);
    fails(Request::get(refusing_url()), dir.file("f"));
    CHECK(ec == hawser::error::connect_failed);
    fails(Request::head(server.url()), dir.file("f"));
    CHECK(ec == hawser::error::invalid_request);
    fails(Request::get(server.url()).header("Range", "bytes=1-2"), dir.file("f"));
    CHECK(ec == hawser::error::invalid_request);
    const auto requests = server.requests();
    fails(Request::get(server.url()), dir.file("d"));
    CHECK(ec == std::errc::is_a_directory);
    CHECK(ec == hawser::error::file_error);
    fails(Request::get(server.url()), dir.file("no/such"));
    CHECK(ec == std::errc::no_such_file_or_directory);
    fails(Request::get(server.url()), std::string("a\0b", 3));
    CHECK(ec == std::errc::invalid_argument);
    CHECK(server.requests() == requests);  // before anything is sent
    fails(Request::get(server.url()), "/dev/full");
    CHECK(ec == std::errc::no_space_on_device);
    CHECK(contents(dir.file("f")) == "old");
    CHECK(dir.files() == 2);
    CHECK_THROWS_WITH(
        client.download(server.url(), dir.file("d")),
        Catch::Contains("opening \"" + dir.file("d") + '"') && Catch::Contains("Is a directory"));
    CHECK_THROWS_AS(client.download(server.url("/missing"), dir.file("f")), hawser::StatusError);
    client.download(server.url("/missing"), dir.file("f"), ec);
    CHECK(ec == error::bad_status);
    CHECK_THROWS_AS(
        client.async_download(server.url("/missing"), dir.file("f"), asio::use_future).get(),
        hawser::RequestError);
}

TEST_CASE("an interrupted download goes on where it ended", "[B18]") {
    const bool blocking = GENERATE(true, false);
    FileServer files{"0123456789"};
    SECTION("by its ETag") {}
    SECTION("by its date") {
        files.etag = "W/\"1\"";
        files.date = "Sun, 29 Nov 2026 01:00:00 GMT";
    }
    ScriptServer server{[&](Peer& peer) { files.serve(peer); }};
    TempDir dir;
    const std::string path = dir.file("f");
    Client client;
    std::error_code ec;
    DownloadOptions options;
    options.resume = true;
    const auto get = [&] {
        return download(blocking, client, Request::get(server.url()), path, options, ec);
    };
    files.cut = 4;
    get();
    CHECK(ec == hawser::error::incomplete_body);
    CHECK(contents(path + ".part") == "0123");
    CHECK(dir.files() == 2);
    get();
    CHECK(ec == hawser::error::incomplete_body);
    CHECK(contents(path + ".part") == "01234567");
    files.cut = std::string::npos;
    const auto result = get();
    CHECK_FALSE(ec);
    CHECK(result.size == 10);
    CHECK(result.received == 2);
    CHECK(result.response.status == 206);
    CHECK(contents(path) == files.file);
    CHECK(dir.files() == 1);
    const std::string version = files.date.empty() ? files.etag : files.date;
    CHECK(files.asked ==
          std::vector<std::string>{"- -", "bytes=4- " + version, "bytes=8- " + version});
    for (const std::string& head : server.heads()) {
        CHECK(head.find("Accept-Encoding: identity\r\n") != std::string::npos);
    }
}

TEST_CASE("what an interrupted download left is worthless if the file has changed", "[B18]") {
    const bool blocking = GENERATE(true, false);
    FileServer files{"0123456789"};
    ScriptServer server{[&](Peer& peer) { files.serve(peer); }};
    TempDir dir;
    const std::string path = dir.file("f");
    Client client;
    std::error_code ec;
    DownloadOptions options;
    options.resume = true;
    files.cut = 4;
    std::string target = "/";
    const auto get = [&] {
        return download(blocking, client, Request::get(server.url(target)), path, options, ec);
    };
    get();
    REQUIRE(contents(path + ".part") == "0123");
    files.cut = std::string::npos;
    std::string wanted = files.file;
    std::size_t requests = 2;
    SECTION("another version") {
        files.etag = "\"2\"";
        files.file = wanted = "abcdefghij";
    }
    SECTION("a shorter file under the same ETag") {
        files.file = wanted = "abc";
        requests = 3;
    }
    SECTION("a server that knows no ranges") {
        files.ranges = false;
    }
    SECTION("another URL") {
        target = "/other";
    }
    SECTION("a note that is damaged") {
        write(path + ".part.meta", "hawser");
    }
    SECTION("nothing is missing") {
        write(path + ".part", files.file);
    }
    const auto result = get();
    CHECK_FALSE(ec);
    CHECK(contents(path) == wanted);
    CHECK(result.size == wanted.size());
    CHECK(files.asked.size() == requests);
    CHECK(dir.files() == 1);
}

TEST_CASE("a server that sends other bytes than were asked for fails the download", "[B18]") {
    FileServer files{"0123456789"};
    ScriptServer server{[&](Peer& peer) { files.serve(peer); }};
    TempDir dir;
    Client client;
    std::error_code ec;
    files.cut = 4;
    client.download(server.url(), dir.file("f"), {.resume = true}, ec);
    files.cut = std::string::npos;
    for (const std::string wrong :
         {"bytes 3-9/10", "bytes 4-8/10", "bytes 4-9/9", "bytes 4-10/11"}) {
        files.content_range = wrong;
        client.download(server.url(), dir.file("f"), {.resume = true}, ec);
        CHECK(ec == hawser::error::bad_response);
        CHECK(contents(dir.file("f.part")) == "0123");
    }
    files.content_range.clear();
    client.download(server.url(), dir.file("f"), {.resume = true}, ec);
    CHECK_FALSE(ec);
    CHECK(contents(dir.file("f")) == files.file);
}

TEST_CASE("without a version nothing is kept, and two downloads never share a file") {
    FileServer files{"0123456789"};
    files.etag.clear();
    files.cut = 4;
    ScriptServer server{[&](Peer& peer) { files.serve(peer); }};
    TempDir dir;
    Client client;
    std::error_code ec;
    client.download(server.url(), dir.file("f"), {.resume = true}, ec);
    CHECK(ec == hawser::error::incomplete_body);
    CHECK(dir.files() == 0);
    const int other = ::open(dir.file("f.part").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    REQUIRE(::flock(other, LOCK_EX) == 0);
    client.download(server.url(), dir.file("f"), {.resume = true}, ec);
    CHECK(ec == std::errc::device_or_resource_busy);
    CHECK(dir.files() == 1);
    ::close(other);
}

TEST_CASE("a download ends with what on_progress throws, its timeout, or its cancellation") {
    Gate go;
    ScriptServer server{[&](Peer& peer) {
        while (peer.read_request()) {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
            peer.wait_for_eof();
            return;
        }
    }};
    TempDir dir;
    IoThread io;
    Client client(io.executor());
    asio::cancellation_signal signal;
    std::stop_source stop;
    DownloadOptions options;
    Request request = Request::get(server.url());
    request.options.stop = stop.get_token();
    const auto thrown = [](const Progress& progress) {
        if (progress.received == 5) {
            throw std::system_error(std::make_error_code(std::errc::not_supported));
        }
    };
    std::error_code wanted = make_error_code(hawser::error::canceled);
    SECTION("a system_error") {
        options.on_progress = thrown;
        wanted = std::make_error_code(std::errc::not_supported);
        CHECK_THROWS_AS(client.download(request, dir.file("f"), options), std::system_error);
    }
    SECTION("any other exception") {
        options.on_progress = [](const Progress&) { throw 7; };
        CHECK_THROWS_AS(client.download(request, dir.file("f"), options), int);
    }
    SECTION("the timeout") {
        request.options.timeout = std::chrono::milliseconds(30);
        wanted = hawser::error::total_timeout;
    }
    SECTION("the slot") {
        options.on_progress = [&](const Progress& progress) {
            if (progress.received == 5) {
                asio::post(io.executor(), [&] { signal.emit(asio::cancellation_type::partial); });
            }
        };
        wanted = asio::error::operation_aborted;
    }
    SECTION("the stop token") {
        options.on_progress = [&](const Progress& progress) {
            progress.received == 5 ? void(stop.request_stop()) : void();
        };
    }
    std::promise<std::error_code> ended;
    client.async_download(
        request,
        dir.file("f"),
        options,
        asio::bind_cancellation_slot(
            signal.slot(), [&](std::error_code ec, DownloadResult) { ended.set_value(ec); }));
    CHECK(ended.get_future().get() == wanted);
    CHECK(dir.files() == 0);
}

TEST_CASE("a download outlives its client, but not the context that runs it") {
    Gate go;
    ScriptServer server{[&](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
        peer.await(go);
        peer.send("67890");
    }};
    TempDir dir;
    std::promise<void> begun;
    DownloadOptions options;
    options.on_progress = [&](const Progress& progress) {
        progress.received == 5 ? begun.set_value() : void();
    };
    SECTION("a client of its own") {
        std::promise<std::error_code> ended;
        {
            Client client;
            client.async_download(
                server.url(), dir.file("f"), options, [&](std::error_code ec, DownloadResult) {
                    ended.set_value(ec);
                });
            begun.get_future().get();
        }
        go.open();
        CHECK_FALSE(ended.get_future().get());
        CHECK(contents(dir.file("f")) == "1234567890");
    }
    SECTION("a context") {
        auto io = std::make_unique<IoThread>();
        Client client(io->executor());
        client.async_download(
            server.url(), dir.file("f"), options, [](std::error_code, DownloadResult) {
                FAIL_CHECK("completed");
            });
        begun.get_future().get();
        io.reset();
        CHECK(dir.files() == 0);
    }
}

// ── EventSource ──────────────────────────────────────────────────────────────────────────────────

namespace {

const std::string event_stream = "Content-Type: text/event-stream\r\n";

/// Answers the n-th request with the n-th text, which is all that the connection sends.
Script one_by_one(std::vector<std::string> texts) {
    return [texts = std::move(texts)](Peer& peer) {
        if (peer.read_request()) {
            peer.send(texts.at(peer.number() - 1));
        }
    };
}

}  // namespace

TEST_CASE("an event source connects again, after the last event, until the server says stop") {
    const bool blocking = GENERATE(true, false);
    ScriptServer server{
        one_by_one({respond("retry: 1\nid: 1\ndata: a\n\nid: 2\n\ndata: lost", event_stream),
                    "",  // no response at all
                    "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nContent-Type: TEXT/event-stream ; "
                    "charset=x\r\n\r\ndata: b\n\n",
                    reply("204 No Content", "")})};
    Client client;
    hawser::EventSource source{client, server.url(), {.retry = std::chrono::milliseconds(1)}};
    const auto next = [&] {
        return blocking ? source.next() : source.async_next(asio::use_future).get();
    };
    CHECK(next() == Event{"message", "a", "1"});
    CHECK(next() == Event{"message", "b", "2"});
    CHECK_FALSE(next());
    CHECK_FALSE(next());
    CHECK(source.last_event_id() == "2");
    const auto heads = server.heads();
    REQUIRE(heads.size() == 4);
    CHECK(heads[0].find("Last-Event-ID") == std::string::npos);
    CHECK(heads[0].find("Accept: text/event-stream\r\n") != std::string::npos);
    for (std::size_t i = 1; i < 4; ++i) {
        CHECK(heads[i].find("Last-Event-ID: 2\r\n") != std::string::npos);
    }
}

TEST_CASE("a stream that had an event is no failed attempt, one that ends at once is") {
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n" + event_stream + "\r\n";
    ScriptServer server{one_by_one({head + "retry: 0\ndata: a\n\n", head, head})};
    Client client;
    const hawser::EventSourceOptions options{.max_attempts = 2};
    hawser::EventSource source{client, server.url(), options};
    CHECK(source.next()->data == "a");
    std::error_code ec;
    CHECK_FALSE(source.next(ec));
    CHECK(ec == hawser::error::incomplete_body);
    CHECK(server.requests() == 3);
}

TEST_CASE("an id that no field can have is not sent to the server that made it up") {
    ScriptServer server{one_by_one({respond("retry: 1\nid: \x01\ndata: a\n\n", event_stream),
                                    respond("data: b\n\n", event_stream)})};
    Client client;
    hawser::EventSource source{client, server.url(), {.retry = std::chrono::milliseconds(1)}};
    CHECK(source.next()->data == "a");
    CHECK(source.next()->data == "b");
    CHECK(server.heads().at(1).find("Last-Event-ID") == std::string::npos);
}

TEST_CASE("an event source fails for a wrong answer, and after too many attempts") {
    ScriptServer server{keep_alive_server([](auto& request) {
        return request.target == "/404" ? reply("404 No", "", event_stream)
                                        : respond("data: x\n\n", "Content-Type: text/html\r\n");
    })};
    Client client;
    hawser::EventSourceOptions options;
    options.retry = std::chrono::milliseconds(1);
    options.max_attempts = 3;
    hawser::EventSource missing{client, server.url("/404"), options};
    CHECK_THROWS_WITH(missing.next(), Catch::Contains("404 No"));
    hawser::EventSource page{client, server.url("/page"), options};
    std::error_code ec;
    CHECK_FALSE(page.next(ec));
    CHECK(ec == hawser::error::bad_content_type);
    CHECK_THAT(page.failure().message(), Catch::Contains("text/html"));
    hawser::EventSource nobody{client, refusing_url(), options};
    CHECK_FALSE(nobody.next(ec));
    CHECK(ec == hawser::error::connect_failed);
    CHECK(nobody.failure().code() == ec);
}

TEST_CASE("an event source is canceled while it waits to connect, and while it reads") {
    ScriptServer server{[](Peer& peer) {
        while (peer.read_request()) {
            peer.send("HTTP/1.1 200 OK\r\n" + event_stream + "\r\nid: 7\ndata: x\n\n");
            peer.wait_for_eof();
            return;
        }
    }};
    IoThread io;
    Client client(io.executor());
    hawser::EventSourceOptions options;
    options.retry = std::chrono::hours(1);
    std::error_code ec;
    std::stop_source stop;
    const bool reads = GENERATE(true, false);
    Request request = Request::get(reads ? server.url() : refusing_url());
    request.options.stop = stop.get_token();
    std::optional<hawser::EventSource> source(std::in_place, client, request, options);
    if (reads) {
        CHECK(source->next(ec)->data == "x");
    }
    asio::cancellation_signal signal;
    const auto canceled = [&](auto cancel) {
        std::promise<std::error_code> ended;
        source->async_next(asio::bind_cancellation_slot(
            signal.slot(),
            [&](std::error_code code, std::optional<Event>) { ended.set_value(code); }));
        auto pending = source->async_next(asio::use_future);
        CHECK_THROWS_AS(pending.get(), std::system_error);  // one at a time
        asio::post(io.executor(), cancel);
        return ended.get_future().get();
    };
    CHECK(canceled([&] { signal.emit(asio::cancellation_type::terminal); }) ==
          asio::error::operation_aborted);
    if (reads) {
        CHECK(source->next()->id == "7");  // connects again
    }
    const bool destroy = GENERATE(true, false);
    CHECK(canceled([&] { destroy ? source.reset() : void(stop.request_stop()); }) ==
          hawser::error::canceled);
    if (!destroy) {
        CHECK_FALSE(source->next(ec));
        CHECK(ec == hawser::error::canceled);
    }
}
