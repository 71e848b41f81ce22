// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Framing::tolerant, byte by byte: how heads and trailers that deviate from RFC 9112 are read, that
// the deviation is noted, and what is refused anyway.

#include "../support/segmentations.hpp"
#include <hawser/detail/message/chunk_decoder.hpp>
#include <hawser/detail/message/field_line.hpp>
#include <hawser/detail/message/head_parser.hpp>
#include <hawser/detail/message/response_reader.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

using namespace std::string_literals;
using hawser::detail::ChunkDecoder;
using hawser::detail::FieldLine;
using hawser::detail::HeadLimits;
using hawser::detail::HeadParser;
using hawser::detail::read_field_line;
using hawser::detail::ResponseHead;
using hawser::detail::ResponseLimits;
using hawser::detail::ResponseReader;
using hawser_test::Pieces;
using Outcome = HeadParser::Outcome;

namespace {

/// Status, fields and dropped lines; then how the body is framed, and what deviates.
std::string describe(HeadParser& parser, Outcome outcome) {
    if (outcome == Outcome::more) {
        return "more";
    }
    if (outcome == Outcome::failed) {
        return parser.error().message();
    }
    const ResponseHead& head = parser.head();
    std::string text = std::to_string(head.status) + " [" + head.reason + "] ";
    text += std::to_string(parser.size());
    for (const auto& [name, value] : head.headers) {
        text.append("|").append(name).append("=").append(value);
    }
    if (const auto* ignored = parser.ignored()) {
        for (const std::string& line : *ignored) {
            text += "|dropped " + line;
        }
    }
    text += head.content_length ? " length=" + std::to_string(*head.content_length) : "";
    text += head.chunked ? " chunked" : "";
    text += head.keep_alive ? "" : " close";
    return text + (head.exact ? "" : " deviates");
}

/// Feeds the growing text, each time from a new block of memory that ends with it.
std::string feed(HeadParser& parser, const Pieces& pieces) {
    std::string all;
    Outcome outcome = Outcome::more;
    for (const std::string_view piece : pieces) {
        all += piece;
        const std::unique_ptr<char[]> memory(new char[all.size()]);
        std::copy(all.begin(), all.end(), memory.get());
        outcome = parser.feed({memory.get(), all.size()});
        if (outcome != Outcome::more) {
            break;
        }
    }
    return describe(parser, outcome);
}

std::string parse(std::string_view text, bool tolerant, HeadLimits limits = {}) {
    return hawser_test::same_for_every_segmentation(text, [=](const Pieces& pieces) {
        HeadParser parser(limits, tolerant);
        return feed(parser, pieces);
    });
}

const std::string bad = make_error_code(hawser::error::bad_response).message();
const std::string too_large = make_error_code(hawser::error::headers_too_large).message();
const std::string ok = "HTTP/1.1 200 OK\r\n";

/// The tolerant parser's result for these lines after a status line; the strict one refuses them.
std::string tolerated(const std::string& lines) {
    CHECK(parse(ok + lines, false) == bad);
    const std::string result = parse(ok + lines, true);
    if (result == bad) {
        return result;
    }
    CHECK(result.starts_with("200 [OK] " + std::to_string(17 + lines.size())));
    CHECK(result.ends_with(" deviates"));
    const std::size_t from = result.find('|');
    return from == std::string::npos ? "" : result.substr(from, result.size() - from - 9);
}

std::string decode(std::string_view text, bool tolerant) {
    return hawser_test::same_for_every_segmentation(text, [=](const Pieces& pieces) {
        ChunkDecoder decoder({200, 5}, tolerant);
        std::string waiting;
        std::string result;
        for (const std::string_view piece : pieces) {
            waiting += piece;
            std::string out(waiting.size(), '\0');
            const auto step = decoder.decode(waiting, out);
            result += out.substr(0, step.produced);
            waiting.erase(0, step.consumed);
        }
        if (decoder.error()) {
            return decoder.error().message();
        }
        for (const auto& [name, value] : decoder.trailers()) {
            result.append("|").append(name).append("=").append(value);
        }
        result += decoder.done() ? " done" : " more";
        return result + (decoder.exact() ? "" : " deviates");
    });
}

}  // namespace

