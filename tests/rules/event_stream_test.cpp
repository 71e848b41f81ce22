// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Event streams and lines, in every segmentation. Most event streams are those of the web platform
// tests (eventsource/format-*), by their names there.

#include "../support/segmentations.hpp"
#include <hawser/detail/message/event_parser.hpp>
#include <hawser/detail/message/line_splitter.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <string_view>

using namespace std::string_view_literals;
using hawser::Event;
using hawser::detail::EventParser;
using hawser::detail::LineSplitter;
using hawser_test::Pieces;

namespace {

std::string shown(const Event& event) {
    return '{' + event.event + '|' + event.data + '|' + event.id + '}';
}
std::string shown(const std::string& line) {
    return '[' + line + ']';
}

/// Everything in the pieces, as text.
template <class Parser>
std::string parse(Parser& parser, const Pieces& pieces) {
    std::string all;
    const auto take = [&] {
        if (parser.ready()) {
            all += shown(parser.take());
        }
    };
    for (std::string_view piece : pieces) {
        while (!piece.empty() && !parser.failed()) {
            piece.remove_prefix(parser.feed(piece));
            take();
        }
    }
    parser.end();
    take();
    return parser.failed() ? all + " failed" : all;
}

std::string events(std::string_view text, std::size_t max = 1000) {
    return hawser_test::same_for_every_segmentation(text, [&](const Pieces& pieces) {
        EventParser parser(max);
        std::string all = parse(parser, pieces);
        all.append(" last ").append(parser.last_id());
        if (parser.retry()) {
            all.append(" retry ").append(std::to_string(parser.retry()->count()));
        }
        return all;
    });
}

std::string lines(std::string_view text, std::size_t max = 1000) {
    return hawser_test::same_for_every_segmentation(text, [&](const Pieces& pieces) {
        LineSplitter splitter(max);
        return parse(splitter, pieces);
    });
}

struct Row {
    const char* name;
    std::string_view stream;
    std::string_view wanted;
};

}  // namespace

