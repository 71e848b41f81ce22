// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Where the source of a body runs, files of every kind as bodies, and responses that arrive before
// the whole request was sent, with real sockets and threads.

#include "../support/echo.hpp"
#include "../support/scene.hpp"
#include "../support/shrinking_file.hpp"
#include "../support/test_certs.hpp"
#include "../support/wire_tests.hpp"

#include <hawser/client_trace.hpp>

#include <asio/post.hpp>
#include <asio/read.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>

#include <atomic>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace hawser::test;

namespace {

/// A named pipe, removed at the end of the test.
class Fifo {
public:
    Fifo() {
        ::unlink(path_.c_str());
        REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
    }
    Fifo(const Fifo&) = delete;
    Fifo& operator=(const Fifo&) = delete;
    ~Fifo() { ::unlink(path_.c_str()); }

    const std::string& path() const { return path_; }
    /// Waits for a reader.
    int open_to_write() const { return ::open(path_.c_str(), O_WRONLY | O_CLOEXEC); }

private:
    const std::string path_ = "hawser_fifo_" + std::to_string(::getpid()) + ".tmp";
};

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto n = ::write(descriptor, text.data(), text.size());
        if (n <= 0) {
            return;
        }
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

/// Receives everything and never responds.
void swallow(Peer& peer) {
    if (peer.read_head()) {
        for (;;) {
            peer.read_some();
        }
    }
}

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

// ── Where a source runs ──────────────────────────────────────────────────────────────────────────

TEST_CASE("a source runs on the client's executor, no matter which thread frees its connection") {
    Gate first, second;
    Scene scene(
        [&](Peer& peer) {
            for (Gate* gate : {&first, &second}) {
                if (peer.read_head()) {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" +
                              std::string(100'000, 'x'));
                    gate->open();
                }
            }
            peer.wait_for_eof();
        },
        {.transport = {.max_conns_per_host = 1}});
    Response response = scene.client.get(scene.server.url());
    Call<Response> call;
    std::atomic<bool> elsewhere{false};
    scene.client.async_send(Request("POST",
                                    scene.server.url(),
                                    RequestBody::stream([&](asio::mutable_buffer) -> std::size_t {
                                        elsewhere =
                                            std::this_thread::get_id() != scene.io.thread_id();
                                        return 0;
                                    })),
                            call.handler());
    first.wait();
    std::string text(1000, '\0');
    std::error_code ec;
    while (!ec) {  // this thread, not the context's, sees the end and passes on the connection
        response.body.read_some(asio::buffer(text), ec);
    }
    CHECK_FALSE(call.outcome());
    CHECK_FALSE(elsewhere);
}

TEST_CASE("an endless source that never waits holds up neither deadlines nor other requests") {
    Scene scene(swallow);
    ScriptServer others{keep_alive_server(echo)};  // closed before the scene looks for descriptors
    std::atomic<bool> over{false}, late{false};
    Request request(
        "POST", scene.server.url(), RequestBody::stream([&](asio::mutable_buffer buffer) {
            late = late || over;
            std::memset(buffer.data(), 'x', 1000);
            return std::size_t{1000};
        }));
    request.options.timeout = 200ms;
    Call<Response> call, other;
    scene.client.async_send(std::move(request),
                            [&, handler = call.handler()](auto... args) mutable {
                                over = true;
                                handler(std::move(args)...);
                            });
    scene.server.wait_for_requests(1);
    scene.client.async_get(others.url(), other.handler());
    CHECK_FALSE(other.outcome());
    CHECK(call.outcome() == hawser::error::total_timeout);
    CHECK_FALSE(late);
}

TEST_CASE("a source on many threads ends before its request, whatever ends the request",
          "[T-C05]") {
    FdGuard fds;
    ScriptServer server(swallow);
    asio::thread_pool pool(4);
    {
        const auto serial = asio::make_strand(pool);
        Client on_pool(pool.get_executor()), on_strand(serial);
        for (int i = 0; i < 60; ++i) {
            Call<Response> call;
            std::atomic<int> running{0};
            const int way = i % 3;
            Request request("POST", server.url());
            request.body = RequestBody::stream(
                [&](asio::mutable_buffer buffer) -> asio::awaitable<std::size_t> {
                    struct Guest {
                        explicit Guest(std::atomic<int>& n) : count(n) { ++count; }
                        ~Guest() { --count; }
                        std::atomic<int>& count;
                    } guest(running);
                    asio::steady_timer timer(co_await asio::this_coro::executor,
                                             way == 0 ? 1h : 100us);
                    co_await timer.async_wait(asio::use_awaitable);
                    static_cast<char*>(buffer.data())[0] = 'x';
                    co_return 1;
                });
            request.options.timeout = std::chrono::milliseconds(1 + i % 7);
            if (way == 2) {
                on_strand.async_send(std::move(request), call.handler());
                Gate emitted;
                asio::post(serial, [&] {
                    call.signal.emit(asio::cancellation_type::terminal);
                    emitted.open();
                });
                emitted.wait();
            } else {
                on_pool.async_send(std::move(request), call.handler());
            }
            CHECK(call.outcome());
            CHECK(running == 0);
        }
    }
    pool.join();
}

// ── Files ────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a pipe is sent as it is written, chunked, until its last writer has gone") {
    Fifo fifo;
    Scene scene(keep_alive_server(echo));
    const std::string text = pattern(200'000);
    Call<Response> call;
    scene.client.async_post(scene.server.url(), RequestBody::file(fifo.path()), call.handler());
    std::thread writer([&] {
        const int descriptor = fifo.open_to_write();
        write_all(descriptor, text.substr(0, 7));
        scene.client.get(scene.server.url());  // nothing waits for the rest
        write_all(descriptor, text.substr(7));
        ::close(descriptor);
    });
    CHECK_FALSE(call.outcome());
    writer.join();
    Call<std::string> read;
    asio::post(scene.io.executor(), [&] { call.result.body.async_read_all(read.handler()); });
    CHECK_FALSE(read.outcome());
    CHECK(read.result == "POST / chunked " + text);
}

TEST_CASE("a pipe without a writer holds up neither the deadline nor the client") {
    Fifo fifo;
    const bool written = GENERATE(false, true);
    Scene scene([](Peer& peer) {
        if (peer.read_head()) {
            peer.wait_for_eof();
        }
    });
    Request request("POST", scene.server.url(), RequestBody::file(fifo.path()));
    request.options.timeout = 50ms;
    Call<Response> call;
    scene.client.async_send(std::move(request), call.handler());
    int writer = -1;
    if (written) {
        writer = fifo.open_to_write();
    }
    CHECK(call.outcome() == hawser::error::total_timeout);
    if (written) {
        ::close(writer);
    }
}

TEST_CASE("a file that cannot be sent fails its request, with its name and the reason", "[B17]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    const auto failure = [&](const std::string& path) {
        std::error_code ec;
        const Response response = client.send({"POST", server.url(), RequestBody::file(path)}, ec);
        CHECK(ec == hawser::error::request_body_error);
        return response.failure;
    };
    const hawser::Failure missing = failure("/nonexistent/file");
    CHECK(missing.cause() == std::errc::no_such_file_or_directory);
    CHECK(missing.reason() == "opening \"/nonexistent/file\"");
    CHECK(missing.phase() == hawser::Failure::Phase::request);
    CHECK(failure("/tmp").cause() == std::errc::is_a_directory);
    CHECK(server.connections() == 0);
    // A process's own memory can be opened, but not read at its beginning.
    const hawser::Failure unreadable = failure("/proc/self/mem");
    CHECK(unreadable.cause() == std::errc::io_error);
    CHECK(unreadable.reason() == "reading \"/proc/self/mem\"");
    CHECK(unreadable.phase() == hawser::Failure::Phase::write);
    CHECK(client.stats().open == 0);
}

TEST_CASE("a file of /proc is sent chunked, an empty one with its length") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    const std::string status =
        client.post(server.url(), RequestBody::file("/proc/self/status")).body.read_all();
    CHECK(status.starts_with("POST / chunked Name:"));
    const TempFile empty("");
    CHECK(client.post(server.url(), RequestBody::file(empty.path())).body.read_all() ==
          "POST / 0 ");
}

