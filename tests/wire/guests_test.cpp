// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// User code is a guest: none runs while one of our locks is held, and an exception from it reaches
// the caller of io_context::run(), after everything else has happened.

#include "../support/guests.hpp"

#include "../support/wire_tests.hpp"

#include <asio/bind_executor.hpp>

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

using namespace hawser::test;

namespace {

/// Responds to "/big" with more than one read takes, to "/rest" with half a body and the rest right
/// after it, never to "/stuck", and to anything else completely.
void guest_server(Peer& peer) {
    while (const auto request = peer.read_request()) {
        if (request->target == "/stuck") {
            peer.wait_for_eof();
            return;
        }
        if (request->target == "/rest") {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
            peer.send("whole");
        } else if (request->target == "/big") {
            peer.send(respond(std::string(3'000'000, 'b')));
        } else {
            peer.send(respond(request->target));
        }
    }
}

/// User objects of all kinds, and a client on a user's executor.
struct Guests {
    explicit Guests(TransportOptions options = {}, Script script = guest_server)
        : server(std::move(script)),
          client(asio::any_io_executor(GuestExecutor(io.get_executor(), log)),
                 {.transport = std::move(options)}) {}

    FdGuard fds;
    GuestLog log;
    asio::io_context io;
    ScriptServer server;
    Client client;
    int completed = 0;
    int thrown = 0;

    Request request(std::string_view path) {
        Request request("GET", server.url(path));
        request.options.trace = std::make_shared<GuestTrace>(client, log);
        return request;
    }
    template <class Function>
    auto handler(Function function) {
        return GuestHandler<Function>(io, log, std::move(function));
    }
    /// Also reads the body; throws in both handlers if told to.
    void get(std::string_view path, bool throws = false) {
        client.async_send(request(path), handler([this, throws](std::error_code, Response res) {
                              ++completed;
                              auto kept = std::make_shared<Response>(std::move(res));
                              kept->body.async_read_all(
                                  handler([this, throws, kept](std::error_code, std::string) {
                                      ++completed;
                                      if (throws) {
                                          throw std::runtime_error("of a body's handler");
                                      }
                                  }));
                              if (throws) {
                                  throw std::runtime_error("of a handler");
                              }
                          }));
    }
    void run() {
        io.restart();
        for (const auto limit = std::chrono::steady_clock::now() + patience;;) {
            try {
                io.run_until(limit);
                break;
            } catch (const std::runtime_error&) {
                ++thrown;
            }
        }
        REQUIRE(io.stopped());  // it ran out of work
    }
    void finish() {
        client.close_idle_connections();
        run();
        const auto stats = client.stats();
        CHECK(stats.open == 0);
        CHECK(stats.dialing == 0);
        CHECK(stats.waiting == 0);
        CHECK(stats.strands == 0);
        CHECK(log.calls > 0);
        CHECK(log.under_lock == 0);
    }
};

}  // namespace

TEST_CASE("no user code runs under a lock: requests, bodies and their handlers") {
    Guests guests;
    guests.get("/a");
    guests.get("/big");
    guests.run();
    guests.get("/rest");
    guests.get("/b");
    guests.run();
    CHECK(guests.completed == 8);
    CHECK(guests.log.executed > 0);
    guests.finish();
}

TEST_CASE("no user code runs under a lock: a body that is closed, and drained") {
    Guests guests(TransportOptions{.drain_timeout = patience});
    guests.client.async_send(guests.request("/rest"),
                             guests.handler([&](std::error_code, Response res) {
                                 ++guests.completed;
                                 res.body.close();
                             }));
    guests.run();
    CHECK(guests.completed == 1);
    guests.finish();
}

TEST_CASE("no user code runs under a lock: a limit on connections, waiting, deadlines, shutdown") {
    Guests guests(TransportOptions{.max_conns_per_host = 1});
    guests.get("/big");
    guests.get("/a");
    guests.run();
    Request stuck = guests.request("/stuck");
    stuck.options.timeout = 50ms;
    Request waits = guests.request("/a");
    waits.options.timeout = 10ms;
    const auto count = [&](std::error_code, Response) { ++guests.completed; };
    guests.client.async_send(std::move(stuck), guests.handler(count));
    guests.client.async_send(std::move(waits), guests.handler(count));
    guests.run();
    CHECK(guests.completed == 6);
    guests.finish();
}

