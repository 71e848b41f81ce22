// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Responses that deviate from RFC 9112, over a connection. In tolerant mode they are delivered as
// other clients would, but the connection serves no second request. In strict mode they fail.

#include "../support/loops_tests.hpp"
#include "../support/trace_log.hpp"

#include <memory>
#include <string>

using namespace hawser::test;
using hawser::Framing;

namespace {

const std::string next = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext";

struct Row {
    const char* what;
    std::string reply;
    std::string body;
    const char* told = "";  // reported to the trace
};

std::string answer(const std::string& fields, const std::string& body) {
    return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body;
}

std::string chunked(const std::string& body) {
    return answer("Transfer-Encoding: chunked\r\n", body);
}

const Row rows[] = {
    {.what = "bare LF", .reply = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", .body = "ok"},
    {.what = "one bare LF", .reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\nok", .body = "ok"},
    {.what = "bare LF after the status",
     .reply = "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok",
     .body = "ok"},
    {.what = "folded", .reply = answer("A: b\r\n c\r\nContent-Length: 2\r\n", "ok"), .body = "ok"},
    {.what = "a blank before the colon",
     .reply = answer("Content-Length : 2\r\n", "ok"),
     .body = "ok"},
    {.what = "no field",
     .reply = answer("hello world\r\nContent-Length: 2\r\n", "ok"),
     .body = "ok",
     .told = "ignored hello world"},
    {.what = "a name of two words",
     .reply = answer("A b: c\r\nContent-Length: 2\r\n", "ok"),
     .body = "ok",
     .told = "ignored A b: c"},
    {.what = "the same length twice",
     .reply = answer("Content-Length: 2\r\nContent-Length: 2\r\n", "ok"),
     .body = "ok"},
    {.what = "the same length in a list",
     .reply = answer("Content-Length: 2, 2\r\n", "ok"),
     .body = "ok"},
    {.what = "a tab behind the length",
     .reply = answer("Content-Length: 2\t\r\n", "ok"),
     .body = "ok"},
    {.what = "a length and chunks",
     .reply = answer("Content-Length: 9\r\nTransfer-Encoding: chunked\r\n", "2\r\nok\r\n0\r\n\r\n"),
     .body = "ok"},
    {.what = "a blank behind the chunk size",
     .reply = chunked("2 \r\nok\r\n0\r\n\r\n"),
     .body = "ok"},
    {.what = "a blank behind the last size",
     .reply = chunked("2\r\nok\r\n0 \r\n\r\n"),
     .body = "ok"},
    {.what = "a blank before an extension",
     .reply = chunked("2 ;x\r\nok\r\n0\r\n\r\n"),
     .body = "ok"},
    {.what = "a folded trailer",
     .reply = chunked("2\r\nok\r\n0\r\nA: b\r\n c\r\n\r\n"),
     .body = "ok"},
    {.what = "a blank in a trailer's name",
     .reply = chunked("2\r\nok\r\n0\r\nA : b\r\n\r\n"),
     .body = "ok"},
    {.what = "an interim head with bare LF",
     .reply = "HTTP/1.1 103 Hints\n\n" + answer("Content-Length: 2\r\n", "ok"),
     .body = "ok"},
    {.what = "no field in an interim head",
     .reply = "HTTP/1.1 103 Hints\r\nhello\r\n\r\n" + answer("Content-Length: 2\r\n", "ok"),
     .body = "ok",
     .told = "ignored hello"},
    {.what = "no body to deviate", .reply = "HTTP/1.1 204 No\n\n", .body = ""},
};

}  // namespace

TEST_CASE("a response that deviates is read, and its connection is not reused", "[F10][F16][F20]") {
    for (const Row& row : rows) {
        for (const std::size_t at_a_time : {std::size_t{1}, std::size_t{7}, unlimited}) {
            INFO(row.what << ", " << at_a_time << " bytes at a time");
            ScriptTransport t;
            for (int i = 0; i < 2; ++i) {  // if it were reused, it would respond
                WireScript script{{{head_end, i == 0 ? row.reply : next}, {head_end, next}}};
                script.max_read = at_a_time;
                t.net->scripts.push_back(script);
            }
            const auto log = std::make_shared<TraceLog>();
            Request request("GET", t.url());
            request.options.trace = log;
            const CallPtr first = t.send(std::move(request));
            t.run();
            CHECK_FALSE(first->ec);
            CHECK_FALSE(first->body_ec);
            CHECK(first->body == row.body);
            CHECK_FALSE(first->response.body.cut_short());
            CHECK(t.stats().open == 0);
            CHECK(log->text.find("put 1 not_persistent") != std::string::npos);
            CHECK(log->text.find(row.told) != std::string::npos);
            CHECK((log->text.find("ignored") != std::string::npos) == (*row.told != '\0'));
            const CallPtr second = t.get();
            t.run();
            CHECK(second->body == "next");
            CHECK_FALSE(second->response.connection.reused);
            CHECK(t.stats().dialed == 2);
            t.close_idle();
        }
    }
}

TEST_CASE("in strict mode a response that deviates fails", "[F10][F16][F20]") {
    for (const Row& row : rows) {
        INFO(row.what);
        ScriptTransport t({.framing = Framing::strict});
        t.net->scripts.push_back({{{head_end, row.reply}}});
        const CallPtr call = t.get();
        t.run();
        CHECK((call->ec ? call->ec : call->body_ec) == error::bad_response);
        CHECK(t.stats().open == 0);
    }
}

TEST_CASE("unusual versions and statuses are read like ordinary ones", "[F03][F05]") {
    for (const auto framing : {Framing::tolerant, Framing::strict}) {
        ScriptTransport t({.framing = framing});
        t.net->scripts.push_back(
            {{{head_end, "HTTP/1.2 999 Denied\r\nContent-Length: 2\r\n\r\nno"}, {head_end, next}}});
        const CallPtr first = t.get();
        t.run();
        CHECK(first->status() == 999);
        CHECK(first->body == "no");
        const CallPtr second = t.get();
        t.run();
        CHECK(second->response.connection.reused);
        t.close_idle();
    }
}

TEST_CASE("a connection that was cut off ends only a body that has no other end", "[T13]") {
    struct Cut {
        std::string reply;
        error failure;                  // in strict mode
        bool read_if_tolerant = false;  // otherwise it fails in both
    };
    const Cut cuts[] = {
        {.reply = "HTTP/1.1 200 OK\r\n\r\nall of it",
         .failure = error::incomplete_body,
         .read_if_tolerant = true},
        {.reply = "HTTP/1.1 200 OK\r\n\r\n",
         .failure = error::incomplete_body,
         .read_if_tolerant = true},
        {.reply = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nall of it",
         .failure = error::incomplete_body},
        {.reply = chunked("9\r\nall of it\r\n0\r\n"), .failure = error::incomplete_body},
        {.reply = "HTTP/1.1 200 OK\r\nA: b", .failure = error::bad_response},
    };
    for (const Cut& cut : cuts) {
        for (const auto framing : {Framing::tolerant, Framing::strict}) {
            INFO(cut.reply << static_cast<int>(framing));
            ScriptTransport t({.framing = framing});
            t.net->scripts.push_back({{{head_end, cut.reply, Ending::cut}}});
            const CallPtr call = t.get();
            t.run();
            const bool read = cut.read_if_tolerant && framing == Framing::tolerant;
            const std::error_code ec = call->ec ? call->ec : call->body_ec;
            CHECK(ec == (read ? std::error_code{} : make_error_code(cut.failure)));
            CHECK(call->response.body.cut_short() == read);
            CHECK(t.stats().open == 0);
        }
    }
}

TEST_CASE("a body that ends with an orderly end of its connection is not cut short", "[T13]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\n\r\nall of it", Ending::eof}}});
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\n\r\nall of it", Ending::reset}}});
    const CallPtr whole = t.get();
    t.run();
    CHECK_FALSE(whole->body_ec);
    CHECK_FALSE(whole->response.body.cut_short());
    const CallPtr reset = t.get();
    t.run();
    CHECK(reset->body_ec == error::incomplete_body);
    CHECK_FALSE(reset->response.body.cut_short());
}

TEST_CASE("a tunnel that was cut off has not ended in an orderly way", "[T13]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end,
                                "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbytes",
                                Ending::cut}}});
    Request request("GET", t.url());
    request.headers.set("Connection", "upgrade");
    request.headers.set("Upgrade", "x");
    const CallPtr call = t.send(std::move(request));
    t.run();
    CHECK(call->status() == 101);
    CHECK(call->body == "bytes");
    CHECK(call->body_ec == error::incomplete_body);
    CHECK_FALSE(call->response.body.cut_short());
}
