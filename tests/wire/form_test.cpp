// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Forms, JSON and parameters, from the public interface to the bytes that a server receives.

#include "../support/echo.hpp"
#include "../support/scene.hpp"
#include "../support/shrinking_file.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/multipart.hpp>

#include <string>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>

using namespace hawser::test;
using hawser::Multipart;

namespace {

std::string type_and_body(const ReceivedRequest& request) {
    return respond(request.header("Content-Type").value_or("none") + ' ' + describe(request));
}

/// Responds with the body, its boundary written as "B".
std::string form_of(const ReceivedRequest& request) {
    const std::string type = request.header("Content-Type").value_or("none");
    const std::string boundary = type.substr(std::min(type.find('=') + 1, type.size()));
    std::string body = request.body;
    for (std::size_t at; (at = body.find(boundary)) != std::string::npos;) {
        body.replace(at, boundary.size(), "B");
    }
    return respond((request.is_chunked() ? "chunked " : "length ") + body);
}

std::string part(const std::string& head, const std::string& content) {
    return "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n";
}

}  // namespace

TEST_CASE("bodies bring their content types with every way to send them", "[F-C06][T-G56]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(type_and_body)};
    Client client;
    const auto text = [](Response res) { return res.body.read_all(); };
    const std::string form = "application/x-www-form-urlencoded POST / 5 q=a+b";
    CHECK(text(client.post(server.url(), RequestBody::form({{"q", "a b"}}))) == form);
    CHECK(text(client.send(Request::post(server.url()).form({{"q", "a b"}}))) == form);
    CHECK(text(client.put(server.url(), RequestBody::json("{}"))) == "application/json PUT / 2 {}");
    CHECK(text(client.send(Request::patch(server.url()).query("a", "b c").json("[]"))) ==
          "application/json PATCH /?a=b+c 2 []");
    CHECK(text(client.post(server.url(), "x")) == "none POST / 1 x");
    CHECK(
        text(client.send(Request::post(server.url()).header("Content-Type", "text/x").json("1"))) ==
        "text/x POST / 1 1");
}

TEST_CASE("requests are made inside of a co_await expression") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(type_and_body)};
    run([&]() -> asio::awaitable<void> {
        Client client{co_await asio::this_coro::executor};
        Response first =
            co_await client.async_send(Request::post(server.url("/a/long/path"))
                                           .header("X-Long-Name", "a long value of it")
                                           .query("name", "a longer value, with blanks")
                                           .form({{"q", "a b"}, {"r", "more of it all"}})
                                           .basic("user", "a long enough password"));
        const std::string one = co_await first.body.async_read_all();
        CHECK(one ==
              "application/x-www-form-urlencoded POST "
              "/a/long/path?name=a+longer+value%2C+with+blanks 22 q=a+b&r=more+of+it+all");
        Response second = co_await client.async_post(
            server.url(),
            Multipart()
                .add("name", "a value that no small string holds")
                .add("b", "c", {.file_name = "a file name that is long enough"}));
        const std::string two = co_await second.body.async_read_all();
        CHECK(two.find("filename=\"a file name that is long enough\"") != std::string::npos);
        CHECK(two.find("a value that no small string holds\r\n") != std::string::npos);
    });
}

TEST_CASE("a form with files is streamed with its length, or chunked", "[U05]") {
    FdGuard fds;
    const std::string content = pattern(300'000);
    const TempFile file{content};
    ScriptServer server{keep_alive_server(form_of)};
    Client client;
    Multipart form;
    form.add("a", "1").add_file("f", file.path(), {.file_name = "\"n\""}).add("b", "2");
    const std::string begin =
        part("name=\"a\"", "1") +
        part("name=\"f\"; filename=\"%22n%22\"\r\nContent-Type: application/octet-stream",
             content) +
        part("name=\"b\"", "2");
    CHECK(client.post(server.url(), form).body.read_all() == "length " + begin + "--B--\r\n");
    form.add("s", RequestBody::stream(pieces(content, 1000)));
    CHECK(client.post(server.url(), form).body.read_all() ==
          "chunked " + begin + part("name=\"s\"", content) + "--B--\r\n");
    CHECK(client.stats().dialed == 1);
}

TEST_CASE("a part that is a pipe waits for its writer") {
    FdGuard fds;
    const TempFile name{""};
    ::unlink(name.path().c_str());
    REQUIRE(::mkfifo(name.path().c_str(), 0600) == 0);
    ScriptServer server{keep_alive_server(form_of)};
    Client client;
    std::thread writer([&] {
        std::FILE* pipe = std::fopen(name.path().c_str(), "wb");
        std::fputs("through a pipe", pipe);
        std::fclose(pipe);
    });
    const Multipart form = Multipart().add("p", RequestBody::file(name.path())).add("b", "2");
    CHECK(client.post(server.url(), form).body.read_all() ==
          "chunked " + part("name=\"p\"", "through a pipe") + part("name=\"b\"", "2") +
              "--B--\r\n");
    writer.join();
}

TEST_CASE("a form is sent again after a stale connection, the same byte for byte") {
    FdGuard fds;
    const TempFile file{pattern(200'000)};
    std::vector<std::string> bodies;
    ScriptServer server{in_order({[](Peer& peer) {
                                      peer.read_request();
                                      peer.send(respond("ok"));
                                      peer.read_request();  // which it does not answer
                                      peer.close();
                                  },
                                  [&](Peer& peer) {
                                      const auto request = peer.read_request();
                                      bodies.push_back(request ? request->body : "nothing");
                                      peer.send(respond("ok"));
                                  }})};
    Client client;
    client.get(server.url()).body.read_all();
    Multipart form;
    form.add("a", "1").add_file("f", file.path());
    const RequestBody body = form;
    CHECK(client.put(server.url(), body).status == 200);
    CHECK(client.stats().retried == 1);
    REQUIRE(bodies.size() == 1);
    CHECK(bodies[0].size() == body.length());
    CHECK(bodies[0].find(pattern(200'000)) != std::string::npos);
    const auto heads = server.heads();
    REQUIRE(heads.size() == 3);
    CHECK(heads[1] == heads[2]);
}

TEST_CASE("a file of a form that shrinks while it is sent fails the request", "[U07]") {
    check_that_shrinking_fails([](const std::string& path) -> RequestBody {
        return Multipart().add_file("f", path).add("b", "2");
    });
}

TEST_CASE("a form that cannot be sent is refused before a connection is touched", "[U05]") {
    FdGuard fds;
    ScriptServer server{keep_alive_server(echo)};
    Client client;
    const auto refused = [&](RequestBody content, const hawser::PartOptions& options) {
        std::error_code ec;
        client.post(server.url(), Multipart().add("a", std::move(content), options), ec);
        return ec;
    };
    CHECK(refused("x", {.content_type = "a\r\nb: c"}) == error::invalid_request);
    CHECK(refused(RequestBody::stream(awaitable_pieces("abc", 1)), {}) == error::invalid_request);
    CHECK(refused(RequestBody::file("/nonexistent"), {}) == error::request_body_error);
    CHECK(client.stats().dialed == 0);
}
