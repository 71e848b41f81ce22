// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "../support/segmentations.hpp"
#include <hawser/detail/message/chunk_decoder.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace std::string_literals;
using hawser::detail::ChunkDecoder;
using hawser::detail::HeadLimits;
using hawser_test::Pieces;

namespace {

/// Feeds the pieces through an output of `room` bytes per call; unconsumed bytes are fed again with
/// the next piece. Each input is a new block of memory, so that reads beyond its end are detected.
std::string run(ChunkDecoder& decoder, const Pieces& pieces, std::size_t room) {
    std::string data;
    std::string waiting;
    std::size_t consumed = 0;
    for (const std::string_view piece : pieces) {
        waiting += piece;
        for (;;) {
            const std::unique_ptr<char[]> in(new char[waiting.size()]);
            std::copy(waiting.begin(), waiting.end(), in.get());
            std::vector<char> out(room);
            const auto step = decoder.decode({in.get(), waiting.size()}, out);
            REQUIRE(step.produced <= room);
            REQUIRE(step.consumed <= waiting.size());
            data.append(out.data(), step.produced);
            waiting.erase(0, step.consumed);
            consumed += step.consumed;
            if (step.consumed == 0 || waiting.empty()) {
                break;
            }
        }
    }
    if (decoder.error()) {
        CHECK_FALSE(decoder.done());
        return "[" + data + "] " + decoder.error().message();
    }
    std::string result =
        "[" + data + "] " + (decoder.done() ? "done" : "more") + " " + std::to_string(consumed);
    for (const auto& [name, value] : decoder.trailers()) {
        result.append("|").append(name).append("=").append(value);
    }
    return result;
}

std::string decode(std::string_view text, HeadLimits limits = {64 * 1024, 100}) {
    std::string first;
    for (const std::size_t room : {std::size_t{65536}, std::size_t{1}, std::size_t{3}}) {
        if (room < 65536 && text.size() > 4096) {
            continue;
        }
        const std::string result =
            hawser_test::same_for_every_segmentation(text, [=](const Pieces& pieces) {
                ChunkDecoder decoder(limits);
                return run(decoder, pieces, room);
            });
        first = first.empty() ? result : first;
        CHECK(result == first);
    }
    return first;
}

std::string failed(const std::string& data, hawser::error reason = hawser::error::bad_response) {
    return "[" + data + "] " + make_error_code(reason).message();
}

const std::string bad = failed("");

}  // namespace

TEST_CASE("a chunked body ends exactly after its last CRLF", "[F35][F51]") {
    CHECK(decode("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n") == "[hello world] done 26");
    CHECK(decode("0\r\n\r\n") == "[] done 5");
    CHECK(decode("5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n") == "[hello] done 15");
    CHECK(decode("A\r\n0123456789\r\n00a\r\n0123456789\r\n000\r\n\r\n\r\n") ==
          "[01234567890123456789] done 39");
}

TEST_CASE("every proper prefix of a chunked body needs more input", "[F48][F-P21]") {
    const std::string text = "5;x=\"y\"\r\nhello\r\n0\r\nA: b\r\n\r\n";
    for (std::size_t size = 0; size < text.size(); ++size) {
        INFO(size);
        CHECK(decode(std::string_view(text).substr(0, size)).find("more") != std::string::npos);
    }
}

TEST_CASE("a chunk size is hex digits without anything around them", "[F36]") {
    for (const auto& size : {"",
                             "+5",
                             "-5",
                             "0x5",
                             " 5",
                             "5 ",
                             "5\t",
                             "\t5",
                             "5,",
                             "5,5",
                             "g",
                             "5h",
                             "-2",
                             "5.0",
                             "10000000000000000",
                             "8000000000000000",
                             "ffffffffffffffff",
                             "FFFFFFFFFFFFFFFFF",
                             "5 ;x",
                             "5\t;x",
                             "_5",
                             "\xef\xbc\x95"}) {
        INFO(size);
        CHECK(decode(std::string(size) + "\r\nhello\r\n0\r\n\r\n") == bad);
    }
    CHECK(decode("7fffffffffffffff\r\nabc") == "[abc] more 21");
}

TEST_CASE("every other byte in place of a digit fails", "[F36]") {
    for (int c = 0; c < 256; ++c) {
        INFO(c);
        const bool digit =
            std::string("0123456789abcdefABCDEF").find(static_cast<char>(c)) != std::string::npos &&
            c;
        const std::string first = decode(std::string(1, static_cast<char>(c)));
        CHECK((first == bad) == !digit);
        const std::string second = decode("1" + std::string(1, static_cast<char>(c)));
        CHECK((second == bad) == !(digit || c == ';' || c == '\r'));
    }
}