TEST_CASE("how a line of a head is classified", "[F12][F14][F15]") {
    struct Row {
        std::string line;
        const char* strict;
        const char* tolerant;
    };
    const Row rows[] = {
        {"A: b", "A=b", "A=b"},
        {"A:b", "A=b", "A=b"},
        {"A: \t b c \t", "A=b c", "A=b c"},
        {"A:", "A=", "A="},
        {"A: :b:", "A=:b:", "A=:b:"},
        {"A : b", "refused", "A=b, deviates"},
        {"A \t : b", "refused", "A=b, deviates"},
        {"Content-Length : 5", "refused", "Content-Length=5, deviates"},
        {"A b: c", "refused", "dropped"},
        {" A: b", "refused", "dropped"},
        {"A\xff: b", "refused", "dropped"},
        {"(A): b", "refused", "dropped"},
        {": b", "refused", "dropped"},
        {" : b", "refused", "dropped"},
        {":", "refused", "dropped"},
        {"", "refused", "dropped"},
        {"A", "refused", "dropped"},
        {"HTTP/1.1 200 OK", "refused", "dropped"},
        {"<!-- http://x -->", "refused", "dropped"},
        {"A: b\0c"s, "refused", "refused"},
        {"A\0: b"s, "refused", "refused"},
        {"\0"s, "refused", "refused"},
        {"A: b\rc", "refused", "refused"},
        {"A: b\r", "refused", "refused"},
        {"A\r: b", "refused", "refused"},
        {"A\x0b: b", "refused", "refused"},
        {"A: \x7f", "refused", "refused"},
        {"no field\x1b[m", "refused", "refused"},
    };
    for (const Row& row : rows) {
        for (const bool tolerant : {false, true}) {
            INFO(row.line << (tolerant ? ", tolerant" : ", strict"));
            const FieldLine got = read_field_line(row.line, tolerant);
            std::string text;
            if (got.kind == FieldLine::Kind::field) {
                text = std::string(got.name) + "=" + std::string(got.value);
                text += got.rule != nullptr ? ", deviates" : "";
            } else {
                text = got.kind == FieldLine::Kind::no_field ? "dropped" : "refused";
                CHECK(got.rule != nullptr);
            }
            // A strict parser refuses a field that has a blank.
            CHECK(text == (tolerant ? row.tolerant : row.strict));
        }
    }
}

TEST_CASE("a folded line is joined by one space for each fold", "[F16]") {
    using hawser::detail::unfolded;
    CHECK(unfolded("A: b\r\n c\r\n") == "A: b c");
    CHECK(unfolded("A: b \t\r\n\t  c  \r\n\td\r\n") == "A: b c d");
    CHECK(unfolded("A:\r\n b\r\n") == "A: b");
    CHECK(unfolded("A: b\n c\n") == "A: b c");
    CHECK(unfolded("A: b\r\n \r\n\t\r\n") == "A: b");
    CHECK(unfolded("A: b\r\n \r\n c\r\n") == "A: b c");
    CHECK(unfolded("A: b\r\r\n c\r\n") == "A: b\r c");
    CHECK(hawser::detail::has_bare_lf("A: b\n"));
    CHECK(hawser::detail::has_bare_lf("\n"));
    CHECK(hawser::detail::has_bare_lf("A: b\r\n c\n"));
    CHECK_FALSE(hawser::detail::has_bare_lf("A: b\r\n c\r\n"));
}

