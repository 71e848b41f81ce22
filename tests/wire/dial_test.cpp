// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A failed dial: its code, its explanation in words, and that it leaves nothing behind.

#include "../support/full_listener.hpp"
#include "../support/scene.hpp"
#include "../support/stuck_network.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/detail/io/name_lookup.hpp>

#include <asio/strand.hpp>

#if defined(__linux__)
#include <sys/epoll.h>
#endif

using namespace hawser::test;
using Phase = Failure::Phase;

namespace {

struct Failed {
    std::error_code ec;
    Failure failure;
};

Failed get(Client& client, const std::string& url) {
    Failed failed;
    failed.failure = client.get(url, failed.ec).failure;
    CHECK(failed.failure.code() == failed.ec);
    return failed;
}

Failed get(const std::string& url, const TransportOptions& options = {}) {
    Client client{{.transport = options}};
    return get(client, url);
}

/// A port of 127.0.0.0/8 that nobody listens on.
std::uint16_t closed_port() {
    return ScriptServer(hello_server()).port();
}

std::string text_of(std::errc value) {
    return std::make_error_code(value).message();
}

std::string at(const char* host, std::uint16_t port) {
    return std::string(host) + ':' + std::to_string(port);
}

#if defined(__linux__)
std::atomic<int> refused_registration{0};  // which of the next registrations is refused; 0: none
std::atomic<int> late_connections{0};      // how many appear not to be there at once
#endif
std::atomic<int> connects_to_itself{0};  // how many sockets appear to have done so

}  // namespace

#if defined(__linux__)
extern "C" int epoll_ctl(int epoll, int what, int fd, epoll_event* event) noexcept {
    using Function = int (*)(int, int, int, epoll_event*);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "epoll_ctl"));
    if (what == EPOLL_CTL_ADD && refused_registration > 0 && --refused_registration == 0) {
        errno = ENOSPC;
        return -1;
    }
    return real(epoll, what, fd, event);
}

extern "C" int getpeername(int fd, sockaddr* name, socklen_t* size) noexcept {
    using Function = int (*)(int, sockaddr*, socklen_t*);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getpeername"));
    if (late_connections > 0) {
        --late_connections;
        errno = ENOTCONN;
        return -1;
    }
    return real(fd, name, size);
}
#endif

extern "C" int getsockname(int fd, sockaddr* name, socklen_t* size) noexcept {
    using Function = int (*)(int, sockaddr*, socklen_t*);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getsockname"));
    if (connects_to_itself > 0) {
        --connects_to_itself;
        return ::getpeername(fd, name, size);
    }
    return real(fd, name, size);
}

TEST_CASE("a TCP self-connect counts as a port that nobody listens on", "[N10]") {
    FdGuard fds;
    ScriptServer server{hello_server()};
    Client client;
    const std::string url = server.url();
    connects_to_itself = 1;
    const Failed failed = get(client, url);
    CHECK(connects_to_itself == 0);
    CHECK(failed.ec == error::connect_failed);
    CHECK(failed.ec == std::errc::connection_refused);
    CHECK(client.get(url).body.read_all() == "hello");
    check_quiet(client);
}

TEST_CASE("a refused connection is reported with code, cause and address", "[N05]") {
    FdGuard fds;
    const std::uint16_t port = closed_port();
    const Failed failed = get("http://" + at("127.0.0.1", port) + "/");
    CHECK(failed.ec == error::connect_failed);
    CHECK(failed.ec == std::errc::connection_refused);
    CHECK(failed.ec == condition::refused);
    CHECK(failed.failure.phase() == Phase::connect);
    CHECK(failed.failure.cause() == std::errc::connection_refused);
    CHECK(failed.failure.address() == at("127.0.0.1", port));
    CHECK(failed.failure.reason().empty());
    CHECK(failed.failure.message().find(": " + text_of(std::errc::connection_refused) +
                                        " (connecting, 127.0.0.1:") != std::string::npos);
}

TEST_CASE("when all addresses of a host fail, each is listed and the last is reported", "[N05]") {
    FdGuard fds;
    const std::uint16_t port = closed_port();
    const Failed failed = get("http://" + at(three_addresses, port) + "/");
    const std::string refused = ": " + text_of(std::errc::connection_refused);
    CHECK(failed.ec == std::errc::connection_refused);
    CHECK(failed.failure.address() == at("127.0.0.3", port));
    CHECK(failed.failure.reason() == at("127.0.0.1", port) + refused + "; " +
                                         at("127.0.0.2", port) + refused + "; " +
                                         at("127.0.0.3", port) + refused);
}

TEST_CASE("of many addresses of a name, the first sixteen distinct ones are tried", "[X08]") {
    FdGuard fds;
    const std::uint16_t port = closed_port();
    const std::string tried = get("http://" + at(many_addresses, port) + "/").failure.reason();
    CHECK(std::count(tried.begin(), tried.end(), ';') == 15);
    for (int i = 1; i <= 20; ++i) {
        const std::string address = at(("127.0.0." + std::to_string(i)).c_str(), port);
        CHECK((tried.find(address) != std::string::npos) == (i <= 16));
    }
}

