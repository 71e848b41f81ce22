// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "../support/interpret_fields.hpp"
#include <hawser/detail/message/framing.hpp>
#include <hawser/error.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

using hawser::Headers;
using hawser::Version;
using hawser::detail::BodyFraming;
using hawser::detail::plan_body;
using hawser::detail::ResponseHead;
using hawser::test::interpret_fields;

namespace {

ResponseHead head_of(int status, Headers headers = {}, Version version = Version::http_1_1) {
    ResponseHead head;
    head.status = status;
    head.version = version;
    head.headers = std::move(headers);
    return head;
}

std::string describe(const hawser::detail::BodyPlan& body) {
    switch (body.framing) {
        case BodyFraming::none:
            return "none";
        case BodyFraming::length:
            return "length " + std::to_string(body.length);
        case BodyFraming::chunked:
            return "chunked";
        case BodyFraming::until_close:
            return "until close";
    }
    return "";
}

/// The plan as text, or the error.
std::string plan(const char* method,
                 int status,
                 Headers headers = {},
                 Version version = Version::http_1_1,
                 bool tolerant = false) {
    ResponseHead head = head_of(status, std::move(headers), version);
    if (const std::error_code ec = interpret_fields(head, tolerant)) {
        return ec.message();
    }
    const auto body = plan_body(method, head);
    if (!head.exact) {
        return "deviates, " + describe(body);
    }
    return describe(body);
}

const Headers length5{{"Content-Length", "5"}};
const Headers chunked{{"Transfer-Encoding", "chunked"}};
const std::string bad = make_error_code(hawser::error::bad_response).message();

}  // namespace

TEST_CASE("1xx, 204 and 304 have no body, whatever their fields say", "[F26][F27][F-P16]") {
    for (int status : {100, 101, 103, 199, 204, 304}) {
        INFO(status);
        CHECK(plan("GET", status) == "none");
        CHECK(plan("GET", status, length5) == "none");
        CHECK(plan("GET", status, chunked) == "none");
        ResponseHead head = head_of(status, length5);
        CHECK_FALSE(interpret_fields(head));
        CHECK_FALSE(head.content_length);
        CHECK(head.keep_alive);
    }
}

TEST_CASE("a response to HEAD has no body but reports its length", "[F28][F-P16]") {
    CHECK(plan("HEAD", 200, length5) == "none");
    CHECK(plan("HEAD", 200, chunked) == "none");
    CHECK(plan("HEAD", 200) == "none");
    CHECK(plan("head", 200) == "until close");
    ResponseHead head = head_of(200, length5);
    CHECK_FALSE(interpret_fields(head));
    CHECK(head.content_length == 5u);
}

TEST_CASE("a 2xx to CONNECT has no body, other responses to it do", "[F30]") {
    CHECK(plan("CONNECT", 200, length5) == "none");
    CHECK(plan("CONNECT", 299, chunked) == "none");
    CHECK(plan("CONNECT", 407, length5) == "length 5");
    CHECK(plan("CONNECT", 302) == "until close");
}

TEST_CASE("in all other cases the fields decide, not the status", "[F29][F47][F-P16]") {
    for (int status : {200, 205, 206, 299, 300, 401, 407, 500, 599}) {
        INFO(status);
        CHECK(plan("GET", status, length5) == "length 5");
        CHECK(plan("GET", status, {{"Content-Length", "0"}}) == "none");
        CHECK(plan("GET", status, chunked) == "chunked");
        CHECK(plan("GET", status) == "until close");
    }
    CHECK(plan("POST", 200, {{"Content-Length", "9223372036854775807"}}) ==
          "length 9223372036854775807");
}

TEST_CASE("a malformed length is refused in every response", "[F17][F18][F19]") {
    for (int status : {100, 200, 204, 304}) {
        for (const char* value :
             {"", "+5", "-5", "5a", "5, 5", "9223372036854775808", "18446744073709551616"}) {
            INFO(status << " " << value);
            CHECK(plan("GET", status, {{"Content-Length", value}}) == bad);
        }
        CHECK(plan("GET", status, {{"Content-Length", "5"}, {"content-length", "5"}}) == bad);
        CHECK(plan("GET", status, {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}) ==
              bad);
    }
}

TEST_CASE("to transfer codings", "[F20][F25]") {
    const std::string unsupported = make_error_code(hawser::error::unsupported_coding).message();
    CHECK(plan("GET", 200, {{"Transfer-Encoding", "gzip, chunked"}}) == unsupported);
    CHECK(plan("GET", 200, {{"Transfer-Encoding", "identity"}}) == unsupported);
    CHECK(plan("GET", 200, {{"Transfer-Encoding", "chunked, chunked"}}) == bad);
    CHECK(plan("GET", 200, {{"Transfer-Encoding", ""}}) == bad);
    CHECK(plan("GET", 200, {{"Transfer-Encoding", "CHUNKED"}}) == "chunked");
    CHECK(plan("GET", 200, chunked, Version::http_1_0) == bad);
    CHECK(plan("GET",
               200,
               {{"Connection", "keep-alive"}, {"Transfer-Encoding", "chunked"}},
               Version::http_1_0) == bad);
}

