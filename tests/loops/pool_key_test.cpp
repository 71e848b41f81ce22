// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Which requests may share a connection, from the URL and the options as users write them to the
// connection that is lent.

#include "../support/loops_tests.hpp"

#include <string>
#include <vector>

using namespace hawser::test;

namespace {

/// What a request requires of its connection.
struct Target {
    std::string url;
    std::string tag{};
};

/// Whether the second request gets the connection that the first one left idle.
bool share(const Target& first, const Target& second) {
    ScriptTransport t;
    for (const Target& target : {first, second}) {
        Request request("GET", target.url);
        request.options.pool_tag = target.tag;
        const CallPtr call = t.send(std::move(request));
        t.run();
        CHECK(call->body == "ok");
    }
    CHECK(t.stats().reused == (t.net->dialed == 1 ? 1 : 0));
    return t.net->dialed == 1;
}

}  // namespace

TEST_CASE("any difference in the key requires another connection", "[R16][R19][R20][R22][R23]") {
    const std::vector<Target> targets = {
        {"http://a.example/"},          {"https://a.example:80/"},
        {"https://a.example/"},         {"http://a.example:443/"},
        {"http://a.example:81/"},       {"http://a.example./"},
        {"http://b.example/"},          {"http://aa.example/"},
        {"http://xn--a-1ga.example/"},  {"http://127.0.0.1/"},
        {"http://127.0.0.11/"},         {"http://[::1]/"},
        {"http://[::ffff:127.0.0.1]/"}, {"http://[fe80::1]/"},
        {"http://[fe80::1%25lo]/"},     {"http://[fe80::1%25eth0]/"},
        {"http://a.example/", "Pass"},  {"http://a.example/", "pass"},
        {"http://a.example/", "pass "}, {"http://b.example/", "pass"},
    };
    for (std::size_t i = 0; i < targets.size(); ++i) {
        for (std::size_t j = 0; j < targets.size(); ++j) {
            INFO(targets[i].url << targets[i].tag << " then " << targets[j].url << targets[j].tag);
            CHECK(share(targets[i], targets[j]) == (i == j));
        }
    }
}

TEST_CASE("URLs that only look different share a connection", "[R20]") {
    const std::vector<std::string> same = {"http://a.example/",
                                           "HTTP://A.Example/",
                                           "http://a.example:80",
                                           "http://a.example:/x?y#z",
                                           "http://user:secret@a.example/"};
    for (const std::string& url : same) {
        INFO(url);
        CHECK(share({same[0]}, {url}));
        CHECK(share({url}, {same[0]}));
    }
    CHECK(share({"http://[FE80::A%25lo]/"}, {"http://[fe80::a%25lo]:80/"}));
}
