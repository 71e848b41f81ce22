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

/// Writes at most `most` of the pending bytes, as a stream would; returns how many.
std::size_t write_some(OutgoingRequest& request, std::size_t most, std::string& wire) {
    std::size_t n = 0;
    for (const std::string_view piece : request.pending()) {
        const std::size_t taken = std::min(piece.size(), most - n);
        wire.append(piece.substr(0, taken));
        n += taken;
    }
    request.wrote(n);
    return n;
}

void flush(OutgoingRequest& request, std::size_t most, std::string& wire) {
    while (!request.pending().empty()) {
        REQUIRE(write_some(request, most, wire) > 0);
    }
}

/// The wire image of a streamed body, with `first` bytes in the first write and `most` in each
/// later one.
std::string stream(const RequestParts& parts,
                   const std::vector<std::string>& pieces,
                   std::size_t first,
                   std::size_t most) {
    OutgoingRequest request;
    std::string wire;
    CHECK(request.begin(parts, false) == Next::piece);
    write_some(request, first, wire);
    for (const std::string& piece : pieces) {
        const std::string volatile_piece = piece;  // destroyed after it is written
        REQUIRE_FALSE(request.piece(volatile_piece));
        flush(request, most, wire);
    }
    REQUIRE_FALSE(request.piece(""));
    flush(request, most, wire);
    return wire;
}

/// Does what it says, as write_loop does, and logs it: "w" a write, "p" a piece, "g" the wait for a
/// go-ahead. The source delivers `pieces`, then the end; `go_ahead` is the server's decision.
struct Run {
    OutgoingRequest request;
    std::vector<std::string> pieces;
    bool go_ahead = true;
    std::size_t most = 1000;
    std::string steps;
    std::string wire;