TEST_CASE("leading zeros are accepted up to the limit of the line", "[F37][F-P19]") {
    CHECK(decode(std::string(40, '0') + "5\r\nhello\r\n0\r\n\r\n") == "[hello] done 55");
    CHECK(decode(std::string(5000, '0') + "5\r\nhello\r\n0\r\n\r\n") == bad);
    CHECK(decode(std::string(4094, '0') + "\r\n\r\n").find("done") != std::string::npos);
    CHECK(decode("0;" + std::string(4092, 'x') + "\r\n\r\n").find("done") != std::string::npos);
    CHECK(decode("0;" + std::string(4093, 'x') + "\r\n\r\n") == bad);
}

TEST_CASE("a bare LF or CR ends nothing", "[F38][F39]") {
    for (const auto& text : {"5\nhello\r\n0\r\n\r\n",
                             "5\rhello\r\n0\r\n\r\n",
                             "5\r\rhello\r\n",
                             "5;x\nhello\r\n0\r\n\r\n",
                             "5;x\rhello\r\n0\r\n\r\n",
                             "5;\n\r\n",
                             "5;a\r;b\r\nhello"}) {
        INFO(text);
        CHECK(decode(text) == bad);
    }
    CHECK(decode("5\r\nhello\n0\r\n\r\n") == failed("hello"));
    CHECK(decode("5\r\nhello\r0\r\n\r\n") == failed("hello"));
    CHECK(decode("0\r\n\n") == bad);
    CHECK(decode("0\n\r\n") == bad);
    CHECK(decode("0\n\n") == bad);
    CHECK(decode("0\r\n\rX\n") == bad);
}

TEST_CASE("only CRLF may follow the data", "[F40]") {
    CHECK(decode("5\r\nhelloXX0\r\n\r\n") == failed("hello"));
    CHECK(decode("5\r\nhello0\r\n\r\n") == failed("hello"));
    CHECK(decode("5\r\nhello \r\n0\r\n\r\n") == failed("hello"));
    CHECK(decode("0\r\nXX") != "[] done 5");
}

TEST_CASE("framing must not pile up around little data", "[F41]") {
    std::string flood;
    for (int i = 0; i < 100; ++i) {
        flood += "1;" + std::string(4000, 'e') + "\r\nx\r\n";
    }
    CHECK(decode(flood) == failed("xxxx"));

    std::string tiny;
    for (int i = 0; i < 20000; ++i) {
        tiny += "1\r\nx\r\n";
    }
    ChunkDecoder decoder;
    CHECK(run(decoder, {tiny, "0\r\n\r\n"}, 1 << 20) ==
          "[" + std::string(20000, 'x') + "] done 120005");

    std::string fair;  // extensions of twice the size of the data are not a flood
    for (int i = 0; i < 50; ++i) {
        fair += "3e8;" + std::string(2000, 'e') + "\r\n" + std::string(1000, 'x') + "\r\n";
    }
    ChunkDecoder second;
    CHECK(run(second, {fair, "0\r\n\r\n"}, 1 << 20).find("done") != std::string::npos);
}

TEST_CASE("quoted strings in extensions must close on their line", "[F42]") {
    for (const auto& text :
         {"1;x=\"val\r\nX", "1;x=\"val\\\r\nX", "1;x=\"val\nX", "1;x=\"a\\\"\r\nX\r\n"}) {
        INFO(text);
        CHECK(decode(text) == bad);
    }
    CHECK(decode("1;x=\"a;b\\\" c\"\r\nX\r\n0;last\r\n\r\n").find("[X] done") == 0);
    CHECK(decode("1;x=\"\xff\"\r\nX\r\n0\r\n\r\n").find("[X] done") == 0);
    CHECK(decode("1 ;x\r\nX\r\n0\r\n\r\n") == bad);
}

TEST_CASE("extensions contain no controls", "[F38][F42]") {
    for (int c = 0; c < 256; ++c) {
        INFO(c);
        const std::string byte(1, static_cast<char>(c));
        const bool control = (c < 32 && c != '\t') || c == 127;
        const bool plain = !control && c < 128 && c != '"';
        CHECK((decode("1;a" + byte + "b\r\nX\r\n0\r\n\r\n").find("[X] done") == 0) == plain);
        const bool quoted = !control && c != '"' && c != '\\';
        CHECK((decode("1;a=\"" + byte + "\"\r\nX\r\n0\r\n\r\n").find("[X] done") == 0) == quoted);
    }
}

