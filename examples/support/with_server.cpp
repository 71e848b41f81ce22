// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// with_server PROGRAM [--tls] /path...: starts a hawser::testing::Server, calls PROGRAM with the
// URL of each path (//HOST/path: on that host), and returns PROGRAM's exit status. With --tls the
// server speaks TLS, and @ca stands for the file with its certificate authority. It listens on
// 127.0.0.1 and 127.0.0.2, so that there are several hosts to talk to, and answers
//
//     GET  /hello       "hello from hawser\n"
//     POST /echo        the body, with its Content-Type
//     GET  /headers     the request's head, as received
//     GET  /bytes/N     N bytes, with a Content-Length
//     GET  /chunked/N   N bytes, chunked
//     GET  /slow/MS     "slow\n" after that many milliseconds
//     GET  /close       "bye\n", and the server closes the connection
//     GET  /upgrade     101, and then every byte that it receives
//     POST /session/login     with the form user=me&password=a%26b: a cookie, and a redirect to
//     GET  /session/account   {"user":"me"}; 401 without the cookie, as what follows
//     POST /session/orders    201, with the body
//     GET  /session/invoice   1000000 bytes
#include <hawser/testing.hpp>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using hawser::testing::Handler;
using hawser::testing::ReceivedRequest;
using hawser::testing::reply;
using hawser::testing::Reply;
using hawser::testing::Server;
using hawser::testing::ServerConnection;

Reply text(std::string body, std::string_view type = "text/plain") {
    return reply(200, std::move(body)).header("Content-Type", type);
}

/// The number behind the last slash.
std::size_t number(const ReceivedRequest& request) {
    const std::string_view digits = request.path().substr(request.path().rfind('/') + 1);
    std::size_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

Reply bytes(const ReceivedRequest& request) {
    return text(std::string(number(request), 'x'), "application/octet-stream");
}

asio::awaitable<void> echo(ServerConnection& connection) {
    std::string some = co_await connection.read_some();
    while (!some.empty()) {
        co_await connection.send(some);
        some = co_await connection.read_some();
    }
}

/// What answers only those who have logged in.
Handler for_members(Handler handler) {
    return [handler](const ReceivedRequest& request) {
        return request.header("Cookie") == "session=1234" ? handler(request) : reply(401);
    };
}

void add_session(Server& server) {
    server.on("POST", "/session/login", [](const auto& request) {
        return request.body != "user=me&password=a%26b"
                   ? reply(403)
                   : reply(303)
                         .header("Location", "account")
                         .header("Set-Cookie", "session=1234; Path=/session; HttpOnly");
    });
    server.on("GET", "/session/account", for_members([](const auto&) {
                  return text(R"({"user":"me"})", "application/json");
              }));
    server.on("POST", "/session/orders", for_members([](const auto& request) {
                  return reply(201, request.body).header("Content-Type", "application/json");
              }));
    server.on("GET", "/session/invoice", for_members([](const auto&) {
                  return text(std::string(1'000'000, 'x'), "application/octet-stream");
              }));
}

void add_routes(Server& server) {
    server.on("*", "/hello", text("hello from hawser\n"));
    server.on("*", "/echo", [](const auto& request) {
        const std::string_view type = request.header("Content-Type");
        return text(request.body, type.empty() ? "application/octet-stream" : type);
    });
    server.on("*", "/headers", [](const auto& request) { return text(request.head); });
    server.on("*", "/bytes/*", bytes);
    server.on("*", "/chunked/*", [](const auto& request) { return bytes(request).chunked(); });
    server.on("*", "/slow/*", [](const auto& request) {
        return text("slow\n").delay(std::chrono::milliseconds(number(request)));
    });
    server.on("*", "/close", text("bye\n").close());
    server.on("GET",
              "/upgrade",
              reply(101).header("Connection", "Upgrade").header("Upgrade", "echo").then(echo));
    add_session(server);
}

int run(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string write_temporary(const std::string& content) {
    char name[] = "/tmp/hawser-ca-XXXXXX";
    const int file = ::mkstemp(name);
    const bool written =
        ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
    ::close(file);
    return written ? name : "";
}

/// "/path" → its URL on the server; "//HOST/path" → the same on that host.
std::string url(const Server& server, std::string_view path) {
    std::string made = server.url(path);
    if (path.starts_with("//")) {
        const std::string_view host = path.substr(2, path.find('/', 2) - 2);
        made = server.url(path.substr(2 + host.size()));
        made.replace(made.find("127.0.0.1"), 9, host);
    }
    return made;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty()) {
        std::fputs("usage: with_server PROGRAM [--tls] /path... [@ca]\n", stderr);
        return 2;
    }
    const bool tls = words.size() > 1 && words[1] == "--tls";
    words.erase(words.begin() + 1, words.begin() + (tls ? 2 : 1));
    Server server{{.https = tls}};
    Server elsewhere{{.address = "127.0.0.2", .port = server.port(), .https = tls}};
    add_routes(server);
    add_routes(elsewhere);
    const std::string ca_file = tls ? write_temporary(server.ca_pem()) : "";
    for (std::string& word : words) {
        if (&word != &words.front() && word.starts_with('/')) {
            word = url(server, word);
        } else if (word == "@ca") {
            word = ca_file;
        }
    }
    const int result = run(std::move(words));
    if (tls) {
        ::unlink(ca_file.c_str());
    }
    return result;
}
