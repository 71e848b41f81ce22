// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Several addresses of a host, tried in an overlapping way, and the user's own resolver, which says
// what they are.

#include "../support/full_listener.hpp"
#include "../support/scene.hpp"
#include "../support/stuck_network.hpp"
#include "../support/tls_setup.hpp"
#include "../support/trace_log.hpp"
#include "../support/wire_tests.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <map>
#include <mutex>
#include <thread>

using namespace hawser::test;
using hawser::DialTarget;
using hawser::ResolveHandler;
using hawser::Resolver;

namespace {

using Addresses = std::vector<asio::ip::address>;

Addresses addresses(std::initializer_list<const char*> texts) {
    Addresses all;
    for (const char* const text : texts) {
        all.push_back(asio::ip::make_address(text));
    }
    return all;
}

/// Answers by a function.
struct ScriptResolver final : Resolver {
    using Function = std::function<void(std::string, ResolveHandler)>;
    explicit ScriptResolver(Function function) : answer(std::move(function)) {}

    void start_resolve(std::string host, ResolveHandler handler) override {
        {
            const std::lock_guard lock(mutex);
            under_lock += hawser::detail::locks_held != 0 ? 1 : 0;
            ++asked[host];
        }
        answer(std::move(host), std::move(handler));
    }

    Function answer;
    std::mutex mutex;
    std::map<std::string, int> asked;
    int under_lock = 0;
};

std::shared_ptr<ScriptResolver> resolver(ScriptResolver::Function function) {
    return std::make_shared<ScriptResolver>(std::move(function));
}

/// Always the same addresses.
std::shared_ptr<ScriptResolver> resolver(Addresses found) {
    return resolver([found](const std::string&, ResolveHandler handler) { handler({}, found); });
}

std::string url_of(const std::string& host, std::uint16_t port) {
    return "http://" + host + ':' + std::to_string(port) + '/';
}

/// The addresses that were tried, in order, and how.
struct Connects final : hawser::ClientTrace {
    void connect_start(const Endpoint& address) override { add("+", address, {}); }
    void connect_done(const Endpoint& address, std::error_code ec) override {
        add("-", address, ec);
    }
    void add(const char* what, const Endpoint& address, std::error_code ec) {
        const std::lock_guard lock(mutex);
        text += (text.empty() ? "" : " ") + std::string(what) + address.address().to_string();
        if (ec) {
            text += ec == aborted ? "!" : "x";
        }
    }
    std::string get() {
        const std::lock_guard lock(mutex);
        return text;
    }
    std::mutex mutex;
    std::string text;
};

}  // namespace

TEST_CASE(
    "an address that does not answer costs the attempt delay, and is closed when another wins",
    "[F-N03][B-25][N09][X06][T-O03]") {
    FdGuard fds;
    FullListener full;  // on 127.0.0.1
    ScriptServer server(hello_server(), {.address = "127.0.0.2", .port = full.port()});
    for (const bool blocking : {false, true}) {
        CAPTURE(blocking);
        auto connects = std::make_shared<Connects>();
        hawser::ClientOptions options{.transport = {.connect_attempt_delay = 20ms}};
        options.transport.resolver = resolver(addresses({"127.0.0.1", "127.0.0.2"}));
        options.trace = connects;
        IoThread io;
        {
            Client client = blocking ? Client{options} : Client{io.executor(), options};
            const std::string url = url_of("two.example", full.port());
            if (blocking) {
                CHECK(client.get(url).body.read_all() == "hello");
            } else {
                Call<Response> call;
                client.async_get(url, call.handler());
                CHECK_FALSE(call.outcome());
                CHECK(call.result.connection.remote_endpoint.address().to_string() == "127.0.0.2");
            }
            client.close_idle_connections();
        }
        io.finish();
        CHECK(connects->get() == "+127.0.0.1 +127.0.0.2 -127.0.0.2 -127.0.0.1!");
    }
}

TEST_CASE("an address that refuses is followed by the next at once, whatever the delay",
          "[F-N03][T-O04]") {
    FdGuard fds;
    ScriptServer server(hello_server(), {.address = "127.0.0.3"});
    for (const std::chrono::milliseconds delay : {0ms, std::chrono::milliseconds{1h}}) {
        auto connects = std::make_shared<Connects>();
        hawser::ClientOptions options{.transport = {.connect_attempt_delay = delay}};
        options.transport.resolver =
            resolver(addresses({"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"}));
        options.trace = connects;
        Client client{options};
        CHECK(client.get(url_of("four.example", server.port())).body.read_all() == "hello");
        CHECK(connects->get() ==
              "+127.0.0.1 -127.0.0.1x +127.0.0.2 -127.0.0.2x +127.0.0.3 -127.0.0.3");
        check_quiet(client);
    }
}

