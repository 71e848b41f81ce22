// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Single exchanges in which the order of two events matters: a cancellation and the draining, the
// end of a body and the connection's return, an error and the object that still holds the response.

#include "../support/loops_tests.hpp"
#include "../support/trace_log.hpp"

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hawser::test;

namespace {

/// A source that delivers `text` once, then ends or throws; only the source holds `alive`.
RequestBody source_of(std::string text, std::shared_ptr<int> alive, bool throws = false) {
    return RequestBody::stream([text = std::move(text), alive = std::move(alive), throws](
                                   asio::mutable_buffer buffer) mutable -> std::size_t {
        if (text.empty() && throws) {
            throw std::runtime_error("broken");
        }
        const std::size_t n = text.size();
        std::memcpy(buffer.data(), text.data(), n);
        text.clear();
        return n;
    });
}

}  // namespace

TEST_CASE("a cancellation does not affect the draining of a body closed before it", "[F-X09]") {
    TransportOptions options;
    options.drain_bytes = 10;
    ScriptTransport t(options);
    t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}}});
    const CallPtr call = t.get(Reading::drop);
    t.run();
    REQUIRE(t.stats().active == 1);
    call->cancel();
    t.run();
    CHECK(t.stats().active == 1);
    t.wire().say("cde");
    t.run();
    CHECK(t.stats().idle == 1);
    CHECK(t.stats().drained == 1);
}

TEST_CASE("a failed body holds nothing, even if nobody closes it", "[X-02][F-D08]") {
    for (const std::string framing : {"Content-Length: 9\r\n\r\nab",
                                      "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
                                      "\r\nab"}) {
        for (const Ending ending : {Ending::eof, Ending::reset}) {
            if (framing == "\r\nab" && ending == Ending::eof) {
                continue;  // a regular end
            }
            ScriptTransport t;
            t.net->scripts.push_back({{{head_end, "HTTP/1.1 200 OK\r\n" + framing}}});
            const CallPtr call = t.get();
            t.run();
            t.wire().say("", ending);
            t.run();
            REQUIRE(call->done());
            CHECK(call->body_ec == error::incomplete_body);
            CHECK(t.stats().open == 0);  // the call still holds the response
            CHECK(t.stats().strands == 0);
            CHECK(t.wire().closed());
        }
    }
}