TEST_CASE("of several addresses, an answer from one is reported before the silence of the next",
          "[N05]") {
    FdGuard fds;
    FullListener full;  // on 127.0.0.1, the first of the three
    const Failed failed = get(full.url(three_addresses), TransportOptions{.connect_timeout = 20ms});
    CHECK(failed.ec == error::connect_failed);
    CHECK(failed.ec == std::errc::connection_refused);
    CHECK(failed.failure.reason().find(at("127.0.0.1", full.port()) + ": " +
                                       make_error_code(error::connect_timeout).message()) == 0);
    const Failed late = get(full.url(), TransportOptions{.connect_timeout = 20ms});
    CHECK(late.ec == error::connect_timeout);
    CHECK(late.ec == std::errc::timed_out);
    CHECK(late.failure.phase() == Phase::connect);
    CHECK(late.failure.address() == at("127.0.0.1", full.port()));
    const Failed all_late =
        get(full.url(three_addresses), TransportOptions{.connect_total_timeout = 20ms});
    CHECK(all_late.ec == error::connect_timeout);
    CHECK(all_late.failure.address() == at("127.0.0.1", full.port()));
    CHECK_FALSE(all_late.failure.cause());
}

TEST_CASE("an unknown name is reported in the resolver's words", "[N08]") {
    const Failed failed = get(std::string("http://") + no_address + "/");
    CHECK(failed.ec == error::resolve_failed);
    CHECK(failed.failure.phase() == Phase::resolve);
    CHECK(failed.failure.cause() ==
          std::error_code(EAI_NONAME, hawser::detail::resolver_category()));
    CHECK(failed.failure.address().empty());
    CHECK(failed.failure.message().find(::gai_strerror(EAI_NONAME)) != std::string::npos);
}

TEST_CASE("an unknown zone is reported", "[U12]") {
    const Failed failed = get("http://[fe80::1%25no-such-if]:1/");
    CHECK(failed.ec == error::resolve_failed);
    CHECK(failed.ec == std::errc::no_such_device);
    CHECK(failed.failure.phase() == Phase::resolve);
    CHECK(failed.failure.reason() == "no network interface is \"no-such-if\"");
}

TEST_CASE("a deadline that expires during a dial says what the dial was doing") {
    FdGuard fds;
    StuckResolver stuck;
    FullListener full;
    ScriptServer silent([](Peer& peer) { peer.wait_for_eof(); });
    Client client{ClientOptions{.timeout = 300ms}};  // enough to connect on a busy machine
    const Failed resolving = get(client, stuck.url());
    CHECK(resolving.ec == error::total_timeout);
    CHECK(resolving.failure.phase() == Phase::resolve);
    CHECK(get(client, full.url()).failure.phase() == Phase::connect);
    const Failed shaking = get(client, "https" + silent.url().substr(4));
    CHECK(shaking.ec == error::total_timeout);
    CHECK(shaking.failure.phase() == Phase::tls);
    const Failed slow =
        get("https" + silent.url().substr(4), TransportOptions{.tls_handshake_timeout = 20ms});
    CHECK(slow.ec == error::tls_timeout);
    CHECK(slow.failure.phase() == Phase::tls);
    CHECK(slow.failure.address() == at("127.0.0.1", silent.port()));
}

#if defined(__linux__)
TEST_CASE("a reactor that accepts no more descriptors fails the dial, and nothing leaks", "[N06]") {
    FdGuard fds;
    ScriptServer server{hello_server()};
    Client client;
    refused_registration = 1;
    const Failed failed = get(client, server.url());
    CHECK(refused_registration == 0);
    CHECK(failed.ec == error::resource_exhausted);
    CHECK(failed.ec == std::errc::no_space_on_device);
    CHECK(failed.failure.phase() == Phase::connect);
    CHECK(client.get(server.url()).body.read_all() == "hello");
    check_quiet(client);
}

TEST_CASE("a connection to this machine may take as long as any other") {
    FdGuard fds;
    ScriptServer server{hello_server()};
    IoThread io;
    {
        const bool on_strand = GENERATE(false, true);
        const asio::any_io_executor executor =
            on_strand ? asio::any_io_executor(asio::make_strand(io.executor())) : io.executor();
        Client client{executor, {.transport = {.disable_keep_alives = true}}};
        late_connections = 1;
        Call<Response> late;
        client.async_get(server.url(), late.handler());
        CHECK_FALSE(late.outcome());
        CHECK(late_connections == 0);
        late_connections = 1;
        Call<Response> refused;
        client.async_get("http://127.0.0.1:" + std::to_string(closed_port()) + "/",
                         refused.handler());
        CHECK(refused.outcome() == std::errc::connection_refused);
        late_connections = 0;
    }
    io.finish();
}
#endif
