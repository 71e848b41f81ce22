// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The names of this machine, as a table.

#include <hawser/detail/policy/localhost.hpp>

#include <catch2/catch.hpp>

using hawser::detail::is_localhost;

TEST_CASE("localhost and the names below it are this machine, and no other name is") {
    for (const auto* host : {"localhost",
                             "LOCALHOST",
                             "LocalHost.",
                             "a.localhost",
                             "a.b.localhost.",
                             "x-1.LOCALHOST",
                             "localhost.localhost"}) {
        INFO(host);
        CHECK(is_localhost(host));
    }
    for (const auto* host : {"",
                             ".",
                             "localhos",
                             "ocalhost",
                             "localhost..",
                             ".localhost",
                             "xlocalhost",
                             "x-localhost",
                             "localhost.example",
                             "localhost.localdomain",
                             "localhostx",
                             "ip6-localhost",
                             "127.0.0.1",
                             "::1"}) {
        INFO(host);
        CHECK_FALSE(is_localhost(host));
    }
}