TEST_CASE("without a body the connection is idle before the response is delivered", "[F-D09]") {
    for (const auto& [method, reply] :
         {std::pair{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"},
          std::pair{"GET", "HTTP/1.1 204 N\r\n\r\n"},
          std::pair{"GET", "HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n"},
          std::pair{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}) {
        INFO(method << ' ' << reply);
        ScriptTransport t;
        t.net->scripts.push_back({{{head_end, reply}}});
        const CallPtr call = t.send(Request(method, t.url()), Reading::nothing);
        while (call->completions == 0) {
            CHECK(t.stats().returned <= 1);
            REQUIRE(t.step());
        }
        CHECK(t.stats().idle == 1);
        CHECK(t.stats().returned == 1);
    }
}

TEST_CASE("the source of a body is released, whatever became of its request", "[F-B08]") {
    enum class Way { answered, refused, no_dial, hung_up, canceled, early, broken };
    for (const Way way : {Way::answered,
                          Way::refused,
                          Way::no_dial,
                          Way::hung_up,
                          Way::canceled,
                          Way::early,
                          Way::broken}) {
        INFO(static_cast<int>(way));
        auto alive = std::make_shared<int>();
        const std::weak_ptr<int> watch = alive;
        ScriptTransport t;
        WireScript script{{{"0\r\n\r\n", ok}}};
        if (way == Way::hung_up) {
            script.turns = {{head_end, "", Ending::reset}};
        } else if (way == Way::early) {
            script.turns = {{head_end, "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n"}};
            script.room = 150;
        } else if (way == Way::canceled) {
            script.room = 150;
        }
        t.net->scripts.push_back(script);
        t.net->refuse =
            way == Way::no_dial ? make_error_code(error::connect_failed) : std::error_code();
        Request request(way == Way::refused ? "P T" : "POST",
                        t.url(),
                        source_of(std::string(300, 'x'), std::move(alive), way == Way::broken));
        const CallPtr call = t.send(std::move(request), Reading::nothing);
        t.run();
        if (way == Way::canceled) {
            CHECK_FALSE(watch.expired());
            call->cancel();
            t.run();
        }
        REQUIRE(call->completions == 1);
        CHECK(!call->ec == (way == Way::answered || way == Way::early));
        CHECK(watch.expired());
    }
}

TEST_CASE("a source that fails leaves a body without its last chunk, which is never retried",
          "[F-B09]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ok}}});
    t.get();
    t.run();  // a used connection
    Request request("PUT", t.url(), source_of("abc", nullptr, true));
    const CallPtr call = t.send(std::move(request));
    t.run();
    CHECK(call->ec == error::request_body_error);
    CHECK(t.wire().written().ends_with("\r\n3\r\nabc\r\n"));
    CHECK(t.wire().closed());
    CHECK(t.net->dialed == 1);
    CHECK(t.stats().retried == 0);
}

TEST_CASE("each request that finds no idle connection dials", "[F-I07]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ""}}});
    const CallPtr busy = t.get();
    t.run();
    t.net->hold = true;
    const std::vector<CallPtr> calls{t.get(), t.get(), t.get()};
    t.run();
    CHECK(t.stats().dialing == 3);
    CHECK(t.stats().waiting == 3);
    t.net->held.at(0)->end_later(error::connect_failed);  // [F-I08] one of them fails
    t.run();
    CHECK(t.stats().dialing == 2);
    CHECK(calls[0]->ec == error::connect_failed);
    CHECK(calls[1]->completions == 0);
    CHECK(calls[2]->completions == 0);
    for (std::size_t i : {1u, 2u}) {
        t.net->held.at(i)->end_later();
    }
    t.net->held.clear();
    t.run();
    CHECK(calls[1]->body == "ok");
    CHECK(calls[2]->body == "ok");
    t.wire(0).say(ok);
    t.run();
    CHECK(busy->body == "ok");
    CHECK(t.stats().idle == 3);
}

TEST_CASE("a host keeps as many idle connections as it needed, up to the limit over all hosts",
          "[B-19]") {
    ScriptTransport t({.max_idle_conns = 20});
    for (int i = 0; i < 25; ++i) {
        t.get();
    }
    t.run();
    CHECK(t.stats().dialed == 25);
    CHECK(t.stats().idle == 20);
    for (int i = 0; i < 20; ++i) {
        t.get();
    }
    t.run();
    CHECK(t.stats().dialed == 25);
}

TEST_CASE("the idle time of a connection restarts with each return", "[X-11][F-I12]") {
    ScriptTransport t({.idle_conn_timeout = seconds{30}});
    t.get();
    t.run();
    t.advance(seconds{29});
    t.get();
    t.run();
    t.advance(seconds{29});  // 58 s after its first return
    CHECK(t.stats().idle == 1);
    CHECK(t.net->dialed == 1);
    t.advance(seconds{1});
    CHECK(t.stats().open == 0);
}

TEST_CASE("an expectation without a body waits for nothing", "[F-E01]") {
    ScriptTransport t({.response_header_timeout = milliseconds{300}});
    t.net->scripts.push_back({{{head_end, ""}}});
    const auto log = std::make_shared<TraceLog>();
    Request request("POST", t.url());
    request.headers.set("Expect", "100-continue");
    request.options.trace = log;
    const CallPtr call = t.send(std::move(request));
    t.run();
    CHECK(t.wire().written().find("Expect: 100-continue\r\n") != std::string::npos);
    CAPTURE(log->text);
    CHECK(log->text.ends_with("wrote_headers, wrote_request"));
    t.advance(milliseconds{300});  // counted from the end of writing the request
    CHECK(call->ec == error::header_timeout);
}

TEST_CASE("a connection handed from one request to the next was not idle in between", "[F-H02]") {
    ScriptTransport t({.max_conns_per_host = 1});
    t.net->scripts.push_back({{{head_end, ok}, {head_end, ""}, {head_end, ok}}});
    t.get();
    t.run();
    t.advance(milliseconds{5});  // idle
    const CallPtr busy = t.get();
    const auto log = std::make_shared<TraceLog>();
    Request request("GET", t.url());
    request.options.trace = log;
    t.send(std::move(request));
    t.run();
    t.advance(milliseconds{7});  // not idle
    t.wire().say(ok);
    t.run();
    CHECK(busy->body == "ok");
    CAPTURE(log->text);
    CHECK(log->text.find("got_conn 1 reused, ") != std::string::npos);
    CHECK(log->text.find("idle") == std::string::npos);
}

TEST_CASE("changes by the caller to a response do not affect the draining", "[X-14]") {
    TransportOptions options;
    options.drain_bytes = 10;
    for (const bool small : {false, true}) {
        ScriptTransport t(options);
        t.net->scripts.push_back({{{head_end,
                                    "HTTP/1.1 200 OK\r\nContent-Length: " +
                                        std::string(small ? "5" : "5000") + "\r\n\r\nab"}}});
        const CallPtr call = t.get(Reading::nothing);
        t.run();
        call->response.content_length = small ? 5000 : 5;
        call->response.headers.set("Connection", "close");
        call->response.body.close();
        t.run();
        CHECK(t.stats().active == (small ? 1 : 0));
        t.close_idle();
        t.advance(milliseconds{50});
    }
}

TEST_CASE("one read takes all chunks received so far, and never waits for more", "[B-42]") {
    std::string chunks;
    for (int i = 0; i < 100; ++i) {
        chunks += "1\r\nx\r\n";
    }
    ScriptTransport t;
    t.net->scripts.push_back(
        {{{head_end, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks}}});
    const CallPtr call = t.get(Reading::nothing);
    t.run();
    char bytes[1000];
    std::vector<std::size_t> sizes;
    const auto read = [&] {
        call->response.body.async_read_some(asio::buffer(bytes), [&](std::error_code ec, auto n) {
            sizes.push_back(ec ? 9999 : n);
        });
        t.run();
    };
    read();
    t.wire().say(chunks + "0\r\n\r\n");
    read();
    CHECK(sizes == std::vector<std::size_t>{100, 100});
    CHECK(t.stats().idle == 1);  // [F-D02] the end was reported with the last data
}

TEST_CASE("head and body of a small request leave in one write", "[F-W10][B-41]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, ok}}, true});
    t.get();
    t.run();
    CHECK(t.wire().writes() == 1);
    const CallPtr call = t.post(RequestBody{std::string(3000, 'x') + head_end});
    t.run();
    CHECK(call->body == "ok");
    CHECK(t.wire().writes() == 2);
}

TEST_CASE("each piece of a streamed body leaves before the next one is requested", "[F-W10]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{"0\r\n\r\n", ok}}});
    std::vector<std::size_t> writes;
    const CallPtr call = t.post(RequestBody::stream([&](asio::mutable_buffer buffer) {
        writes.push_back(t.wire().writes());
        std::memcpy(buffer.data(), "abc", 3);
        return writes.size() <= 3 ? std::size_t{3} : std::size_t{0};
    }));
    t.run();
    CHECK(call->body == "ok");
    CHECK(writes == std::vector<std::size_t>{0, 1, 2, 3});  // the head leaves with the first piece
}