TEST_CASE("no user code runs under a lock: sources of bodies, which are rewound") {
    Guests guests({},
                  in_order({[](Peer& peer) {
                                peer.read_request();
                                peer.send(respond("a"));
                                peer.read_head();
                            },
                            guest_server}));
    guests.get("/a");
    guests.run();
    const auto left = std::make_shared<int>(3);
    const auto thing = std::make_shared<GuestThing>(guests.log);
    Request upload = guests.request("/b");
    upload.method = "PUT";
    upload.body = RequestBody::stream(
        [&guests, left, thing](asio::mutable_buffer buffer) {
            guests.log.called();
            (void)guests.client.stats();
            static_cast<char*>(buffer.data())[0] = 'x';
            return static_cast<std::size_t>((*left)-- > 0 ? 1 : 0);
        },
        3,
        [&guests, left] {
            guests.log.called();
            *left = 3;
        });
    guests.client.async_send(
        std::move(upload), guests.handler([&](std::error_code, Response) { ++guests.completed; }));
    guests.run();
    CHECK(guests.completed == 3);
    guests.finish();
}

TEST_CASE("handlers that throw keep nothing from completing, and run() still returns") {
    Guests guests(TransportOptions{.max_conns_per_host = 1});
    guests.get("/a", true);
    guests.get("/rest", true);
    guests.get("/big", true);
    guests.run();
    CHECK(guests.completed == 6);
    CHECK(guests.thrown == 6);
    guests.finish();
}

namespace {

/// Throws from every event.
struct ThrowingTrace final : hawser::ClientTrace {
    void attempt_begin(unsigned) override { told(begins); }
    void attempt_end(const AttemptEnd&) override { told(ends); }
    void got_conn(const hawser::ConnectionInfo&, std::chrono::nanoseconds) override {
        told(others);
    }
    void wrote_request(std::error_code) override { told(others); }
    void put_idle_conn(std::uint64_t, hawser::Reuse) override { told(others); }
    void told(int& which) {
        ++which;
        throw std::runtime_error("of the trace");
    }
    int begins = 0;
    int ends = 0;
    int others = 0;
};

}  // namespace

TEST_CASE("a trace that throws still receives all events, and harms nobody") {
    Guests guests;
    const auto trace = std::make_shared<ThrowingTrace>();
    const std::string path = GENERATE("/a", "/rest");
    Request request("GET", guests.server.url(path));
    request.options.trace = trace;
    guests.client.async_send(std::move(request),
                             guests.handler([&](std::error_code ec, Response res) {
                                 ++guests.completed;
                                 CHECK_FALSE(ec);
                                 CHECK(res.status == 200);
                             }));
    guests.run();
    CHECK(guests.completed == 1);
    CHECK(guests.thrown >= 1);
    CHECK(trace->begins == 1);
    CHECK(trace->ends == 1);
    CHECK(trace->others == 3);
    guests.finish();
}

TEST_CASE("an attempt whose handler throws is reported to its end") {
    Guests guests;
    struct Counts final : hawser::ClientTrace {
        void attempt_begin(unsigned) override { ++open; }
        void attempt_end(const AttemptEnd&) override { --open; }
        int open = 0;
    };
    const auto counts = std::make_shared<Counts>();
    Request request("GET", guests.server.url("/big"));
    request.options.trace = counts;
    std::optional<Response> kept;
    guests.client.async_send(std::move(request), guests.handler([&](std::error_code, Response res) {
        kept = std::move(res);
        kept->body.async_read_all([](std::error_code, std::string) {});
        throw std::runtime_error("of a handler");
    }));
    guests.run();
    CHECK(guests.thrown == 1);
    CHECK(counts->open == 0);
    kept.reset();
    guests.finish();
}

