// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A client without an executor: callers run its loop, and a background thread does when nobody
// calls. What happens without a call, what ends a call from outside, and how calls end with their
// client.

#include "../support/echo.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/coroutine_round_tripper.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/read.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <future>
#include <optional>
#include <stop_token>
#include <thread>

using namespace hawser::test;

namespace {

/// The value of a future; throws TimedOut if there is none in time.
template <class T>
T take(std::future<T> future) {
    if (future.wait_for(patience) != std::future_status::ready) {
        throw TimedOut{"nobody keeps the promise"};
    }
    return future.get();
}

template <class Function>
std::error_code code_of(Function function) {
    try {
        function();
    } catch (const std::system_error& e) {
        return e.code();
    }
    return {};
}

/// An operation as a future of its error code: ThreadSanitizer does not see how an exception's
/// references are counted.
template <class Start>
std::future<std::error_code> code_in_future(Start start) {
    auto promise = std::make_shared<std::promise<std::error_code>>();
    auto future = promise->get_future();
    start([promise](std::error_code ec, auto&&...) { promise->set_value(ec); });
    return future;
}

/// Waits until `done` holds; only time brings that about.
template <class Done>
void wait_until(Done done) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        if (std::chrono::steady_clock::now() > limit) {
            throw TimedOut{"it never happens"};
        }
        std::this_thread::yield();
    }
}

/// Runs a function when a thread, or the program, destroys its objects.
struct AtEnd {
    std::function<void()> what;
    ~AtEnd() {
        if (what) {
            what();
        }
    }
};

}  // namespace

// ── The background thread ────────────────────────────────────────────────────────────────────────

TEST_CASE("a future of a client without an executor completes, and its body is read", "[L10]") {
    const FdGuard fds;
    const std::string large = pattern(1'000'000);
    ScriptServer server{keep_alive_server([&](const auto&) { return respond(large); })};
    Client client;
    const bool after_a_call = GENERATE(false, true);
    if (after_a_call) {
        CHECK(client.get(server.url()).body.read_all() == large);
    }
    Response res = take(client.async_get(server.url(), asio::use_future));
    CHECK(take(res.body.async_read_all(asio::use_future)) == large);
    take(client.transport()->async_preconnect(server.url(), 2, asio::use_future));
    CHECK(client.stats().idle == 3);
}

TEST_CASE("deadlines of asynchronous operations expire even if nobody calls", "[L10]") {
    const FdGuard fds;
    ScriptServer server{serve};
    Client client{ClientOptions{.timeout = 50ms}};
    CHECK(take(code_in_future([&](auto handler) {
              client.async_get(server.url("/stuck"), handler);
          })) == error::total_timeout);
}

TEST_CASE("a deadline ends a body whose reader never has to wait", "[L10]") {
    FdGuard fds;
    ScriptServer server{[](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\n\r\n");
        const std::string much(1 << 20, 'm');
        for (;;) {
            peer.send(much);  // until the client closes
        }
    }};
    Client client;
    Request request = Request::get(server.url());
    request.options.timeout = 400ms;
    Response response = client.send(std::move(request));
    char piece[512];
    std::error_code ec;
    while (!ec) {
        response.body.read_some(asio::buffer(piece), ec);
    }
    CHECK(ec == error::total_timeout);
}

TEST_CASE("an idle connection that expires, or that the server closes, is closed without a call",
          "[L10]") {
    const FdGuard fds;
    Gate close;
    const bool expires = GENERATE(false, true);
    ScriptServer server{[&](Peer& peer) {
        peer.read_request();
        peer.send(respond("x"));
        if (expires) {
            peer.wait_for_eof();
        } else {
            peer.await(close);
        }
    }};
    TransportOptions options;
    options.idle_conn_timeout = expires ? 50ms : 1h;
    Client client{{.transport = options}};
    CHECK(client.get(server.url()).body.read_all() == "x");
    if (!expires) {
        CHECK(client.stats().idle == 1);
        close.open();
    }
    wait_until([&] { return client.stats().open == 0; });
    CHECK(client.stats().closed_idle == 1);
}

