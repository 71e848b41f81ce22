// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// One call for a request and its whole body: bodies that arrive with the head and bodies that have
// to be read, with a handler that can be canceled and with one that cannot.

#include "../support/wire_tests.hpp"
#include <hawser/hawser.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <asio/strand.hpp>

#include <memory>
#include <optional>
#include <string>

using namespace hawser::test;
using hawser::ClientOptions;
using hawser::FullResponse;

namespace {

const std::string big(300'000, 'b');

/// "/held" arrives with its head, "/slow" three bytes at a time, "/big" in many reads, "/cut" ends
/// early, "/chunked" has a trailer.
void serve_bodies(Peer& peer) {
    while (const auto request = peer.read_request()) {
        if (request->target == "/slow") {
            peer.send_slowly(respond("0123456789"), 3);
        } else if (request->target == "/big") {
            peer.send(respond(big));
        } else if (request->target == "/cut") {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            return;
        } else if (request->target == "/chunked") {
            peer.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: x\r\n\r\n");
        } else {
            peer.send(respond("held"));
        }
    }
}

struct Outcome {
    int times = 0;
    std::error_code ec;
    FullResponse response;

    void operator()(std::error_code code, FullResponse got) {
        ++times;
        ec = code;
        response = std::move(got);
    }
};

enum class Way { handler, cancelable_handler, blocking };

Outcome fetch(const ScriptServer& server, const char* path, Way way, ClientOptions options) {
    if (way == Way::blocking) {
        Client client{std::move(options)};
        Outcome outcome;
        outcome.response = client.fetch(server.url(path), outcome.ec);
        return outcome;
    }
    asio::io_context io;
    Client client{io, std::move(options)};
    asio::cancellation_signal signal;
    Outcome outcome;
    if (way == Way::cancelable_handler) {
        client.async_fetch(server.url(path),
                           asio::bind_cancellation_slot(signal.slot(), std::ref(outcome)));
    } else {
        client.async_fetch(server.url(path), std::ref(outcome));
    }
    CHECK(outcome.times == 0);
    while (outcome.times == 0 && io.run_one_for(patience) != 0) {
    }
    CHECK(outcome.times == 1);
    return outcome;
}

}  // namespace

TEST_CASE("a fetch collects bodies of every kind") {
    FdGuard fds;
    ScriptServer server{serve_bodies};
    const Way way = GENERATE(Way::handler, Way::cancelable_handler, Way::blocking);
    CAPTURE(static_cast<int>(way));
    struct Row {
        const char* path;
        std::string body;
    };
    for (const Row& row : {Row{"/held", "held"}, Row{"/slow", "0123456789"}, Row{"/big", big}}) {
        CAPTURE(row.path);
        const Outcome got = fetch(server, row.path, way, {});
        CHECK_FALSE(got.ec);
        CHECK(got.response.status == 200);
        CHECK(got.response.method == "GET");
        CHECK(got.response.url.to_string() == server.url(row.path));
        CHECK((got.response.body == row.body));
        CHECK_FALSE(got.response.failure);
    }
    const Outcome chunked = fetch(server, "/chunked", way, {});
    CHECK(chunked.response.body == "hi");
    CHECK(chunked.response.trailers.get("T") == "x");
}

TEST_CASE("a fetch that fails says why and keeps what was received") {
    FdGuard fds;
    ScriptServer server{serve_bodies};
    const Way way = GENERATE(Way::handler, Way::cancelable_handler, Way::blocking);
    CAPTURE(static_cast<int>(way));
    const Outcome cut = fetch(server, "/cut", way, {});
    CHECK(cut.ec == hawser::error::incomplete_body);
    CHECK(cut.response.status == 200);
    CHECK(cut.response.body == "half");
    CHECK(cut.response.failure.code() == cut.ec);

    for (const char* path : {"/held", "/slow", "/big"}) {
        CAPTURE(path);
        const Outcome limited = fetch(server, path, way, {.max_fetch_bytes = 3});
        CHECK(limited.ec == hawser::error::body_too_large);
        CHECK(limited.response.status == 200);
        CHECK(limited.response.body.size() == 3);
        CHECK(limited.response.failure.code() == limited.ec);
    }
}

TEST_CASE("a fetch whose server cannot be reached has a response without a status") {
    asio::io_context io;
    Client client{io};
    Outcome outcome;
    client.async_fetch(refusing_url(), std::ref(outcome));
    io.run();
    CHECK(outcome.times == 1);
    CHECK(outcome.ec == hawser::error::connect_failed);
    CHECK(outcome.response.status == 0);
    CHECK(outcome.response.failure.code() == outcome.ec);
}

TEST_CASE("a fetch completes on its handler's executor") {
    FdGuard fds;
    ScriptServer server{serve_bodies};
    asio::io_context mine;  // outlives the thread that dispatches to it
    IoThread io;
    Client client{io.executor()};
    const auto strand = asio::make_strand(mine);
    int times = 0;
    for (const char* path : {"/held", "/slow", "/big"}) {
        client.async_fetch(server.url(path),
                           asio::bind_executor(strand, [&](std::error_code ec, const auto& got) {
                               CHECK(strand.running_in_this_thread());
                               CHECK((!ec && got.ok()));
                               ++times;
                           }));
    }
    mine.run();
    CHECK(times == 3);
}

TEST_CASE("a fetch in progress dies with its executor, and so does its handler") {
    FdGuard fds;
    ScriptServer server{serve_bodies};
    for (int steps = 0; steps < 12; ++steps) {
        CAPTURE(steps);
        const auto handler = std::make_shared<int>();
        {
            asio::io_context io;
            Client client{io};
            client.async_fetch(server.url("/slow"),
                               [handler](std::error_code, const FullResponse&) {});
            for (int i = 0; i < steps; ++i) {
                io.poll_one();
            }
        }
        CHECK(handler.use_count() == 1);
    }
}