TEST_CASE(
    "the last reference to a trace, dropped by the end of a drained body, may use the client") {
    Guests guests(TransportOptions{.drain_bytes = 1000, .drain_timeout = patience}, [](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
        peer.wait_for_eof();
    });
    struct Closing final : hawser::ClientTrace {
        Closing(Client of, GuestLog& to) : client(std::move(of)), log(to) {}
        ~Closing() override {
            log.called();
            client.close_idle_connections();
        }
        Client client;
        GuestLog& log;
    };
    Request request("GET", guests.server.url("/"));
    request.options.trace = std::make_shared<Closing>(guests.client, guests.log);
    guests.client.async_send(std::move(request), guests.handler([&](std::error_code, Response) {
        ++guests.completed;
        guests.io.stop();
    }));
    guests.io.run();
    CHECK(guests.completed == 1);
    guests.server.stop();  // the rest never arrives
    guests.run();
    guests.finish();
}

namespace {

/// Throws the first `left` times.
struct Throwing {
    asio::io_context* io;
    int* left;
    asio::execution_context& query(asio::execution::context_t) const noexcept { return *io; }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    Throwing require(asio::execution::blocking_t::never_t) const noexcept { return *this; }
    template <class Function>
    void execute(Function function) const {
        if ((*left)-- > 0) {
            throw std::runtime_error("of the executor");
        }
        asio::post(*io, std::move(function));
    }
    bool operator==(const Throwing& other) const noexcept { return io == other.io; }
    bool operator!=(const Throwing& other) const noexcept { return io != other.io; }
};

}  // namespace

TEST_CASE("an exception from an executor reaches the caller of run() and affects nothing else") {
    Guests guests;
    int left = 1;
    auto handler = asio::bind_executor(Throwing{&guests.io, &left},
                                       [&](std::error_code, Response) { ++guests.completed; });
    for (int i = 0; i < 3; ++i) {
        guests.client.async_get(guests.server.url("/a"), handler);
    }
    guests.run();
    CHECK(guests.thrown == 1);
    CHECK(guests.completed == 2);
    guests.finish();
}

TEST_CASE("memory for a handler comes from its own allocator") {
    Guests guests;
    asio::io_context other;
    auto work = asio::make_work_guard(other);
    GuestLog log;
    struct Handler {
        using executor_type = asio::io_context::executor_type;
        using allocator_type = GuestAllocator<void>;
        executor_type get_executor() const noexcept { return executor; }
        allocator_type get_allocator() const noexcept { return allocator_type(*log); }
        void operator()(std::error_code, Response) const { ++*completed; }
        executor_type executor;
        GuestLog* log;
        int* completed;
    };
    guests.client.async_get(guests.server.url("/a"),
                            Handler{other.get_executor(), &log, &guests.completed});
    guests.run();
    work.reset();
    other.run();
    CHECK(guests.completed == 1);
    CHECK(log.calls == 4);  // itself, and, passed to the other context, allocation and deallocation
    guests.finish();
}

namespace {

template <class T>
struct NoMemory {
    using value_type = T;
    NoMemory() = default;
    template <class U>
    NoMemory(const NoMemory<U>&) noexcept {}
    T* allocate(std::size_t) { throw std::bad_alloc(); }
    void deallocate(T*, std::size_t) noexcept {}
    template <class U>
    bool operator==(const NoMemory<U>&) const noexcept {
        return true;
    }
};

struct WithoutMemory {
    using allocator_type = NoMemory<void>;
    allocator_type get_allocator() const noexcept { return {}; }
    template <class Result>
    void operator()(std::error_code, Result&&) const {}
};

}  // namespace

TEST_CASE("an exception from an allocator leaves the initiating function, and nothing leaks") {
    Guests guests;
    CHECK_THROWS_AS(guests.client.async_get(guests.server.url("/a"), WithoutMemory{}),
                    std::bad_alloc);
    std::optional<Response> kept;
    guests.client.async_get(
        guests.server.url("/rest"),
        guests.handler([&](std::error_code, Response res) { kept = std::move(res); }));
    guests.run();
    REQUIRE(kept);
    char piece[4];
    CHECK_THROWS_AS(kept->body.async_read_some(asio::buffer(piece), WithoutMemory{}),
                    std::bad_alloc);
    CHECK_THROWS_AS(kept->body.async_read_all(WithoutMemory{}), std::bad_alloc);
    kept.reset();
    guests.finish();
}