TEST_CASE("event streams are read by the rules of WHATWG") {
    const Row row = GENERATE(values<Row>({
        {"empty", "", " last "},
        {"usual", "data: hello\n\n", "{message|hello|} last "},
        {"bom",
         "\xEF\xBB\xBF"
         "data:1\n\n\xEF\xBB\xBF"
         "data:2\n\ndata:3\n\n",
         "{message|1|}{message|3|} last "},
        {"bom-2",
         "\xEF\xBB\xBF\xEF\xBB\xBF"
         "data:1\n\ndata:2\n\ndata:3\n\n",
         "{message|2|}{message|3|} last "},
        {"bom alone on its line", "\xEF\xBB\xBF\ndata:1\n\n", "{message|1|} last "},
        {"half a bom",
         "\xEF\xBB"
         "data:1\n\ndata:2\n\n",
         "{message|2|} last "},
        {"comments",
         "data:1\r:\0\n:\r\ndata:2\n:xxxx\rdata:3\r:data:fail\rdata:4\n\n"sv,
         "{message|1\n2\n3\n4|} last "},
        {"data-before-final-empty-line",
         "retry:1000\ndata:test1\n\nid:test\ndata:test2",
         "{message|test1|} last  retry 1000"},
        {"a last event without its blank line", "data:1\n\ndata:2\n", "{message|1|} last "},
        {"field-data",
         "data:\n\ndata\ndata\n\ndata:test\n\n",
         "{message||}{message|\n|}{message|test|} last "},
        {"field-event", "event:test\ndata:x\n\ndata:x\n\n", "{test|x|}{message|x|} last "},
        {"field-event-empty", "event: \ndata:data\n\n", "{message|data|} last "},
        {"the last type counts", "event:a\nevent:b\ndata:x\n\n", "{b|x|} last "},
        {"a type without data is forgotten", "event:a\n\ndata:x\n\n", "{message|x|} last "},
        {"field-id",
         "id:1\ndata:a\n\ndata:b\n\nid:2\ndata:c\n\n",
         "{message|a|1}{message|b|1}{message|c|2} last 2"},
        {"field-id-2",
         "id: \xE2\x80\xA6\ndata:1\n\nid\ndata:2\n\ndata:3\n\n",
         "{message|1|\xE2\x80\xA6}{message|2|}{message|3|} last "},
        {"field-id-3", "id:1\n\ndata:a\n\nid:2\n\n", "{message|a|1} last 2"},
        {"field-id-null",
         "id:a\ndata:1\n\nid:\0a\ndata:2\n\nid:b\0\ndata:3\n\n"sv,
         "{message|1|a}{message|2|a}{message|3|a} last a"},
        {"an id in the incomplete last event",
         "id:1\ndata:a\n\nid:2\ndata:b\n",
         "{message|a|1} last 1"},
        {"field-parsing",
         "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n"
         " data:32\ndata:4\n\n"sv,
         "{message|\0\n 2\n1\n3\n\n4|} last "sv},
        {"field-retry", "retry:03000\ndata:x\n\n", "{message|x|} last  retry 3000"},
        {"field-retry-bogus",
         "retry:3000\nretry:1000x\nretry:-1\nretry: 5 \ndata:x\n\n",
         "{message|x|} last  retry 3000"},
        {"field-retry-empty", "retry\nretry:\ndata:test\n\n", "{message|test|} last "},
        {"a retry of a year at most",
         "retry:99999999999999999999999999\n",
         " last  retry 31536000000"},
        {"field-unknown",
         "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacomment\n\n",
         "{message|test\n|} last "},
        {"leading-space", "data:\ttest\rdata: \ndata:test\n\n", "{message|\ttest\n\ntest|} last "},
        {"newlines", "data:test\r\ndata\ndata:test\r\n\r\n", "{message|test\n\ntest|} last "},
        {"CR ends lines", "data:a\r\rdata:b\r\r", "{message|a|}{message|b|} last "},
        {"mixed ends", "data:a\r\n\rdata:b\n\r\n\n\r", "{message|a|}{message|b|} last "},
        {"null-character", "data:\0\n\n\n\n"sv, "{message|\0|} last "sv},
        {"utf-8", "data:ok\xE2\x80\xA6\n\n", "{message|ok\xE2\x80\xA6|} last "},
        {"bytes that are not UTF-8 pass", "data:\xFF\xC0\n\n", "{message|\xFF\xC0|} last "},
        {"blank lines are no events", "\n\r\n\r\n\n:\n\n", " last "},
    }));
    CAPTURE(row.name);
    CHECK(events(row.stream) == row.wanted);
}

TEST_CASE("an event is complete with the CR that ends it") {
    EventParser parser(100);
    CHECK(parser.feed("data:a\r\r") == 8);
    REQUIRE(parser.ready());
    CHECK(parser.feed("\ndata:b\n\n") == 0);  // not before it is taken
    CHECK(parser.take() == Event{"message", "a", ""});
    CHECK(parser.feed("\ndata:b\n\n") == 9);
    CHECK(parser.take() == Event{"message", "b", ""});
}

TEST_CASE("lines and events longer than allowed fail") {
    CHECK(events("data:12345\n\n", 10) == "{message|12345|} last ");
    CHECK(events("data:12345\n\ndata:123456\n\n", 10) == "{message|12345|} failed last ");
    CHECK(events(":2345678901", 10) == " failed last ");
    CHECK(events("data:1\ndata:2\n\n", 10) == "{message|1\n2|} last ");
    CHECK(events("data:1\ndata:2\nevent:3456\ndata:6\ndata:7\ndata:8\n\n", 10) == " failed last ");
    CHECK(events("data:1234\ndata:\ndata:\nevent:3456\n\n", 10) == " failed last ");
    CHECK(lines("12345\n1234\r\n", 5) == "[12345][1234]");
    CHECK(lines("1\n123456\n", 5) == "[1] failed");
    CHECK(lines("1\n123456", 5) == "[1] failed");
}

TEST_CASE("lines end with LF or CRLF, and the last one need not") {
    CHECK(lines("") == "");
    CHECK(lines("\n") == "[]");
    CHECK(lines("a\nb\r\nc") == "[a][b][c]");
    CHECK(lines("a\n\n\r\nb\n") == "[a][][][b]");
    CHECK(lines("a\rb\r\r\nc\r") == "[a\rb\r][c]");
    CHECK(lines("\0\n\xFF"sv) == "[\0][\xFF]"sv);
}
