// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "../support/segmentations.hpp"
#include <hawser/detail/message/head_parser.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace std::string_literals;
using hawser::detail::HeadLimits;
using hawser::detail::HeadParser;
using hawser::detail::ResponseHead;
using hawser_test::Pieces;

namespace {

std::string describe(HeadParser& parser, HeadParser::Outcome outcome) {
    if (outcome == HeadParser::Outcome::more) {
        return "more";
    }
    if (outcome == HeadParser::Outcome::failed) {
        return parser.error().message();
    }
    const ResponseHead& head = parser.head();
    std::string out = head.version == hawser::Version::http_1_1 ? "1.1 " : "1.0 ";
    out += std::to_string(head.status) + " [" + head.reason + "] " + std::to_string(parser.size());
    for (const auto& [name, value] : head.headers) {
        out.append("|").append(name).append("=").append(value);
    }
    out += head.content_length ? " length=" + std::to_string(*head.content_length) : "";
    out += head.chunked ? " chunked" : "";
    out += head.keep_alive ? "" : " close";
    out += head.upgrade ? " upgrade" : "";
    return out;
}

/// Feeds the growing text from a new block of memory each time, so that ASan detects kept pointers
/// and reads beyond the end.
std::string feed(HeadParser& parser, const Pieces& pieces) {
    std::string all;
    HeadParser::Outcome outcome = HeadParser::Outcome::more;
    for (const std::string_view piece : pieces) {
        all += piece;
        const std::unique_ptr<char[]> memory(new char[all.size()]);
        std::copy(all.begin(), all.end(), memory.get());
        outcome = parser.feed({memory.get(), all.size()});
        if (outcome != HeadParser::Outcome::more) {
            break;
        }
    }
    return describe(parser, outcome);
}

std::string parse(std::string_view text, HeadLimits limits = {}) {
    return hawser_test::same_for_every_segmentation(text, [limits](const Pieces& pieces) {
        HeadParser parser(limits);
        return feed(parser, pieces);
    });
}

/// A 200 head with these field lines, and the result of parsing it.
std::string parse_fields(std::string_view lines) {
    return parse("HTTP/1.1 200 OK\r\n" + std::string(lines) + "\r\n");
}

const std::string bad = make_error_code(hawser::error::bad_response).message();
const std::string unsupported = make_error_code(hawser::error::unsupported_coding).message();
const std::string too_large = make_error_code(hawser::error::headers_too_large).message();

}  // namespace

TEST_CASE("a well-formed head gives the same result for every segmentation", "[F35]") {
    CHECK(
        parse("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length:  5 \r\nX-Empty:\r\nX-Blank:  \t \r\n"
              "Set-Cookie: a=1\r\nset-cookie: b=2; c\r\n\r\nhello") ==
        "1.1 200 [OK] 112|Server=x|Content-Length=5|X-Empty=|X-Blank=|Set-Cookie=a=1"
        "|set-cookie=b=2; c length=5");
    CHECK(parse("HTTP/1.0 404 Not Found, sorry\r\n\r\n") == "1.0 404 [Not Found, sorry] 33 close");
    CHECK(parse("HTTP/1.1 101 Switching Protocols\r\nConnection: keep-alive, Upgrade\r\n"
                "Upgrade: websocket\r\n\r\n\x81\x05hello") ==
          "1.1 101 [Switching Protocols] 89|Connection=keep-alive, Upgrade|Upgrade=websocket "
          "upgrade");
}

// A head that arrives whole may be parsed without llhttp; one that arrives in pieces never is.
TEST_CASE(
    "with any one byte changed, inserted or removed, whole and in pieces give the same result",
    "[F35]") {
    const std::string originals[] = {
        "HTTP/1.1 200 OK\r\nConnection: keep-alive, x\r\nTransfer-Encoding:chunked \r\n"
        "X: \r\nA-b_c:\t d e \r\n\r\nbody",
        "HTTP/1.0 404 Not Found\r\nServer: a/1 (b)\r\nContent-length:12 \r\n\r\nbody",
        "HTTP/1.1 101 \r\nUpgrade: x\r\nConnection:upgrade\r\nkeep-alive: max=1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n"};
    const auto check = [](const std::string& changed) {
        HeadParser whole;
        HeadParser pieces;
        const std::string expected = feed(whole, {changed});
        const std::size_t middle = changed.size() / 2;
        if (feed(pieces, {changed.substr(0, 1), changed.substr(1)}) != expected) {
            FAIL("a byte, then the rest: " << changed);
        }
        pieces.reset();
        if (feed(pieces, {changed.substr(0, middle), changed.substr(middle)}) != expected) {
            FAIL("two halves: " << changed);
        }
    };
    for (const std::string& original : originals) {
        for (std::size_t at = 0; at < original.size(); ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string changed = original;
                changed[at] = static_cast<char>(byte);
                check(changed);
                changed = original;
                check(changed.insert(at, 1, static_cast<char>(byte)));
            }
            check(std::string(original).erase(at, 1));
        }
    }
}

