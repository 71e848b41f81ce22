// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Waiting for bytes without a system call: no arrival, and no end of the connection, is missed.

#include "../support/wire_tests.hpp"
#include <hawser/detail/io/tcp_stream.hpp>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#include <asio/write.hpp>

#include <atomic>
#include <memory>
#include <poll.h>

using namespace hawser::test;
using hawser::detail::SocketLoop;
using hawser::detail::Stream;
using hawser::detail::TcpEnds;
using hawser::detail::TcpStream;
using tcp = asio::ip::tcp;

namespace {

struct CountingWatcher final : Stream::Watcher {
    void on_ready(Stream::Direction direction) override {
        ++(direction == Stream::Direction::read ? reads : writes);
    }
    void keep_alive(bool on) noexcept override { held += on ? 1 : -1; }

    int reads = 0;
    int writes = 0;
    int held = 0;
};

/// A stream and the socket at its other end.
struct Pair {
    explicit Pair(const asio::any_io_executor& executor) {
        tcp::acceptor acceptor(other_io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        hawser::detail::StreamSocket socket(executor);
        socket.connect(acceptor.local_endpoint());
        acceptor.accept(other);
        other.set_option(tcp::no_delay(true));
        SocketLoop& loop = *new SocketLoop(executor);  // kept by the stream
        stream = TcpStream::make(loop, std::move(socket), TcpEnds{});
    }

    void send(std::string_view bytes) { asio::write(other, asio::buffer(bytes)); }
    std::string read(std::size_t most = 64) {
        std::string bytes(most, '\0');
        bytes.resize(stream->read_some(bytes.data(), most, ec));
        return bytes;
    }
    /// Returns once something can be read, which it leaves there.
    void await_arrival() {
        pollfd one{stream->socket().native_handle(), POLLIN, 0};
        REQUIRE(::poll(&one, 1, 20'000) == 1);
    }

    asio::io_context other_io;
    tcp::socket other{other_io};
    std::unique_ptr<TcpStream> stream;
    std::error_code ec;
};

/// On one thread, which runs only when the test says so.
struct Stage {
    /// Ends with a read that emptied the socket, and from then on reads tell that.
    Stage() {
        for (const char* bytes : {"one", "two"}) {
            wait();
            pair.send(bytes);
            run();
            REQUIRE(pair.read() == bytes);
        }
        watcher.reads = 0;
    }

    void wait() { pair.stream->wait(Stream::Direction::read, watcher); }
    void wait_to_write() { pair.stream->wait_read_to_write(watcher); }
    /// Until no wait is armed.
    void run() {
        io.restart();
        io.run_for(patience);
    }
    void poll() {
        io.restart();
        io.poll();
    }

    CountingWatcher watcher;
    asio::io_context io{1};
    Pair pair{io.get_executor()};
};

}  // namespace

TEST_CASE("a wait ends once, with the next bytes") {
    Stage stage;
    for (int i = 0; i < 5; ++i) {
        stage.wait();
        stage.poll();
        CHECK(stage.watcher.reads == i);
        CHECK(stage.watcher.held == 1);
        stage.pair.send("some");
        stage.run();
        CHECK(stage.watcher.reads == i + 1);
        CHECK(stage.watcher.held == 0);
        CHECK(stage.pair.read() == "some");
    }
}

TEST_CASE("a wait ends at once if the last read left something") {
    Stage stage;
    stage.wait();
    std::string rest;
    SECTION("bytes") {
        stage.pair.send("some");
        rest = "ome";
    }
    SECTION("the end of the connection") {
        stage.pair.send("s");
        stage.pair.other.shutdown(tcp::socket::shutdown_send);
    }
    stage.run();
    CHECK(stage.pair.read(rest.empty() ? 64 : 1) == "s");
    stage.wait();
    stage.run();
    CHECK(stage.watcher.reads == 2);
    CHECK(stage.pair.read() == rest);
    CHECK((stage.pair.ec == asio::error::eof) == rest.empty());
}

TEST_CASE("a wait ends at once if the reactor saw bytes arrive before") {
    Stage stage;
    SECTION("while nobody waited") {
        stage.pair.send("a");
        stage.pair.await_arrival();
        stage.poll();
    }
    SECTION("for a wait that no read followed") {
        stage.wait();
        CHECK(stage.pair.read().empty());
        stage.pair.send("a");
        stage.run();
    }
    SECTION("and a probe found them") {
        stage.wait();
        stage.pair.send("a");
        stage.run();
        CHECK(stage.pair.stream->probe() == hawser::detail::Idle::stale);
    }
    const int before = stage.watcher.reads;
    stage.wait();
    stage.run();
    CHECK(stage.watcher.reads == before + 1);
    CHECK(stage.pair.read() == "a");
}

TEST_CASE("bytes end both waits that are armed for them") {
    Stage stage;
    const bool write_first = GENERATE(false, true);
    for (int i = 1; i <= 3; ++i) {
        if (write_first) {
            stage.wait_to_write();
            stage.wait();
        } else {
            stage.wait();
            stage.wait_to_write();
        }
        stage.pair.send("a");
        stage.run();
        CHECK(stage.watcher.reads == i);
        CHECK(stage.watcher.writes == i);
        CHECK(stage.pair.read() == "a");
    }
}

TEST_CASE("a wait outlives its stream, and then ends") {
    Stage stage;
    stage.wait();
    stage.pair.stream.reset();
    CHECK(stage.watcher.held == 1);
    stage.run();
    CHECK(stage.watcher.reads == 1);
    CHECK(stage.watcher.held == 0);
}

TEST_CASE("a wait is dropped with its execution context") {
    CountingWatcher watcher;
    {
        asio::io_context io{1};
        auto pair = std::make_unique<Pair>(io.get_executor());
        pair->stream->wait(Stream::Direction::read, watcher);
        SECTION("while it is armed") {
            asio::post(io, [pair = std::move(pair)] {});
        }
        SECTION("after its stream") {
            pair.reset();
        }
    }
    CHECK(watcher.reads == 0);
    CHECK(watcher.held == 0);
}

TEST_CASE("a wait ends on the executor of its socket") {
    struct StrandWatcher final : Stream::Watcher {
        void on_ready(Stream::Direction) override {
            inside = strand.running_in_this_thread();
            called.open();
        }
        void keep_alive(bool) noexcept override {}

        asio::thread_pool threads{2};
        asio::strand<asio::thread_pool::executor_type> strand{threads.get_executor()};
        std::atomic<bool> inside{false};
        Gate called;
    } watcher;
    Pair pair(watcher.strand);
    pair.stream->wait(Stream::Direction::read, watcher);
    pair.send("x");
    watcher.called.wait();
    CHECK(watcher.inside);
    watcher.threads.join();
}
