// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A corpus of response streams, good and bad. Each has one outcome, however it is segmented,
// however its body is read (row F35), and whatever the reader read before (row R30).

#include "../support/response_feeder.hpp"
#include "../support/segmentations.hpp"
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/error.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using hawser::error;
using hawser::detail::ResponseLimits;
using hawser::detail::ResponseReader;
using hawser_test::BodyReading;
using hawser_test::Pieces;
using hawser_test::ResponseFeeder;

namespace {

/// A stream and its expected result: see ResponseFeeder::result().
struct Stream {
    std::string name;
    std::string text;
    std::string result;
    std::optional<error> failure = {};  // its message follows the result
    bool closes = false;                // the connection ends after the text
    std::string method = "GET";
    std::string tolerated = {};  // the result in tolerant mode, if it differs

    std::string expected(bool tolerant) const {
        return tolerant && !tolerated.empty()
                   ? tolerated
                   : result + (failure ? make_error_code(*failure).message() : "");
    }
};

/// A stream that the strict reader refuses and the tolerant one reads. The connection always
/// closes.
Stream tolerated(Stream stream, std::string result) {
    stream.tolerated = std::move(result);
    return stream;
}

std::string repeat(std::string_view text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) {
        result += text;
    }
    return result;
}

std::string status(std::string_view line) {
    return std::string("HTTP/1.1 ").append(line).append("\r\n");
}

std::string ok(std::string_view fields, std::string_view rest = "") {
    return status("200 OK").append(fields).append("\r\n").append(rest);
}

std::string length(std::string_view size, std::string_view rest = "") {
    return ok(std::string("Content-Length: ").append(size).append("\r\n"), rest);
}

std::string chunks(std::string_view rest) {
    return ok("Transfer-Encoding: chunked\r\n", rest);
}

std::string coding(std::string_view value) {
    return ok(std::string("Transfer-Encoding: ").append(value).append("\r\n"), "0\r\n\r\n");
}