TEST_CASE("every proper prefix of a head needs more input", "[F35][F48]") {
    const std::string text = "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t size = 0; size < text.size(); ++size) {
        INFO(size);
        CHECK(parse(std::string_view(text).substr(0, size)) == "more");
    }
}

TEST_CASE("a peer that does not speak HTTP fails at its first wrong byte", "[F01][F04]") {
    for (const auto& text : {"SSH-2.0-x\r\n"s,
                             "<html>"s,
                             "hello"s,
                             "\x16\x03\x01\x02"s,
                             "\0"s,
                             "h"s,
                             "HTTP "s,
                             "HTTPS/1.1 200 OK\r\n"s}) {
        INFO(text);
        CHECK(parse(text) == bad);
    }
    HeadParser parser;
    CHECK(parser.feed("H") == HeadParser::Outcome::more);
    CHECK(parser.feed("HT") == HeadParser::Outcome::more);
    CHECK(parser.feed("HTM") == HeadParser::Outcome::failed);
    CHECK(parser.feed("HTTP") == HeadParser::Outcome::failed);
}

TEST_CASE("only HTTP/1 in exactly this spelling is accepted, 1.2 to 1.9 as 1.1", "[F02][F03]") {
    for (const auto& version : {"ICE/1.1",
                                "RTSP/1.0",
                                "HTTP/0.9",
                                "HTTP/2.0",
                                "HTTP/1.a",
                                "HTTP/3.1",
                                "HTTP/01.1",
                                "HTTP/1.10",
                                "http/1.1",
                                "HTTP/1.1\t",
                                "HTTP/11",
                                "HTTP/1,1",
                                "HTTP/1.",
                                "HTTP 1.1",
                                " HTTP/1.1"}) {
        INFO(version);
        CHECK(parse(std::string(version) + " 200 OK\r\n\r\n") == bad);
    }
    CHECK(parse("HTTP/1.1\t200 OK\r\n\r\n") == bad);
    for (char minor = '1'; minor <= '9'; ++minor) {
        const std::string version = std::string("HTTP/1.") + minor;
        CHECK(parse(version + " 200 OK\r\nA: b\r\n\r\n") == "1.1 200 [OK] 25|A=b");
    }
    CHECK(parse("HTTP/1.0 200 OK\r\n\r\n") == "1.0 200 [OK] 19 close");
}

TEST_CASE("the status is three digits from 100 to 999", "[F05]") {
    for (const auto& status :
         {"", "2", "20", "2000", "000", "099", "+20", "-20", "2x0", " 200", "20 ", "0x2", "1e2"}) {
        INFO(status);
        CHECK(parse("HTTP/1.1 " + std::string(status) + " OK\r\n\r\n") == bad);
    }
    CHECK(parse("HTTP/1.1 100 \r\n\r\n") == "1.1 100 [] 17");
    CHECK(parse("HTTP/1.1 599 \r\n\r\n") == "1.1 599 [] 17");
    CHECK(parse("HTTP/1.1 600 \r\n\r\n") == "1.1 600 [] 17");
    CHECK(parse("HTTP/1.1 999 Request denied\r\nA: b\r\n\r\n") ==
          "1.1 999 [Request denied] 37|A=b");
}

TEST_CASE("a reason phrase contains no control character", "[F06][F-P01]") {
    for (unsigned c = 0; c < 256; ++c) {
        INFO(c);
        const bool refused = (c < 32 && c != '\t') || c == 127;
        const std::string result =
            parse("HTTP/1.1 200 O" + std::string(1, static_cast<char>(c)) + "K\r\n\r\n");
        CHECK((result == bad) == refused);
    }
    CHECK(parse("HTTP/1.1 200 \x1b[31m\r\n\r\n") == bad);
}

