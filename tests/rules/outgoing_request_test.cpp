// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/detail/message/outgoing_request.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using hawser::error;
using hawser::Headers;
using hawser::detail::OutgoingFraming;
using hawser::detail::OutgoingPlan;
using hawser::detail::OutgoingRequest;
using hawser::detail::RequestParts;
using hawser::detail::Writing;
using Next = OutgoingRequest::Next;

namespace {

constexpr std::string_view head = "POST / HTTP/1.1\r\n\r\n";
constexpr OutgoingPlan chunked{OutgoingFraming::chunked, 0};
constexpr OutgoingPlan of_length(std::uint64_t n) {
    return {OutgoingFraming::length, n};
}

const Headers no_trailers;

RequestParts get() {
    return {"GET / HTTP/1.1\r\n\r\n", {}, {}, &no_trailers, false};
}
RequestParts post(std::string_view content) {
    return {head, content, of_length(content.size()), &no_trailers, false};
}
RequestParts streamed(const OutgoingPlan& plan) {
    return {head, {}, plan, &no_trailers, true};
}

/// Writes at most `most` of the pending bytes, as a stream would.
void write_some(OutgoingRequest& request, std::size_t most, std::string& wire) {
    std::size_t n = 0;
    for (const std::string_view piece : request.pending()) {
        const std::size_t taken = std::min(piece.size(), most - n);
        wire.append(piece.substr(0, taken));
        n += taken;
    }
    request.wrote(n);
}

/// Follows next(), as write_loop does, and logs it: "w" a write, "p" a piece, "g" the wait for a
/// go-ahead. The source delivers `pieces`, then the end; `go_ahead` is the server's decision.
struct Run {
    OutgoingRequest request;
    std::vector<std::string> pieces;
    bool go_ahead = true;
    std::size_t most = 1000;
    std::string steps;
    std::string wire;

    std::string of(const RequestParts& parts, bool await_go_ahead = false) {
        request.begin(parts, await_go_ahead);
        std::size_t piece = 0;
        for (Next next = request.next(false); next != Next::done; next = request.next(false)) {
            switch (next) {
                case Next::write:
                    steps += 'w';
                    write_some(request, most, wire);
                    break;
                case Next::piece:
                    steps += 'p';
                    REQUIRE_FALSE(request.piece(
                        piece < pieces.size() ? std::string_view(pieces[piece]) : ""));
                    ++piece;
                    break;
                case Next::go_ahead:
                    steps += 'g';
                    request.go_ahead(go_ahead);
                    break;
                case Next::done:
                    break;
            }
        }
        return steps;
    }
};

}  // namespace

TEST_CASE("a request is written, then done") {
    struct Row {
        RequestParts parts;
        std::vector<std::string> pieces;
        bool await_go_ahead;
        bool go_ahead;
        std::string steps;
        std::string wire;
        Writing progress;
    };
    const std::string sent(head);
    const Row rows[] = {
        {get(), {}, false, true, "w", "GET / HTTP/1.1\r\n\r\n", Writing::complete},
        {post("abc"), {}, false, true, "w", sent + "abc", Writing::complete},
        // The first piece leaves with the head; the end of a body with a length needs no write.
        {streamed(of_length(3)),
         {"a", "bc"},
         false,
         true,
         "pwpwp",
         sent + "abc",
         Writing::complete},
        {streamed(of_length(0)), {}, false, true, "pw", sent, Writing::complete},
        {streamed(chunked),
         {"abc"},
         false,
         true,
         "pwpw",
         sent + "3\r\nabc\r\n0\r\n\r\n",
         Writing::complete},
        // The head is sent alone.
        {post("abc"), {}, true, true, "wgw", sent + "abc", Writing::complete},
        {post("abc"), {}, true, false, "wg", sent, Writing::failed},
        {streamed(of_length(3)), {"abc"}, true, true, "wgpwp", sent + "abc", Writing::complete},
        {streamed(chunked), {"abc"}, true, false, "wg", sent, Writing::failed},
    };
    for (const Row& row : rows) {
        Run run;
        run.pieces = row.pieces;
        run.go_ahead = row.go_ahead;
        CAPTURE(row.steps, row.wire);
        CHECK(run.of(row.parts, row.await_go_ahead) == row.steps);
        CHECK(run.wire == row.wire);
        CHECK(run.request.progress() == row.progress);
        CHECK_FALSE(run.request.error());
    }
}

