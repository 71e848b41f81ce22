// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#include <hawser/detail/message/request_writer.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <string>

using namespace hawser;
using namespace hawser::detail;

namespace {

/// The explanation for a request that the writer refused.
std::string refusal(const Request& request, const HeadExtras& extras = {}) {
    const OutgoingPlan plan = plan_request_body(request);
    HeadBuffer out;
    RequestTraits traits;
    REQUIRE(write_request_head(request, plan, extras, out, traits) == error::invalid_request);
    return explain_refusal(request, plan, extras);
}

struct Row {
    std::function<void(Request&)> spoil;
    std::string reason;
};

}  // namespace

TEST_CASE("a refusal names the field and the rule") {
    const auto field = [](std::string name, std::string value) {
        return [=](Request& request) { request.headers.add(name, value); };
    };
    const auto method = [](std::string name) {
        return [=](Request& request) { request.method = name; };
    };
    const Row rows[] = {
        {field("Bad Name", "x"), "header field 2, \"Bad Name\": the name is not a token"},
        {field("", "x"), "header field 2, \"\": the name is not a token"},
        {field("A", "b\r\nsecret"),
         "header field 2, \"A\": the value has a control character in it"},
        {field("Host", "x"), "header field 2, \"Host\" belongs to the library: set Request::host"},
        {field("content-length", "5"),
         "header field 2, \"content-length\" belongs to the library, which writes it"},
        {field("Transfer-Encoding", "chunked"),
         "header field 2, \"Transfer-Encoding\" belongs to the library, which writes it"},
        {field("Trailer", "X"),
         "header field 2, \"Trailer\" belongs to the library, which writes it"},
        {field("Connection", "close, X"),
         "header field 2, \"Connection\": only close, keep-alive and upgrade may be in it"},
        {field("Expect", "more"), "header field 2, \"Expect\": only 100-continue may be in it"},
        {field("Long", std::string(1 << 21, 'x')), "the head would be longer than 1 MiB"},
        {method("GE T"), "the method \"GE T\" is not a token"},
        {method("connect"), "the method \"connect\" must be written CONNECT"},
        {method("CONNECT"), "CONNECT needs Request::host, which it asks for"},
        {[](Request& request) {
             request.method = "CONNECT";
             request.host = "a";
         },
         "CONNECT needs \"host:port\" in Request::host"},
        {[](Request& request) {
             request.method = "CONNECT";
             request.host = "a:1";
             request.body = "x";
         },
         "CONNECT takes no body"},
        {[](Request& request) {
             request.method = "TRACE";
             request.body = "x";
         },
         "TRACE takes neither a body nor credentials, which it would echo"},
        {[](Request& request) {
             request.method = "TRACE";
             request.headers.add("Cookie", "a=secret");
         },
         "TRACE takes neither a body nor credentials, which it would echo"},
        {[](Request& request) { request.host = "a/b"; },
         "Request::host, \"a/b\", is no host of a URL"},
        {[](Request& request) { request.trailers.add("X", "1"); },
         "trailers need a body to follow"},
        {[](Request& request) {
             request.body = "x";
             request.trailers.add("X", "1");
             request.trailers.add("X Y", "1");
         },
         "trailer 2, \"X Y\": the name is not a token"},
        {[](Request& request) {
             request.body = "x";
             request.trailers.add("Set-Cookie", "a=secret");
         },
         "trailer 1, \"Set-Cookie\" may not be sent after the body"},
    };
    for (const Row& row : rows) {
        Request request{"GET", "http://a/"};
        request.headers.add("Fine", "1");
        row.spoil(request);
        CHECK(refusal(request) == row.reason);
    }
    CHECK(refusal({"GET", "http://a/"}, {.user_agent = "a\r\nb"}) ==
          "TransportOptions::user_agent has a control character in it");
}