TEST_CASE("the reason and the blank before it may be missing", "[F07][F-P01]") {
    CHECK(parse("HTTP/1.1 200\r\n\r\n") == "1.1 200 [] 16");
    CHECK(parse("HTTP/1.1 200 \r\n\r\n") == "1.1 200 [] 17");
    CHECK(parse("HTTP/1.1 200  OK\r\n\r\n") == "1.1 200 [ OK] 20");
}

TEST_CASE("nothing may come before the status line", "[F08]") {
    for (const auto& text : {"\r\n"s, "\n"s, "\r"s, " "s}) {
        CHECK(parse(text + "HTTP/1.1 200 OK\r\n\r\n") == bad);
        CHECK(parse(text) == bad);
    }
}

TEST_CASE("white space before the first field is refused", "[F09][F-P05]") {
    for (const auto& lines :
         {" A: b\r\n", "\tA: b\r\n", " \r\n", "\t\r\nA: b\r\n", "  A: b\r\nC: d\r\n"}) {
        INFO(lines);
        CHECK(parse_fields(lines) == bad);
    }
}

TEST_CASE("a bare LF ends no line", "[F10][F-P02]") {
    CHECK(parse("HTTP/1.1 200 OK\n\n") == bad);
    CHECK(parse("HTTP/1.1 200 OK\nA: b\n\n") == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\n\r\n") == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\r\n\n") == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\nA:\nB: c\r\n\r\n") == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\nA\n: b\r\n\r\n") == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\n\n") == bad);
    CHECK(parse("HTTP/1.1 200\nA: b\r\n\r\n") == bad);
}