TEST_CASE("without a delay, an address has its whole time before the next is tried", "[T-O05]") {
    FdGuard fds;
    FullListener full;
    ScriptServer server(hello_server(), {.address = "127.0.0.2", .port = full.port()});
    auto connects = std::make_shared<Connects>();
    hawser::ClientOptions options{
        .transport = {.connect_attempt_delay = 0ms, .connect_timeout = 200ms}};
    options.transport.resolver = resolver(addresses({"127.0.0.1", "127.0.0.2"}));
    options.trace = connects;
    Client client{options};
    CHECK(client.get(url_of("two.example", full.port())).body.read_all() == "hello");
    CHECK(connects->get() == "+127.0.0.1 -127.0.0.1x +127.0.0.2 -127.0.0.2");
    check_quiet(client);
}

TEST_CASE("attempts that overlap all fail, or are canceled, and leave nothing behind",
          "[T-O03][T-O04]") {
    FdGuard fds;
    FullListener full(true);
    IoThread io;
    hawser::ClientOptions options{
        .transport = {.connect_attempt_delay = 10ms, .connect_timeout = 300ms}};
    options.transport.resolver = resolver(addresses({"127.0.0.1", "127.0.0.2", "127.0.0.3"}));
    {
        Client client{io.executor(), options};
        Call<Response> late, canceled;
        client.async_get(url_of("three.example", full.port()), late.handler());
        CHECK(late.outcome() == error::connect_timeout);
        CHECK(late.result.failure.reason().find("127.0.0.1:") == 0);
        CHECK(late.result.failure.reason().find("127.0.0.3:") != std::string::npos);
        client.async_get(url_of("three.example", full.port()), canceled.handler());
        canceled.cancel(io.executor());
        CHECK(canceled.outcome() == aborted);
    }
    io.finish();
}

TEST_CASE("IPv6 and IPv4 take turns, and a family without a route costs nothing", "[N09][F-N03]") {
    FdGuard fds;
    ScriptServer server(hello_server());
    auto connects = std::make_shared<Connects>();
    hawser::ClientOptions options{.transport = {.connect_attempt_delay = 1h}};
    options.transport.resolver = resolver(addresses({"::1", "::1", "127.0.0.9", "127.0.0.1"}));
    options.trace = connects;
    Client client{options};
    CHECK(client.get(url_of("dual.example", server.port())).body.read_all() == "hello");
    CHECK(connects->get() == "+::1 -::1x +127.0.0.9 -127.0.0.9x +127.0.0.1 -127.0.0.1");
    check_quiet(client);
}

TEST_CASE("a resolver of the user's is asked about names, of proxies too, and with no lock held",
          "[F-N06][X07]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server([](const auto& request) {
        return respond(request.target + ' ' + request.header("Host").value_or(""));
    })};
    const std::string port = std::to_string(server.port());
    const auto mine = resolver(addresses({"127.0.0.1"}));
    TransportOptions options;
    options.resolver = mine;
    options.resolve = {{"known.example:" + port, {"127.0.0.1"}}};
    {
        Client client{{.transport = options}};
        CHECK(client.get("http://name.example:" + port + "/x").body.read_all() ==
              "/x name.example:" + port);
        client.get("http://known.example:" + port + "/").body.read_all();
        client.get("http://localhost:" + port + "/").body.read_all();
        client.get(server.url()).body.read_all();
        check_quiet(client);
    }
    CHECK(mine->asked == std::map<std::string, int>{{"name.example", 1}});
    options.proxy = hawser::ProxyRules("http://proxy.example:" + port);
    {
        Client client{{.transport = options}};
        CHECK(client.get("http://far.example/y").body.read_all() ==
              "http://far.example/y far.example");
        check_quiet(client);
    }
    CHECK(mine->asked == std::map<std::string, int>{{"name.example", 1}, {"proxy.example", 1}});
    CHECK(mine->under_lock == 0);
    CHECK(questions().of("name.example") == 0);
}

TEST_CASE("what a resolver answers, throws or drops is the reason of the failure", "[N08][F-N06]") {
    FdGuard fds;
    const auto refused = std::make_error_code(std::errc::permission_denied);
    const auto failure_with = [](ScriptResolver::Function function) {
        Client client{{.transport = {.resolver = resolver(std::move(function))}}};
        std::error_code ec;
        const Response response = client.get("http://name.example:1/", ec);
        CHECK(response.failure.phase() == Failure::Phase::resolve);
        check_quiet(client);
        return response.failure;
    };
    const Failure said =
        failure_with([&](const std::string&, ResolveHandler handler) { handler(refused); });
    CHECK(said.code() == error::resolve_failed);
    CHECK(said.cause() == refused);
    CHECK(failure_with([](const std::string&, ResolveHandler handler) {
              handler({}, {});
          }).reason() == "the resolver returned no address");
    CHECK(failure_with([](const std::string&, const ResolveHandler&) {}).reason() ==
          "the resolver dropped its handler");
    const Failure thrown = failure_with([](const std::string&, const ResolveHandler&) {
        throw std::runtime_error("no\nresolver");
    });
    CHECK(thrown.code() == error::resolve_failed);
    CHECK(thrown.reason() == "the resolver dropped its handler");
    const Failure thrown_first = failure_with([](const std::string&, ResolveHandler handler) {
        static auto& kept = *new std::vector<ResolveHandler>;
        kept.push_back(std::move(handler));
        throw std::runtime_error("no\nresolver");
    });
    CHECK(thrown_first.code() == error::resolve_failed);
    CHECK(thrown_first.reason() == "the resolver threw: no\\nresolver");
}

