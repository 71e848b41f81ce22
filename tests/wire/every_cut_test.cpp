// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The operations above one round trip, over and over: with the connection cut at the k-th byte of a
// response, and canceled after the k-th step of the executor, for every k. Each ends once, no half
// file is left, and the client still works.

#include "../support/temp_dir.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/testing.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>

#include <atomic>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

using namespace hawser::test;
using hawser::ClientOptions;
using hawser::DownloadResult;
using hawser::Event;
using hawser::FullResponse;
using hawser::testing::no_reply;
using hawser::testing::raw;
using Received = hawser::testing::ReceivedRequest;
using hawser::testing::reply;
using hawser::testing::Reply;
using hawser::testing::Server;

namespace {

std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string head(const std::string& status, const std::string& fields, std::size_t length) {
    return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(length) +
           "\r\n\r\n";
}

const std::string content = "what the file has to say, in sixty-four bytes and not one more.";

/// Responds with `whole`, or with its first k bytes, and then closes.
struct Cut {
    std::string whole;
    std::atomic<std::size_t> k{std::string::npos};

    Reply operator()() const {
        return k >= whole.size() ? raw(whole) : raw(whole.substr(0, k)).close();
    }
};

/// Whether an ordinary request gets its response.
bool works(Client& client, const Server& server) {
    std::error_code ec;
    return client.fetch(server.url("/plain"), ec).body == "plain" && !ec;
}

/// A server with a resource for each kind of operation.
struct Everything {
    Everything() {
        server.on("GET", "/plain", reply(200, "plain"));
        server.on("GET", "/file", reply(200, content).header("ETag", "\"1\""));
        server.on("GET", "/moved", reply(302, "elsewhere").header("Location", "/file"));
        server.on("GET", "/secret", [](const Received& request) {
            return request.header("Authorization").empty()
                       ? reply(401, "who are you?")
                             .header("WWW-Authenticate", "Digest realm=r, nonce=n, qop=auth")
                       : reply(200, content);
        });
        server.on("GET", "/busy", [n = std::make_shared<std::atomic<int>>()](const auto&) {
            return ++*n % 3 != 0 ? reply(503, "busy") : reply(200, content);
        });
        server.on("GET", "/events", [](const Received& request) {
            return request.header("Last-Event-ID").empty()
                       ? reply(200, "retry: 1\nid: 1\ndata: one\n\nid: 2\ndata: two\n\n")
                             .header("Content-Type", "text/event-stream")
                       : reply(204);
        });
    }
    Server server;
};

/// How often a handler ran, and with what.
struct Ended {
    int times = 0;
    std::error_code ec;

    template <class Result>
    void operator()(std::error_code code, const Result&) {
        ++times;
        ec = code;
    }
};

/// Starts an operation with a handler that has the slot of a signal.
using Start = std::function<void(Client&, asio::cancellation_slot, Ended&)>;

/// Cancels the operation after its k-th step, for every k until it ends before.
void cancel_at_every_step(ClientOptions options, const Server& server, const Start& start) {
    bool more = true;
    for (int k = 0; more && k < 1000; ++k) {
        INFO("step " << k);
        asio::io_context io;
        Client client{io, options};
        asio::cancellation_signal signal;
        Ended ended;
        start(client, signal.slot(), ended);
        for (int i = 0; i < k && ended.times == 0; ++i) {
            io.run_one_for(patience);
        }
        more = ended.times == 0;
        signal.emit(asio::cancellation_type::terminal);
        while (ended.times == 0 && io.run_one_for(patience) != 0) {
        }
        CHECK(ended.times == 1);
        CHECK((!ended.ec || ended.ec == asio::error::operation_aborted));
        CHECK((more || !ended.ec));
        io.restart();  // it stops when nothing is left to do
        bool served = false;
        client.async_fetch(server.url("/plain"), [&](std::error_code ec, const FullResponse& got) {
            served = !ec && got.body == "plain";
        });
        while (!served && io.run_one_for(patience) != 0) {
        }
        CHECK(served);
        client.close_idle_connections();
        io.restart();
        io.run_for(patience);
        CHECK(ended.times == 1);
    }
}

}  // namespace

TEST_CASE("a download whose response is cut at every byte leaves no half file") {
    FdGuard fds;
    Server server;
    Cut cut{head("200 OK", "ETag: \"1\"\r\n", content.size()) + content};
    server.on("GET", "/file", [&](const auto&) { return cut(); });
    server.on("GET", "/plain", reply(200, "plain"));
    Client client;
    for (cut.k = 0; cut.k <= cut.whole.size(); ++cut.k) {
        INFO(cut.k.load());
        const TempDir dir;
        std::error_code ec;
        const auto got = client.download(server.url("/file"), dir.file("a"), {}, ec);
        const bool whole = cut.k == cut.whole.size();
        CHECK(whole == !ec);
        CHECK(dir.files() == (whole ? 1u : 0u));
        CHECK(text_of(dir.file("a")) == (whole ? content : ""));
        CHECK(got.size == (whole ? content.size() : 0));
        CHECK(works(client, server));
    }
}

