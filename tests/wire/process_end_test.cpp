// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Threads that are canceled, and programs that end or fork, while a client is in use. A test that
// ends a program runs in a separate one: a hidden test case of this program.

#include "../support/wire_tests.hpp"

#include <asio/use_future.hpp>

#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <pthread.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace hawser::test;

namespace {

/// Runs one of the hidden test cases below in a separate program; returns its exit status and its
/// output.
std::pair<int, std::string> program(const std::string& test_case, const std::string& url) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    ::setenv("HAWSER_TEST_URL", url.c_str(), 1);
    std::string self = "/proc/self/exe";
    std::string name = test_case;
    char* arguments[] = {self.data(), name.data(), nullptr};
    pid_t child = 0;
    REQUIRE(::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments, environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string printed;
    char bytes[512];
    for (ssize_t n = 0; (n = ::read(ends[0], bytes, sizeof bytes)) > 0;) {
        printed.append(bytes, static_cast<std::size_t>(n));
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status), printed};
}

std::string given_url() {
    return std::getenv("HAWSER_TEST_URL");
}

void print(const std::string& text) {
    [[maybe_unused]] const auto n = ::write(1, text.data(), text.size());
}

}  // namespace

// ── pthread_cancel ───────────────────────────────────────────────────────────────────────────────

// AddressSanitizer mistakes what the unwinding leaves on the stack for an overflow. With Debian's
// libc++, pthread_cancel() crashes any thread that has a destructor to run: glibc unwinds with
// libgcc_s, libc++abi reads its context with LLVM's libunwind.
#if !defined(__SANITIZE_ADDRESS__) && !defined(_LIBCPP_VERSION)
namespace {

/// A thread to be ended by pthread_cancel().
class Victim {
public:
    explicit Victim(std::function<void()> work) : work_(std::move(work)) {
        ::pthread_create(
            &thread_,
            nullptr,
            [](void* self) -> void* {
                static_cast<Victim*>(self)->work_();
                return nullptr;
            },
            this);
    }
    /// Whether the cancellation ended it.
    bool cancel() {
        ::pthread_cancel(thread_);
        return join();
    }
    bool join() {
        void* how = nullptr;
        ::pthread_join(thread_, &how);
        return how == PTHREAD_CANCELED;
    }

private:
    std::function<void()> work_;
    pthread_t thread_{};
};

/// Waits until a thread has said who it is, and then blocks.
void wait_until_asleep(const std::atomic<pid_t>& thread) {
    for (std::string state; state.find("State:\tS") == std::string::npos;) {
        std::this_thread::yield();
        std::ifstream status("/proc/self/task/" + std::to_string(thread) + "/status");
        std::getline(status, state, '\0');
    }
}

}  // namespace

TEST_CASE("pthread_cancel ends a thread in a blocking call, and its request with it", "[L10]") {
    const FdGuard fds;
    ScriptServer server{serve};
    Client client;
    int unwound = 0;
    const auto work = [&] {
        struct Unwound {
            int& count;
            ~Unwound() { ++count; }
        } const guard{unwound};
        std::error_code ec;
        client.get(server.url("/stuck"), ec);
    };
    SECTION("that leads") {
        Victim victim(work);
        server.wait_for_requests(1);
        CHECK(victim.cancel());
    }
    SECTION("that follows another") {
        Victim leader(work);
        server.wait_for_requests(1);
        Victim follower(work);
        server.wait_for_requests(2);
        CHECK(follower.cancel());
        CHECK(client.stats().active == 1);
        CHECK(leader.cancel());
    }
    SECTION("that waits for more of a body") {
        const bool whole = GENERATE(true, false);
        std::atomic<pid_t> reader{0};
        Victim victim([&] {
            Response res = client.get(server.url("/stuck-body"));
            reader = ::gettid();
            std::error_code ec;
            if (whole) {
                res.body.read_all(ec);
            }
            for (std::string piece(1000, '\0'); !ec;) {
                res.body.read_some(asio::buffer(piece), ec);
            }
        });
        wait_until_asleep(reader);
        CHECK(victim.cancel());
        unwound = 1;
    }
    CHECK(unwound > 0);
    CHECK(client.stats().active == 0);
    CHECK(client.get(server.url("/x")).body.read_all() == "/x");
}

TEST_CASE("threads canceled at any moment leave a working client", "[L10]") {
    const FdGuard fds;
    ScriptServer server{serve};
    Client client;
    for (int round = 0; round < 30; ++round) {
        std::atomic<bool> begun{false};
        Victim victim([&] {
            for (;;) {
                std::error_code ec;
                Response res = client.get(server.url("/x"), ec);
                res.body.read_all(ec);
                begun = true;
            }
        });
        while (!begun) {
            std::this_thread::yield();
        }
        CHECK(victim.cancel());
        CHECK(client.get(server.url("/y")).body.read_all() == "/y");
    }
    CHECK(client.stats().active == 0);
}

TEST_CASE("a thread that reads an endless body is canceled between two reads", "[L10]") {
    const FdGuard fds;
    ScriptServer server{[](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (;;) {
            peer.send_slowly("1\r\nx\r\n", 2);
        }
    }};
    Client client;
    std::atomic<bool> begun{false};
    Victim victim([&] {
        Response res = client.get(server.url("/"));
        for (char c = 0; res.body.read_some(asio::buffer(&c, 1)) != 0;) {
            begun = true;
        }
    });
    while (!begun) {
        std::this_thread::yield();
    }
    CHECK(victim.cancel());
    CHECK(client.stats().active == 0);
}

