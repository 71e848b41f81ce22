// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Connections that are not simply TCP to the host of the URL: Unix sockets, a dialer of the user's,
// and the options of sockets.

#include "../support/scene.hpp"
#include "../support/temp_dir.hpp"
#include "../support/tls_setup.hpp"
#include "../support/tunnel_proxy.hpp"
#include "../support/wire_tests.hpp"

#include <asio/connect.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/write.hpp>

#include <netinet/tcp.h>
#include <thread>

using namespace hawser::test;
using hawser::Dialer;
using hawser::DialHandler;
using hawser::DialTarget;

namespace {

/// Dials by a function.
struct ScriptDialer final : Dialer {
    using Function = std::function<void(DialTarget, DialHandler)>;
    explicit ScriptDialer(Function function) : dial(std::move(function)) {}
    void start_dial(DialTarget target, DialHandler handler) override {
        under_lock += hawser::detail::locks_held != 0 ? 1 : 0;
        dial(std::move(target), std::move(handler));
    }
    Function dial;
    std::atomic<int> under_lock{0};
};

std::shared_ptr<ScriptDialer> dialer(ScriptDialer::Function function) {
    return std::make_shared<ScriptDialer>(std::move(function));
}

/// Connects to 127.0.0.1:`port` on a context of its own, whatever the target, and records it.
std::shared_ptr<ScriptDialer> dialer_to(std::uint16_t port, std::vector<std::string>& targets) {
    return dialer([port, &targets](const DialTarget& target, DialHandler handler) {
        targets.push_back(target.host + ':' + std::to_string(target.port) +
                          (target.https ? " https" : ""));
        asio::io_context io;
        asio::ip::tcp::socket socket(io);
        std::error_code ec;
        socket.connect({asio::ip::address_v4::loopback(), port}, ec);
        handler(ec, std::move(socket));
    });
}

Failure failure_of(const TransportOptions& options, const std::string& url) {
    Client client{{.transport = options}};
    std::error_code ec;
    const Response response = client.get(url, ec);
    CHECK(response.failure.code() == ec);
    check_quiet(client);
    return response.failure;
}

int tcp_option(const Client&, int fd, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    ::getsockopt(fd, IPPROTO_TCP, name, &value, &size);
    return value;
}

/// The descriptor of this process whose peer is 127.0.0.1:`port`.
int socket_to(std::uint16_t port) {
    for (int fd = 3; fd < 200; ++fd) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
            peer.sin_family == AF_INET && ntohs(peer.sin_port) == port) {
            return fd;
        }
    }
    return -1;
}

}  // namespace

TEST_CASE("a Unix socket serves every URL, by its path or its abstract name", "[N12]") {
    FdGuard fds;
    TempDir dir;
    for (const std::string& path :
         {dir.file("daemon.sock"), "@hawser-test-" + std::to_string(::getpid())}) {
        INFO(path);
        ScriptServer server{
            keep_alive_server([](const auto& request) {
                return respond(request.target + ' ' + request.header("Host").value_or(""));
            }),
            {.address = path}};
        ::setenv("http_proxy", "http://127.0.0.1:1", 1);
        Client client{{.transport = {.unix_socket = path}}};
        ::unsetenv("http_proxy");
        CHECK(client.get("http://docker/v1/info").body.read_all() == "/v1/info docker");
        const Response again = client.get("http://docker/v1/info");
        CHECK(again.connection.reused);
        CHECK(again.connection.remote_endpoint.port() == 0);
        CHECK(client.get("http://other.example:81/").body.read_all() == "/ other.example:81");
        CHECK(server.connections() == 2);
    }
}

TEST_CASE("TLS and a proxy work over a Unix socket too", "[N12]") {
    FdGuard fds;
    TempDir dir;
    const std::string path = dir.file("tls.sock");
    TransportOptions options = trusting();
    options.unix_socket = path;
    {
        ScriptServer server{hello_server(), {.address = path, .tls = good_tls()}};
        Client client{{.transport = options}};
        CHECK(client.get("https://localhost/").body.read_all() == "hello");
        std::error_code ec;
        client.get("https://other.example/", ec);
        CHECK(ec == error::cert_error);
    }
    ::unlink(path.c_str());
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    ScriptServer proxy{connect_proxy(), {.address = path}};
    options.proxy = hawser::ProxyRules("http://proxy.example:3128");
    Client client{{.transport = options}};
    CHECK(client.get(server.url_as("localhost")).body.read_all() == "hello");
}

