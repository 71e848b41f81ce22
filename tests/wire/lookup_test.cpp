// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Looking up names: on threads that nobody waits for, each name only once at a time, and this
// machine's own names not at all.

#include "../support/scene.hpp"
#include "../support/stuck_network.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/detail/io/name_lookup.hpp>
#include <hawser/detail/rt/monitor.hpp>

#include <asio/bind_executor.hpp>
#include <asio/strand.hpp>

#include <array>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace hawser::test;
using hawser::detail::IntrusivePtr;
using hawser::detail::LookupPool;
using hawser::detail::LookupResult;
using hawser::detail::NameLookup;

namespace {

#if !defined(__SANITIZE_THREAD__)
std::atomic<bool> no_threads{false};
#endif

std::string url_of(const std::string& host, std::uint16_t port, const std::string& path = "/") {
    return "http://" + host + ':' + std::to_string(port) + path;
}

/// A pool for one test; its threads may outlive the test.
LookupPool& new_pool(std::size_t threads, std::chrono::milliseconds idle) {
    static auto& pools = *new std::deque<LookupPool>;
    return pools.emplace_back(threads, idle);
}

struct Asker final : NameLookup::Owner {
    void handed_over(hawser::detail::LookupResultPtr found) override {
        ++times;
        result = *found;
        told.open();
    }
    void keep_alive(bool on) noexcept override { held += on ? 1 : -1; }

    Gate told;
    LookupResult result;
    int times = 0;
    std::atomic<int> held{0};
};

/// An io_context's executor that lacks memory for the first few handlers.
struct Forgetful {
    asio::io_context::executor_type inner;
    std::atomic<int>* failures;

    asio::execution_context& query(asio::execution::context_t) const noexcept {
        return asio::query(inner, asio::execution::context);
    }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    Forgetful require(asio::execution::blocking_t::never_t) const noexcept { return *this; }
    template <class Function>
    void execute(Function function) const {
        if (failures->fetch_sub(1) > 0) {
            throw std::bad_alloc();
        }
        asio::post(inner, std::move(function));
    }
    friend bool operator==(const Forgetful& a, const Forgetful& b) noexcept {
        return a.inner == b.inner;
    }
    [[maybe_unused]] friend bool operator!=(const Forgetful& a, const Forgetful& b) noexcept {
        return !(a == b);
    }
};

bool is_running(pid_t thread) {
    return ::access(("/proc/self/task/" + std::to_string(thread)).c_str(), F_OK) == 0;
}

/// Whether every other thread of this process waits in a system call.
bool others_sleep() {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string line;
        std::getline(std::ifstream(task.path() / "stat"), line);
        const auto state = line.rfind(") ");  // (name) state
        if (task.path().filename() != std::to_string(::gettid()) && state != std::string::npos &&
            line[state + 2] != 'S') {
            return false;
        }
    }
    return true;
}

/// Runs `action` in a child process; returns its exit status. AddressSanitizer's allocator must not
/// be in use by another thread at the moment of the fork: nobody unlocks it in the child.
template <class Action>
int in_child(Action action) {
    CHECK(eventually(others_sleep));
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(action());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

#if !defined(__SANITIZE_THREAD__)
extern "C" int pthread_create(pthread_t* thread,
                              const pthread_attr_t* attributes,
                              void* (*start)(void*),
                              void* argument) {
    using Function = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "pthread_create"));
    return no_threads ? EAGAIN : real(thread, attributes, start, argument);
}
#endif

TEST_CASE("seven stuck names do not delay an eighth, eight delay only the ninth", "[X07]") {
    FdGuard fds;
    StuckResolver stuck;
    ScriptServer server(hello_server());
    IoThread io;
    {
        Client hasty{io.executor(), {.transport = {.resolve_timeout = 50ms}}};
        Client client(io.executor());
        const auto stuck_name = [](int i) { return std::to_string(i) + '.' + StuckResolver::host; };
        const auto outcome = [](Client& from, const std::string& url) {
            Call<Response> call;
            from.async_get(url, call.handler());
            call.outcome();
            return call.result.failure;
        };
        // On a slow machine it may time out before a thread has asked for it.
        const auto occupy_thread = [&](int i) {
            Failure failure;
            do {
                failure = outcome(hasty, url_of(stuck_name(i), 1));
                CHECK(failure.code() == error::resolve_timeout);
            } while (questions().of(stuck_name(i)) == 0);
            return failure;
        };
        for (int i = 0; i < 7; ++i) {
            occupy_thread(i);
        }
        CHECK_FALSE(outcome(client, url_of(one_address, server.port())).code());
        CHECK(occupy_thread(8).reason().find("threads") == std::string::npos);
        CHECK_FALSE(outcome(client, server.url()).code());
        CHECK_FALSE(outcome(client, server.url_as("localhost")).code());
        const Failure ninth = outcome(hasty, url_of(stuck_name(9), 1));
        CHECK(ninth.code() == error::resolve_timeout);
        CHECK(ninth.reason().find("all threads that look up names") == 0);
        CHECK(questions().of(stuck_name(9)) == 0);
        stuck.release();
        CHECK_FALSE(outcome(client, url_of(one_address, server.port(), "/after")).code());
    }
    io.finish();
}

