// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Effects of the surrounding system: signals, servers that restart, the end of the program.

#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <pthread.h>
#include <sys/time.h>

using namespace hawser::test;

namespace {

std::atomic<int> interruptions{0};

/// Each millisecond, a signal interrupts whatever the thread that created this is waiting for.
/// Threads that it starts before begin() never receive the signal.
class SignalStorm {
public:
    SignalStorm() {
        sigemptyset(&alarm_);
        sigaddset(&alarm_, SIGALRM);
        ::pthread_sigmask(SIG_BLOCK, &alarm_, nullptr);
        struct sigaction action {};
        action.sa_handler = [](int) {
            const int error = errno;
            ++interruptions;
            errno = error;
        };
        ::sigaction(SIGALRM, &action, &before_);  // without SA_RESTART
    }
    SignalStorm(const SignalStorm&) = delete;
    SignalStorm& operator=(const SignalStorm&) = delete;
    ~SignalStorm() {
        const itimerval never{};
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::sigaction(SIGALRM, &before_, nullptr);
    }

    void begin() {
        interruptions = 0;
        ::pthread_sigmask(SIG_UNBLOCK, &alarm_, nullptr);
        const itimerval often{{0, 1000}, {0, 1000}};
        ::setitimer(ITIMER_REAL, &often, nullptr);
    }

private:
    sigset_t alarm_;
    struct sigaction before_ {};
};

}  // namespace

TEST_CASE("system calls that are interrupted all the time change nothing", "[L16]") {
    FdGuard fds;
    const bool secure = GENERATE(false, true);
    SignalStorm storm;
    const std::string large(300'000, 'x');
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
                            return respond(request.body.empty() ? large : request.body);
                        }),
                        {.receive_buffer = 8192,
                         .send_buffer = 8192,
                         .tls = secure ? std::optional(good_tls()) : std::nullopt}};
    Client client{{.transport = trusting()}};
    storm.begin();
    for (int i = 0; i < 20 || interruptions < 50; ++i) {
        REQUIRE(client.get(server.url()).body.read_all() == large);
        REQUIRE(client.post(server.url(), large).body.read_all() == large);
        if (i % 5 == 0) {
            client.close_idle_connections();
        }
    }
    CHECK(client.stats().retried == 0);
    CHECK(client.stats().failed == 0);
    check_quiet(client);
}

TEST_CASE("a server restarted on its port never gets an old connection's request", "[N15]") {
    FdGuard fds;
    for (const std::string method : {"GET", "POST"}) {
        Client client;
        std::uint16_t port = 0;
        for (const std::string life : {"first", "second", "third"}) {
            ScriptServer server{keep_alive_server([&](const auto&) { return respond(life); }),
                                {.port = port}};
            port = server.port();
            for (int i = 0; i < 3; ++i) {
                Response response = client.send({method, server.url()});
                CHECK(response.body.read_all() == life);
                CHECK(response.connection.reused == (i != 0));
            }
            CHECK(server.connections() == 1);
            server.stop();
        }
        if (method == "POST") {  // a POST always probes first; a GET may be sent again instead
            CHECK(client.stats().retried == 0);
        }
    }
}

TEST_CASE("a client may live until the end of the program", "[L17]") {
    static Client client;  // objects destroyed with it must not need those destroyed before
    ScriptServer server{hello_server()};
    CHECK(client.get(server.url()).body.read_all() == "hello");
    static Client secure{{.transport = trusting()}};
    ScriptServer tls_server{hello_server(), {.tls = good_tls()}};
    CHECK(secure.get(tls_server.url()).body.read_all() == "hello");
    CHECK(client.stats().open + secure.stats().open == 2);
}
