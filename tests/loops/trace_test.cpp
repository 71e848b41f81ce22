// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The events that a ClientTrace receives, and their order.

#include "../support/loops_tests.hpp"
#include "../support/trace_log.hpp"
#include <hawser/detail/message/accept_encoding.hpp>

#include <string>

using namespace hawser::test;

namespace {

const std::string fields = "Host: host.example, User-Agent: hawser/" HAWSER_VERSION_TEXT ", " +
                           std::string(hawser::detail::accept_encoding_line.substr(
                               0, hawser::detail::accept_encoding_line.size() - 2)) +
                           ", ";

/// A transport, and a request whose trace is logged.
struct Traced : ScriptTransport {
    explicit Traced(TransportOptions options = {}) : ScriptTransport(std::move(options)) {}

    CallPtr traced(Request request, Reading reading = Reading::all) {
        log->text.clear();
        request.options.trace = log;
        const CallPtr call = send(std::move(request), reading);
        run();
        return call;
    }
    CallPtr traced_get(Reading reading = Reading::all) {
        return traced(Request("GET", url()), reading);
    }

    std::shared_ptr<TraceLog> log = std::make_shared<TraceLog>();
};

}  // namespace

TEST_CASE("a whole response: all events are reported before the handler runs",
          "[F-H01][F-H02][F-H06][F-H07]") {
    Traced t;
    t.traced_get();
    CHECK(t.log->text ==
          "begin 1, get_conn host.example:80, got_conn 1 new, " + fields +
              "wrote_headers, wrote_request, first_byte, put 1 yes, end conn 1 out " +
              std::to_string(t.wire().written().size()) + " in 40");
    t.clock->now += milliseconds{5};
    t.traced_get();
    CHECK(t.log->text.find("got_conn 1 idle 5 ms, ") != std::string::npos);
}

TEST_CASE("a streamed body: its end is reported once it is read, with the reason against reuse",
          "[F-H03]") {
    struct Case {
        std::string head;
        std::string later = "";
        Ending ending = Ending::none;
        Reading reading = Reading::all;
        std::string told;
    };
    const std::string length = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
    const std::string close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\n";
    for (const Case& c : std::vector<Case>{
             {.head = length, .later = "abcd", .told = "put 1 yes, end conn 1"},
             {.head = close, .later = "abcd", .told = "put 1 not_persistent, end conn 1"},
             {.head = length, .later = "abcdX", .told = "put 1 leftover_bytes, end conn 1"},
             {.head = length,
             .later = "ab",
             .ending = Ending::eof,
             .told = "put 1 failed, end incomplete_body conn 1"},
             {.head = length, .reading = Reading::drop, .told = "put 1 early_close, end conn 1"}}) {
        Traced t;
        t.net->scripts.push_back(answers(head_end, c.head));
        t.traced_get(c.reading);
        CHECK((c.reading == Reading::drop || t.log->text.find("put") == std::string::npos));
        t.wire().say(c.later, c.ending);
        t.run();
        CAPTURE(t.log->text);
        CHECK(t.log->text.find(c.told) != std::string::npos);
        CHECK(t.log->balanced());
    }
}

TEST_CASE("interim responses and the wait for 100 are reported", "[F-H08]") {
    Traced t;
    t.net->scripts.push_back(
        {{{head_end, "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 Go\r\n\r\n"},
          {"body", "HTTP/1.1 199 Hm\r\n\r\n" + ok}}});
    Request request("POST", t.url(), "body");
    request.headers.set("Expect", "100-continue");
    t.traced(std::move(request));
    CAPTURE(t.log->text);
    CHECK(t.log->text.find("wrote_headers, wait_100, first_byte, 103 Link: x, got_100, 100, "
                           "wrote_request, 199, put 1 yes, end") != std::string::npos);
}

TEST_CASE("a retry is reported between the attempts, which stay balanced", "[F-H06][B-32]") {
    Traced t;
    t.net->scripts.push_back({{{head_end, ok}, {head_end, "", Ending::eof}}});
    t.get();
    t.run();
    t.traced_get();
    CAPTURE(t.log->text);
    CHECK(t.log->text.find("wrote_request, put 1 failed, end server_closed conn 1") !=
          std::string::npos);
    CHECK(
        t.log->text.find("retry idempotent, begin 2, get_conn host.example:80, got_conn 2 new, ") !=
        std::string::npos);
    CHECK(t.log->text.find("put 2 yes, end conn 2") != std::string::npos);
    CHECK(t.log->balanced());
}

TEST_CASE("an error is reported before the handler gets it, and nothing after it") {
    Traced t;
    t.net->refuse = error::connect_failed;
    const CallPtr call = t.traced_get();
    CHECK(call->ec == error::connect_failed);
    CHECK(t.log->text == "begin 1, get_conn host.example:80, end connect_failed out 0 in 0");
}

TEST_CASE("a request that is canceled while it waits, or while it is served, ends its attempt") {
    Traced t;
    t.net->hold = true;
    const CallPtr waiting = t.traced_get();
    waiting->cancel();
    t.run();
    CHECK(t.log->text == "begin 1, get_conn host.example:80, end operation_aborted out 0 in 0");
    t.net->hold = false;
    t.net->held.at(0)->end_later();
    t.net->held.clear();
    t.net->scripts.push_back({});
    const CallPtr served = t.traced_get();
    served->cancel();
    t.run();
    CHECK(t.log->text.find("put 1 failed, end operation_aborted conn 1") != std::string::npos);
}

TEST_CASE("the trace reports a connection that the pool has no room for", "[F-H03]") {
    TransportOptions options;
    options.disable_keep_alives = true;
    Traced t(options);
    t.traced_get();
    CHECK(t.log->text.find("put 1 not_persistent") != std::string::npos);
}

TEST_CASE("an early response is reported before the request is written") {
    Traced t;
    t.net->scripts.push_back(
        full_after(10, answers("", "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n")));
    t.traced(Request("POST", t.url(), "body"));
    CAPTURE(t.log->text);
    CHECK(
        t.log->text.find("got_conn 1 new, first_byte, put 1 write_unfinished, end conn 1 out 10") !=
        std::string::npos);
}

TEST_CASE("a trace may call anything: no lock is held") {
    struct Nosy final : hawser::ClientTrace {
        explicit Nosy(ScriptTransport& t) : transport(t) {}
        void got_first_response_byte() override {
            CHECK(transport.stats().open == 1);
            transport.core->close_idle_connections();
            other = transport.get();
        }
        void put_idle_conn(std::uint64_t, hawser::Reuse) override { call->cancel(); }
        ScriptTransport& transport;
        CallPtr other, call;
    };
    ScriptTransport t;
    const auto trace = std::make_shared<Nosy>(t);
    Request request("GET", t.url());
    request.options.trace = trace;
    trace->call = t.send(std::move(request));
    t.run();
    CHECK(trace->call->status() == 200);
    CHECK(trace->other->status() == 200);
    trace->call = trace->other = nullptr;
}
