// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The socket of a connection, as the system sees it: its options and its closing.

#include "../support/echo.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>

using namespace hawser::test;

namespace {

/// The descriptor of the client's end of a connection; -1 if it is closed.
int descriptor(const hawser::ConnectionInfo& info) {
    for (const int fd : open_fds()) {
        sockaddr_in name{};
        socklen_t size = sizeof name;
        if (::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0 ||
            ntohs(name.sin_port) != info.local_endpoint.port()) {
            continue;
        }
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0 &&
            ntohs(name.sin_port) == info.remote_endpoint.port()) {
            return fd;
        }
    }
    return -1;
}

int option(int fd, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    CHECK(::getsockopt(fd, level, name, &value, &size) == 0);
    return value;
}

/// Each test that asks for it runs twice.
ServerOptions without_tls_and_with() {
    ServerOptions options;
    if (GENERATE(false, true)) {
        options.tls = good_tls();
    }
    return options;
}

}  // namespace

TEST_CASE("small writes are sent at once: TCP_NODELAY is set", "[F-N05]") {
    FdGuard fds;
    const ServerOptions options = without_tls_and_with();
    ScriptServer server{keep_alive_server(echo), options};
    Client client{{.transport = trusting()}};
    const Response res = client.get(server.url());
    const int fd = descriptor(res.connection);
    REQUIRE(fd >= 0);
    CHECK(option(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
}

TEST_CASE("a child program does not inherit connections") {
    FdGuard fds;
    const ServerOptions options = without_tls_and_with();
    ScriptServer server{keep_alive_server(echo), options};
    Client client{{.transport = trusting()}};
    for (const char* host : {"127.0.0.1", "localhost"}) {
        const Response res = client.get(server.url_as(host));
        const int fd = descriptor(res.connection);
        REQUIRE(fd >= 0);
        CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    }
    for (const int fd : fds.opened()) {  // including the reactor's
        CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    }
}

TEST_CASE("the socket of a body that is closed early is closed when close() returns", "[X-13]") {
    FdGuard fds;
    const ServerOptions options = without_tls_and_with();
    const auto large = pattern(3'000'000);
    ScriptServer server{keep_alive_server([&](auto&) { return respond(large); }), options};
    Client client{{.transport = trusting()}};
    Response res = client.get(server.url());
    REQUIRE(descriptor(res.connection) >= 0);
    res.body.close();
    CHECK(descriptor(res.connection) == -1);
    CHECK(client.stats().open == 0);
}

TEST_CASE("a TLS connection is closed with close_notify, whatever it was doing", "[F-S05]") {
    FdGuard fds;
    const auto path = GENERATE(as<std::string>{}, "/idle", "/last", "/early");
    std::atomic<bool> notified{false};
    Gate closed;
    ScriptServer server{[&](Peer& peer) {
                            peer.read_request();
                            peer.send(path == "/last" ? respond("x", "Connection: close\r\n")
                                      : path == "/idle"
                                          ? respond("x")
                                          : "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
                            peer.wait_for_eof();
                            notified = peer.saw_close_notify();
                            closed.open();
                        },
                        {.tls = good_tls()}};
    Client client{{.transport = trusting()}};
    client.get(server.url(path));
    client.close_idle_connections();
    closed.wait();
    CHECK(notified);
}