TEST_CASE("a bare CR ends no line", "[F11]") {
    for (const auto& lines : {"A: b\rc\r\n",
                              "A: b\r\r\n",
                              "A: b\rC: d\r\n",
                              "X:\rContent-Length: 2\r\n",
                              "X\r: a\r\n",
                              "X: a\r\n\rY: b\r\n",
                              "X:\r\r\n",
                              "\r\r\n",
                              "X: \ra\r\n"}) {
        INFO(lines);
        CHECK(parse_fields(lines) == bad);
    }
    CHECK(parse("HTTP/1.1 200 OK\r\r\n\r\n") == bad);
    CHECK(parse("HTTP/1.1 200 OK\rX: a\r\n\r\n") == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\r\n\rX") == bad);
}

TEST_CASE("a field value contains only HTAB, SP, VCHAR and obs-text", "[F12][F13][F-P04]") {
    for (unsigned c = 0; c < 256; ++c) {
        INFO(c);
        const bool refused = (c < 32 && c != '\t') || c == 127;
        const std::string middle = "b" + std::string(1, static_cast<char>(c)) + "d";
        for (const auto& name : {"A"s, "Connection"s, "X-Long-Enough-For-Words"s}) {
            const std::string result = parse_fields(name + ": 1234567" + middle + "\r\n");
            CHECK((result == bad) == refused);
        }
        const std::string alone(1, static_cast<char>(c));
        const bool blank = c == ' ' || c == '\t';
        CHECK(
            parse_fields("A:" + alone + "\r\n") ==
            (refused ? bad : "1.1 200 [OK] " + std::to_string(24) + "|A=" + (blank ? "" : alone)));
    }
}

TEST_CASE("a field name is a token", "[F14][F-P03]") {
    const std::string tokens =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (unsigned c = 0; c < 256; ++c) {
        INFO(c);
        const char byte = static_cast<char>(c);
        const bool token = tokens.find(byte) != std::string::npos;
        if (c == ':') {
            CHECK(parse_fields("A:B: x\r\n") == "1.1 200 [OK] 27|A=B: x");
            continue;
        }
        CHECK((parse_fields("A" + std::string(1, byte) + "B: x\r\n") != bad) == token);
        CHECK((parse_fields(std::string(1, byte) + "B: x\r\n") != bad) == token);
        CHECK((parse_fields("B" + std::string(1, byte) + ": x\r\n") != bad) == token);
    }
    for (const auto& lines :
         {": a\r\n", "A: b\r\n: c\r\n", ":\r\n", "A\r\n", "A: b\r\nC\r\n", "A b: c\r\n"}) {
        INFO(lines);
        CHECK(parse_fields(lines) == bad);
    }
    CHECK(parse("HTTP/1.1 200 OK\r\n" + std::string(65536, 'n') + ": x\r\n\r\n", {1024, 10}) ==
          too_large);
}

TEST_CASE("no white space before the colon", "[F15]") {
    for (const auto& lines : {"A : b\r\n",
                              "A\t: b\r\n",
                              "Content-Length : 5\r\n",
                              "Content-Length\t: 5\r\n",
                              "Transfer-Encoding : chunked\r\n",
                              "Connection : close\r\n"}) {
        INFO(lines);
        CHECK(parse_fields(lines) == bad);
    }
}

TEST_CASE("a folded line is refused", "[F16]") {
    for (const auto& lines : {"A: b\r\n c\r\n",
                              "A: b\r\n\tc\r\n",
                              "A: b\r\n \r\n",
                              "A:\r\n b\r\n",
                              "Transfer-Encoding:\r\n chunked\r\n",
                              "Content-Length:\r\n 2\r\n",
                              "Content-Length: 2\r\n 3\r\n",
                              "A: b\r\n  c\r\nD: e\r\n",
                              "Connection: keep-alive,\r\n close\r\n",
                              "A: b \r\n c\r\n",
                              "A: \r\n\r\n b\r\n"}) {
        INFO(lines);
        const std::string result = parse_fields(lines);
        // The last one is a head that ends before the blank, which is not part of it.
        CHECK((result == bad || std::string(lines) == "A: \r\n\r\n b\r\n"));
    }
}

TEST_CASE("Content-Length is one number of digits, below 2^63", "[F17][F18][F19][F-P15]") {
    for (const auto& value : {"+5",
                              "-5",
                              "0x5",
                              "5a",
                              "1 5",
                              "",
                              "5, 6",
                              "5,5",
                              "5, 5",
                              "5;",
                              "\"5\"",
                              "5.0",
                              "9223372036854775808",
                              "18446744073709551615",
                              "18446744073709551616",
                              "99999999999999999999999",
                              "\xc2\xb2"}) {
        INFO(value);
        CHECK(parse_fields("Content-Length: " + std::string(value) + "\r\n") == bad);
    }
    CHECK(parse_fields("Content-Length: 5\r\nContent-Length: 5\r\n") == bad);
    CHECK(parse_fields("Content-Length: 5\r\ncontent-length: 6\r\n") == bad);
    CHECK(parse_fields("Content-Length: 9223372036854775807\r\n") ==
          "1.1 200 [OK] 56|Content-Length=9223372036854775807 length=9223372036854775807");
    CHECK(parse_fields("Content-Length: 007\r\n") == "1.1 200 [OK] 40|Content-Length=007 length=7");
}

TEST_CASE("Content-Length next to Transfer-Encoding is refused in either order", "[F20]") {
    CHECK(parse_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") == bad);
    CHECK(parse_fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") == bad);
    CHECK(parse_fields("Content-Length: 0\r\nX: y\r\nTransfer-Encoding: chunked\r\n") == bad);
}

TEST_CASE("a transfer coding that is not exactly chunked is unsupported", "[F21][F22]") {
    for (const auto& value : {"xchunked",
                              "chunkedx",
                              "chunked;q=1",
                              "\"chunked\"",
                              "identity",
                              "chunked, gzip",
                              "gzip, chunked",
                              "gzip",
                              "chunked chunked",
                              "chunked;",
                              "x,chunked",
                              "chunked\t",
                              "\xa0"
                              "chunked",
                              "'chunked'",
                              "chunked=1",
                              "chu nked",
                              ":chunked",
                              "deflate, gzip",
                              "trailers",
                              "\tchunked\t"}) {
        INFO(value);
        CHECK(parse_fields("Transfer-Encoding: " + std::string(value) + "\r\n") == unsupported);
    }
    CHECK(parse_fields("Transfer-Encoding:: chunked\r\n") == unsupported);
    CHECK(parse_fields("Transfer-Encoding: \x0b"
                       "chunked\r\n") == bad);
    CHECK(parse_fields("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n") == unsupported);
    CHECK(parse_fields("TRANSFER-encoding:Chunked \r\n") ==
          "1.1 200 [OK] 47|TRANSFER-encoding=Chunked chunked");
}

TEST_CASE("chunked twice, and an empty transfer coding, are refused", "[F23][F24]") {
    for (const auto& lines : {"Transfer-Encoding: chunked, chunked\r\n",
                              "Transfer-Encoding: chunked,chunked\r\n",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                              "Transfer-Encoding:\r\n",
                              "Transfer-Encoding: \r\n",
                              "Transfer-Encoding: ,\r\n",
                              "Transfer-Encoding: ,chunked\r\n",
                              "Transfer-Encoding: chunked,\r\n",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n"}) {
        INFO(lines);
        CHECK(parse_fields(lines) == bad);
    }
}

TEST_CASE("HTTP/1.0 with a transfer coding is refused", "[F25]") {
    CHECK(parse("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") == bad);
    CHECK(
        parse("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n") ==
        bad);
}

TEST_CASE("lengths in 1xx, 204 and 304 mean nothing", "[F26][F27]") {
    CHECK(parse("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello") ==
          "1.1 204 [No] 38|Content-Length=5");
    CHECK(parse("HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n") ==
          "1.1 304 [No] 38|Content-Length=5");
    CHECK(parse("HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n") ==
          "1.1 304 [No] 47|Transfer-Encoding=chunked");
    CHECK(parse("HTTP/1.1 100 Go\r\nContent-Length: 5\r\n\r\n") ==
          "1.1 100 [Go] 38|Content-Length=5");
}

TEST_CASE("205, 206, 401 and 407 are framed by their fields", "[F29]") {
    for (const auto& status : {"205", "206", "401", "407"}) {
        CHECK(parse("HTTP/1.1 " + std::string(status) + " X\r\nContent-Length: 0\r\n\r\n") ==
              "1.1 " + std::string(status) + " [X] 37|Content-Length=0 length=0");
    }
}

TEST_CASE("heads follow one another with a reset between them", "[F33][F34][F51]") {
    const std::string text =
        "HTTP/1.0 103 Early\r\nConnection: close\r\nLink: a\r\n\r\n"
        "HTTP/1.1 199 Odd\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nHTTP/1.1 500 Other\r\n\r\n";
    std::string_view rest = text;
    HeadParser parser;
    CHECK(feed(parser, {rest}) == "1.0 103 [Early] 50|Connection=close|Link=a close");
    rest.remove_prefix(parser.size());
    parser.reset();
    CHECK(feed(parser, {rest}) == "1.1 199 [Odd] 20");
    rest.remove_prefix(parser.size());
    parser.reset();
    CHECK(feed(parser, {rest}) == "1.1 200 [OK] 25|A=b");
    rest.remove_prefix(parser.size());
    CHECK(rest == "HTTP/1.1 500 Other\r\n\r\n");
}

TEST_CASE("Connection is a list of tokens over all its lines", "[F45]") {
    const auto closes = [](const std::string& lines) {
        const std::string result = parse_fields(lines);
        REQUIRE(result.find("200") != std::string::npos);
        return result.size() > 6 && result.substr(result.size() - 6) == " close" && result != bad;
    };
    for (const auto& value : {"CLOSE",
                              "close, foo",
                              "foo,close",
                              "foo,\tclose\t",
                              "\tclose\t",
                              " , ,close",
                              "close,",
                              "keep-alive, close",
                              "\"close\"",
                              "close;",
                              "clo se",
                              "x,close ,y"}) {
        INFO(value);
        CHECK(closes("Connection: " + std::string(value) + "\r\nZ: 1\r\n"));
    }
    CHECK(closes("Connection: keep-alive\r\nX: y\r\nconnection: Close\r\nZ: 1\r\n"));
    for (const auto& value : {"closed", "xclose", "close-notify", "keep-alive", "", ",", "foo"}) {
        INFO(value);
        CHECK_FALSE(closes("Connection: " + std::string(value) + "\r\nZ: 1\r\n"));
    }
    CHECK_FALSE(closes("Proxy-Connection: close\r\nZ: 1\r\n"));
}

TEST_CASE("HTTP/1.0 persists with keep-alive only", "[F46]") {
    CHECK(parse("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\n") ==
          "1.0 200 [OK] 62|Connection=Keep-Alive|Content-Length=1 length=1");
    CHECK(parse("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n") ==
          "1.0 200 [OK] 38|Content-Length=1 length=1 close");
    CHECK(parse("HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n\r\n") ==
          "1.0 200 [OK] 50|Connection=keep-alive, close close");
}

TEST_CASE("an empty feed needs more input", "[F49]") {
    CHECK(parse("") == "more");
}

TEST_CASE("limits fail the head at the same byte, however it is segmented",
          "[F52][F53][F55][X01]") {
    const std::string head = "HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n";
    CHECK(parse(head, {head.size(), 2}) == "1.1 200 [OK] 31|A=b|C=d");
    CHECK(parse(head + "body and more body", {head.size(), 2}) == "1.1 200 [OK] 31|A=b|C=d");
    CHECK(parse(head, {head.size() - 1, 2}) == too_large);
    CHECK(parse(head, {head.size(), 1}) == too_large);
    CHECK(parse("HTTP/1.1 200 " + std::string(100, 'r'), {64, 2}) == too_large);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: " + std::string(100, 'r'), {64, 2}) == too_large);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: \x01" + std::string(100, 'r'), {64, 2}) == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\nA : b\r\nC: d\r\nE: f\r\nG: h\r\n\r\n", {999, 2}) == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\nE : f\r\nG: h\r\n\r\n", {999, 2}) == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\nE: \x01", {999, 2}) == too_large);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\nE: f\r\nG : h\r\n\r\n", {999, 2}) == too_large);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\nE", {999, 2}) == "more");
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\r\nC : d\r\nE: f\r\n\r\n", {999, 2}) == bad);
    CHECK(parse("HTTP/1.1 200 OK\r\nA: b\r\n", {999, 0}) == too_large);
    CHECK(parse("HTTP/1.1 200 OK\r\n\r\n", {999, 0}) == "1.1 200 [OK] 19");
    CHECK(parse("XTTP/1.1 200 OK\r\n", {0, 2}) == too_large);

    std::string many = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 1000; ++i) {
        many += "F: v\r\n";
    }
    CHECK(parse(many + "\r\n").substr(0, 20) == "1.1 200 [OK] 6019|F=");
    CHECK(parse(many + "Content-Length: 5\r\n\r\n") == too_large);

    const std::string location(9 * 1024, 'l');
    CHECK(parse_fields("Location: " + location + "\r\n") ==
          "1.1 200 [OK] 9247|Location=" + location);
}