TEST_CASE("a thread that waits for another executor can also be canceled", "[L10]") {
    const FdGuard fds;
    ScriptServer server{serve};
    asio::io_context io;
    {
        Client client{io};
        Victim victim([&] {
            std::error_code ec;
            client.get(server.url("/x"), ec);
        });
        CHECK(victim.cancel());
        CHECK(client.stats().waiting == 0);
    }
    io.run();
}

TEST_CASE("a thread canceled as it enters a blocking call leaves nothing of its request", "[L10]") {
    ScriptServer server{serve};
    Client client;
    auto trace = std::make_shared<hawser::ClientTrace>();
    const std::weak_ptr<hawser::ClientTrace> request_lives = trace;
    Victim victim([&] {
        hawser::Request request("GET", server.url("/x"));
        request.options.trace = std::move(trace);
        ::pthread_cancel(::pthread_self());
        client.send(std::move(request));
    });
    CHECK(victim.join());
    CHECK(request_lives.expired());
}

#endif

// ── The end of a program ─────────────────────────────────────────────────────────────────────────

TEST_CASE("child: blocking call in a static destructor", "[.]") {
    struct Last {
        ~Last() {
            Client client;
            std::error_code ec;
            print("at exit: " + std::to_string(client.get(given_url(), ec).status) + '\n');
        }
    };
    static Last last;
    Client client;
    print(std::to_string(client.get(given_url()).status) + '\n');
}

TEST_CASE("child: static client with a background thread and a pending operation", "[.]") {
    static Client client;
    CHECK(client.get(given_url()).body.read_all() == "/x");
    client.async_get(given_url(), [](std::error_code, Response) {});
}

TEST_CASE("child: client that is never destroyed", "[.]") {
    static Client* const client = new Client;
    CHECK(client->get(given_url()).body.read_all() == "/x");
    client->async_get(given_url(), [](std::error_code, Response) {});
}

TEST_CASE("child: exit() in a handler", "[.]") {
    static Client ends;  // while the other one may be in a call
    CHECK(ends.get(given_url()).body.read_all() == "/x");
    static Client* const client = new Client;
    client->async_get(given_url(), [](std::error_code, Response) { std::exit(7); });
    for (;;) {
        std::error_code ec;
        client->get(given_url(), ec);
    }
}

TEST_CASE("child: exit() in a handler on the background thread", "[.]") {
    static Client client;
    client.async_get(given_url(), [](std::error_code, Response) { std::exit(7); });
    std::this_thread::sleep_for(patience);
}

TEST_CASE("child: quick_exit", "[.]") {
    static Client client;
    CHECK(client.get(given_url()).body.read_all() == "/x");
    auto pending = client.async_get(given_url(), asio::use_future);
    std::quick_exit(7);
}

TEST_CASE("child: exit() while other threads call", "[.]") {
    static Client client;
    for (int i = 0; i < 4; ++i) {
        std::thread([] {
            for (;;) {
                std::error_code ec;
                client.get(given_url(), ec);
            }
        }).detach();
    }
    client.get(given_url());
    std::_Exit(7);
}

TEST_CASE("programs end in many ways while a client is in use", "[L03]") {
    ScriptServer server{serve};
    const auto run = [&](const std::string& name) {
        INFO(name);
        const auto [status, printed] = program("child: " + name, server.url("/x"));
        INFO(printed);
        return status;
    };
    const auto [status, printed] =
        program("child: blocking call in a static destructor", server.url("/x"));
    CHECK(status == 0);
    CHECK(printed.starts_with("200\n"));
    CHECK(printed.find("at exit: 200\n") != std::string::npos);
    CHECK(run("static client with a background thread and a pending operation") == 0);
    CHECK(run("client that is never destroyed") == 0);
    CHECK(run("exit() in a handler") == 7);
    CHECK(run("exit() in a handler on the background thread") == 7);
    CHECK(run("quick_exit") == 7);
    CHECK(run("exit() while other threads call") == 7);
}

// ── fork ─────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("the child of a fork cannot use its parent's client, and does not harm it",
          "[L03][L14]") {
    const FdGuard fds;
    const std::string large(3'000'000, 'x');
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
        return respond(request.target == "/large" ? large : request.target);
    })};
    auto client = std::make_optional<Client>();
    CHECK(client->get(server.url("/x")).body.read_all() == "/x");
    std::optional<Response> response = client->get(server.url("/large"));
    std::atomic<bool> end{false};
    std::thread busy([&] {  // its locks may be held at the moment of the fork
        while (!end) {
            std::error_code ec;
            client->get(server.url("/y"), ec).body.read_all(ec);
        }
    });
    for (int i = 0; i < 10; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            int wrong = 0;
            std::error_code ec;
            client->get(server.url("/child"), ec);
            wrong += ec != error::forked;
            try {
                client->async_get(server.url("/child"), [](std::error_code, Response) {});
                ++wrong;
            } catch (const std::system_error& e) {
                wrong += e.code() != error::forked;
            }
            char byte = 0;
            response->body.read_some(asio::buffer(&byte, 1), ec);
            wrong += ec != error::forked && ec;  // bytes already held may be read
            response.reset();
            client->close_idle_connections();
            client.reset();
#if !defined(__SANITIZE_THREAD__)
            wrong += Client().get(server.url("/own")).body.read_all() != "/own";
#endif
            ::_exit(wrong);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(status == 0);
    }
    end = true;
    busy.join();
    CHECK(response->body.read_all() == large);
    CHECK(client->get(server.url("/z")).body.read_all() == "/z");
    for (const auto& head : server.heads()) {
        CHECK(head.find("/child") == std::string::npos);
    }
}
