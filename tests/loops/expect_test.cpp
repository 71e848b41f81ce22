// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// `Expect: 100-continue`: when the body is sent, and what happens to the connection if it is not.

#include "../support/loops_tests.hpp"

#include <cstring>
#include <string>

using namespace hawser::test;

namespace {

const std::string proceed = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string body = "the-body";

CallPtr post_expecting(ScriptTransport& t, RequestBody content = body) {
    Request request("POST", t.url(), std::move(content));
    request.headers.set("Expect", "100-continue");
    return t.send(std::move(request));
}

bool sent(const Wire& wire) {
    return wire.written().find(body) != std::string::npos;
}

}  // namespace

TEST_CASE("the body follows the server's 100, and the connection is reused", "[F-E02]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ""}, {body, ok}}});
    const CallPtr call = post_expecting(t);
    t.run();
    CHECK_FALSE(call->done());
    CHECK_FALSE(sent(t.wire()));
    CHECK(t.wire().written().find("Expect: 100-continue\r\n") != std::string::npos);
    t.wire().say(proceed);
    t.run();
    CHECK(call->status() == 200);
    CHECK(sent(t.wire()));
    CHECK(t.stats().idle == 1);
}

TEST_CASE("without a 100 the body is sent after the timeout, and a late 100 does no harm",
          "[F-E02][R14]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ""}, {body, proceed + ok}}});
    const CallPtr call = post_expecting(t);
    t.run();
    t.advance(milliseconds{999});
    CHECK_FALSE(sent(t.wire()));
    t.advance(milliseconds{1});
    CHECK(call->status() == 200);
    CHECK(sent(t.wire()));
    CHECK(t.stats().idle == 1);
}

TEST_CASE("a wait of 0 sends head and body at once", "[F-E03]") {
    TransportOptions options;
    options.expect_continue_timeout = milliseconds{0};
    ScriptTransport t(options);
    t.net->scripts.push_back({{{body, ok}}});
    const CallPtr call = post_expecting(t);
    t.run();
    CHECK(call->status() == 200);
}

TEST_CASE(
    "a final status before the body: it is delivered, the body is not sent, and the connection "
    "closes",
    "[R13]") {
    for (const std::string reply :
         {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
          "HTTP/1.1 304 No\r\n\r\n",
          "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
          "HTTP/1.1 413 No\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"}) {
        for (const bool stream : {false, true}) {
            ScriptTransport t;
            t.net->scripts.push_back({{{head_end, reply}}});
            int reads = 0;
            const CallPtr call =
                post_expecting(t,
                               stream ? RequestBody::stream([&](asio::mutable_buffer) {
                                   ++reads;
                                   return std::size_t{0};
                               })
                                      : RequestBody(body));
            t.run();
            REQUIRE(call->done());
            CHECK_FALSE(call->ec);
            CHECK_FALSE(sent(t.wire()));
            CHECK(reads == 0);
            CHECK(t.stats().open == 0);
            CHECK(t.stats().write_unfinished == 1);
            CHECK_FALSE(call->response.request_sent());
        }
    }
}

TEST_CASE("after a 2xx without close the body is sent, even without a 100", "[R12]") {
    const bool stream = GENERATE(false, true);
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 201 C\r\nContent-Length: 2\r\n\r\nok"}}});
    int left = 1;
    const CallPtr call = post_expecting(
        t,
        stream ? RequestBody::stream([&](asio::mutable_buffer buffer) -> std::size_t {
            std::memcpy(buffer.data(), body.data(), body.size());
            return left-- != 0 ? body.size() : 0;
        })
               : RequestBody(body));
    t.run();
    REQUIRE(call->done());
    CHECK(call->status() == 201);
    CHECK(sent(t.wire()));
    CHECK(call->response.request_sent());
    CHECK(t.stats().idle == 1);
}

TEST_CASE("the body stays withheld while the response is still being read", "[R13]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 401 No\r\nContent-Length: 4\r\n\r\nno"}}});
    const CallPtr call = post_expecting(t);
    t.run();
    CHECK_FALSE(call->done());
    t.advance(seconds{5});
    CHECK_FALSE(sent(t.wire()));
    t.wire().say("pe");
    t.run();
    CHECK(call->body == "nope");
    CHECK(t.stats().write_unfinished == 1);
}

TEST_CASE("417: the request is sent once more, without the expectation", "[B-13]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"}}});
    t.net->scripts.push_back({{{body, ok}}});
    const CallPtr call = post_expecting(t);
    t.run();
    CHECK(call->status() == 200);
    CHECK_FALSE(sent(t.wire(0)));
    CHECK(t.wire(1).written().find("Expect") == std::string::npos);
    CHECK(t.stats().retried_without_expectation == 1);
}

TEST_CASE("417 after the body was sent is a response like any other", "[B-13]") {
    ScriptTransport t;
    t.net->scripts.push_back(
        {{{head_end, proceed}, {body, "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"}}});
    const CallPtr call = post_expecting(t);
    t.run();
    CHECK(call->status() == 417);
    CHECK(t.stats().retried == 0);
    CHECK(t.stats().idle == 1);
}

TEST_CASE("a connection that ends while the body is withheld receives nothing of it", "[F-E02]") {
    for (const Ending ending : {Ending::eof, Ending::reset}) {
        ScriptTransport t;
        t.net->scripts.push_back({{{head_end, "", ending}}});
        const CallPtr call = post_expecting(t);
        t.run();
        REQUIRE(call->done());
        CHECK(call->ec == (ending == Ending::eof ? error::server_closed : error::connection_reset));
        CHECK_FALSE(sent(t.wire()));
    }
}

TEST_CASE("a withheld streamed body is sent piece by piece after the 100") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ""}, {"0\r\n\r\n", ok}}});
    int left = 3;
    const CallPtr call =
        post_expecting(t, RequestBody::stream([&](asio::mutable_buffer buffer) -> std::size_t {
                           if (left == 0) {
                               return 0;
                           }
                           --left;
                           static_cast<char*>(buffer.data())[0] = 'x';
                           return 1;
                       }));
    t.run();
    CHECK(left == 3);
    t.wire().say(proceed);
    t.run();
    CHECK(left == 0);
    CHECK(call->status() == 200);
    CHECK(t.wire().written().ends_with("1\r\nx\r\n1\r\nx\r\n1\r\nx\r\n0\r\n\r\n"));
}

TEST_CASE("the response header timeout starts once the body is sent, not while it is withheld") {
    TransportOptions options;
    options.response_header_timeout = milliseconds{300};
    ScriptTransport t(options);
    t.net->scripts.push_back({{{head_end, ""}}});
    const CallPtr call = post_expecting(t);
    t.run();
    t.advance(milliseconds{1000});
    CHECK(sent(t.wire()));
    CHECK_FALSE(call->done());
    t.advance(milliseconds{300});
    REQUIRE(call->done());
    CHECK(call->ec == error::header_timeout);
}

TEST_CASE("a request with Expect ends while its head still waits to be written", "[R13]") {
    TransportOptions options;
    options.write_timeout = milliseconds{300};
    const bool by_caller = GENERATE(false, true);
    ScriptTransport t(options);
    t.net->scripts.push_back(full_after(10, answers(head_end, "")));
    const CallPtr call = post_expecting(t);
    t.run();
    CHECK_FALSE(call->done());
    if (by_caller) {
        call->cancel();
        t.run();
        CHECK(call->ec == asio::error::operation_aborted);
    } else {
        t.advance(milliseconds{300});
        CHECK(call->ec == error::write_timeout);
    }
    CHECK(t.stats().open == 0);
    CHECK(t.stats().strands == 0);
}