TEST_CASE("a Unix socket that nobody listens on, and a path that cannot be one, are reported",
          "[N12]") {
    FdGuard fds;
    const Failure missing = failure_of({.unix_socket = "/no/such/daemon.sock"}, "http://d/");
    CHECK(missing.code() == error::connect_failed);
    CHECK(missing.cause() == std::errc::no_such_file_or_directory);
    CHECK(missing.address() == "/no/such/daemon.sock");
    for (const std::string& path :
         {std::string(), std::string("@"), std::string(200, 'x'), std::string("a\0b", 3)}) {
        try {
            Client client{{.transport = {.unix_socket = path}}};
            FAIL("it was accepted");
        } catch (const std::system_error& e) {
            CHECK(std::string(e.what()).find("option unix_socket \"") != std::string::npos);
        }
    }
}

TEST_CASE("a dialer makes the connections, and TLS and proxies follow on them", "[F-N06]") {
    FdGuard fds;
    ScriptServer plain(hello_server());
    ScriptServer tls{hello_server(), {.tls = good_tls()}};
    ScriptServer proxy{connect_proxy()};
    std::vector<std::string> targets;
    {
        Client client{{.transport = {.dialer = dialer_to(plain.port(), targets)}}};
        const Response response = client.get("http://anything.example/");
        CHECK(response.connection.remote_endpoint.port() == plain.port());
        CHECK(client.get("http://anything.example/").connection.reused);
    }
    {
        TransportOptions options = trusting();
        options.dialer = dialer_to(tls.port(), targets);
        Client client{{.transport = options}};
        CHECK(client.get("https://localhost/").body.read_all() == "hello");
    }
    {
        TransportOptions options = trusting();
        options.dialer = dialer_to(proxy.port(), targets);
        options.proxy = hawser::ProxyRules("http://proxy.example:3128");
        Client client{{.transport = options}};
        CHECK(client.get(tls.url_as("localhost")).body.read_all() == "hello");
    }
    CHECK(targets == std::vector<std::string>{
                         "anything.example:80", "localhost:443 https", "proxy.example:3128 https"});
}

TEST_CASE("a dialer may return any connected socket, later and from another thread", "[F-N06]") {
    FdGuard fds;
    std::vector<std::thread> threads;
    asio::io_context theirs;
    const auto pairs = dialer([&](const DialTarget&, DialHandler handler) {
        asio::local::stream_protocol::socket ours(theirs), server(theirs);
        asio::local::connect_pair(ours, server);
        threads.emplace_back([server = std::move(server)]() mutable {
            std::string request;
            char bytes[1000];
            std::error_code ec;
            while (request.find("\r\n\r\n") == std::string::npos && !ec) {
                request.append(bytes, server.read_some(asio::buffer(bytes), ec));
            }
            asio::write(server,
                        asio::buffer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                                                 "Connection: close\r\n\r\nok")));
        });
        threads.emplace_back([handler = std::move(handler), ours = std::move(ours)]() mutable {
            handler({}, std::move(ours));
        });
    });
    IoThread io;
    {
        Client blocking{{.transport = {.dialer = pairs}}};
        CHECK(blocking.get("http://a/").body.read_all() == "ok");
        Client client{io.executor(), {.transport = {.dialer = pairs}}};
        Call<Response> call;
        client.async_get("http://a/", call.handler());
        CHECK_FALSE(call.outcome());
    }
    io.finish();
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(pairs->under_lock == 0);
}

TEST_CASE("what a dialer reports, throws or drops is the reason of the failure", "[F-N06]") {
    FdGuard fds;
    const auto failure_with = [](ScriptDialer::Function function) {
        TransportOptions options;
        options.dialer = dialer(std::move(function));
        const Failure failure = failure_of(options, "http://a.example/");
        CHECK(failure.phase() == Failure::Phase::connect);
        return failure;
    };
    const Failure said = failure_with([](const DialTarget&, DialHandler handler) {
        handler(std::make_error_code(std::errc::permission_denied));
    });
    CHECK(said.code() == error::connect_failed);
    CHECK(said.cause() == std::errc::permission_denied);
    asio::io_context io;
    CHECK(failure_with([&](const DialTarget&, DialHandler handler) {
              handler({}, asio::ip::tcp::socket(io));
          }).reason() == "the dialer returned a socket that is not open");
    CHECK(failure_with([](const DialTarget&, const DialHandler&) {}).reason() ==
          "the dialer dropped its handler");
    static auto& kept = *new std::vector<DialHandler>;
    CHECK(failure_with([](const DialTarget&, DialHandler handler) {
              kept.push_back(std::move(handler));
              throw 1;
          }).reason() == "the dialer threw");
}