TEST_CASE("concurrent lookups of the same name are one call", "[F-N07]") {
    FdGuard fds;
    const std::string host = std::string("shared.") + StuckResolver::late;
    StuckResolver stuck;
    ScriptServer server(hello_server());
    IoThread io;
    {
        Client client(io.executor());
        Client other{io.executor(), {.transport = {.resolve_timeout = 10ms}}};
        std::array<Call<Response>, 5> calls;
        for (std::size_t i = 0; i < calls.size(); ++i) {
            hawser::Request request("GET", url_of(host, server.port()));
            request.options.pool_tag = std::to_string(i);  // a connection for each
            client.async_send(std::move(request), calls[i].handler());
        }
        Call<Response> impatient;
        other.async_get(url_of(host, server.port()), impatient.handler());
        CHECK(impatient.outcome() == error::resolve_timeout);
        calls[0].cancel(io.executor());
        CHECK(calls[0].outcome() == aborted);
        stuck.release();
        for (std::size_t i = 1; i < calls.size(); ++i) {
            CHECK_FALSE(calls[i].outcome());
        }
        CHECK(questions().of(host) == 1);
        CHECK(server.connections() >= 4);
    }
    io.finish();
}

TEST_CASE("run() does not return while the name of a connection made ahead is looked up") {
    FdGuard fds;
    StuckResolver stuck;
    ScriptServer server(hello_server());
    asio::io_context io, other;  // the handler is work of the other context
    const asio::any_io_executor executor = GENERATE(false, true)
                                               ? asio::any_io_executor(asio::make_strand(io))
                                               : asio::any_io_executor(io.get_executor());
    // no timer is work either
    Client client{executor, {.transport = {.resolve_timeout = 0ms}}};
    std::optional<std::error_code> outcome;
    const auto dial_ahead = [&](auto& transport, auto... arguments) {
        if constexpr (requires { transport.async_preconnect(arguments...); }) {
            transport.async_preconnect(arguments...);
        } else {
            transport.preconnect(arguments...);
        }
    };
    dial_ahead(
        *client.transport(),
        hawser::Url(url_of(std::string("ahead.") + StuckResolver::late, server.port())),
        std::size_t{1},
        asio::bind_executor(other.get_executor(), [&](std::error_code ec) { outcome = ec; }));
    asio::post(io, [&] { stuck.release(); });
    io.run();
    CHECK(client.stats().dialed == 1);
    other.run();
    REQUIRE(outcome);
    CHECK_FALSE(*outcome);
    check_quiet(client);
}

TEST_CASE("localhost and names below it are loopback, without asking the resolver") {
    FdGuard fds;
    ScriptServer server(hello_server());
    Client client;
    for (const std::string host : {"localhost", "LOCALHOST", "localhost.", "a.b.localhost"}) {
        INFO(host);
        Response response = client.get(url_of(host, server.port()));
        CHECK(response.connection.remote_endpoint.address().is_loopback());
        CHECK(response.body.read_all() == "hello");
        CHECK(questions().of(host) == 0);
    }
    CHECK(questions().of("localhost") == 0);
}