    std::string of(const RequestParts& parts, bool await_go_ahead = false) {
        Next next = request.begin(parts, await_go_ahead);
        for (std::size_t piece = 0; next != Next::done; next = request.next(false)) {
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
    const RequestParts parts = get();
    CHECK(request.begin(parts, false) == Next::write);
    write_some(request, 1000, wire);
    CHECK(request.next(true) == Next::write);
    CHECK(request.progress() == Writing::busy);
    CHECK(request.next(false) == Next::done);
    CHECK(request.progress() == Writing::complete);
}

TEST_CASE("what is pending does not wait for a slow source") {
    OutgoingRequest request;
    std::string wire;
    const RequestParts parts = streamed(chunked);
    CHECK(request.begin(parts, false) == Next::piece);
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
        const RequestParts parts = post("abc");
        CHECK(request.begin(parts, true) == Next::write);
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
    const RequestParts parts = post("abc");
    request.begin(parts, false);
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
            const RequestParts parts = streamed(chunked);
            request.begin(parts, await_go_ahead);
            fails ? request.fail(ec) : request.stop();
            CHECK(request.next(true) == Next::done);
            CHECK(request.progress() == Writing::failed);
            CHECK(request.error() == ec);
            const RequestParts again = get();  // the next one starts from nothing
            CHECK(request.begin(again, false) == Next::write);
            CHECK_FALSE(request.awaits_go_ahead());
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

// ── Framing ──────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("a request without a body has only its head pending") {
    OutgoingRequest request;
    const RequestParts parts = get();
    request.begin(parts, false);
    REQUIRE(request.pending().size() == 1);
    std::string wire;
    flush(request, 7, wire);
    CHECK(wire == "GET / HTTP/1.1\r\n\r\n");
}

TEST_CASE("head and string body are pending together, for one gathered write") {
    OutgoingRequest request;
    const RequestParts parts = post("content");
    request.begin(parts, false);
    REQUIRE(request.pending().size() == 2);
    CHECK(request.pending()[0] == head);
    CHECK(request.pending()[1] == "content");
}

TEST_CASE("a string body that is sent chunked is one chunk, with its trailers") {
    Headers trailers;
    trailers.add("X-Sum", "42");
    for (const std::string content : {"", "hello"}) {
        Run run;
        run.most = 3;
        run.of({head, content, chunked, &trailers, false});
        CHECK(run.wire == std::string(head)
                              .append(content.empty() ? "" : "5\r\nhello\r\n")
                              .append("0\r\nX-Sum: 42\r\n\r\n"));
    }
}

TEST_CASE("a partial write at every byte continues at the next one", "[N04]") {
    const RequestParts parts = post("hello world");
    const std::string sent = std::string(head).append("hello world");
    for (std::size_t first = 0; first <= sent.size(); ++first) {
        for (const std::size_t most : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
            OutgoingRequest request;
            std::string wire;
            request.begin(parts, false);
            CHECK(write_some(request, first, wire) == first);
            flush(request, most, wire);
            CHECK(wire == sent);
        }
    }
}

TEST_CASE("chunks are framed the same however they are written", "[N04]") {
    Headers trailers;
    trailers.add("X-Sum", "42");
    const RequestParts parts{head, {}, chunked, &trailers, true};
    const std::vector<std::string> pieces{"a", std::string(16, 'b'), "hello"};
    const std::string expected = std::string(head)
                                     .append("1\r\na\r\n10\r\nbbbbbbbbbbbbbbbb\r\n5\r\nhello\r\n")
                                     .append("0\r\nX-Sum: 42\r\n\r\n");
    for (std::size_t first = 0; first <= head.size(); ++first) {
        for (std::size_t most = 1; most <= expected.size(); ++most) {
            REQUIRE(stream(parts, pieces, first, most) == expected);
        }
    }
}

TEST_CASE("a chunked body without pieces is its last chunk alone") {
    CHECK(stream(streamed(chunked), {}, 0, 100) == std::string(head).append("0\r\n\r\n"));
}

TEST_CASE("a body of announced length is sent unframed, in pieces of any size") {
    for (std::size_t most = 1; most < 30; ++most) {
        CHECK(
            stream(streamed(of_length(6)), {"a", "bc", "def"}, std::min(most, head.size()), most) ==
            std::string(head).append("abcdef"));
    }
}

TEST_CASE("a source that delivers a different number of bytes than announced is an error",
          "[U07][B17]") {
    const std::string content = "0123456789";
    for (std::size_t announced = 1; announced <= content.size() + 2; ++announced) {
        for (std::size_t step = 1; step <= content.size(); ++step) {
            OutgoingRequest request;
            const RequestParts parts = streamed(of_length(announced));
            std::string wire;
            request.begin(parts, false);
            std::error_code ec;
            for (std::size_t i = 0; i < content.size() && !ec; i += step) {
                ec = request.piece(std::string_view(content).substr(i, step));
                flush(request, 100, wire);
            }
            const bool too_long = static_cast<bool>(ec);
            if (!ec) {
                ec = request.piece("");
            }
            CAPTURE(announced, step);
            CHECK(too_long == (announced < content.size()));
            CHECK(ec == (announced == content.size() ? std::error_code{}
                                                     : make_error_code(error::request_body_error)));
            CHECK(wire.size() <= head.size() + announced);  // nothing of the next request
        }
    }
}

TEST_CASE("nothing of a piece that is one byte too long is sent", "[U07]") {
    OutgoingRequest request;
    const RequestParts parts = streamed(of_length(3));
    std::string wire;
    request.begin(parts, false);
    flush(request, 100, wire);
    CHECK(request.piece("abcd") == error::request_body_error);
    CHECK(request.pending().empty());
}

TEST_CASE("invalid trailers end a chunked body with an error") {
    Headers bad;
    bad.add("Content-Length", "1");
    OutgoingRequest request;
    const RequestParts parts{head, {}, chunked, &bad, true};
    std::string wire;
    request.begin(parts, false);
    flush(request, 100, wire);
    CHECK(request.piece("") == error::invalid_request);
    CHECK(request.pending().empty());
}

TEST_CASE("another attempt starts from nothing after one that was abandoned", "[R30]") {
    OutgoingRequest request;
    const RequestParts first{"HEAD1", "body", of_length(4), &no_trailers, false};
    const RequestParts second{"HEAD2", {}, chunked, &no_trailers, true};
    std::string wire;
    request.begin(first, false);
    write_some(request, 2, wire);
    wire.clear();
    CHECK(request.begin(second, false) == Next::piece);
    CHECK_FALSE(request.piece("x"));
    CHECK(request.pending().size() == 4);
    flush(request, 3, wire);
    CHECK(wire == "HEAD21\r\nx\r\n");
    const RequestParts third = streamed(of_length(3));  // counts its bytes anew
    request.begin(third, false);
    CHECK_FALSE(request.piece("ab"));
    request.begin(third, false);
    CHECK_FALSE(request.piece("abc"));
    CHECK_FALSE(request.piece(""));
}

TEST_CASE("large chunk sizes are written in hexadecimal without leading zeros") {
    const std::string piece(0x10000, 'x');
    OutgoingRequest request;
    const RequestParts parts = streamed(chunked);
    std::string wire;
    request.begin(parts, false);
    flush(request, 100, wire);
    CHECK_FALSE(request.piece(piece));
    REQUIRE(request.pending().size() == 3);
    CHECK(request.pending()[0] == "10000\r\n");
    CHECK(request.pending()[1].data() == piece.data());
}