TEST_CASE("short writes repeat the write and nothing else") {
    for (std::size_t most = 1; most < 30; ++most) {
        Run run;
        run.pieces = {"hello", "world"};
        run.most = most;
        run.of(streamed(chunked), true);
        CHECK(run.wire == std::string(head).append("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n"));
        std::string steps = run.steps;
        steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
        CHECK(steps == "wgpwpwpw");
        CHECK(run.request.progress() == Writing::complete);
    }
}

TEST_CASE("bytes that the stream took but did not send are written first") {
    OutgoingRequest request;
    std::string wire;
    request.begin(get(), false);
    write_some(request, 1000, wire);
    CHECK(request.next(true) == Next::write);
    CHECK(request.progress() == Writing::busy);
    CHECK(request.next(false) == Next::done);
    CHECK(request.progress() == Writing::complete);
}

TEST_CASE("what is pending does not wait for a slow source") {
    OutgoingRequest request;
    std::string wire;
    request.begin(streamed(chunked), false);
    CHECK(request.next(false) == Next::piece);
    CHECK(request.next(false) == Next::write);  // the source is slow
    write_some(request, 1000, wire);
    CHECK(wire == head);
    CHECK(request.next(false) == Next::piece);
    CHECK(request.next(false) == Next::piece);
}

TEST_CASE("an answer before the head is out is acted on when it is") {
    for (const bool send_body : {true, false}) {
        OutgoingRequest request;
        std::string wire;
        request.begin(post("abc"), true);
        CHECK(request.awaits_go_ahead());
        request.go_ahead(send_body);
        CHECK_FALSE(request.awaits_go_ahead());
        request.go_ahead(!send_body);  // too late
        CHECK(request.next(false) == Next::write);
        write_some(request, 1000, wire);
        CHECK(wire == head);
        CHECK(request.next(false) == (send_body ? Next::write : Next::done));
        CHECK(request.progress() == (send_body ? Writing::busy : Writing::failed));
    }
}

TEST_CASE("nobody can go ahead with a body that is not withheld") {
    OutgoingRequest request;
    request.begin(post("abc"), false);
    CHECK_FALSE(request.awaits_go_ahead());
    request.go_ahead(false);
    CHECK(request.next(false) == Next::write);
}

TEST_CASE("a request that is stopped or fails is done, wherever it was") {
    for (const bool fails : {false, true}) {
        const std::error_code ec =
            fails ? make_error_code(error::connection_reset) : std::error_code{};
        for (const bool await_go_ahead : {false, true}) {
            OutgoingRequest request;
            request.begin(streamed(chunked), await_go_ahead);
            fails ? request.fail(ec) : request.stop();
            CHECK(request.next(true) == Next::done);
            CHECK(request.progress() == Writing::failed);
            CHECK(request.error() == ec);
            request.begin(get(), false);  // the next one starts from nothing
            CHECK(request.next(false) == Next::write);
            CHECK(request.progress() == Writing::busy);
            CHECK_FALSE(request.error());
        }
    }
}

TEST_CASE("what is written completely cannot be stopped") {
    Run run;
    run.of(get());
    run.request.stop();
    CHECK(run.request.progress() == Writing::complete);
}

TEST_CASE("a body that differs from the length announced is an error of the piece that shows it") {
    OutgoingRequest request;
    request.begin(streamed(of_length(3)), false);
    CHECK_FALSE(request.piece("ab"));
    SECTION("too long") {
        CHECK(request.piece("cd") == error::request_body_error);
    }
    SECTION("too short") {
        CHECK(request.piece("") == error::request_body_error);
    }
}