TEST_CASE("the addresses that the options name replace a lookup, also for a proxy") {
    FdGuard fds;
    ScriptServer server{keep_alive_server([](const auto& request) {
        return respond(request.target + ' ' + request.header("Host").value_or(""));
    })};
    ScriptServer tls{hello_server(), {.tls = good_tls()}};
    const std::string port = std::to_string(server.port());
    TransportOptions options = trusting();
    options.resolve = {{"API.example:" + port, {"127.0.0.1"}},
                       {"localhost:" + std::to_string(tls.port()), {"127.0.0.9", "127.0.0.1"}}};
    {
        Client client{{.transport = options}};
        const auto before = questions().of("api.example");
        CHECK(try_get(client, "http://api.example:" + port + "/x").body ==
              "/x api.example:" + port);
        CHECK(
            client.get(tls.url_as("localhost")).connection.remote_endpoint.address().to_string() ==
            "127.0.0.1");
        CHECK(questions().of("api.example") == before);
        std::error_code ec;
        client.get("http://api.example:1/", ec);  // another port
        CHECK(ec == error::resolve_failed);
    }
    options.proxy = hawser::ProxyRules{"http://api.example:" + port};
    CHECK(try_get(*std::make_unique<Client>(hawser::ClientOptions{.transport = options}),
                  "http://other.example/y")
              .body == "http://other.example/y other.example");
    for (const auto& [host, address] : {std::pair{"a", "127.0.0.1"},
                                        std::pair{"a:", "127.0.0.1"},
                                        std::pair{"a:80/x", "127.0.0.1"},
                                        std::pair{"a:99999", "127.0.0.1"},
                                        std::pair{"a:80", "localhost"},
                                        std::pair{"a:80", ""}}) {
        CAPTURE(host, address);
        options.resolve = {{host, {address}}};
        try {
            Client client{{.transport = options}};
            FAIL("it was accepted");
        } catch (const std::system_error& e) {
            CHECK(e.code() == error::invalid_url);
            CHECK(std::string(e.what()).find("option resolve \"") != std::string::npos);
        }
    }
    options.resolve = {{"a:80", {}}};
    CHECK_THROWS_AS(Client({.transport = options}), std::system_error);
}

TEST_CASE("a filter is asked about every address before it is dialed, of each hop", "[C23]") {
    FdGuard fds;
    ScriptServer server(hello_server());
    ScriptServer other(hello_server(), {.address = "127.0.0.2"});
    ScriptServer moves{keep_alive_server([&](const auto&) {
        return "HTTP/1.1 302 M\r\nLocation: " + other.url("/") + "\r\nContent-Length: 0\r\n\r\n";
    })};
    std::mutex mutex;
    std::vector<std::string> asked;
    int under_lock = 0;
    TransportOptions options;
    options.resolve = {
        {"many.example:" + std::to_string(server.port()), {"127.0.0.2", "127.0.0.1"}}};
    options.address_filter = [&](const asio::ip::address& address) {
        const std::lock_guard lock(mutex);
        under_lock += hawser::detail::locks_held != 0 ? 1 : 0;
        asked.push_back(address.to_string());
        return address.to_string() != "127.0.0.2";
    };
    {
        Client client{{.transport = options}};
        CHECK(try_get(client, server.url()).body == "hello");
        CHECK(try_get(client, server.url()).body == "hello");
        CHECK(try_get(client, url_of("many.example", server.port())).body == "hello");
        std::error_code ec;
        const Response refused = client.get(moves.url(), ec);
        CHECK(ec == error::connect_failed);
        CHECK(refused.failure.reason() == "address_filter refused 127.0.0.2");
        client.get(other.url(), ec);
        CHECK(ec == error::connect_failed);
        client.get(url_of("[::ffff:127.0.0.2]", other.port()), ec);
        CHECK(ec == error::connect_failed);
        CHECK(other.connections() == 0);
        check_quiet(client);
    }
    CHECK(asked == std::vector<std::string>{"127.0.0.1",
                                            "127.0.0.2",
                                            "127.0.0.1",
                                            "127.0.0.1",
                                            "127.0.0.2",
                                            "127.0.0.2",
                                            "127.0.0.2"});
    CHECK(under_lock == 0);

    IoThread io;
    const auto failure_with = [&](auto function) {
        TransportOptions throwing;
        throwing.address_filter = function;
        Client client{io.executor(), {.transport = throwing}};
        Call<Response> call;
        client.async_get(server.url(), call.handler());
        call.outcome();
        return call.result.failure;
    };
    const auto text =
        failure_with([](const asio::ip::address&) -> bool { throw std::runtime_error("no"); });
    CHECK(text.code() == error::connect_failed);
    CHECK(text.reason() == "address_filter threw: no");
    CHECK(failure_with([](const asio::ip::address&) -> bool { throw 1; }).reason() ==
          "address_filter threw");
    CHECK(failure_with([](const asio::ip::address&) -> bool { throw std::bad_alloc(); }).code() ==
          error::resource_exhausted);
    CHECK(failure_with([](const asio::ip::address&) -> bool {
              throw std::system_error(std::error_code());
          }).code() == error::connect_failed);
    CHECK(failure_with([](const asio::ip::address&) -> bool {
              throw std::system_error(std::make_error_code(std::errc::not_supported));
          }).code() == std::errc::not_supported);
    io.finish();
}

