// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/detail/message/request_sender.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using hawser::error;
using hawser::Headers;
using hawser::detail::OutgoingFraming;
using hawser::detail::OutgoingPlan;
using hawser::detail::RequestSender;

namespace {

constexpr OutgoingPlan chunked{OutgoingFraming::chunked, 0};
constexpr OutgoingPlan of_length(std::uint64_t n) {
    return {OutgoingFraming::length, n};
}

/// Writes at most `most` of the pending bytes, as a stream would; returns how many.
std::size_t write_some(RequestSender& sender, std::size_t most, std::string& wire) {
    std::size_t n = 0;
    for (const std::string_view piece : sender.pending()) {
        const std::size_t taken = std::min(piece.size(), most - n);
        wire.append(piece.substr(0, taken));
        n += taken;
    }
    sender.wrote(n);
    return n;
}

void flush(RequestSender& sender, std::size_t most, std::string& wire) {
    while (!sender.pending().empty()) {
        REQUIRE(write_some(sender, most, wire) > 0);
    }
}

/// The wire image of a streamed body, with `first` bytes in the first write and `most` in each
/// later one.
std::string stream(const OutgoingPlan& plan,
                   const std::vector<std::string>& pieces,
                   const Headers& trailers,
                   std::size_t first,
                   std::size_t most) {
    const std::string head = "POST / HTTP/1.1\r\n\r\n";
    RequestSender sender;
    std::string wire;
    sender.start(head, {}, plan);
    write_some(sender, first, wire);
    for (const std::string& piece : pieces) {
        const std::string volatile_piece = piece;  // destroyed after it is written
        REQUIRE_FALSE(sender.add_piece(volatile_piece));
        flush(sender, most, wire);
    }
    REQUIRE_FALSE(sender.end(trailers));
    flush(sender, most, wire);
    return wire;
}

}  // namespace

TEST_CASE("a request without a body has only its head pending") {
    RequestSender sender;
    sender.start("GET / HTTP/1.1\r\n\r\n", {}, {});
    REQUIRE(sender.pending().size() == 1);
    std::string wire;
    flush(sender, 7, wire);
    CHECK(wire == "GET / HTTP/1.1\r\n\r\n");
    CHECK(sender.pending().empty());
}

TEST_CASE("head and string body are pending together, for one gathered write") {
    RequestSender sender;
    sender.start("HEAD", "content", of_length(7));
    REQUIRE(sender.pending().size() == 2);
    CHECK(sender.pending()[0] == "HEAD");
    CHECK(sender.pending()[1] == "content");
}

TEST_CASE("a partial write at every byte continues at the next one", "[N04]") {
    const std::string head = "POST /x HTTP/1.1\r\nContent-Length: 11\r\n\r\n";
    const std::string content = "hello world";
    for (std::size_t first = 0; first <= head.size() + content.size(); ++first) {
        for (const std::size_t most : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
            RequestSender sender;
            std::string wire;
            sender.start(head, content, of_length(content.size()));
            CHECK(write_some(sender, first, wire) == first);
            flush(sender, most, wire);
            CHECK(wire == head + content);
        }
    }
}

TEST_CASE("chunks are framed the same however they are written", "[N04]") {
    Headers trailers;
    trailers.add("X-Sum", "42");
    const std::vector<std::string> pieces{"a", std::string(16, 'b'), "hello"};
    const std::string expected = "POST / HTTP/1.1\r\n\r\n1\r\na\r\n10\r\n" + std::string(16, 'b') +
                                 "\r\n5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n";
    for (std::size_t first = 0; first <= 19; ++first) {
        for (std::size_t most = 1; most <= expected.size(); ++most) {
            REQUIRE(stream(chunked, pieces, trailers, first, most) == expected);
        }
    }
}

TEST_CASE("a chunked body without pieces is its last chunk alone") {
    CHECK(stream(chunked, {}, {}, 0, 100) == "POST / HTTP/1.1\r\n\r\n0\r\n\r\n");
}

TEST_CASE("a body of announced length is sent unframed, in pieces of any size") {
    for (std::size_t most = 1; most < 30; ++most) {
        CHECK(stream(of_length(6), {"a", "bc", "def"}, {}, most, most) ==
              "POST / HTTP/1.1\r\n\r\nabcdef");
    }
}

TEST_CASE("a source that delivers a different number of bytes than announced is an error",
          "[U07][B17]") {
    const std::string content = "0123456789";
    for (std::size_t announced = 1; announced <= content.size() + 2; ++announced) {
        for (std::size_t step = 1; step <= content.size(); ++step) {
            RequestSender sender;
            std::string wire;
            sender.start("", {}, of_length(announced));
            std::error_code ec;
            for (std::size_t i = 0; i < content.size() && !ec; i += step) {
                ec = sender.add_piece(std::string_view(content).substr(i, step));
                flush(sender, 100, wire);
            }
            const bool too_long = static_cast<bool>(ec);
            if (!ec) {
                ec = sender.end({});
            }
            CAPTURE(announced, step);
            CHECK(too_long == (announced < content.size()));
            CHECK(ec == (announced == content.size() ? std::error_code{}
                                                     : make_error_code(error::request_body_error)));
            CHECK(wire.size() <= announced);  // never a byte that would belong to the next request
        }
    }
}

TEST_CASE("nothing of a piece that is one byte too long is sent", "[U07]") {
    RequestSender sender;
    sender.start("", {}, of_length(3));
    CHECK(sender.add_piece("abcd") == error::request_body_error);
    CHECK(sender.pending().empty());
}

TEST_CASE("invalid trailers end a chunked body with an error") {
    Headers bad;
    bad.add("Content-Length", "1");
    RequestSender sender;
    sender.start("", {}, chunked);
    CHECK(sender.end(bad) == error::invalid_request);
    CHECK(sender.pending().empty());
}

TEST_CASE("a sender starts from nothing after an abandoned request", "[R30]") {
    RequestSender sender;
    sender.start("HEAD1", "body", of_length(4));
    std::string wire;
    write_some(sender, 2, wire);
    sender.start("HEAD2", {}, chunked);
    wire.clear();
    CHECK_FALSE(sender.add_piece("x"));
    CHECK(sender.pending().size() == 4);
    flush(sender, 3, wire);
    CHECK(wire == "HEAD21\r\nx\r\n");
}

TEST_CASE("large chunk sizes are written in hexadecimal without leading zeros") {
    const std::string piece(0x10000, 'x');
    RequestSender sender;
    sender.start({}, {}, chunked);
    CHECK_FALSE(sender.add_piece(piece));
    REQUIRE(sender.pending().size() == 3);
    CHECK(sender.pending()[0] == "10000\r\n");
    CHECK(sender.pending()[1].data() == piece.data());
}
