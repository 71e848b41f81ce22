// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The text of an exception from a blocking call: no secret, nothing that a terminal would
// interpret, and bounded.

#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"

#include <algorithm>
#include <string>

using namespace hawser::test;

namespace {

/// The text of the exception with which a request fails.
std::string text_of(Client& client, Request request) {
    try {
        client.send(std::move(request));
    } catch (const std::system_error& failure) {
        return failure.what();
    }
    return "";
}

bool printable(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

TEST_CASE("the text of an error is printable, short, and contains no password", "[U22][T12][C13]") {
    std::string closed_url;
    {
        ScriptServer closed{hello_server()};
        closed_url = closed.url();
    }
    const std::string authority = closed_url.substr(7, closed_url.size() - 8);
    Client client;
    const std::string plain =
        text_of(client, {"GET", "http://joe:canary%1bsecret@" + authority + "/a\xff?q"});
    CHECK(plain.find("GET http://" + authority + "/a%FF?q") == 0);
    CHECK(plain.find("canary") == std::string::npos);
    CHECK(plain.find("secret") == std::string::npos);
    for (const std::string method : {"GE\x1b[31mT", "GET\r\nX: y", "G\x80T"}) {
        const std::string text = text_of(client, {method, closed_url});
        CAPTURE(text);
        CHECK(text.find("http://") != std::string::npos);
        CHECK(printable(text));
    }
    const std::string longest(60'000, 'a');
    for (const Request& request :
         {Request{"GET", closed_url + longest}, Request{longest, closed_url}}) {
        const std::string text = text_of(client, request);
        CHECK(text.size() > 100);
        CHECK(text.size() < 400);
    }
    ScriptServer evil{hello_server(),
                      {.tls = ServerTls{.cert = TestCert::self_signed(
                                            {.cn = "\x1b[31mcanary\n", .ips = {"127.0.0.1"}})}}};
    const std::string refused = text_of(client, {"GET", evil.url()});
    CHECK(refused.find("certificate") != std::string::npos);
    CHECK(refused.find("canary") != std::string::npos);  // the certificate's name
    CHECK(refused.size() < 500);
    CHECK(printable(refused));
}