TEST_CASE("in tolerant mode, a bare LF ends any line of a head, including the status line",
          "[F10]") {
    CHECK(tolerated("A: b\n\n") == "|A=b");
    CHECK(tolerated("A: b\n\r\n") == "|A=b");
    CHECK(tolerated("A: b\r\n\n") == "|A=b");
    CHECK(tolerated("A: b\nC: d\r\nE: f\n\r\n") == "|A=b|C=d|E=f");
    CHECK(tolerated("\n") == "");
    CHECK(tolerated("A: b \t\n\n") == "|A=b");
    for (const auto& [line, result] : {std::pair{"HTTP/1.0 200 OK\n", "200 [OK] "},
                                       std::pair{"HTTP/1.0 404\n", "404 [] "},
                                       std::pair{"HTTP/1.0 404 \n", "404 [] "},
                                       std::pair{"HTTP/1.0 404 Not \n", "404 [Not ] "}}) {
        for (const std::string rest :
             {"\n", "\r\n", "A: b\n\n", "A: b\r\n\r\n", "A: b\r\n c\n\n"}) {
            const std::string text = line + rest;
            INFO(text);
            CHECK(parse(text, false) == bad);
            const std::string got = parse(text, true);
            CHECK(got.starts_with(result + std::to_string(text.size())));
            CHECK(got.ends_with(" close deviates"));
        }
    }
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\r\n\n", true) == "200 [OK] 24|A=b deviates");
    CHECK(parse("HTTP/1.1 20\n\n", true) == bad);
    CHECK(parse("HTTP/1.1\n\n", true) == bad);
    CHECK(parse("\nHTTP/1.1 200 OK\n\n", true) == bad);
}

TEST_CASE("in tolerant mode, a folded line is joined, even one that frames the body", "[F16]") {
    CHECK(tolerated("A: b\r\n c\r\n\r\n") == "|A=b c");
    CHECK(tolerated("A: b\r\n\tc\r\n  d \r\nE: f\r\n\r\n") == "|A=b c d|E=f");
    CHECK(tolerated("A:\r\n b\r\n\r\n") == "|A=b");
    CHECK(tolerated("A: b\r\n \r\n\r\n") == "|A=b");
    CHECK(tolerated("A: b\n c\n\n") == "|A=b c");
    CHECK(tolerated("Transfer-Encoding:\r\n chunked\r\n\r\n") ==
          "|Transfer-Encoding=chunked chunked");
    CHECK(tolerated("Content-Length:\r\n\t5\r\n\r\n") == "|Content-Length=5 length=5");
    CHECK(tolerated("Connection: keep-alive,\r\n close\r\n\r\n") ==
          "|Connection=keep-alive, close close");
    CHECK(tolerated("no field\r\n at: all\r\nA: b\r\n\r\n") == "|A=b|dropped no field at: all");
    CHECK(tolerated("Content-Length: 1\r\n 2\r\n\r\n") == bad);
    CHECK(tolerated("A: b\r\n \x01\r\n\r\n") == bad);
    CHECK(tolerated("A: b\r\n c\rd\r\n\r\n") == bad);
    CHECK(tolerated("A: b\r\r\n c\r\n\r\n") == bad);
}

TEST_CASE(
    "in tolerant mode, blanks before a colon are removed, and lines that are not fields dropped",
    "[F14][F15]") {
    CHECK(tolerated("A : b\r\n\r\n") == "|A=b");
    CHECK(tolerated("Content-Length \t: 5\r\n\r\n") == "|Content-Length=5 length=5");
    CHECK(tolerated("Transfer-Encoding : chunked\r\n\r\n") == "|Transfer-Encoding=chunked chunked");
    CHECK(tolerated("Connection : close\r\n\r\n") == "|Connection=close close");
    CHECK(tolerated("A b: c\r\nD: e\r\n\r\n") == "|D=e|dropped A b: c");
    CHECK(tolerated("Garbage\r\n: x\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n") ==
          "|A=b|dropped Garbage|dropped : x|dropped HTTP/1.1 200 OK");
    CHECK(tolerated("Content Length: 5\r\n\r\n") == "|dropped Content Length: 5");
    CHECK(tolerated("\xa0Transfer-Encoding: chunked\r\n\r\n") ==
          "|dropped \xa0Transfer-Encoding: chunked");
    CHECK(tolerated("A: b\r\nC\r\n\r\n") == "|A=b|dropped C");
}