TEST_CASE("a resolver is canceled with its request, and may answer whenever it likes", "[F-N06]") {
    FdGuard fds;
    std::optional<ResolveHandler> kept;
    std::atomic<int> emitted{0};
    const auto mine = resolver([&](const std::string&, ResolveHandler handler) {
        handler.get_cancellation_slot().assign([&](asio::cancellation_type) { ++emitted; });
        kept.emplace(std::move(handler));
    });
    {
        IoThread io;
        Client client{io.executor(), {.transport = {.resolver = mine, .resolve_timeout = 10ms}}};
        Call<Response> late;
        client.async_get("http://late.example:1/", late.handler());
        CHECK(late.outcome() == error::resolve_timeout);
        CHECK(emitted == 1);
        std::optional<ResolveHandler> first = std::move(kept);
        io.finish();
        (*first)({}, addresses({"127.0.0.1"}));  // nobody wants it anymore
    }
    {
        Client client{{.timeout = 10ms, .transport = {.resolver = mine}}};
        std::error_code ec;
        client.get("http://late.example:1/", ec);
        CHECK(ec == error::total_timeout);  // the dial lingers for the next request
    }
    CHECK(emitted == 2);
    (*kept)({}, addresses({"127.0.0.1"}));  // the client is gone
}

TEST_CASE("a resolver may answer later, on a thread of its own", "[F-N06]") {
    FdGuard fds;
    ScriptServer server(hello_server());
    std::vector<std::thread> threads;
    const auto mine = resolver([&](const std::string&, ResolveHandler handler) {
        threads.emplace_back(
            [handler = std::move(handler)]() mutable { handler({}, addresses({"127.0.0.1"})); });
    });
    IoThread io;
    {
        Client blocking{{.transport = {.resolver = mine}}};
        CHECK(blocking.get(url_of("a.example", server.port())).body.read_all() == "hello");
        Client client{io.executor(), {.transport = {.resolver = mine}}};
        Call<Response> call;
        client.async_get(url_of("b.example", server.port()), call.handler());
        CHECK_FALSE(call.outcome());
    }
    io.finish();
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST_CASE("addresses are used again for the time that the option says, unless they are useless") {
    FdGuard fds;
    ScriptServer server(hello_server(), {.address = "127.0.0.2"});
    std::atomic<int> asked{0};
    std::atomic<bool> moved{false};
    const auto mine = resolver([&](const std::string&, ResolveHandler handler) {
        ++asked;
        handler({}, addresses({moved ? "127.0.0.2" : "127.0.0.3"}));
    });
    for (const bool cached : {true, false}) {
        asked = 0;
        moved = true;
        Client client{{.transport = {.disable_keep_alives = true,
                                     .resolver = mine,
                                     .resolve_cache_ttl = cached ? 1h : 0ms}}};
        const std::string url = url_of("again.example", server.port());
        client.get(url).body.read_all();
        client.get(url).body.read_all();
        CHECK(asked == (cached ? 1 : 2));
        moved = false;
        std::error_code ec;
        client.get(url_of("other.example", server.port()), ec);
        CHECK(ec == error::connect_failed);
        moved = true;
        CHECK(client.get(url_of("other.example", server.port())).body.read_all() == "hello");
        check_quiet(client);
    }
}

TEST_CASE("an address_filter may destroy its client, and so may a resolver", "[C23]") {
    FdGuard fds;
    ScriptServer server(hello_server());
    for (const bool filters : {true, false}) {
        CAPTURE(filters);
        IoThread io;
        std::optional<Client> client;
        TransportOptions options;
        if (filters) {
            options.address_filter = [&, big = std::string(100, 'x')](const asio::ip::address&) {
                client.reset();
                return big.size() == 100;
            };
        } else {
            options.resolver = resolver([&](const std::string&, ResolveHandler handler) {
                client.reset();
                handler({}, addresses({"127.0.0.1"}));
            });
        }
        client.emplace(io.executor(), hawser::ClientOptions{.transport = std::move(options)});
        Call<Response> call;
        asio::post(io.executor(), [&] {
            client->async_get(url_of("name.example", server.port()), call.handler());
        });
        const std::error_code ec = call.outcome();
        CHECK((ec == error::client_closed || ec == error::resolve_failed));
        io.finish();
    }
}