TEST_CASE("callers and the background thread take turns", "[L10]") {
    const FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    for (int i = 0; i < 50; ++i) {
        auto future = client.async_get(server.url("/f"), asio::use_future);
        CHECK(client.get(server.url("/c")).body.read_all() == "GET /c - ");
        CHECK(take(std::move(future)).body.read_all() == "GET /f - ");
    }
}

TEST_CASE("two hundred threads on one client, and futures in between", "[L10]") {
    const FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client{{.transport = {.max_conns_per_host = 8}}};
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 200; ++t) {
        threads.emplace_back([&, t] {
            const std::string target = "/" + std::to_string(t);
            std::error_code ec;
            Response res = t % 10 == 0
                               ? take(client.async_get(server.url(target), asio::use_future))
                               : client.get(server.url(target), ec);
            right += !ec && res.body.read_all(ec) == "GET " + target + " - ";
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(right == 200);
    CHECK(client.stats().active == 0);
}

TEST_CASE("an exception from a handler leaves no caller's call, and can be observed", "[L05]") {
    const FdGuard fds;
    Gate thrown;
    ScriptServer server{[&](Peer& peer) {
        while (const auto request = peer.read_request()) {
            if (request->target == "/late") {
                peer.await(thrown);
            }
            peer.send(respond(request->target));
        }
    }};
    std::string told;
    ClientOptions options;
    const bool hook = GENERATE(true, false);
    if (hook) {
        options.on_handler_exception = [&](std::exception_ptr e) {
            try {
                std::rethrow_exception(e);
            } catch (const std::runtime_error& what) {
                told = what.what();
            }
            throw 1;  // nor does this
        };
    }
    Client client{options};
    const bool while_calling = GENERATE(true, false);
    client.async_get(server.url("/x"), [&](std::error_code, Response) {
        AtEnd at_end{[&] { thrown.open(); }};
        throw std::runtime_error("of the handler");
    });
    if (!while_calling) {
        thrown.wait();
    }
    std::error_code ec;
    CHECK(client.get(server.url("/late"), ec).body.read_all() == "/late");
    CHECK_FALSE(ec);
    CHECK(client.get(server.url("/more")).body.read_all() == "/more");
    if (hook) {
        CHECK(told == "of the handler");
    }
    CHECK(client.stats().active == 0);
}

TEST_CASE("a blocking call in a handler on the background thread is refused, as it would deadlock",
          "[L10]") {
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    std::promise<std::error_code> promise;
    client.async_get(server.url(), [&](std::error_code, Response) {
        std::error_code ec;
        client.get(server.url(), ec);
        promise.set_value(ec);
    });
    CHECK(take(promise.get_future()) == error::would_deadlock);
}

TEST_CASE("a client for one thread has no background thread, and works only during calls") {
    const FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    int called = 0;
    {
        Client client{{.transport = {.thread_safe = false}}};
        client.async_get(server.url("/a"), [&](std::error_code ec, Response) { called += !ec; });
        server.wait_for_requests(0);
        while (called == 0) {
            CHECK(client.get(server.url("/b")).body.read_all() == "GET /b - ");
        }
        client.async_get(server.url("/a"), [&](std::error_code ec, Response) {
            called += ec == error::client_closed;
        });
    }
    CHECK(called == 2);
}

// ── The end of a client ──────────────────────────────────────────────────────────────────────────

TEST_CASE("handlers of a destroyed client are called, and nothing is left", "[L03]") {
    const FdGuard fds;
    ScriptServer server{serve};
    std::atomic<int> called{0};
    for (int i = 0; i < 10; ++i) {
        Client client;
        if (i % 2 == 0) {
            client.get(server.url("/x")).body.read_all();
        }
        client.async_get(server.url("/stuck"), [&](std::error_code ec, Response res) {
            called += ec == error::client_closed && res.body.read_all().empty();
        });
    }
    CHECK(called == 10);
}

TEST_CASE("a body outlives its client, even with a pending read", "[L03]") {
    const FdGuard fds;
    const std::string large = pattern(5'000'000);
    ScriptServer server{keep_alive_server([&](const auto&) { return respond(large); })};
    auto client = std::make_optional<Client>();
    Response blocking = client->get(server.url());
    Response future = client->get(server.url());
    auto rest = future.body.async_read_all(asio::use_future);
    client.reset();
    CHECK(blocking.body.read_all() == large);
    CHECK(take(std::move(rest)) == large);
}

TEST_CASE("a handler destroys the client whose background thread runs it", "[L03]") {
    const FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    for (int i = 0; i < 20; ++i) {
        auto client = std::make_shared<std::optional<Client>>(std::in_place);
        Gate done;
        (*client)->async_get(server.url(), [&](std::error_code, Response) {
            client->reset();
            done.open();
        });
        done.wait();
    }
    server.wait_for_open(0);
    wait_until([&] { return fds.leaked().size() <= 3; });  // the server's own
}

TEST_CASE("a blocking call in the destructor of a thread_local object", "[L03]") {
    const FdGuard fds;
    ServerOptions over_tls;
    over_tls.tls = ServerTls{.cert = TestCert::self_signed({.ips = {"127.0.0.1"}})};
    ScriptServer server{keep_alive_server(echo), GENERATE_COPY(ServerOptions{}, over_tls)};
    TransportOptions options;
    options.tls.insecure_skip_verify = true;
    std::string text;
    std::thread([&] {
        static thread_local AtEnd last;
        last.what = [&] {
            text = Client{{.transport = options}}.get(server.url("/last")).body.read_all();
        };
        Client client{{.transport = options}};
        CHECK(client.get(server.url("/first")).status == 200);
    }).join();
    CHECK(text == "GET /last - ");
}

// ── Body sources ─────────────────────────────────────────────────────────────────────────────────

TEST_CASE("each blocking caller runs its own source, which may wait for another caller", "[L10]") {
    const FdGuard fds;
    const std::string large = pattern(2'000'000);
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
        return respond(request.method == "GET" ? large : request.body);
    })};
    Client client{ClientOptions{.timeout = patience}};
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> queue;  // from the download to the upload
    bool end = false;
    std::thread download([&] {
        Response res = client.get(server.url());
        char buffer[16384];
        std::error_code ec;
        while (!ec) {
            const std::size_t n = res.body.read_some(asio::buffer(buffer), ec);
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return queue.size() < 4; });
            n != 0 ? (void)queue.emplace_back(buffer, n) : (void)(end = true);
            changed.notify_all();
        }
    });
    const auto me = std::this_thread::get_id();
    int strangers = 0;
    const auto source = [&](asio::mutable_buffer into) -> std::size_t {
        strangers += std::this_thread::get_id() != me;
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return !queue.empty() || end; });
        if (queue.empty()) {
            return 0;
        }
        const std::string piece = std::move(queue.front());
        queue.pop_front();
        changed.notify_all();
        std::memcpy(into.data(), piece.data(), piece.size());
        return piece.size();
    };
    CHECK(client.post(server.url(), RequestBody::stream(source)).body.read_all() == large);
    CHECK(strangers == 0);
    download.join();
}