TEST_CASE("trailers are limited in bytes and in number", "[F43]") {
    const std::string field = "A: b\r\n";
    CHECK(decode("0\r\n" + field + "\r\n", {8, 1}) == "[] done 11|A=b");
    CHECK(decode("0\r\n" + field + "\r\n", {7, 1}) == failed("", hawser::error::headers_too_large));
    CHECK(decode("0\r\n" + field + field + "\r\n", {99, 1}) ==
          failed("", hawser::error::headers_too_large));
    std::string many = "0\r\n";
    for (int i = 0; i < 10000; ++i) {
        many += field;
    }
    CHECK(decode(many) == failed("", hawser::error::headers_too_large));
    CHECK(decode("0\r\nA: " + std::string(1024 * 1024, 'x')) ==
          failed("", hawser::error::headers_too_large));
}

TEST_CASE("trailers that would reframe or forge are dropped", "[F44][F-P18]") {
    for (const auto& name : {"Content-Length",
                             "Transfer-Encoding",
                             "Host",
                             "Set-Cookie",
                             "Authorization",
                             "Location",
                             "Connection",
                             "Trailer",
                             "content-LENGTH",
                             "TE",
                             "Upgrade",
                             "WWW-Authenticate",
                             "Content-Encoding",
                             "Cookie",
                             "Keep-Alive",
                             "Proxy-Authorization"}) {
        INFO(name);
        CHECK(decode("0\r\n" + std::string(name) + ": 5\r\nX: y\r\n\r\n").find("|X=y") !=
              std::string::npos);
        CHECK(decode("0\r\n" + std::string(name) + ": 5\r\n\r\n").find('|') == std::string::npos);
    }
    CHECK(decode("0\r\nConnection: close\r\nContent-Length: 5\r\nContent-Length: x\r\nDigest: \t d "
                 "\r\n\r\n")
              .find("|Digest=d") != std::string::npos);
}

TEST_CASE("to trailer lines follow the rules of field lines", "[F09][F16]") {
    for (const auto& line : {"A b: c\r\n",
                             "A : b\r\n",
                             ": b\r\n",
                             "A\r\n",
                             "A: b\r\n c\r\n",
                             " A: b\r\n",
                             "A: b\n",
                             "A: b\rc\r\n",
                             "A: \x01\r\n",
                             "A: b\r\r\n",
                             "\n",
                             ":\r\n",
                             "A: \x7f\r\n"}) {
        INFO(line);
        CHECK(decode("0\r\n" + std::string(line) + "\r\n") == bad);
    }
    CHECK(decode("0\r\nA:\r\nb:\xff\t!\r\n\r\n") == "[] done 16|A=|b=\xff\t!");
}

TEST_CASE("the end is reported together with the last data", "[F-D02][F-P20]") {
    ChunkDecoder decoder;
    std::string out(5, '\0');
    const std::string_view text = "5\r\nhello\r\n0\r\n\r\nrest";
    const auto step = decoder.decode(text, out);
    CHECK(step.consumed == text.size() - 4);
    CHECK(step.produced == 5);
    CHECK(decoder.done());
    CHECK(decoder.decode("rest", out).consumed == 0);

    ChunkDecoder split;
    CHECK(split.decode("5\r\nhello\r", out).produced == 5);  // does not wait for missing bytes
    CHECK(split.decode("\n3\r\nabc", {}).consumed == 4);     // consumes up to the next data byte
    CHECK(split.decode("abcd", out).produced == 3);
}

TEST_CASE("input and output may share their memory") {
    std::string buffer = "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
    ChunkDecoder decoder;
    const auto step = decoder.decode(buffer, buffer);
    CHECK(decoder.done());
    CHECK(buffer.substr(0, step.produced) == "hello world");
}

TEST_CASE("a failed decoder consumes nothing more", "[X12]") {
    ChunkDecoder decoder;
    std::string out(10, '\0');
    decoder.decode("x", out);
    CHECK(decoder.error() == hawser::error::bad_response);
    const auto step = decoder.decode("5\r\nhello\r\n0\r\n\r\n", out);
    CHECK(step.consumed == 0);
    CHECK(step.produced == 0);
    CHECK_FALSE(decoder.done());
}
