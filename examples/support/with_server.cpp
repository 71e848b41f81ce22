// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// with_server PROGRAM [--tls] /path...: starts a hawser::testing::Server, calls PROGRAM with the
// URL of each path (//HOST/path: on that host), and returns PROGRAM's exit status. With --tls the
// server speaks TLS, and @ca stands for the file with its certificate authority. Behind -- words
// stay as they are. The environment variables HAWSER_URL and HAWSER_CA also have the server's URL
// and that file. It listens on 127.0.0.1 and 127.0.0.2, so that there are several hosts to talk to,
// and answers
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
//     GET  /status/N    "status N\n" with that status
//     GET  /redirect/N  N redirects to /hello
//     GET  /gzip        "hello, compressed\n", compressed
//     GET  /cookie      sets the cookie flavor=oat, and returns those that it received
//     GET  /basic       401 without the user me and the password secret
//     GET  /cut/N       N bytes, of which the first half arrives; the rest can be asked for
//     GET  /site/       a few pages that link to each other, with /robots.txt
#include <hawser/testing.hpp>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <span>
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

constexpr char compressed[] =
    "\037\213\010\000\000\000\000\000\002\003\313\110\315\311\311\327\121\110\316\317\055\050\112"
    "\055\056\116\115\341\002\000\245\156\026\301\022\000\000\000";

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

/// N bytes, "0123456789012…": half of them, unless a range is asked for.
Reply cut(const ReceivedRequest& request) {
    std::string body(number(request), '0');
    for (std::size_t i = 0; i < body.size(); ++i) {
        body[i] = static_cast<char>('0' + i % 10);
    }
    const std::string size = std::to_string(body.size());
    const std::string_view range = request.header("Range");
    std::size_t from = 0;
    if (!range.starts_with("bytes=") ||
        std::from_chars(range.data() + 6, range.data() + range.size(), from).ec != std::errc{}) {
        return text(body).header("ETag", "\"1\"").cut(body.size() / 2);
    }
    return reply(206, body.substr(from))
        .header("ETag", "\"1\"")
        .header(
            "Content-Range",
            "bytes " + std::to_string(from) + '-' + std::to_string(body.size() - 1) + '/' + size);
}

void add_curious(Server& server) {
    server.on("*", "/status/*", [](const auto& request) {
        const int status = static_cast<int>(number(request));
        return reply(status, "status " + std::to_string(status) + '\n');
    });
    server.on("*", "/redirect/*", [](const auto& request) {
        const std::size_t n = number(request);
        return reply(302).header("Location",
                                 n < 2 ? "/hello" : "/redirect/" + std::to_string(n - 1));
    });
    server.on(
        "GET",
        "/gzip",
        text(std::string(compressed, sizeof compressed - 1)).header("Content-Encoding", "gzip"));
    server.on("GET", "/cookie", [](const auto& request) {
        return text(std::string(request.header("Cookie")) + '\n')
            .header("Set-Cookie", "flavor=oat; Max-Age=1000");
    });
    server.on("GET", "/basic", [](const auto& request) {
        return request.header("Authorization") == "Basic bWU6c2VjcmV0"
                   ? text("in\n")
                   : reply(401).header("WWW-Authenticate", "Basic realm=\"here\"");
    });
    server.on("GET", "/cut/*", cut);
}

void add_site(Server& server) {
    const auto page = [&](std::string_view path, std::string links) {
        server.on("GET", path, text("<html><body>" + links + "</body></html>\n", "text/html"));
    };
    page("/site/",
         "<a href='one.html'>one</a> <A HREF=\"sub/two.html?x=1&amp;y=2#top\">two</A>"
         "<img src=pixel.png> <a href='/site/private/x.html'>private</a>"
         "<a href='http://other.example/'>elsewhere</a> <a href='/site/moved'>moved</a>"
         "<a href='/site/private/open.html'>open</a> <a href='/site/page.html.bak'>old</a>"
         "<a href='mailto:me@example.com'>mail</a> <!-- <a href='hidden.html'> -->");
    page("/site/one.html", "<a href='/site/'>home</a> <a href='missing.html'>missing</a>");
    page("/site/sub/two.html", "<a href='../three.html'>three</a>");
    page("/site/three.html", "<a href='./four.html'>four</a>");
    page("/site/four.html", "the end");
    page("/site/private/open.html", "the only one");
    server.on("GET", "/site/pixel.png", reply(200, "PNG").header("Content-Type", "image/png"));
    server.on("GET", "/site/moved", reply(301).header("Location", "/site/four.html"));
    server.on("GET",
              "/robots.txt",
              text("User-agent: others\nDisallow: /\n\n"
                   "User-agent: *  # all\nDisallow: /site/private/\n"
                   "Allow: /site/private/*.html$\nDisallow: /site/private/x*.html$\n"
                   "Disallow: /*.bak$\nDisallow:\nCrawl-delay: 0\n"));
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
    add_curious(server);
    add_site(server);
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
    ::setenv("HAWSER_URL", server.url("/").c_str(), 1);
    ::setenv("HAWSER_CA", ca_file.c_str(), 1);
    const auto end = std::find(words.begin(), words.end(), "--");
    for (std::string& word : std::span(words.begin(), end)) {
        if (&word != &words.front() && word.starts_with('/')) {
            word = url(server, word);
        } else if (word == "@ca") {
            word = ca_file;
        }
    }
    if (end != words.end()) {
        words.erase(end);
    }
    const int result = run(std::move(words));
    if (tls) {
        ::unlink(ca_file.c_str());
    }
    return result;
}