TEST_CASE("a download cut at every byte goes on where it ended, and is cut again", "[B18]") {
    FdGuard fds;
    Server server;
    const std::size_t half = content.size() / 2;
    Cut first{head("200 OK", "ETag: \"1\"\r\n", content.size()) + content};
    Cut rest{};
    server.on("GET", "/file", [&](const Received& request) {
        const std::string range(request.header("Range"));
        if (range.empty()) {
            return first();
        }
        const std::size_t from = std::stoul(range.substr(range.find('=') + 1));
        const std::string all = std::to_string(content.size());
        rest.whole = head("206 Partial Content",
                          "ETag: \"1\"\r\nContent-Range: bytes " + std::to_string(from) + '-' +
                              std::to_string(content.size() - 1) + '/' + all + "\r\n",
                          content.size() - from) +
                     content.substr(from);
        return rest();
    });
    Client client;
    first.k = first.whole.size() - half;
    const std::size_t longest = 300;
    for (rest.k = 0; rest.k < longest; ++rest.k) {
        INFO(rest.k.load());
        const TempDir dir;
        const auto download = [&] {
            std::error_code ec;
            client.download(server.url("/file"), dir.file("a"), {.resume = true}, ec);
            return ec;
        };
        CHECK(download());
        CHECK_FALSE(std::filesystem::exists(dir.file("a")));
        if (download()) {
            CHECK_FALSE(std::filesystem::exists(dir.file("a")));
            const std::size_t k = rest.k.exchange(std::string::npos);
            CHECK_FALSE(download());
            rest.k = k;
        }
        CHECK(text_of(dir.file("a")) == content);
        CHECK(dir.files() == 1);
    }
}

TEST_CASE("responses of a redirect, a challenge and an event stream, cut at every byte") {
    FdGuard fds;
    struct Row {
        std::string whole;
        std::function<std::string(Client&, const std::string&)> result;  // "", or what was wanted
        std::string wanted;
    };
    const auto fetched = [](Client& client, const std::string& url) {
        hawser::Request request("GET", url);
        request.options.credentials = hawser::Credentials::digest("u", "p");
        std::error_code ec;
        const FullResponse got = client.fetch(request, ec);
        return ec ? std::string() : got.body;
    };
    const auto streamed = [](Client& client, const std::string& url) {
        std::error_code ec;
        hawser::EventStream events(client.get(url, ec));
        std::string all;
        while (const auto event = ec ? std::nullopt : events.next(ec)) {
            all += event->data;
        }
        return ec ? std::string() : all;
    };
    const Row rows[] = {
        {head("302 Found", "Location: /plain\r\n", 4) + "gone", fetched, "plain"},
        {head("401 No", "WWW-Authenticate: Digest realm=r, nonce=n, qop=auth\r\n", 4) + "none",
         fetched,
         "plain"},
        {head("200 OK", "Content-Type: text/event-stream\r\n", 22) + "data: one\n\ndata: two\n\n",
         streamed,
         "onetwo"},
    };
    for (const Row& row : rows) {
        Server server;
        Cut cut{row.whole};
        server.on("GET", "/plain", reply(200, "plain"));
        server.on("GET", "/first", [&](const Received& request) {
            return request.header("Authorization").empty() ? cut() : reply(200, "plain");
        });
        Client client;
        for (cut.k = 0; cut.k <= row.whole.size(); ++cut.k) {
            INFO(row.wanted << ' ' << cut.k);
            const std::string got = row.result(client, server.url("/first"));
            // A redirect and a challenge are complete with their head.
            CHECK((got.empty() || got == row.wanted));
            CHECK((cut.k < row.whole.size() || got == row.wanted));
            CHECK(works(client, server));
        }
    }
}

TEST_CASE("every operation above a round trip, canceled at every step") {
    FdGuard fds;
    Everything all;
    const TempDir dir;
    const auto fetch = [&](const std::string& path) -> Start {
        return [&all, path](Client& client, asio::cancellation_slot slot, Ended& ended) {
            hawser::Request request("GET", all.server.url(path));
            request.options.credentials = hawser::Credentials::digest("u", "p");
            client.async_fetch(request, asio::bind_cancellation_slot(slot, std::ref(ended)));
        };
    };
    SECTION("a download") {
        cancel_at_every_step(
            {}, all.server, [&](Client& client, asio::cancellation_slot slot, Ended& ended) {
                CHECK((dir.files() == 0 || text_of(dir.file("a")) == content));
                client.async_download(all.server.url("/moved"),
                                      dir.file("a"),
                                      {},
                                      asio::bind_cancellation_slot(slot, std::ref(ended)));
            });
        CHECK(dir.files() == 1);
        CHECK(text_of(dir.file("a")) == content);
    }
    SECTION("a redirect") {
        cancel_at_every_step({}, all.server, fetch("/moved"));
    }
    SECTION("a challenge") {
        cancel_at_every_step({}, all.server, fetch("/secret"));
    }
    SECTION("retries") {
        ClientOptions options;
        options.middleware = {hawser::retry({.base_delay = std::chrono::milliseconds{1}})};
        cancel_at_every_step(options, all.server, fetch("/busy"));
    }
    SECTION("hedges") {
        ClientOptions options;
        options.middleware = {hawser::hedge({.delay = std::chrono::milliseconds{0}})};
        cancel_at_every_step(options, all.server, fetch("/file"));
    }
    SECTION("an event source") {
        std::optional<hawser::EventSource> source;
        cancel_at_every_step(
            {}, all.server, [&](Client& client, asio::cancellation_slot slot, Ended& ended) {
                source.emplace(client, all.server.url("/events"));
                source->async_next(asio::bind_cancellation_slot(slot, std::ref(ended)));
            });
        source.reset();
    }
}
