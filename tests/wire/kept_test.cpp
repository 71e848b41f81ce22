// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Responses that a program keeps after reading them: the memory they still hold, and what they
// still report.

#include "../support/compress.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <functional>
#include <malloc.h>
#include <vector>

using namespace hawser::test;

namespace {

/// One response per connection, which closes after it.
ScriptServer closing_server(const std::string& response, bool secure = true) {
    return ScriptServer{[response](Peer& peer) {
                            peer.read_request();
                            peer.send(response);
                        },
                        {.tls = secure ? std::optional(good_tls()) : std::nullopt}};
}

std::string head(const std::string& fields) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\n" + fields + "\r\n";
}

}  // namespace

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a finished response keeps less than 1 KB of a closed connection") {
    const std::string large(100'000, 'x');
    const std::string coded = gzip(std::string(100'000, 'y'));
    const std::pair<const char*, std::string> responses[] = {
        {"a length", head("Content-Length: 100000\r\n") + large},
        {"to the end of the connection", head("") + large},
        {"coded",
         head("Content-Encoding: gzip\r\nContent-Length: " + std::to_string(coded.size()) +
              "\r\n") +
             coded},
    };
    const std::pair<const char*, std::function<std::string(Response&)>> ways[] = {
        {"at once", [](Response& response) { return response.body.read_all(); }},
        {"in pieces",
         [](Response& response) {
             std::string text;
             std::error_code ec;
             while (ec != asio::error::eof) {
                 char piece[1000];
                 text.append(piece, response.body.read_some(asio::buffer(piece), ec));
             }
             return text;
         }},
    };
    for (const auto& [what, response] : responses) {
        for (const auto& [way, read] : ways) {
            CAPTURE(what, way);
            ScriptServer server = closing_server(response);
            Client client{{.transport = trusting()}};
            constexpr std::size_t count = 20;
            std::vector<Response> kept;
            for (std::size_t i = 0; i < count; ++i) {
                kept.push_back(client.get(server.url()));
                CHECK(read(kept.back()).size() == 100'000);
            }
            server.wait_for_open(0);
            server.stop();
            const std::size_t before = ::mallinfo2().uordblks;
            kept.clear();
            const std::size_t after = ::mallinfo2().uordblks;
            CHECK((before - after) / count < 1024);
        }
    }
}
#endif

TEST_CASE("a finished body still reports what it reported") {
    FdGuard fds;
    ScriptServer server{closing_server(
        head("Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n", false)};
    Client client;
    for (const bool pieces : {false, true}) {
        Response response = client.get(server.url());
        std::error_code ec;
        if (pieces) {
            char piece[3];
            while (!ec) {
                response.body.read_some(asio::buffer(piece), ec);
            }
            CHECK(ec == asio::error::eof);
        } else {
            CHECK(response.body.read_all() == "hello");
        }
        CHECK(response.body.trailers().get("X-Sum") == "7");
        char byte = 0;
        CHECK(response.body.read_some(asio::buffer(&byte, 1), ec) == 0);
        CHECK(ec == asio::error::eof);
        CHECK(response.body.read_all().empty());
        Response moved = std::move(response);
        CHECK(moved.body.trailers().get("X-Sum") == "7");
        moved.body.close();
        CHECK(moved.body.read_some(asio::buffer(&byte, 1), ec) == 0);
        CHECK(ec == error::body_closed);
        CHECK(moved.body.trailers().get("X-Sum") == "7");
    }
    check_quiet(client);
}