TEST_CASE("in tolerant mode, lengths that agree, or that stand next to chunked",
          "[F17][F18][F20]") {
    CHECK(tolerated("Content-Length: 5\r\nContent-Length: 5\r\n\r\n") ==
          "|Content-Length=5|Content-Length=5 length=5");
    CHECK(tolerated("Content-Length: 5, 5\r\n\r\n") == "|Content-Length=5, 5 length=5");
    CHECK(tolerated("Content-Length: 5\t\r\n\r\n") == "|Content-Length=5 length=5");
    CHECK(tolerated("Content-Length: 5 \t \r\nA : b\r\n\r\n") == "|Content-Length=5|A=b length=5");
    CHECK(tolerated("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n") ==
          "|Content-Length=5|Transfer-Encoding=chunked chunked");
    CHECK(tolerated("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n") ==
          "|Transfer-Encoding=chunked|Content-Length=0 chunked");
    CHECK(tolerated("Content-Length: 5\r\nContent-Length: 6\r\n\r\n") == bad);
    CHECK(tolerated("Content-Length: 5\nContent-Length: 6\n\n") == bad);
}

TEST_CASE("these heads are refused even in tolerant mode", "[F01][F25]") {
    for (const std::string& text : {"\r\n" + ok + "\r\n",
                                    " " + ok + "\r\n",
                                    "x\n" + ok + "\r\n",
                                    "HTTP/2.0 200 OK\r\n\r\n"s,
                                    "HTTP/0.9 200 OK\r\n\r\n"s,
                                    "ICY 200 OK\r\n\r\n"s,
                                    "HTTP/1.1  200 OK\r\n\r\n"s,
                                    "HTTP/1.1\t200 OK\r\n\r\n"s,
                                    "HTTP/1.1 2000 OK\r\n\r\n"s,
                                    "HTTP/1.1 099 OK\r\n\r\n"s,
                                    "HTTP/1.1 200 O\0K\r\n\r\n"s,
                                    "HTTP/1.1 200 O\rK\r\n\r\n"s,
                                    "HTTP/1.1 200 OK\r\r\n\r\n"s,
                                    ok + " A: b\r\n\r\n",
                                    ok + "\tA: b\r\n\r\n",
                                    ok + " \r\n\r\n",
                                    ok + " Content-Length: 5\n\n",
                                    ok + "A: b\0c\r\n\r\n"s,
                                    ok + "\0\r\n\r\n"s,
                                    ok + "A: b\rc\r\n\r\n",
                                    ok + "A: b\r\r\n\r\n",
                                    ok + "\r\r\n",
                                    ok + "A: b\r\n\r\r\n",
                                    ok + "A: b\n\rC: d\n\n",
                                    ok + "A: \x01\r\n\r\n",
                                    ok + "Garbage\x7f\r\n\r\n",
                                    ok + "Transfer-Encoding: chunked, chunked\r\n\r\n",
                                    ok + "Transfer-Encoding: \x0b" + "chunked\r\n\r\n",
                                    ok + "Transfer-Encoding:\r\n\r\n",
                                    ok + "Content-Length: 0x5\r\n\r\n",
                                    "HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n"s}) {
        INFO(text);
        CHECK(parse(text, true) == bad);
    }
    const std::string unsupported = make_error_code(hawser::error::unsupported_coding).message();
    for (const char* coding : {"gzip",
                               "gzip, chunked",
                               "chunked, gzip",
                               "identity",
                               "chunked\t",
                               "xchunked",
                               "chunked;q=1"}) {
        INFO(coding);
        CHECK(parse(ok + "Transfer-Encoding: " + coding + "\r\n\r\n", true) == unsupported);
        CHECK(parse(ok + "Transfer-Encoding: " + coding + "\n\n", true) == unsupported);
    }
}

TEST_CASE("in tolerant mode, limits apply to what deviates, even if it is dropped", "[F52][F55]") {
    const std::string head = ok + "A : b\nC\r\n\n";
    CHECK(parse(head, true, {head.size(), 2}) == "200 [OK] 27|A=b|dropped C deviates");
    CHECK(parse(head, true, {head.size() - 1, 2}) == too_large);
    CHECK(parse(head, true, {head.size(), 1}) == too_large);
    CHECK(parse(ok + "A: " + std::string(100, 'r'), true, {64, 2}) == too_large);
    CHECK(parse(ok + "A: b\nC: d\nE: f\nG\x01\n\n", true, {99, 2}) == too_large);
    CHECK(parse(ok + "A: b\nC\x01\nE: f\nG: h\n\n", true, {99, 2}) == bad);
    CHECK(parse(ok + "A: b\n", true, {99, 0}) == "more");
    CHECK(parse(ok + "A: b\nX", true, {99, 0}) == too_large);
    CHECK(parse(ok + "A: b\r\n" + std::string(50, ' '), true, {64, 9}) == too_large);
}