std::vector<Stream> good_streams() {
    const std::string two = length("2", "ok");
    const std::string trailed = "3\r\nabc\r\n0\r\nX-A: 1\r\nX-B:\t2 \r\n\r\n";
    const std::string forged =
        "0\r\nContent-Length: 9\r\nHost: x\r\nSet-Cookie: a\r\n"
        "Connection: close\r\nX-A: 1\r\n\r\n";
    return {
        {"a length", two, "200 [ok] ended persistent +"},
        {"length 0", length("0"), "200 [] ended persistent +"},
        {"a long body",
         length("5000", repeat("0123456789", 500)),
         "200 [" + repeat("0123456789", 500) + "] ended persistent +"},
        {"N03 a length that ends with its connection",
         two,
         "200 [ok] ended persistent +",
         {},
         true},
        {"chunks",
         chunks("3\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\n"),
         "200 [abc0123456789] ended persistent +"},
        {"no chunks", chunks("0\r\n\r\n"), "200 [] ended persistent +"},
        {"trailers", chunks(trailed), "200 [abc] ended persistent|X-A=1|X-B=2 +"},
        {"F37 zeros",
         chunks(std::string(40, '0') + "2\r\nok\r\n000\r\n\r\n"),
         "200 [ok] ended persistent +"},
        {"extensions",
         chunks("2;a;b=\"\\\"\r\";c\r\nok\r\n0\r\n\r\n"),
         "200 [] ",
         error::bad_response},
        {"quoted extensions",
         chunks("2;a;b=\"\\\";\";c\r\nok\r\n0;x\r\n\r\n"),
         "200 [ok] ended persistent +"},
        {"F44 forged trailers", chunks(forged), "200 [] ended persistent|X-A=1 +"},
        {"F47 until close", ok("", "all of it"), "200 [all of it] ended close +", {}, true},
        {"F47 not closed yet", ok("", "all of it"), "200 [all of it] more close +"},
        {"F46 1.0 until close", "HTTP/1.0 200 OK\r\n\r\nx", "200 [x] ended close +", {}, true},
        {"F46 1.0 with a length",
         "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
         "200 [x] ended close +"},
        {"F46 1.0 keep-alive",
         "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
         "200 [x] ended persistent +"},
        {"F45 close",
         ok("Connection: x,\tClOsE\r\nContent-Length: 1\r\n", "x"),
         "200 [x] ended close +"},
        {"F45 closed",
         ok("Connection: closed\r\nContent-Length: 1\r\n", "x"),
         "200 [x] ended persistent +"},
        {"204", status("204 N") + "\r\n", "204 [] ended persistent +"},
        {"F26 204 with a length",
         status("204 N") + "Content-Length: 2\r\n\r\nok",
         "204 [] ended persistent +ok"},
        {"F27 304 with a length",
         status("304 N") + "Content-Length: 5\r\n\r\n",
         "304 [] ended persistent +"},
        {"F27 304 with chunks",
         status("304 N") + "Transfer-Encoding: chunked\r\n\r\n",
         "304 [] ended persistent +"},
        {"HEAD", length("51"), "200 [] ended persistent +", {}, false, "HEAD"},
        {"HEAD of chunks", chunks(""), "200 [] ended persistent +", {}, false, "HEAD"},
        {"F28 HEAD with a body", two, "200 [] ended persistent +ok", {}, false, "HEAD"},
        {"F29 401", status("401 U") + "Content-Length: 1\r\n\r\nx", "401 [x] ended persistent +"},
        {"F34 interim",
         status("100 C") + "\r\n" + repeat(status("103 H") + "Link: x\r\n\r\n", 3) + status("199") +
             "\r\n" + two,
         "100 103 103 103 199 200 [ok] ended persistent +"},
        {"F26 interim with a length",
         status("103 H") + "Content-Length: 5\r\n\r\n" + two,
         "103 200 [ok] ended persistent +"},
        {"F33 interim 1.0", "HTTP/1.0 100 C\r\n\r\n" + two, "100 200 [ok] ended close +"},
        {"F33 interim close",
         status("103 H") + "Connection: close\r\n\r\n" + two,
         "103 200 [ok] ended close +"},
        {"F32 many interim",
         repeat(status("100 C") + "\r\n", 40) + two,
         repeat("100 ", 40) + "200 [ok] ended persistent +"},
        {"F03 1.2",
         "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok",
         "200 [ok] ended persistent +"},
        {"F05 999", status("999 X") + "Content-Length: 2\r\n\r\nok", "999 [ok] ended persistent +"},
        {"F31 101",
         status("101 S") + "Connection: upgrade\r\nUpgrade: x\r\n\r\nbytes",
         "101 [] ended persistent +bytes"},
        {"F07 no reason",
         "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
         "200 [ok] ended persistent +"},
        {"F13 obs-text", ok("X: \x80\xff\r\nContent-Length: 0\r\n"), "200 [] ended persistent +"},
        {"F53 a long value",
         ok("X: " + std::string(9000, 'x') + "\r\nContent-Length: 0\r\n"),
         "200 [] ended persistent +"},
        {"R03 a byte too many", two + "\n", "200 [ok] ended persistent +\n"},
        {"F51 two at once", chunks("0\r\n\r\n") + two, "200 [] ended persistent +" + two},
        {"F50 junk after close",
         ok("Connection: close\r\nContent-Length: 0\r\n", "junk"),
         "200 [] ended close +junk"},
        {"part of a length", length("3", "ok"), "200 [ok] more persistent +"},
        {"part of a chunk", chunks("3\r\nok"), "200 [ok] more persistent +"},
        {"part of a head", "HTTP/1.1 200 OK\r\nContent-Le", "[] no head"},
        {"nothing but interim", status("100 C") + "\r\n", "100 [] no head"},
    };
}

