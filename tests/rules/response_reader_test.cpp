// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "../support/response_feeder.hpp"
#include "../support/segmentations.hpp"
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/error.hpp>

#include <catch2/catch.hpp>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

using hawser::error;
using hawser::detail::HeadParser;
using hawser::detail::ResponseLimits;
using hawser::detail::ResponseReader;
using hawser_test::Pieces;
using hawser_test::ResponseFeeder;
using Outcome = HeadParser::Outcome;

namespace {

std::string read_with(ResponseReader& reader,
                      std::string_view method,
                      const Pieces& pieces,
                      bool close,
                      std::size_t room) {
    ResponseFeeder feeder(reader, method, {room});
    for (const std::string_view piece : pieces) {
        feeder.feed(piece);
    }
    if (close) {
        feeder.end();
    }
    return feeder.result();
}

std::string read(std::string_view text,
                 bool close = false,
                 std::string_view method = "GET",
                 const ResponseLimits& limits = {}) {
    ResponseReader reader(limits);
    std::string first;
    for (const std::size_t room : {std::size_t{65536}, std::size_t{1}, std::size_t{5}}) {
        const std::string result = hawser_test::same_for_every_segmentation(
            text,
            [&](const Pieces& pieces) { return read_with(reader, method, pieces, close, room); });
        if (!first.empty()) {
            CHECK(result == first);
        }
        first = result;
        if (text.size() > 8192) {
            break;
        }
    }
    return first;
}

std::string message(error code) {
    return make_error_code(code).message();
}

std::string repeat(std::string_view text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) {
        result += text;
    }
    return result;
}

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string hint = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";

}  // namespace

TEST_CASE("what a 2xx to CONNECT says about a body means nothing, however malformed", "[F30]") {
    for (const bool tolerant : {false, true}) {
        ResponseLimits limits;
        limits.tolerant = tolerant;
        for (const char* fields : {"Content-Length: x\r\n",
                                   "Content-Length: 1\r\nContent-Length: 2\r\n",
                                   "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                                   "Transfer-Encoding: gzip\r\n",
                                   "Transfer-Encoding: chunked, chunked\r\n"}) {
            INFO(fields);
            const std::string text = "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n";
            CHECK(read(text, false, "CONNECT", limits).starts_with("200 [] ended"));
            CHECK(read(hint + text, false, "CONNECT", limits).find("200 [] ended") !=
                  std::string::npos);
        }
        CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", false, "GET", limits)
                  .find(message(error::bad_response)) != std::string::npos);
        CHECK(read("HTTP/1.1 407 No\r\nContent-Length: x\r\n\r\n", false, "CONNECT", limits)
                  .find(message(error::bad_response)) != std::string::npos);
        CHECK(read("HTTP/1.1 200 OK\r\na\x01: x\r\nb\r\rc\r\n\r\n", false, "CONNECT", limits)
                  .find(message(error::bad_response)) != std::string::npos);
    }
}

TEST_CASE("a response with a length ends after it, however it is segmented") {
    CHECK(read(ok) == "200 [ok] ended persistent +");
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == "200 [] ended persistent +");
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok") == "200 [ok] more persistent +");
}

TEST_CASE("a body with a length may end with the connection, but not before its own end", "[N03]") {
    CHECK(read(ok, true) == "200 [ok] ended persistent +");
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", true) ==
          "200 [ok] " + message(error::incomplete_body));
}

TEST_CASE("a chunked response ends after its trailers, however it is segmented") {
    CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n") ==
          "200 [abcde] ended persistent|X-Sum=1 +");
    CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r", true) ==
          "200 [abc] " + message(error::incomplete_body));
    CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz") ==
          "200 [abc] " + message(error::bad_response));
}

TEST_CASE("a body without framing lasts until the connection ends, which never persists") {
    CHECK(read("HTTP/1.1 200 OK\r\n\r\nall of it", true) == "200 [all of it] ended close +");
    CHECK(read("HTTP/1.1 200 OK\r\n\r\nall of it") == "200 [all of it] more close +");
}