TEST_CASE("a server that listens only on ::1 is reached by localhost and by its address") {
    FdGuard fds;
    std::optional<ScriptServer> server;
    try {
        server.emplace(hello_server(), ServerOptions{.address = "::1"});
    } catch (const std::system_error&) {
        WARN("this machine has no ::1");
        return;
    }
    Client client;
    for (const std::string host : {"localhost", "[::1]"}) {
        INFO(host);
        Response response = client.get(url_of(host, server->port()));
        CHECK(response.connection.remote_endpoint.address().to_string() == "::1");
        CHECK(response.body.read_all() == "hello");
    }
}

TEST_CASE("the resolver is asked without AI_ADDRCONFIG, which hides addresses", "[N08]") {
    Client client;
    std::error_code ec;
    client.get(url_of(no_address, 1), ec);
    CHECK(ec == error::resolve_failed);
    CHECK(questions().of(no_address) != 0);
    CHECK((questions().flags() & AI_ADDRCONFIG) == 0);
}

TEST_CASE("neither a blocking call nor its client waits for a stuck resolver", "[X07]") {
    FdGuard fds;
    StuckResolver stuck;
    std::optional<Client> client(std::in_place, ClientOptions{.timeout = 30ms});
    std::error_code ec;
    client->get(url_of(std::string("b.") + StuckResolver::host, 1), ec);
    CHECK(ec == error::total_timeout);
    client.reset();
    CHECK_FALSE(StuckResolver::gate()->is_open());
}

TEST_CASE("a result that arrives after its io_context was destroyed is dropped", "[X07]") {
    FdGuard fds;
    const bool at_once = GENERATE(false, true);  // else after the destruction
    for (int i = 0; i < 50; ++i) {
        StuckResolver stuck;
        auto io = std::make_unique<asio::io_context>();
        Client client(io->get_executor());
        client.async_get(url_of(std::to_string(i) + ".gone." + StuckResolver::late, 1),
                         [](std::error_code, Response) {});
        io->poll();
        if (at_once) {
            stuck.release();
        }
        io.reset();
    }
}

TEST_CASE("lookup threads end when they are idle, and are started again") {
    auto& pool = new_pool(2, 1ms);
    asio::io_context io;
    for (int i = 0; i < 3; ++i) {
        Asker asker;
        const auto lookup = NameLookup::start(one_address, io.get_executor(), asker, pool);
        CHECK(asker.held == 1);
        io.restart();
        io.run();  // the lookup is its work
        CHECK(asker.times == 1);
        CHECK(asker.held == 0);
        REQUIRE(asker.result.addresses.size() == 1);
        CHECK(asker.result.addresses[0].address().to_string() == "127.0.0.1");
        CHECK_FALSE(lookup->waits_for_thread());
        lookup->forget();
        CHECK(eventually([] { return !is_running(questions().asked_by()); }));
    }
}

TEST_CASE("an idle lookup thread is used again, and handles no signals") {
    auto& pool = new_pool(8, 1h);
    asio::io_context io;
    Asker asker;
    std::set<pid_t> threads;
    CHECK(eventually([&] {
        const auto lookup = NameLookup::start(one_address, io.get_executor(), asker, pool);
        io.restart();
        io.run();
        lookup->forget();  // the thread has left the executor, and will soon be idle
        return !threads.insert(questions().asked_by()).second;
    }));
    CHECK(asker.times == static_cast<int>(threads.size()) + 1);
    CHECK_FALSE(questions().handles_signals());
}

