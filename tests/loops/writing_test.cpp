// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What happens to a request of which its connection took no byte, and to its body source.

#include "../support/loops_tests.hpp"

using namespace hawser::test;

namespace {

/// The bytes of a request on the wire.
std::string wire_image(Request request) {
    ScriptTransport t;
    t.send(std::move(request));
    t.run();
    return t.wire().written();
}

/// A body of "abc" that holds `token` as long as the body may still be read.
RequestBody streamed(const std::shared_ptr<int>& token) {
    return RequestBody::stream([token](asio::mutable_buffer buffer) -> std::size_t {
        std::memcpy(buffer.data(), "abc", 3);
        return (*token)++ == 0 ? 3 : 0;
    });
}

}  // namespace

TEST_CASE("a stale connection that accepted no byte costs any request one more attempt",
          "[T-B01]") {
    for (const std::string method : {"GET", "DELETE", "POST", "PATCH"}) {
        for (const bool with_body : {false, true}) {
            CAPTURE(method, with_body);
            const Request request(method,
                                  ScriptTransport::url(),
                                  with_body ? RequestBody("the body") : RequestBody());
            WireScript stale{{{head_end, ok}}};
            stale.room = wire_image(Request("GET", ScriptTransport::url())).size();
            stale.write_error = asio::error::broken_pipe;
            ScriptTransport t;
            t.net->scripts.push_back(stale);
            t.get();
            t.run();
            const CallPtr call = t.send(request);
            t.run();
            REQUIRE(call->done());
            CHECK_FALSE(call->ec);
            CHECK(call->body == "ok");
            CHECK(t.stats().retried == 1);
            CHECK(t.stats().retried_unwritten == 1);
            CHECK(t.net->dialed == 2);
            CHECK(t.wire(1).written() == wire_image(request));
        }
    }
}

TEST_CASE("a source is released if its connection ends first, or responds with garbage",
          "[T-B12][T-G38]") {
    for (const bool nonsense : {false, true}) {
        CAPTURE(nonsense);
        const auto token = std::make_shared<int>(0);
        ScriptTransport t;
        t.net->scripts.push_back({{{"0\r\n\r\n", "nonsense"}}});
        t.net->fault->at = nonsense ? unlimited : 1;  // the first operation after the dial
        const CallPtr call = t.post(streamed(token));
        CHECK(token.use_count() > 1);
        t.run();
        REQUIRE(call->done());
        CHECK(call->ec == (nonsense ? error::bad_response : error::connection_reset));
        CHECK((*token == 2) == nonsense);
        CHECK(token.use_count() == 1);
        CHECK(t.stats().open == 0);
        CHECK(t.stats().retried == 0);
        t.net->fault->at = unlimited;
    }
}
