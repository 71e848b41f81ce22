// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// A ClientTrace that overrides nothing, and one that must not change behavior.

#include "../support/loops_tests.hpp"
#include "../support/trace_log.hpp"

using namespace hawser::test;

namespace {

const std::string interim = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n";

}  // namespace

TEST_CASE("a trace that overrides nothing receives all events without harm", "[T-L02]") {
    ScriptTransport t;
    t.net->scripts.push_back({{{head_end, interim + "HTTP/1.1 100 Go\r\n\r\n"},
                               {"body", ok},
                               {head_end, "", Ending::eof}}});
    Request request("POST", t.url(), "body");
    request.headers.set("Expect", "100-continue");
    request.options.trace = std::make_shared<hawser::ClientTrace>();
    const CallPtr first = t.send(std::move(request));
    t.run();
    CHECK(first->body == "ok");
    Request retried("GET", t.url());
    retried.options.trace = std::make_shared<hawser::ClientTrace>();
    const CallPtr second = t.send(std::move(retried));
    t.run();
    CHECK(second->body == "ok");
    CHECK(t.stats().retried == 1);
}

TEST_CASE("interim responses count against the limit, with or without a trace", "[T-F03][T-F04]") {
    const int most = 256 * 1024 / static_cast<int>(interim.size());
    for (const bool traced : {false, true}) {
        for (const int n : {100, most + 1}) {
            ScriptTransport t;
            std::string reply;
            for (int i = 0; i < n; ++i) {
                reply += interim;
            }
            t.net->scripts.push_back({{{head_end, reply + ok}}});
            Request request("GET", t.url());
            const auto log = std::make_shared<TraceLog>();
            if (traced) {
                request.options.trace = log;
            }
            const CallPtr call = t.send(std::move(request));
            t.run();
            CHECK(call->ec ==
                  (n == 100 ? std::error_code() : make_error_code(error::headers_too_large)));
            CHECK((log->text.find("103 Link: x") != std::string::npos) == traced);
        }
    }
    ScriptTransport small({.max_response_header_bytes = 2 * interim.size() + 38});
    for (const int n : {2, 3}) {  // the head of `ok` has 38 bytes
        small.net->scripts.push_back(
            {{{head_end, interim + interim + (n == 3 ? interim : "") + ok}}});
        const CallPtr call = small.get();
        small.run();
        CHECK(call->ec == (n == 2 ? std::error_code() : make_error_code(error::headers_too_large)));
        small.close_idle();
    }
}