// A tolerant parser accepts everything that a strict one accepts, with the same result. Anything
// else that it accepts is marked as a deviation. And the whole text gives the same result as its
// pieces.
TEST_CASE("tolerant and strict agree on every head that is exact, for any one byte changed",
          "[F35]") {
    const std::string originals[] = {
        "HTTP/1.1 200 OK\r\nContent-Length : 5\nContent-Length: 5, 5 \r\nX\r\nA:\r\n b\r\n\r\nbody",
        "HTTP/1.0 404 Not\nA: b\n\n",
        "HTTP/1.1 200 OK\r\nConnection: keep-alive, x\r\nTransfer-Encoding:chunked \r\n\r\nbody",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nContent-Length: 5\t\r\n\r\n",
    };
    HeadParser strict({}, false);
    HeadParser whole({}, true);
    HeadParser pieces({}, true);
    const auto check = [&](const std::string& changed) {
        strict.reset();
        whole.reset();
        pieces.reset();
        const std::string expected = feed(whole, {changed});
        const std::string exact = feed(strict, {changed});
        const bool complete = strict.size() != 0;
        if (complete ? exact != expected
                     : expected.starts_with("200 [OK]") && !expected.ends_with(" deviates")) {
            FAIL("strict says " << exact << ", tolerant " << expected << " of: " << changed);
        }
        const std::size_t middle = changed.size() / 2;
        if (feed(pieces, {changed.substr(0, middle), changed.substr(middle)}) != expected) {
            FAIL("two halves: " << changed);
        }
        pieces.reset();
        if (feed(pieces, {changed.substr(0, 1), changed.substr(1)}) != expected) {
            FAIL("a byte, then the rest: " << changed);
        }
    };
    for (const std::string& original : originals) {
        for (std::size_t at = 0; at < original.size(); ++at) {
            for (const char byte : "\0\t\n\r :,5A\x01\x7f\xff;\""s) {
                std::string changed = original;
                changed[at] = byte;
                check(changed);
                changed = original;
                check(changed.insert(at, 1, byte));
            }
            check(std::string(original).erase(at, 1));
        }
    }
}

TEST_CASE("in tolerant mode, parsing in small pieces is linear", "[X11]") {
    for (const std::string end : {"\n", "\r\n"}) {
        HeadParser parser({1024 * 1024, 1000}, true);
        std::string text = ok + "X\n" + "A: " + std::string(100 * 1024, 'v') + end;
        for (int i = 0; i < 500; ++i) {
            text += " folded" + end;
        }
        text += "\n";
        for (std::size_t size = 1; size < text.size(); size += 23) {
            REQUIRE(parser.feed(std::string_view(text).substr(0, size)) == Outcome::more);
        }
        CHECK(parser.feed(text) == Outcome::complete);
        CHECK(parser.size() == text.size());
    }
}

TEST_CASE("in tolerant mode, blanks around a chunk size mean nothing", "[F36]") {
    for (const char* size :
         {"5 ", " 5", "\t5", "5\t", "  5 \t ", "0005  ", "5 ;x", "5\t;x=\"y\" "}) {
        const std::string text = size + "\r\nhello\r\n0\r\n\r\n"s;
        INFO(text);
        CHECK(decode(text, true) == "hello done deviates");
        CHECK(decode(text, false) == bad);
    }
    CHECK(decode("5\r\nhello\r\n0 \r\n\r\n", true) == "hello done deviates");
    CHECK(decode("5\r\nhello\r\n 0\r\nA: b\r\n\r\n", true) == "hello|A=b done deviates");
    CHECK(decode("5\r\nhello\r\n0\r\n\r\n", true) == "hello done");
    CHECK(decode("5;x = y \r\nhello\r\n0\r\n\r\n", true) == "hello done");
    for (const std::string& size : {""s,
                                    " "s,
                                    "\t"s,
                                    "5 5"s,
                                    "5 x"s,
                                    "- 5"s,
                                    "5\v"s,
                                    "5\xa0"s,
                                    "5 ,"s,
                                    std::string(5000, ' ') + "5",
                                    "5" + std::string(5000, ' ')}) {
        INFO(size.substr(0, 10));
        CHECK(decode(size + "\r\nhello\r\n0\r\n\r\n", true) == bad);
    }
    for (const char* text : {"5\nhello\r\n0\r\n\r\n",
                             "5 \nhello\r\n0\r\n\r\n",
                             "5\r\nhello\n0\r\n\r\n",
                             "5\r\nhello\r\n0\n\r\n",
                             "5\r\nhello\r\n0\r\n\n",
                             "5\r\nhello \r\n0\r\n\r\n"}) {
        INFO(text);
        CHECK(decode(text, true) == bad);
    }
}