TEST_CASE("a file that shrinks while it is sent fails its request", "[U07]") {
    check_that_shrinking_fails(
        [](const std::string& path) -> RequestBody { return RequestBody::file(path); });
}

// ── Early responses ──────────────────────────────────────────────────────────────────────────────

TEST_CASE("a 200 after ten bytes does not cut the upload short", "[R12]") {
    FdGuard fds;
    const std::string text = pattern(8 << 20);
    std::string got;
    ScriptServer server([&](Peer& peer) {
        auto request = peer.read_head();
        if (!request) {
            return;
        }
        std::string begin;
        if (!request->is_chunked()) {
            begin = peer.read_exactly(10);
        }
        peer.send(ok);
        if (request->is_chunked()) {
            peer.read_body(*request);
            got = request->body;
        } else {
            got = begin + peer.read_exactly(text.size() - 10);
        }
        if (peer.read_request()) {
            peer.send(ok);
        }
    });
    const bool stream = GENERATE(false, true);
    Client client;
    Response response = client.post(
        server.url(), stream ? RequestBody::stream(pieces(text, 65'536)) : RequestBody(text));
    CHECK(response.status == 200);
    CHECK(response.request_sent());
    CHECK(response.body.read_all() == "ok");
    CHECK(client.stats().idle == 1);
    CHECK(client.get(server.url()).body.read_all() == "ok");
    CHECK(got == text);
    CHECK(client.stats().reused == 1);
    CHECK(client.stats().write_unfinished == 0);
}

TEST_CASE("after a 413 the upload stops, and the response is delivered", "[R12]") {
    FdGuard fds;
    const bool closes = GENERATE(false, true);
    ScriptServer server([&](Peer& peer) {
        if (peer.read_head()) {
            peer.send("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
            if (!closes) {
                peer.wait_for_eof();
            }
        }
    });
    Client client;
    std::error_code ec;
    Response response = client.send({"POST", server.url(), std::string(64 << 20, 'x')}, ec);
    if (!closes || !ec) {  // else the reset may have arrived first
        REQUIRE_FALSE(ec);
        CHECK(response.status == 413);
        CHECK_FALSE(response.request_sent());
        CHECK(response.body.read_all() == "no");
        CHECK(client.stats().write_unfinished == 1);
    }
    CHECK(client.stats().open == 0);
}

TEST_CASE("a body until the close does not end with a reset that a write met", "[R12]") {
    FdGuard fds;
    struct Written : hawser::ClientTrace {
        explicit Written(Gate& gate) : gate_(gate) {}
        void wrote_request(std::error_code) override { gate_.open(); }
        Gate& gate_;
    };
    Gate delivered;
    Gate reset;
    Gate written;
    ScriptServer server([&](Peer& peer) {
        if (peer.read_head()) {
            peer.send("HTTP/1.1 200 OK\r\n\r\npart");
            peer.await(delivered);
            peer.reset();
            reset.open();
        }
    });
    Client client;
    asio::steady_timer second_piece(client.get_executor(), asio::steady_timer::time_point::max());
    int given = 0;
    const auto source = [&](asio::mutable_buffer into) -> asio::awaitable<std::size_t> {
        if (++given == 2) {
            std::error_code canceled;
            co_await second_piece.async_wait(asio::redirect_error(asio::use_awaitable, canceled));
        }
        std::memset(into.data(), 'x', 10);
        co_return 10;
    };
    Request request("POST", server.url(), RequestBody::stream(source));
    request.options.trace = std::make_shared<Written>(written);
    Response response = client.send(std::move(request));
    CHECK(response.status == 200);
    delivered.open();
    reset.wait();
    asio::post(client.get_executor(), [&] { second_piece.cancel(); });
    written.wait();
    std::error_code ec;
    CHECK(response.body.read_all(ec) == "part");
    CHECK(ec == error::incomplete_body);
}

TEST_CASE("an echo server sends and receives at the same time", "[R12]") {
    FdGuard fds;
    ScriptServer server([&](Peer& peer) {
        if (!peer.read_head()) {
            return;
        }
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (std::string size; size != "0\r\n";) {
            size = peer.read_until("\r\n");
            const std::string rest = peer.read_exactly(std::stoul(size, nullptr, 16) + 2);
            peer.send(size + rest);
        }
        peer.wait_for_eof();
    });
    run([&]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        Client client{executor};
        asio::steady_timer came(executor, asio::steady_timer::time_point::max());
        int given = 0, received = 0;
        Response response = co_await client.async_post(
            server.url(),
            RequestBody::stream([&](asio::mutable_buffer buffer) -> asio::awaitable<std::size_t> {
                while (received < given) {  // each piece follows the response to the previous one
                    (void)co_await came.async_wait(as_tuple(asio::use_awaitable));
                }
                std::memcpy(buffer.data(), "ping", 4);
                co_return given++ < 100 ? 4 : 0;
            }));
        CHECK_FALSE(response.request_sent());
        char pong[4];
        while (received < 100) {
            co_await asio::async_read(response.body, asio::buffer(pong), asio::use_awaitable);
            CHECK(std::string_view(pong, 4) == "ping");
            ++received;
            came.cancel();
        }
        const std::string rest = co_await response.body.async_read_all();
        CHECK(rest.empty());
        CHECK(response.request_sent());
        CHECK(given == 101);
        CHECK(client.stats().idle == 1);
    });
}