TEST_CASE("a huge line costs memory only for its own bytes", "[F55]") {
    HeadParser parser;
    std::string text = "HTTP/1.1 200 OK\r\n";
    while (text.size() < 300 * 1024) {
        text += "F: v\r\n";
    }
    CHECK(parser.feed(text) == HeadParser::Outcome::failed);
    CHECK(parser.error() == hawser::error::headers_too_large);
    parser.reset();
    CHECK(parser.feed("HTTP/1.1 200 OK\r\n\r\n") == HeadParser::Outcome::complete);
}

TEST_CASE("Keep-Alive hints are read leniently") {
    const auto hints = [](const std::string& value) {
        HeadParser parser;
        const std::string text = "HTTP/1.1 200 OK\r\nKeep-Alive: " + value + "\r\n\r\n";
        REQUIRE(parser.feed(text) == HeadParser::Outcome::complete);
        const ResponseHead& head = parser.head();
        return (head.keep_alive_timeout ? std::to_string(head.keep_alive_timeout->count()) : "-") +
               "/" + (head.keep_alive_max ? std::to_string(*head.keep_alive_max) : "-");
    };
    CHECK(hints("timeout=5, max=100") == "5/100");
    CHECK(hints("max=7,TIMEOUT = 0") == "0/7");
    CHECK(hints("timeout=x, max=") == "-/-");
    CHECK(hints("timeout=-1") == "-/-");
    CHECK(hints("timeout") == "-/-");
    CHECK(hints("timeout=9223372036854775807, max=99999999999") == "31536000/4294967295");
}