TEST_CASE("in tolerant mode, trailers may be folded or have blanks before their colon, no more",
          "[F43][F44]") {
    const auto trailers = [](const std::string& lines) {
        CHECK(decode("0\r\n" + lines + "\r\n", false) == bad);
        return decode("0\r\n" + lines + "\r\n", true);
    };
    CHECK(trailers("A : b\r\n") == "|A=b done deviates");
    CHECK(trailers("A: b\r\n c\r\nD: e\r\n") == "|A=b c|D=e done deviates");
    CHECK(trailers("A: b\r\n \r\n") == "|A=b done deviates");
    CHECK(trailers("Content-Length: 5\r\n x\r\n") == " done deviates");
    CHECK(trailers("Content-Length : 5\r\n") == " done deviates");
    for (const std::string& lines : {"no field\r\n"s,
                                     "A b: c\r\n"s,
                                     ": x\r\n"s,
                                     "no\r\n field: x\r\n"s,
                                     "A: b\n"s,
                                     "A: b\n c\r\n"s,
                                     "A: b\r\n c\n"s,
                                     "\n"s,
                                     " A: b\r\n"s,
                                     "A: \0\r\n"s,
                                     "A\rb\r\n"s,
                                     "A: b\r\n\x01\r\n"s}) {
        INFO(lines);
        CHECK(trailers(lines) == bad);
    }
    CHECK(decode("0\r\nA: b\r\n\r\n", true) == "|A=b done");
    CHECK(decode("0\r\nA: b\r\n", true) == " more");
    CHECK(decode("0\r\n1 :\r\n2 :\r\n3 :\r\n4 :\r\n5 :\r\n6 :\r\n\r\n", true) == too_large);
    CHECK(decode("0\r\nA: " + std::string(300, 'x') + "\r\n\r\n", true) == too_large);
    CHECK(decode("0\r\nA: b\r\n " + std::string(300, 'x') + "\r\n\r\n", true) == too_large);
}