std::vector<Stream> bad_heads() {
    const auto bad = [](std::string name, std::string text) {
        return Stream{std::move(name), std::move(text), "[] ", error::bad_response};
    };
    const auto unknown = [](std::string name, std::string text) {
        return Stream{std::move(name), std::move(text), "[] ", error::unsupported_coding};
    };
    const std::string nul("200 O\0K", 7);
    return {
        bad("F01 SSH", "SSH-2.0-x\r\n"),
        bad("F01 HTML", "<html></html>"),
        bad("F02 ICE", "ICE/1.1 200 OK\r\n\r\n"),
        bad("F03 2.0", "HTTP/2.0 200 OK\r\n\r\n"),
        bad("F03 lower case", "http/1.1 200 OK\r\n\r\n"),
        bad("F05 99", status("99 X") + "\r\n"),
        bad("F05 099", status("099 X") + "\r\n"),
        bad("F05 2000", status("2000 X") + "\r\n"),
        bad("F06 NUL in the reason", status(nul) + "\r\n"),
        bad("F08 an empty line first", "\r\n" + length("0")),
        bad("F09 a blank before the first field", ok(" A: b\r\n")),
        tolerated(bad("F10 bare LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
                  "200 [ok] ended close +"),
        tolerated(bad("F10 one bare LF", ok("A: b\nContent-Length: 2\r\n", "ok")),
                  "200 [ok] ended close +"),
        tolerated(bad("F10 bare LF at the end", status("200 OK") + "Content-Length: 2\r\n\nok"),
                  "200 [ok] ended close +"),
        tolerated(
            bad("F10 a bare LF after the status", "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok"),
            "200 [ok] ended close +"),
        tolerated(bad("F10 bare LF, nothing else", "HTTP/1.1 204\n\n"), "204 [] ended close +"),
        bad("F11 bare CR", ok("A: b\rc\r\n")),
        bad("F11 CR CR LF", ok("A: b\r\r\n")),
        bad("F12 NUL", ok(std::string("A: b\0c\r\n", 8))),
        bad("F12 DEL", ok("A: \x7f\r\n")),
        tolerated(bad("F14 no name", ok(": b\r\nContent-Length: 2\r\n", "ok")),
                  "200 [ok] ended close +"),
        bad("F14 no field, and a NUL in it", ok(std::string("A\0b\r\n", 5))),
        bad("F14 no field, and a CR in it", ok("A\rb\r\n")),
        tolerated(bad("F14 no colon", ok("Ab\r\nContent-Length: 2\r\n", "ok")),
                  "200 [ok] ended close +"),
        tolerated(bad("F14 a name in two words", ok("A b: c\r\nContent-Length: 2\r\n", "ok")),
                  "200 [ok] ended close +"),
        tolerated(bad("F15 a blank before the colon", ok("Content-Length : 2\r\n", "ok")),
                  "200 [ok] ended close +"),
        tolerated(bad("F16 folded", ok("A: b\r\n c\r\nContent-Length: 2\r\n", "ok")),
                  "200 [ok] ended close +"),
        tolerated(bad("F16 folded coding", ok("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")),
                  "200 [] ended close +"),
        bad("F16 a length in two lines", ok("Content-Length: 1\r\n 2\r\n", "123456789012")),
        bad("F17 +5", length("+5", "12345")),
        bad("F17 0x5", length("0x5", "12345")),
        bad("F17 empty", length("")),
        bad("F17 two lengths", ok("Content-Length: 1\r\nContent-Length: 2\r\n", "ok")),
        tolerated(bad("F18 twice the same", ok("Content-Length: 2\r\nContent-Length: 2\r\n", "ok")),
                  "200 [ok] ended close +"),
        tolerated(bad("F18 a list", length("2, 2", "ok")), "200 [ok] ended close +"),
        tolerated(bad("a tab behind it", length("2\t", "ok")), "200 [ok] ended close +"),
        bad("F17 a list of two", length("2, 3", "ok")),
        bad("F17 an empty member", length("2,", "ok")),
        bad("F17 two lengths and a coding",
            ok("Content-Length: 1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n")),
        bad("F19 2^63", length("9223372036854775808")),
        tolerated(
            bad("F20 length and coding",
                ok("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n")),
            "200 [x] ended close +"),
        tolerated(
            bad("F20 coding and length",
                ok("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "1\r\nx\r\n0\r\n\r\n")),
            "200 [x] ended close +"),
        bad("F20 length and coding in 1.0",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok"),
        unknown("F21 xchunked", coding("xchunked")),
        unknown("F21 a parameter", coding("chunked;q=1")),
        unknown("F21 a tab behind it", coding("chunked\t")),
        unknown("F22 gzip", coding("gzip, chunked")),
        bad("F23 twice", coding("chunked, chunked")),
        bad("F24 empty coding", coding("")),
        bad("F25 1.0 with a coding",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        {"F32 endless interim",
         repeat(status("103 C") + "X: " + std::string(20'000, 'x') + "\r\n\r\n", 14),
         repeat("103 ", 13) + "[] ",
         error::headers_too_large},
        tolerated({"a sloppy interim head",
                   "HTTP/1.1 100 C\n\n" + length("2", "ok"),
                   "[] ",
                   error::bad_response},
                  "100 200 [ok] ended close +"),
        tolerated(
            {"a sloppy second interim head",
             status("103 C") + "\r\n" + status("103 C") + "A: b\r\n c\r\n\r\n" + length("2", "ok"),
             "103 [] ",
             error::bad_response},
            "103 103 200 [ok] ended close +"),
        {"a bad head after an interim one",
         status("100 C") + "\r\nHTTP/1.1 2x0\r\n\r\n",
         "100 [] ",
         error::bad_response},
    };
}

std::vector<Stream> bad_bodies() {
    const auto bad = [](std::string name, std::string rest, std::string body = "") {
        return Stream{std::move(name), chunks(rest), "200 [" + body + "] ", error::bad_response};
    };
    const auto cut_off = [](std::string name, std::string text, std::string body) {
        return Stream{
            std::move(name), std::move(text), "200 [" + body + "] ", error::incomplete_body, true};
    };
    return {
        bad("F36 empty size", "\r\n\r\n"),
        bad("F36 -1", "-1\r\nx\r\n0\r\n\r\n"),
        bad("F36 0x1", "0x1\r\nx\r\n0\r\n\r\n"),
        tolerated(bad("F36 a blank", "1 \r\nx\r\n0\r\n\r\n"), "200 [x] ended close +"),
        tolerated(bad("F36 blanks before it", " \t1\r\nx\r\n0\r\n\r\n"), "200 [x] ended close +"),
        tolerated(bad("F36 a blank before an extension", "1 ;a\r\nx\r\n0\r\n\r\n"),
                  "200 [x] ended close +"),
        tolerated(bad("F36 a blank in the last", "1\r\nx\r\n0  \r\n\r\n", "x"),
                  "200 [x] ended close +"),
        bad("F36 a blank between digits", "1 1\r\nx\r\n0\r\n\r\n"),
        bad("F36 only blanks", "  \r\nx\r\n0\r\n\r\n"),
        bad("F36 a blank, then LF", "1 \nx\r\n0\r\n\r\n"),
        bad("F36 2^63", "8000000000000000\r\n"),
        bad("F36 2^64", "10000000000000000\r\n"),
        bad("F37 too many zeros", std::string(5000, '0') + "\r\n\r\n"),
        bad("F38 LF after the size", "2\nok\r\n0\r\n\r\n"),
        bad("F38 CR after the size", "2\rok\r\n0\r\n\r\n"),
        bad("F38 LF in an extension", "2;a\nok\r\n0\r\n\r\n"),
        bad("F38 LF after the data", "2\r\nok\n0\r\n\r\n", "ok"),
        bad("F39 0 CR LF LF", "2\r\nok\r\n0\r\n\n", "ok"),
        bad("F39 0 LF CR LF", "2\r\nok\r\n0\n\r\n", "ok"),
        bad("F40 two bytes for CRLF", "5\r\nhelloXX0\r\n\r\n", "hello"),
        bad("F40 a byte for CR", "5\r\nhelloX\n0\r\n\r\n", "hello"),
        bad("F40 a byte for LF", "5\r\nhello\rX0\r\n\r\n", "hello"),
        bad("F41 extensions without end", "1;" + std::string(5000, 'x') + "\r\nx\r\n0\r\n\r\n"),
        bad("F41 overhead", repeat("1;" + std::string(4000, 'x') + "\r\nx\r\n", 6), "xxxx"),
        bad("F42 a quote over the line", "1;x=\"val\r\nX\r\n0\r\n\r\n"),
        bad("a trailer without colon", "0\r\nab\r\nA: b\r\n\r\n"),
        tolerated(bad("a folded trailer", "0\r\nA: b\r\n c\r\n\t\r\n  d\r\nE: f\r\n\r\n"),
                  "200 [] ended close|A=b c d|E=f +"),
        tolerated(bad("a blank in a trailer's name", "0\r\nA : b\r\n\r\n"),
                  "200 [] ended close|A=b +"),
        tolerated(bad("a folded trailer that is dropped", "0\r\nHost: b\r\n c\r\n\r\n"),
                  "200 [] ended close +"),
        bad("a blank before the first trailer", "0\r\n A: b\r\n\r\n"),
        bad("a bare LF in a fold", "0\r\nA: b\n c\r\n\r\n"),
        bad("a trailer with NUL", std::string("0\r\nA: \0\r\n\r\n", 12)),
        bad("a trailer with bare LF", "0\r\nA: b\n\r\n"),
        {"F43 too many trailers",
         chunks("0\r\n" + repeat("A: b\r\n", 101) + "\r\n"),
         "200 [] ",
         error::headers_too_large},
        cut_off("F48 in a length", length("3", "ok"), "ok"),
        cut_off("F48 before a length", length("3"), ""),
        cut_off("F48 in a chunk", chunks("3\r\nok"), "ok"),
        cut_off("F48 before the last chunk", chunks("2\r\nok\r\n"), "ok"),
        cut_off("F48 after the last chunk", chunks("2\r\nok\r\n0\r\n"), "ok"),
        cut_off("F48 in the last CRLF", chunks("2\r\nok\r\n0\r\n\r"), "ok"),
        cut_off("F48 in the trailers", chunks("0\r\nA: b\r\n"), ""),
    };
}

std::vector<Stream> all_streams() {
    std::vector<Stream> all = good_streams();
    for (auto part : {bad_heads(), bad_bodies()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

std::string read(ResponseReader& reader,
                 const Stream& stream,
                 const Pieces& pieces,
                 BodyReading reading,
                 bool everything = true) {
    ResponseFeeder feeder(reader, stream.method, reading);
    for (const std::string_view piece : pieces) {
        feeder.feed(piece);
    }
    if (stream.closes) {
        feeder.end();
    }
    return everything ? feeder.everything() : feeder.result();
}

ResponseLimits limits_of(bool tolerant) {
    ResponseLimits limits;
    limits.tolerant = tolerant;
    return limits;
}

std::string fresh(const Stream& stream, const Pieces& pieces, bool tolerant = false) {
    ResponseReader reader{limits_of(tolerant)};
    return read(reader, stream, pieces, {});
}

}  // namespace

TEST_CASE("every stream of the corpus has the outcome in the table", "[F01-F55]") {
    for (const bool tolerant : {false, true}) {
        for (const Stream& stream : all_streams()) {
            INFO(stream.name << (tolerant ? ", tolerant" : ", strict"));
            ResponseReader reader{limits_of(tolerant)};
            CHECK(read(reader, stream, {stream.text}, {}, false) == stream.expected(tolerant));
        }
    }
}

TEST_CASE("no stream that deviates leaves a reusable connection", "[F10][F20]") {
    for (const Stream& stream : all_streams()) {
        INFO(stream.name);
        if (!stream.tolerated.empty()) {
            CHECK(stream.failure == error::bad_response);
            CHECK(stream.tolerated.find(" close") != std::string::npos);
            CHECK(stream.tolerated.find("persistent") == std::string::npos);
        }
    }
}

TEST_CASE("every failed stream, and no other, reports where and why it failed") {
    for (const bool tolerant : {false, true}) {
        for (const Stream& stream : all_streams()) {
            INFO(stream.name << (tolerant ? ", tolerant" : ", strict"));
            ResponseReader reader{limits_of(tolerant)};
            const bool failed =
                !read(reader, stream, {stream.text}, {}).empty() && reader.error().value() != 0;
            const std::string reason = reader.fault().reason;
            INFO(reason);
            if (failed) {
                CHECK_FALSE(reason.empty());
                CHECK(hawser::detail::printable(reason, 1000).size() >= reason.size());
            } else if (stream.expected(tolerant).find("] ended") != std::string::npos) {
                CHECK(reason.empty());
            }
        }
    }
}

TEST_CASE("the outcome of a stream depends neither on its segmentation nor on how it is read",
          "[F35]") {
    const bool tolerant = GENERATE(false, true);
    for (const Stream& stream : all_streams()) {
        INFO(stream.name << (tolerant ? ", tolerant" : ", strict"));
        const std::string whole = fresh(stream, {stream.text}, tolerant);
        for (const BodyReading reading : {BodyReading{65536, false},
                                          BodyReading{65536, true},
                                          BodyReading{1, false},
                                          BodyReading{7, true}}) {
            if (stream.text.size() > 4000 && reading.room < 65536) {
                continue;
            }
            ResponseReader reader{limits_of(tolerant)};
            CHECK(hawser_test::same_for_every_segmentation(stream.text, [&](const Pieces& pieces) {
                      return read(reader, stream, pieces, reading);
                  }) == whole);
        }
    }
}

TEST_CASE("after any stream, complete or abandoned, each other one reads as if alone", "[R30]") {
    const bool tolerant = GENERATE(false, true);
    const std::vector<Stream> streams = all_streams();
    std::vector<std::string> alone;
    for (const Stream& stream : streams) {
        alone.push_back(fresh(stream, {stream.text}, tolerant));
    }
    ResponseReader reader{limits_of(tolerant)};
    hawser_test::FixedRandom random;
    for (const Stream& before : streams) {
        for (std::size_t i = 0; i < streams.size(); ++i) {
            INFO(streams[i].name << " after " << before.name);
            const BodyReading reading{65536, random.below(2) == 0};
            read(reader, before, {before.text}, reading);
            REQUIRE(read(reader, streams[i], {streams[i].text}, reading) == alone[i]);
            const std::string_view part =
                std::string_view(before.text).substr(0, random.below(before.text.size()));
            read(reader, before, {part}, reading);
            REQUIRE(read(reader, streams[i], {streams[i].text}, reading) == alone[i]);
        }
    }
}

TEST_CASE("a stream truncated at any byte is never mistaken for a whole one", "[F48]") {
    const bool tolerant = GENERATE(false, true);
    for (Stream stream : all_streams()) {
        INFO(stream.name);
        const std::string whole = fresh(stream, {stream.text}, tolerant);
        const bool complete = whole.find("] ended") != std::string::npos;
        if (!complete || stream.closes) {
            continue;  // the end of the connection is the end of these
        }
        const std::size_t leftover = whole.size() - whole.rfind('+') - 1;
        stream.closes = true;
        ResponseReader reader{limits_of(tolerant)};
        for (std::size_t size = 0; size < stream.text.size() - leftover; ++size) {
            INFO("cut after " << size << " bytes");
            const std::string_view part = std::string_view(stream.text).substr(0, size);
            const std::string result = read(reader, stream, {part}, {});
            REQUIRE(result.find("] ended") == std::string::npos);
            REQUIRE((size == 0 || !reader.fault().reason.empty()));
        }
    }
}

TEST_CASE("interim responses that use up the budget for heads fail before what follows",
          "[F32][F35]") {
    const std::string interim = status("103 H") + "Link: x\r\n\r\n";
    for (const std::string& rest : {status("200 OK") + "A: b\nC: d\r\n\r\n",
                                    std::string("junk"),
                                    length("2", "ok"),
                                    status("103 H") + "A:\r\n b\r\n\r\n"}) {
        ResponseLimits limits;
        limits.tolerant = GENERATE(false, true);
        for (std::size_t more = 0; more <= rest.size(); ++more) {
            limits.head.max_bytes = interim.size() + more;
            const Stream stream{"", interim + rest, ""};
            ResponseReader reader(limits);
            hawser_test::same_for_every_segmentation(stream.text, [&](const Pieces& pieces) {
                return read(reader, stream, pieces, {});
            });
        }
    }
}