TEST_CASE("a waiting source holds up no other thread and no deadline", "[L10]") {
    const FdGuard fds;
    ScriptServer server{serve};
    Client client;
    Gate go;
    Gate waiting;
    std::thread slow([&] {
        Request request{"POST", server.url("/x"), RequestBody::stream([&](asio::mutable_buffer) {
                            waiting.open();
                            go.wait();
                            return std::size_t{0};
                        })};
        request.options.timeout = 300ms;  // enough for the source to be asked on a busy machine
        std::error_code ec;
        client.send(request, ec);
        CHECK(ec == error::total_timeout);  // reported once the source has returned
    });
    waiting.wait();
    CHECK(client.get(server.url("/y")).body.read_all() == "/y");
    CHECK(take(code_in_future([&](auto handler) {
              Request request{"GET", server.url("/stuck")};
              request.options.timeout = 400ms;  // ends after that of the other
              client.async_send(request, handler);
          })) == error::total_timeout);
    go.open();
    slow.join();
}

TEST_CASE("an upload continues while the caller itself reads its early response", "[L10]") {
    const FdGuard fds;
    const std::string text = pattern(300'000);
    const bool drops = GENERATE(false, true);
    ScriptServer server{[&](Peer& peer) {
        peer.read_head();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
        if (drops) {
            peer.wait_for_eof();
            return;
        }
        peer.read_exactly(text.size());
        peer.send("whole");
    }};
    Client client;
    const auto me = std::this_thread::get_id();
    int strangers = 0;
    auto next = pieces(text, 7000);
    const auto source = [&](asio::mutable_buffer into) {
        strangers += std::this_thread::get_id() != me;
        return next(into);
    };
    {
        Response res = client.post(server.url(), RequestBody::stream(source, text.size()));
        if (!drops) {
            CHECK(res.body.read_all() == "half:whole");
        }
    }
    CHECK(strangers == 0);
    CHECK(client.stats().active == 0);
}

// ── A call ended from outside ────────────────────────────────────────────────────────────────────

TEST_CASE("a stop token ends a blocking call, an already stopped one ends it at once", "[L10]") {
    const FdGuard fds;
    ScriptServer server{serve};
    Client client;
    std::stop_source stop;
    Request request{"GET", server.url("/stuck")};
    request.options.stop = stop.get_token();
    std::thread other([&] {
        server.wait_for_requests(1);
        stop.request_stop();
    });
    std::error_code ec;
    client.send(request, ec);
    CHECK(ec == error::canceled);
    CHECK(ec == hawser::condition::canceled);
    other.join();
    client.send(request, ec);
    CHECK(ec == error::canceled);
    CHECK(server.requests() == 1);
    request.options.stop = {};
    request.url = server.url("/x");
    CHECK(client.send(request).body.read_all() == "/x");
}

TEST_CASE("a stop token ends the reading of the body, blocking or not", "[L10]") {
    const FdGuard fds;
    ScriptServer server{[](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf:");
        peer.wait_for_eof();
    }};
    Client client;
    std::stop_source stop;
    Request request{"GET", server.url()};
    request.options.stop = stop.get_token();
    Response res = client.send(request);
    char bytes[5];
    asio::read(res.body, asio::buffer(bytes));
    SECTION("blocking") {
        std::thread other([&] { stop.request_stop(); });
        std::error_code ec;
        CHECK(res.body.read_all(ec).empty());
        CHECK(ec == error::canceled);
        other.join();
    }
    SECTION("asynchronous") {
        auto rest = code_in_future([&](auto handler) { res.body.async_read_all(handler); });
        stop.request_stop();
        CHECK(take(std::move(rest)) == error::canceled);
    }
    CHECK(client.stats().open == 0);
}

TEST_CASE("a stop token ends an asynchronous request in any phase, once", "[L10]") {
    const FdGuard fds;
    ScriptServer server{serve};
    Client client{{.transport = {.max_conns_per_host = 4}}};
    for (int round = 0; round < 20; ++round) {
        std::stop_source stop;
        std::vector<std::future<std::error_code>> futures;
        for (int i = 0; i < 8; ++i) {  // half of them queue
            Request request{"GET", server.url(i % 2 == 0 ? "/stuck" : "/x")};
            request.options.stop = stop.get_token();
            futures.push_back(
                code_in_future([&](auto handler) { client.async_send(request, handler); }));
        }
        std::thread([&] { stop.request_stop(); }).join();
        for (auto& future : futures) {
            const std::error_code ec = take(std::move(future));
            CHECK((!ec || ec == error::canceled));
        }
    }
    CHECK(client.stats().active == 0);
    CHECK(client.stats().waiting == 0);
}

TEST_CASE("a call on a client whose executor nobody runs keeps its timeout", "[L10]") {
    const FdGuard fds;
    ScriptServer server{serve};
    asio::io_context io;
    {
        Client client{io, ClientOptions{.timeout = 50ms}};
        std::error_code ec;
        client.get(server.url("/x"), ec);
        CHECK(ec == error::total_timeout);
        Request request{"GET", server.url("/half")};
        request.options.timeout = 300ms;
        std::optional<Response> res;
        {
            std::thread runner([&] { io.run_for(100ms); });
            res = client.send(request, ec);
            runner.join();
        }
        REQUIRE((!ec || ec == error::total_timeout));
        if (!ec) {
            res->body.read_all(ec);
            CHECK((ec == error::total_timeout || ec == error::incomplete_body));
        }
    }
    io.restart();
    io.run();
}

// ── Operations on a transport ────────────────────────────────────────────────────────────────────

TEST_CASE("preconnect and shutdown have blocking forms", "[B-23][B-24]") {
    const FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    auto& transport = *client.transport();
    transport.preconnect(server.url(), 2);
    CHECK(client.stats().idle == 2);
    std::error_code ec;
    transport.preconnect("http://not a host/", 1, ec);
    CHECK(ec == error::invalid_url);
    transport.shutdown(1s, ec);
    CHECK_FALSE(ec);
    CHECK(client.stats().open == 0);
    transport.preconnect(server.url(), 1, ec);
    CHECK(ec == error::client_closed);
    CHECK(code_of([&] { transport.preconnect(server.url(), 1); }) == error::client_closed);
    CHECK(code_of([&] { transport.shutdown(1s); }) == error::client_closed);
}

TEST_CASE("canceling preconnect aborts the dials that no request has adopted", "[B-23]") {
    const FdGuard fds;
    Gate go;
    ScriptServer server{[&](Peer& peer) { peer.wait_for_eof(); }};
    asio::io_context io;
    const auto type = GENERATE(asio::cancellation_type::terminal,
                               asio::cancellation_type::partial,
                               asio::cancellation_type::total);
    {
        Client client{io};
        asio::cancellation_signal signal;
        std::optional<std::error_code> ended;
        client.transport()->async_preconnect(  // its TLS handshake is never answered
            server.https_url(),
            2,
            asio::bind_cancellation_slot(signal.slot(), [&](std::error_code ec) { ended = ec; }));
        server.wait_for_connections(0);
        while (server.connections() < 2) {
            io.poll();
        }
        CHECK(client.stats().dialing == 2);
        signal.emit(type);
        io.restart();
        io.run();
        CHECK(ended == asio::error::operation_aborted);
        CHECK(client.stats().dialing == 0);
    }
}

TEST_CASE("canceling shutdown ends the wait, and the shutdown continues", "[B-24]") {
    ScriptServer server{serve};
    asio::io_context io;
    Client client{io};
    std::optional<std::error_code> got;
    client.async_get(server.url("/stuck"), [&](std::error_code ec, Response) { got = ec; });
    while (server.requests() == 0) {
        io.poll();
    }
    asio::cancellation_signal signal;
    std::optional<std::error_code> ended;
    client.transport()->async_shutdown(
        100ms,
        asio::bind_cancellation_slot(signal.slot(), [&](std::error_code ec) { ended = ec; }));
    signal.emit(asio::cancellation_type::total);
    io.restart();
    io.run();
    CHECK(ended == asio::error::operation_aborted);
    CHECK(got == error::client_closed);
    CHECK(client.stats().open == 0);
}

TEST_CASE("a client can be made from a context, but not from a null round tripper", "[F-C01]") {
    ScriptServer server{keep_alive_server(echo)};
    asio::thread_pool pool(1);
    {
        Client client{pool};
        CHECK(client.get(server.url()).status == 200);
        Client another{pool, {.transport = {.max_conns_per_host = 1}}};
        CHECK(another.get(server.url()).status == 200);
        Client third{std::make_shared<hawser::Transport>(pool)};
        CHECK(third.get(server.url()).status == 200);
    }
    pool.join();
    CHECK(code_of([] { Client client{std::shared_ptr<hawser::RoundTripper>()}; }) ==
          std::errc::invalid_argument);
}

// ── Middleware ───────────────────────────────────────────────────────────────────────────────────

namespace {

/// Drops every request, or keeps it unanswered.
class Forgetful final : public hawser::RoundTripper {
public:
    Forgetful(asio::any_io_executor executor, bool keeps)
        : executor_(std::move(executor)), keeps_(keeps) {}

    executor_type get_executor() const noexcept override { return executor_; }
    void start_round_trip(Request, hawser::RoundTripHandler handler) override {
        const std::lock_guard lock(mutex_);
        if (keeps_) {
            kept_.push_back(std::move(handler));
        }
    }
    std::vector<hawser::RoundTripHandler> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(kept_, {});
    }

private:
    std::mutex mutex_;
    std::vector<hawser::RoundTripHandler> kept_;
    asio::any_io_executor executor_;
    bool keeps_;
};

class Forwarding final : public hawser::CoroutineRoundTripper {
public:
    explicit Forwarding(std::shared_ptr<hawser::RoundTripper> next)
        : CoroutineRoundTripper(next->get_executor()), next_(std::move(next)) {}

    asio::awaitable<Response> round_trip(Request request) override {
        co_return co_await next_->async_round_trip(std::move(request), asio::use_awaitable);
    }

private:
    std::shared_ptr<hawser::RoundTripper> next_;
};

}  // namespace