TEST_CASE("responses that have no body end with their head") {
    CHECK(read("HTTP/1.1 204 No Content\r\n\r\n") == "204 [] ended persistent +");
    CHECK(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n") ==
          "304 [] ended persistent +");
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", false, "HEAD") ==
          "200 [] ended persistent +");
}

TEST_CASE("bytes after the end are left over, however the response ended", "[R03]") {
    CHECK(read(ok + "X") == "200 [ok] ended persistent +X");
    CHECK(read(ok + "\r\n") == "200 [ok] ended persistent +\r\n");
    CHECK(read(ok + ok) == "200 [ok] ended persistent +" + ok);
    CHECK(read("HTTP/1.1 204 N\r\n\r\nX") == "204 [] ended persistent +X");
    CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX") ==
          "200 [] ended persistent +X");
    CHECK(read(ok, false, "HEAD") == "200 [] ended persistent +ok");
}

TEST_CASE("interim responses are skipped, whether known, unsolicited or unknown", "[F34]") {
    CHECK(read("HTTP/1.1 100 Continue\r\n\r\n" + ok) == "100 200 [ok] ended persistent +");
    CHECK(read(hint + hint + hint + ok) == "103 103 103 200 [ok] ended persistent +");
    CHECK(read("HTTP/1.1 199 Odd\r\nX: y\r\n\r\n" + ok) == "199 200 [ok] ended persistent +");
    CHECK(read("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 N\r\n\r\n") ==
          "102 204 [] ended persistent +");
}

TEST_CASE("a length in an interim response means nothing", "[F34]") {
    CHECK(read("HTTP/1.1 103 H\r\nContent-Length: 5\r\n\r\n" + ok) ==
          "103 200 [ok] ended persistent +");
}

TEST_CASE("an interim response that says close is skipped, but its connection is not kept",
          "[F33]") {
    CHECK(read("HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n" + ok) ==
          "100 200 [ok] ended close +");
    CHECK(read("HTTP/1.0 100 Continue\r\n\r\n" + ok) == "100 200 [ok] ended close +");
}

TEST_CASE("an interim response's close does not affect the next response", "[R30]") {
    ResponseReader reader{ResponseLimits{}};
    read_with(reader, "GET", {"HTTP/1.0 100 Continue\r\n\r\n" + ok}, false, 10);
    CHECK(read_with(reader, "GET", {ok}, false, 10) == "200 [ok] ended persistent +");
}

TEST_CASE("interim responses have a budget of bytes, whatever their number", "[F32]") {
    const std::string proceed = "HTTP/1.1 100 Continue\r\n\r\n";
    CHECK(read(repeat(proceed, 100) + ok) == repeat("100 ", 100) + "200 [ok] ended persistent +");
    const int most = 256 * 1024 / static_cast<int>(proceed.size());
    const std::string many = read(repeat(proceed, most + 1) + ok);
    CHECK(many == repeat("100 ", most) + "[] " + message(error::headers_too_large));
}