TEST_CASE("a response's fault is reported with its position, its line and the rule") {
    const auto fault = [](std::string_view text, bool closes = false, bool tolerant = true) {
        ResponseLimits limits;
        limits.tolerant = tolerant;
        limits.max_body = 1000;
        ResponseReader reader(limits);
        reader.start("GET");
        std::copy(text.begin(), text.end(), reader.space().begin());
        reader.received(text.size());
        Outcome outcome = reader.read_head();
        while (outcome == Outcome::complete && reader.interim()) {
            reader.next_head();
            outcome = reader.read_head();
        }
        char out[100];
        while (outcome == Outcome::complete && reader.body().read(out) != 0) {
        }
        if (closes) {
            reader.body().connection_ended();
        }
        return reader.fault().reason;
    };
    CHECK(fault("SSH-2.0-x\r\n") ==
          R"(byte 0, in "S": no HTTP/1 status line (RFC 9112 section 4))");
    CHECK(fault("HTTP/1.1 20x") ==
          R"(byte 11, in "HTTP/1.1 20x": no HTTP/1 status line (RFC 9112 section 4))");
    CHECK(fault(ok + "A: b\r\nFoo: \x1b[31mbar\r\n\r\n") ==
          R"(byte 23, in "Foo: \x1b[31mbar\r": a control character (RFC 9110 section 5.5))");
    for (const char* name : {"Set-Cookie", "authorization", "Proxy-Authentication-Info"}) {
        const std::string secret = fault(ok + name + ": secret\x01\r\n\r\n") +
                                   fault(ok + name + ": a\r\n secret\x01\r\n\r\n") +
                                   fault(ok + name + " secret\x01\r\n\r\n");
        CHECK(secret.find(name) != std::string::npos);
        CHECK(secret.find("secret") == std::string::npos);
    }
    CHECK(fault(ok + " A: b\r\n\r\n") ==
          R"(byte 17, in " A: b\r": white space before the first field (RFC 9112 section 2.2))");
    CHECK(
        fault(ok + "Content-Length: 5\r\nX: y\r\nContent-Length: 6\r\n\r\n") ==
        R"(byte 42, in "Content-Length: 6\r": Content-Length 5 and 6 differ (RFC 9112 section 6.3))");
    CHECK(fault(ok + "Content-Length: 5, 05\r\n\r\n").find("5 is spelled in two ways") !=
          std::string::npos);
    CHECK(fault(ok + "Content-Length: 5x\r\n\r\n").find("is no number of digits") !=
          std::string::npos);
    CHECK(fault("HTTP/1.1 100 C\r\n\r\n" + ok + "Transfer-Encoding: gzip\r\n\r\n") ==
          R"(byte 35, in "Transfer-Encoding: gzip\r": a transfer coding that is not chunked alone )"
          "(RFC 9112 section 6.1)");
    CHECK(fault("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").find("in HTTP/1.0") !=
          std::string::npos);
    CHECK(fault(ok + "Transfer-Encoding: chunked, chunked\r\n\r\n").find("chunked twice") !=
          std::string::npos);

    const auto strictly = [&](const std::string& lines) {
        return fault(ok + lines + "\r\n", false, false);
    };
    CHECK(strictly("A: b\nC: d\r\n") ==
          R"(byte 17, in "A: b": a bare LF as a line end (RFC 9112 section 2.2))");
    CHECK(strictly("A: b\r\n c\r\n").find("a folded line") != std::string::npos);
    CHECK(strictly("A : b\r\n").find("white space before the colon") != std::string::npos);
    CHECK(strictly("A b: c\r\n").find("no token") != std::string::npos);
    CHECK(strictly("A\r\n").find("without a colon") != std::string::npos);
    CHECK(strictly("Content-Length: 5\r\nContent-Length: 5\r\n").find("repeated") !=
          std::string::npos);
    CHECK(strictly("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n").find("next to") !=
          std::string::npos);

    const std::string chunks = ok + "Transfer-Encoding: chunked\r\n\r\n";  // 47 bytes
    CHECK(fault(chunks + "5\nhello") ==
          R"(byte 48, in "\n": a bare LF in a chunk size line (RFC 9112 section 7.1))");
    CHECK(fault(chunks + "5\r\nhelloX\r\n") ==
          R"(byte 55, in "X\r\n": no CRLF behind the data of a chunk (RFC 9112 section 7.1))");
    CHECK(fault(chunks + "0\r\nA: b\r\nC: \x01\r\n\r\n") ==
          R"(byte 56, in "C: \x01\r\n": a control character (RFC 9110 section 5.5))");
    CHECK(fault(chunks + "0\r\nA: b\n\r\n") ==
          R"(byte 50, in "A: b\n": a bare LF in the trailers (RFC 9112 section 2.2))");
    CHECK(fault(chunks + "ffffffffffffffff\r\n").find("2^63") != std::string::npos);
    CHECK(fault(chunks + "x\r\n").find("no hexadecimal number") != std::string::npos);

    CHECK(fault(ok + "Content-Length: 5\r\n\r\nhel", true) == "the rest did not come");
    CHECK(fault(chunks + "5\r\nhel", true) == "no last chunk came");
    CHECK(fault(ok + "Content-Length: 5000\r\n\r\n") == "more than the 1000 bytes allowed");
    CHECK(fault("HTTP/1.1 200 OK\r\nA") == "only 18 bytes of the response head came");
    CHECK(fault("").empty());
    CHECK(fault(ok + "Content-Length: 3\r\n\r\nabc", true).empty());
}