TEST_CASE("a head can be moved out and the parser used again") {
    HeadParser parser;
    CHECK(feed(parser, {"HTTP/1.1 200 A long reason phrase\r\nA: b\r\n\r\n"}) ==
          "1.1 200 [A long reason phrase] 43|A=b");
    const ResponseHead first = std::move(parser.head());
    parser.reset();
    CHECK(feed(parser, {"HTTP/1.1 204 B\r\nContent-Length: 1\r\nC: d\r\n\r\n"}) ==
          "1.1 204 [B] 43|Content-Length=1|C=d");
    CHECK(first.reason == "A long reason phrase");
    CHECK(first.headers.get("a") == "b");
}

TEST_CASE("parsing in small pieces is linear: every byte is examined once", "[X11]") {
    // Nine thousand feeds of a growing text would take minutes if each started over.
    HeadParser parser({1024 * 1024, 1000});
    const std::string text = "HTTP/1.1 200 OK\r\nA: " + std::string(200 * 1024, 'v') + "\r\n\r\n";
    for (std::size_t size = 1; size < text.size(); size += 23) {
        REQUIRE(parser.feed(std::string_view(text).substr(0, size)) == HeadParser::Outcome::more);
    }
    CHECK(parser.feed(text) == HeadParser::Outcome::complete);
    CHECK(parser.size() == text.size());
}