TEST_CASE("without a limit on heads, only interim responses are limited, to 1 MiB", "[F32]") {
    ResponseLimits limits;
    limits.head = hawser::detail::head_limits(0, 0);
    const std::string large = "HTTP/1.1 103 H\r\nX: " + std::string(300'000, 'x') + "\r\n\r\n";
    const std::string fields = repeat("A: b\r\n", 200'000);
    const std::string final_head = "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\nok";
    ResponseReader reader(limits);
    CHECK(read_with(reader, "GET", {large, large, large, final_head}, false, 10) ==
          "103 103 103 200 [ok] ended persistent +");
    CHECK(read_with(reader, "GET", {large, large, large, large, final_head}, false, 10) ==
          "103 103 103 103 [] " + message(error::headers_too_large));
    CHECK(reader.fault().reason.ends_with("bytes of interim responses"));
    for (const std::size_t more : {0, 1}) {  // exact to the byte
        const std::string begin = "HTTP/1.1 103 H\r\nX: ";
        const std::size_t size = ResponseReader::max_interim_bytes + more - begin.size() - 4;
        const std::string exactly = begin + std::string(size, 'x') + "\r\n\r\n";
        CHECK(read_with(reader, "GET", {exactly, ok}, false, 10) ==
              (more == 0 ? "103 200 [ok] ended persistent +"
                         : "103 [] " + message(error::headers_too_large)));
    }
}

TEST_CASE("each response has the full limit for trailers", "[R30][F43]") {
    ResponseReader reader{ResponseLimits{}};
    const std::string value(60'000, 'x');
    for (int i = 0; i < 3; ++i) {
        CHECK(read_with(reader,
                        "GET",
                        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + value +
                         "\r\n\r\n"},
                        false,
                        10) == "200 [] ended persistent|A=" + value + " +");
    }
}

TEST_CASE("a limit of 0 for heads means none, any other number is a limit") {
    using hawser::detail::head_limits;
    CHECK(head_limits(0, 0).max_bytes == SIZE_MAX);
    CHECK(head_limits(0, 0).max_fields == SIZE_MAX);
    CHECK(head_limits(1, 2).max_bytes == 1);
    CHECK(head_limits(1, 2).max_fields == 2);
    for (const auto& [bytes, fields] : {std::pair{0, 1}, std::pair{1000, 0}}) {
        ResponseLimits limits;
        limits.head =
            head_limits(static_cast<std::size_t>(bytes), static_cast<std::size_t>(fields));
        CHECK(read(ok, false, "GET", limits) == "200 [ok] ended persistent +");
    }
}

TEST_CASE("all heads of a response share one budget of bytes", "[F32]") {
    ResponseLimits limits;
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    limits.head.max_bytes = 2 * hint.size() + head.size();
    CHECK(read(hint + hint + ok, false, "GET", limits) == "103 103 200 [ok] ended persistent +");
    limits.head.max_bytes -= 1;
    CHECK(read(hint + hint + ok, false, "GET", limits) ==
          "103 103 [] " + message(error::headers_too_large));
    limits.head.max_bytes = head.size();
    CHECK(read(ok, false, "GET", limits) == "200 [ok] ended persistent +");
    limits.head.max_bytes -= 1;
    CHECK(read(ok, false, "GET", limits) == "[] " + message(error::headers_too_large));
}

TEST_CASE("a head without end fails at the limit, not in memory", "[F32]") {
    ResponseLimits limits;
    limits.head.max_bytes = 8192;
    ResponseReader reader(limits);
    ResponseFeeder feeder(reader, "GET", {100});
    std::size_t fed = 0;
    feeder.feed("HTTP/1.1 200 OK\r\nX: ");
    while (!feeder.failed() && fed < 1'000'000) {
        feeder.feed(std::string(100, 'x'));
        fed += 100;
    }
    CHECK(feeder.failed());
    CHECK(fed <= 8400);
}

TEST_CASE("a head larger than the buffer makes it grow, without effect on the next response") {
    ResponseLimits limits;
    limits.head.max_bytes = 1024 * 1024;
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 300; ++i) {
        text += "X-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n";
    }
    text += "Content-Length: 4\r\n\r\nbody";
    ResponseReader reader(limits);
    for (const std::size_t cut : {text.size(), std::size_t{100'000}, std::size_t{777}}) {
        Pieces pieces;
        for (std::size_t at = 0; at < text.size(); at += cut) {
            pieces.push_back(std::string_view(text).substr(at, cut));
        }
        CHECK(read_with(reader, "GET", pieces, false, 100) == "200 [body] ended persistent +");
        CHECK(reader.head().headers.get("X-299") == std::string(1000, 'x'));
        CHECK(read_with(reader, "GET", {ok}, false, 100) == "200 [ok] ended persistent +");
    }
}

TEST_CASE("a body beyond its limit is an error, with a length even before its first byte",
          "[B03]") {
    ResponseLimits limits;
    limits.max_body = 5;
    const auto too_large = make_error_code(error::body_too_large);
    for (const std::string_view text : {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\n\r\n123456",
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        "3\r\n123\r\n3\r\n456\r\n0\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        "6\r\n123456\r\nX"}) {
        for (const auto& offsets : hawser_test::segmentations(text.size())) {
            ResponseReader reader(limits);
            for (const std::size_t room : {2, 100}) {
                read_with(reader, "GET", hawser_test::cut(text, offsets), false, room);
                REQUIRE(reader.error() == too_large);
            }
        }
    }
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345", false, "GET", limits) ==
          "200 [12345] ended persistent +");
    CHECK(read("HTTP/1.1 200 OK\r\n\r\n12345", true, "GET", limits) == "200 [12345] ended close +");
}

TEST_CASE("a body that arrived with its head is taken whole, otherwise it stays readable") {
    const auto begin = [](ResponseReader& reader, std::string_view text) {
        reader.start("GET");
        std::memcpy(reader.space().data(), text.data(), text.size());
        reader.received(text.size());
        REQUIRE(reader.read_head() == Outcome::complete);
    };
    ResponseReader reader{ResponseLimits{}};
    std::string body;
    begin(reader, ok + "X");
    CHECK(reader.body().whole_is_here());
    CHECK(reader.body().take_whole(body));
    CHECK(body == "ok");
    CHECK(reader.leftover() == "X");

    begin(reader, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok");
    body.clear();
    CHECK_FALSE(reader.body().whole_is_here());
    CHECK_FALSE(reader.body().take_whole(body));
    CHECK(body.empty());
    CHECK(reader.leftover() == "ok");

    begin(reader,
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n");
    CHECK(reader.body().whole_is_here());
    CHECK(reader.body().take_whole(body));
    CHECK(body == "ok");
    const auto trailers = reader.body().take_trailers();
    REQUIRE(trailers != nullptr);
    CHECK(trailers->get("A") == "b");

    // A chunk whose data ends like a last chunk: its beginning is moved, nothing is lost.
    begin(reader, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nok\r\n\r\n");
    body.clear();
    CHECK_FALSE(reader.body().whole_is_here());
    CHECK_FALSE(reader.body().take_whole(body));
    CHECK(body == "ok\r\n\r\n");
    CHECK_FALSE(reader.error());

    begin(reader, "HTTP/1.1 204 N\r\n\r\n");
    CHECK(reader.body().whole_is_here());
    begin(reader, "HTTP/1.1 200 OK\r\n\r\nok");  // until the end of the connection
    CHECK_FALSE(reader.body().whole_is_here());
    begin(reader, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx");
    CHECK_FALSE(reader.body().whole_is_here());
}

TEST_CASE("101 is the last head: nothing is interim about it") {
    ResponseReader reader{ResponseLimits{}};
    reader.start("GET");
    const std::string text = "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nx-bytes";
    std::memcpy(reader.space().data(), text.data(), text.size());
    reader.received(text.size());
    REQUIRE(reader.read_head() == Outcome::complete);
    CHECK_FALSE(reader.interim());
    CHECK(reader.leftover() == "x-bytes");
}

TEST_CASE("a reader that was abandoned anywhere starts the next response from nothing", "[R30]") {
    const std::string text =
        "HTTP/1.1 103 H\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n0\r\nX: y\r\n\r\n";
    ResponseReader reader{ResponseLimits{}};
    for (std::size_t at = 0; at <= text.size(); ++at) {
        read_with(reader, "HEAD", {std::string_view(text).substr(0, at)}, true, 2);
        read_with(reader, "GET", {std::string_view(text).substr(0, at)}, false, 2);
        REQUIRE(read_with(reader, "GET", {text}, false, 9) == read(text));
        if (at % 16 == 0) {
            REQUIRE(read_with(reader, "GET", {ok}, false, 9) == "200 [ok] ended persistent +");
        }
    }
}