TEST_CASE("what the peer says about the connection", "[F45][F46]") {
    struct Row {
        Version version;
        std::vector<const char*> connection;
        bool keep_alive;
    };
    const std::vector<Row> table = {
        {Version::http_1_1, {}, true},
        {Version::http_1_1, {"close"}, false},
        {Version::http_1_1, {"keep-alive", "x, Close"}, false},
        {Version::http_1_1, {"closed"}, true},
        {Version::http_1_1, {"\"close\""}, false},
        {Version::http_1_0, {}, false},
        {Version::http_1_0, {"Keep-Alive"}, true},
        {Version::http_1_0, {"keep-alive", "close"}, false},
        {Version::http_1_0, {"upgrade"}, false},
    };
    for (const auto& row : table) {
        ResponseHead head = head_of(200, {}, row.version);
        for (const char* value : row.connection) {
            head.headers.add("Connection", value);
            INFO(value);
        }
        CHECK_FALSE(interpret_fields(head));
        CHECK(head.keep_alive == row.keep_alive);
    }
}

TEST_CASE("an upgrade needs both the option and the field", "[F31][F-P11]") {
    const auto upgrades = [](Headers headers) {
        ResponseHead head = head_of(101, std::move(headers));
        CHECK_FALSE(interpret_fields(head));
        return head.upgrade;
    };
    CHECK(upgrades({{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}));
    CHECK_FALSE(upgrades({{"Connection", "upgrade"}}));
    CHECK_FALSE(upgrades({{"Upgrade", "websocket"}}));
    CHECK_FALSE(upgrades({{"Connection", "upgrade"}, {"Upgrade", ""}}));
    CHECK_FALSE(upgrades({{"Connection", "close"}, {"Upgrade", "x"}}));
}

TEST_CASE("in tolerant mode, lengths that agree are accepted, and a coding takes precedence",
          "[F18][F20]") {
    const auto tolerated = [](Headers headers, int status = 200, Version v = Version::http_1_1) {
        return plan("GET", status, std::move(headers), v, true);
    };
    const std::string unsupported = make_error_code(hawser::error::unsupported_coding).message();
    CHECK(tolerated(length5) == "length 5");
    CHECK(tolerated(chunked) == "chunked");
    CHECK(tolerated({{"Content-Length", "5"}, {"content-length", "5"}}) == "deviates, length 5");
    for (const char* value : {"5, 5", "5,5", "5 ,\t5,5", "5\t", "5 \t"}) {
        INFO(value);
        CHECK(tolerated({{"Content-Length", value}}) == "deviates, length 5");
        CHECK(tolerated({{"Content-Length", value}}, 204) == "deviates, none");
    }
    CHECK(tolerated({{"Content-Length", "0,0"}}) == "deviates, none");
    for (const char* value : {"5, 6",
                              "5,05",
                              "05, 5",
                              "5,",
                              ",5",
                              "5,,5",
                              "5, x",
                              "x, 5",
                              "5 5",
                              "",
                              "\t",
                              "+5",
                              "5;",
                              "9223372036854775808",
                              "5, 9223372036854775808"}) {
        INFO(value);
        CHECK(tolerated({{"Content-Length", value}}) == bad);
        CHECK(tolerated({{"Content-Length", value}}, 304) == bad);
        CHECK(tolerated({{"Content-Length", value}, {"Transfer-Encoding", "chunked"}}) == bad);
    }
    CHECK(tolerated({{"Content-Length", "5"}, {"Content-Length", "6"}}) == bad);
    CHECK(tolerated({{"Content-Length", "5"}, {"Content-Length", "05"}}) == bad);
    CHECK(tolerated({{"Content-Length", "5"}, {"Content-Length", "5, 05"}}) == bad);
    CHECK(tolerated({{"Content-Length", "x"}, {"Content-Length", "5"}}) == bad);
    CHECK(tolerated({{"Content-Length", "5"}, {"Content-Length", ""}}) == bad);

    const Headers both{{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}};
    CHECK(tolerated(both) == "deviates, chunked");
    CHECK(tolerated({{"Transfer-Encoding", "chunked"}, {"Content-Length", "0"}}) ==
          "deviates, chunked");
    CHECK(tolerated(both, 304) == "deviates, none");
    CHECK(tolerated(both, 200, Version::http_1_0) == bad);
    CHECK(tolerated({{"Content-Length", "5"}, {"Transfer-Encoding", "gzip"}}) == unsupported);
    CHECK(tolerated({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked, chunked"}}) == bad);
    CHECK(tolerated({{"Content-Length", "5"}, {"Transfer-Encoding", ""}}) == bad);

    ResponseHead head = head_of(200, both);
    CHECK_FALSE(interpret_fields(head, true));
    CHECK_FALSE(head.content_length);
    head.headers = length5;
    CHECK_FALSE(interpret_fields(head, true));
    CHECK(head.exact);
}

TEST_CASE("interpreting a head again starts afresh") {
    ResponseHead head = head_of(200, chunked);
    CHECK_FALSE(interpret_fields(head));
    CHECK(head.chunked);
    head.headers = length5;
    CHECK_FALSE(interpret_fields(head));
    CHECK_FALSE(head.chunked);
    CHECK(head.content_length == 5u);
}
