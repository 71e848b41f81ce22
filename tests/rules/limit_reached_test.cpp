// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#include <hawser/detail/policy/limit_reached.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using hawser::error;
using hawser::TransportOptions;
using hawser::detail::limit_reached;

TEST_CASE("an error caused by a limit names it, with its value") {
    TransportOptions options;
    options.max_waiters = 3;
    options.pool_wait_timeout = 1ms;
    options.resolve_timeout = 2ms;
    options.connect_timeout = 3ms;
    options.connect_total_timeout = 4ms;
    options.tls_handshake_timeout = 5ms;
    CHECK(limit_reached(error::too_many_waiters, options) == "max_waiters is 3");
    CHECK(limit_reached(error::pool_wait_timeout, options) == "after 1 ms (pool_wait_timeout)");
    CHECK(limit_reached(error::resolve_timeout, options) == "after 2 ms (resolve_timeout)");
    CHECK(limit_reached(error::connect_timeout, options) == "after 3 ms (connect_timeout)");
    CHECK(limit_reached(error::tls_timeout, options) == "after 5 ms (tls_handshake_timeout)");
    CHECK(limit_reached(error::server_closed, options).empty());
    CHECK(limit_reached(std::make_error_code(std::errc::timed_out), options).empty());
}

TEST_CASE("of two limits, the lower one is named") {
    struct Row {
        std::chrono::milliseconds one;
        std::chrono::milliseconds all;
        const char* name;
    };
    for (const Row& row : {Row{3ms, 0ms, "after 3 ms (connect_timeout)"},
                           Row{3ms, 3ms, "after 3 ms (connect_timeout)"},
                           Row{0ms, 4ms, "after 4 ms (connect_total_timeout)"},
                           Row{5ms, 4ms, "after 4 ms (connect_total_timeout)"}}) {
        TransportOptions options;
        options.connect_timeout = row.one;
        options.connect_total_timeout = row.all;
        CHECK(limit_reached(error::connect_timeout, options) == row.name);
    }
}