TEST_CASE("a dialer is canceled with its request, and a socket that comes too late is closed",
          "[F-N06]") {
    FdGuard fds;
    ScriptServer server(hello_server());
    std::optional<DialHandler> kept;
    std::atomic<int> emitted{0};
    TransportOptions options;
    options.connect_total_timeout = 10ms;
    options.dialer = dialer([&](const DialTarget&, DialHandler handler) {
        handler.get_cancellation_slot().assign([&](asio::cancellation_type) { ++emitted; });
        kept.emplace(std::move(handler));
    });
    CHECK(failure_of(options, "http://a.example/").code() == error::connect_timeout);
    CHECK(emitted == 1);
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::address_v4::loopback(), server.port()});
    (*kept)({}, std::move(socket));
    kept.reset();
}

TEST_CASE("connections are made from the local address, and an unsuitable one is reported") {
    FdGuard fds;
    ScriptServer server(hello_server());
    {
        Client client{{.transport = {.local_address = "127.0.0.7"}}};
        CHECK(client.get(server.url()).connection.local_endpoint.address().to_string() ==
              "127.0.0.7");
    }
    {
        TransportOptions options;
        options.local_address = asio::ip::make_address("127.0.0.8");
        Client client{{.transport = options}};
        CHECK(client.get(server.url()).connection.local_endpoint.address().to_string() ==
              "127.0.0.8");
    }
    const Failure not_here = failure_of({.local_address = "192.0.2.1"}, server.url());
    CHECK(not_here.code() == error::resource_exhausted);
    CHECK(not_here.reason().find("option local_address") != std::string::npos);
    CHECK(failure_of({.local_address = "::1"}, server.url()).code() == error::connect_failed);
    CHECK(failure_of({.local_interface = "no-such-if"}, server.url())
              .reason()
              .find("option local_interface") != std::string::npos);
    try {
        Client client{{.transport = {.local_address = "localhost"}}};
        FAIL("it was accepted");
    } catch (const std::system_error& e) {
        CHECK(e.code() == std::errc::invalid_argument);
    }
}

TEST_CASE("the options of sockets reach the system", "[F-N05][N11]") {
    FdGuard fds;
    ScriptServer server(hello_server());
    const auto check = [&](const TransportOptions& options, auto look) {
        Client client{{.transport = options}};
        CHECK(client.get(server.url()).body.read_all() == "hello");
        const int fd = socket_to(server.port());
        REQUIRE(fd >= 0);
        look([&](int name) { return tcp_option(client, fd, name); },
             [&](int name) {
                 int value = 0;
                 socklen_t size = sizeof value;
                 ::getsockopt(fd, SOL_SOCKET, name, &value, &size);
                 return value;
             });
        check_quiet(client);
    };
    check({}, [](auto tcp, auto socket) {
        CHECK(tcp(TCP_NODELAY) != 0);
        CHECK(socket(SO_KEEPALIVE) == 0);
    });
    TransportOptions options{.tcp_user_timeout = 7s,
                             .tcp_no_delay = false,
                             .send_buffer_bytes = 50000,
                             .receive_buffer_bytes = 60000};
    options.tcp_keep_alive = {.idle = 31s, .interval = 11s, .count = 3};
    check(options, [](auto tcp, auto socket) {
        CHECK(tcp(TCP_NODELAY) == 0);
        CHECK(socket(SO_KEEPALIVE) != 0);
        CHECK(tcp(TCP_KEEPIDLE) == 31);
        CHECK(tcp(TCP_KEEPINTVL) == 11);
        CHECK(tcp(TCP_KEEPCNT) == 3);
        CHECK(tcp(TCP_USER_TIMEOUT) == 7000);
        CHECK(socket(SO_SNDBUF) == 100000);  // Linux doubles it
        CHECK(socket(SO_RCVBUF) == 120000);
    });
}
