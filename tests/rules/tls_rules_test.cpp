// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Which names a wildcard covers that OpenSSL's matcher leaves to us, and when a dial is repeated
// because a server refused a session, as tables.

#include <hawser/detail/policy/certificate_name.hpp>
#include <hawser/detail/policy/session_retry.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace hawser::detail;

TEST_CASE("a wildcard covers one label with an underscore, and nothing more") {
    const std::string long_label(64, 'a');
    struct Row {
        std::string_view pattern;
        std::string host;
        bool covers;
    };
    using namespace std::string_view_literals;
    const Row rows[] = {
        {"*.example.com", "a_b.example.com", true},
        {"*.example.com", "_dmarc.example.com", true},
        {"*.example.com", "a_.example.com", true},
        {"*.EXAMPLE.com", "A_B.example.COM", true},
        {"*.my_zone.example.com", "a.my_zone.example.com", true},
        {"*.xn--bcher-kva.example", "a_b.xn--bcher-kva.example", true},
        // decided by OpenSSL
        {"*.example.com", "ab.example.com", false},
        {"a_b.example.com", "a_b.example.com", false},
        // not a whole label, or not the first
        {"a*.example.com", "a_b.example.com", false},
        {"*b.example.com", "a_b.example.com", false},
        {"*_b.example.com", "a_b.example.com", false},
        {"a_b.*.com", "a_b.example.com", false},
        {"*.*.com", "a_b.example.com", false},
        {"*.*.example.com", "a_b.c.example.com", false},
        {"**.example.com", "a_b.example.com", false},
        // too few or too many labels
        {"*.example.com", "a_b.c.example.com", false},
        {"*.example.com", "a_b.evilexample.com", false},
        {"*.example.com", "a_b.example.com.evil.com", false},
        {"*.b_c.example.com", "b_c.example.com", false},
        {"*.com", "a_b.com", false},
        {"*.a_b", "x.a_b", false},
        {"*", "a_b", false},
        {"*.", "a_b.", false},
        {"*..com", "a_b..com", false},
        {"", "a_b.example.com", false},
        // invalid labels
        {"*.example.com", ".example.com_", false},
        {"*.example.com", "-a_b.example.com", false},
        {"*.example.com", "a_b-.example.com", false},
        {"*.example.com", "xn--a_b.example.com", false},
        {"*.example.com", "XN--a_b.example.com", false},
        {"*.example.com", long_label.substr(2) + "_.example.com", true},
        {"*.example.com", long_label.substr(1) + "_.example.com", false},
        {"*.-example.com", "a_b.-example.com", false},
        {"*.example-.com", "a_b.example-.com", false},
        // dots and NULs at the end
        {"*.example.com.", "a_b.example.com", false},
        {"*.example.com", "a_b.example.com.", false},
        {"*.example.com\0.evil.com"sv, "a_b.example.com", false},
        {"*.example.com\0"sv, "a_b.example.com", false},
        {"*.example.com", std::string("a_b.example.com\0", 16), false},
        {"*.exa mple.com", "a_b.exa mple.com", false},
        // addresses
        {"*.2.3.4", "a_b.2.3.4", false},
        {"*.example.4", "a_b.example.4", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.pattern, row.host);
        CHECK(wildcard_covers_underscore(row.pattern, row.host) == row.covers);
    }
}

TEST_CASE("name constraints contain a host as RFC 5280 says") {
    using hawser::detail::is_in_subtree;
    CHECK(is_in_subtree("a.example", ""));
    CHECK(is_in_subtree("a.example", "a.example"));
    CHECK(is_in_subtree("A.example", "a.EXAMPLE"));
    CHECK(is_in_subtree("b.a.example", "a.example"));
    CHECK(is_in_subtree("b.a.example", ".a.example"));
    CHECK_FALSE(is_in_subtree("a.example", ".a.example"));
    CHECK_FALSE(is_in_subtree("ba.example", "a.example"));
    CHECK_FALSE(is_in_subtree("example", "a.example"));
    CHECK_FALSE(is_in_subtree("a.example.com", "a.example"));
}

TEST_CASE("only a broken handshake that offered a session is repeated without one") {
    for (const bool offered : {false, true}) {
        CHECK(dials_without_session(Handshake::broken, offered) == offered);
        for (const Handshake end : {Handshake::done,
                                    Handshake::refused_certificate,
                                    Handshake::refused_protocol,
                                    Handshake::given_up}) {
            CHECK_FALSE(dials_without_session(end, offered));
        }
    }
}

TEST_CASE("after two refusals in a row a server's sessions are not kept") {
    CHECK(keeps_session(0));
    CHECK(keeps_session(1));
    CHECK_FALSE(keeps_session(2));
    CHECK_FALSE(keeps_session(3));
}