TEST_CASE("a forgotten result is not reported, even if already posted") {
    auto& pool = new_pool(1, 1h);
    StuckResolver stuck;
    asio::io_context io;
    Asker asker, blocker;
    const std::string last = std::string("after.") + StuckResolver::host;
    const auto lookup = NameLookup::start(one_address, io.get_executor(), asker, pool);
    const auto next = NameLookup::start(last, io.get_executor(), blocker, pool);
    CHECK(eventually([&] { return questions().of(last) == 1; }));  // so the first result has been
                                                                   // posted
    lookup->forget();
    next->forget();
    io.run();
    CHECK(asker.times == 0);
    CHECK(asker.held == 0);
    CHECK(blocker.times == 0);
}

TEST_CASE("a result is reported even if its executor lacks memory for a while") {
    auto& pool = new_pool(1, 1h);
    asio::io_context io;
    auto work = asio::make_work_guard(io);
    std::atomic<int> failures{3};
    struct Last final : NameLookup::Owner {
        void handed_over(hawser::detail::LookupResultPtr) override { work.reset(); }
        void keep_alive(bool on) noexcept override { held += on ? 1 : -1; }
        explicit Last(decltype(work)& keeps) : work(keeps) {}
        decltype(asio::make_work_guard(std::declval<asio::io_context&>()))& work;
        std::atomic<int> held{0};
    } owner(work);
    const auto lookup =
        NameLookup::start(one_address, Forgetful{io.get_executor(), &failures}, owner, pool);
    io.run();
    CHECK(failures == -1);
    CHECK(owner.held == 0);
    failures = 1'000'000;
    const auto dropped =
        NameLookup::start(one_address, Forgetful{io.get_executor(), &failures}, owner, pool);
    CHECK(eventually([&] { return failures < 1'000'000; }));
    dropped->forget();  // ends the retries
    CHECK(owner.held == 0);
}

TEST_CASE("a lookup that was forgotten in the queue is never made") {
    auto& pool = new_pool(1, 1h);
    StuckResolver stuck;
    asio::io_context io;
    Asker first, second, third;
    const std::string queued = std::string("queued.") + StuckResolver::host;
    const auto one = NameLookup::start(StuckResolver::host, io.get_executor(), first, pool);
    const auto two = NameLookup::start(queued, io.get_executor(), second, pool);
    const auto three = NameLookup::start(no_address, io.get_executor(), third, pool);
    CHECK(two->waits_for_thread());
    CHECK(three->waits_for_thread());
    two->forget();
    two->forget();
    CHECK(second.held == 0);
    one->forget();  // its thread continues
    CHECK(first.held == 0);
    stuck.release();
    io.run();
    CHECK(first.times == 0);
    CHECK(second.times == 0);
    CHECK(third.times == 1);
    CHECK(third.result.ec == std::error_code(EAI_NONAME, hawser::detail::resolver_category()));
    CHECK(third.result.ec == hawser::condition::refused);
    CHECK(third.result.ec.message() == ::gai_strerror(EAI_NONAME));
    CHECK(questions().of(queued) == 0);
}

#if !defined(__SANITIZE_THREAD__)
TEST_CASE("if no thread can be started, the request fails, and the next one does not", "[X07]") {
    auto& pool = new_pool(2, 1h);
    asio::io_context io;
    Asker asker;
    no_threads = true;
    CHECK_THROWS_AS(NameLookup::start(one_address, io.get_executor(), asker, pool),
                    std::system_error);
    CHECK(asker.held == 0);
    no_threads = false;
    const auto first = NameLookup::start(one_address, io.get_executor(), asker, pool);
    io.restart();
    io.run();
    CHECK(asker.times == 1);
    no_threads = true;  // the one existing thread gets to all of them
    const auto second = NameLookup::start(one_address, io.get_executor(), asker, pool);
    const auto third = NameLookup::start(no_address, io.get_executor(), asker, pool);
    io.restart();
    io.run();
    no_threads = false;
    CHECK(asker.times == 3);
}

TEST_CASE("a child of fork() has its own threads, or an error that says there are none", "[X07]") {
    ScriptServer server(hello_server());
    const std::string url = url_of(one_address, server.port());
    Client warm;
    CHECK(warm.get(url).body.read_all() == "hello");
    CHECK(in_child([&] {
              Client client;
              return client.get(url).body.read_all() == "hello" ? 7 : 1;
          }) == 7);
    CHECK(in_child([&] {
              no_threads = true;
              Client client;
              std::error_code ec;
              client.get(url, ec);
              return ec == error::resource_exhausted &&
                             ec == std::errc::resource_unavailable_try_again
                         ? 7
                         : 1;
          }) == 7);
}
#endif