TEST_CASE("middleware that drops its handler fails the call, the future and the handler",
          "[F-C02]") {
    IoThread io;
    Client client{std::make_shared<Forgetful>(io.executor(), false)};
    std::error_code ec;
    client.get("http://host.example/", ec);
    CHECK(ec == error::client_closed);
    CHECK(take(code_in_future([&](auto handler) {
              client.async_get("http://host.example/", handler);
          })) == error::client_closed);
    io.finish();
}

TEST_CASE("middleware that is destroyed with its context fails the call", "[F-C02]") {
    auto io = std::make_unique<asio::io_context>();
    std::error_code ec;
    std::thread caller;
    {
        const auto forgetful = std::make_shared<Forgetful>(io->get_executor(), true);
        caller = std::thread(
            [&, client = Client(forgetful)]() mutable { client.get("http://host.example/", ec); });
        wait_until([&] { return !forgetful->take().empty(); });  // destroys the handlers
    }
    caller.join();
    CHECK(ec == error::client_closed);
}

TEST_CASE("a call on middleware that never answers ends by its timeout or its stop token",
          "[F-C02]") {
    asio::io_context io;  // nobody runs it
    const auto forgetful = std::make_shared<Forgetful>(io.get_executor(), true);
    Client client{forgetful, ClientOptions{.timeout = 50ms}};
    std::error_code ec;
    client.get("http://host.example/", ec);
    CHECK(ec == error::total_timeout);
    std::stop_source stop;
    Request request{"GET", "http://host.example/"};
    request.options.timeout = 1h;
    request.options.stop = stop.get_token();
    std::thread other([&] { stop.request_stop(); });
    client.send(request, ec);
    CHECK(ec == error::canceled);
    other.join();
    for (auto& handler : forgetful->take()) {  // too late: the call is over
        std::move(handler)({}, Response());
    }
}

TEST_CASE("middleware on top of the transport of a client without an executor", "[B-31]") {
    const FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client plain;
    Client client{std::make_shared<Forwarding>(plain.transport())};
    CHECK(client.get(server.url("/x")).body.read_all() == "GET /x - ");
    Response res = take(client.async_get(server.url("/y"), asio::use_future));
    CHECK(res.body.read_all() == "GET /y - ");
    CHECK(plain.stats().dialed == 1);
}
