// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/options.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using hawser::ClientOptions;
using hawser::RequestOptions;
using hawser::TransportOptions;

TEST_CASE("the defaults are those of Go's DefaultTransport unless noted", "[F-T18]") {
    const TransportOptions options;
    CHECK(options.max_idle_conns == 100);
    CHECK(options.max_idle_conns_per_host == 0);  // Go: 2
    CHECK(options.max_conns_per_host == 0);
    CHECK(options.idle_conn_timeout == 90s);
    CHECK_FALSE(options.disable_keep_alives);
    CHECK(options.connect_timeout == 30s);
    CHECK(options.resolve_timeout == 30s);
    CHECK(options.tls_handshake_timeout == 10s);
    CHECK(options.response_header_timeout == 0s);
    CHECK(options.write_timeout == 0s);
    CHECK(options.body_idle_timeout == 0s);
    CHECK(options.expect_continue_timeout == 1s);
    CHECK(options.drain_bytes == 0);  // Go: 256 KiB
    CHECK(options.drain_timeout == 50ms);
    CHECK(options.max_response_header_bytes == 256 * 1024);  // Go: 10 MiB
    CHECK(options.max_response_header_fields == 1000);       // Go: no limit
    CHECK(options.max_response_body_bytes == 0);
    CHECK(options.tls.session_resumption);  // Go: off
    CHECK_FALSE(options.tls.insecure_skip_verify);
    CHECK(options.thread_safe);
}

TEST_CASE("a client and a request have no limits of their own by default", "[F-C01]") {
    CHECK(ClientOptions().timeout == 0s);
    CHECK_FALSE(ClientOptions().trace);
    CHECK_FALSE(RequestOptions().timeout);
    CHECK_FALSE(RequestOptions().response_header_timeout);
    CHECK_FALSE(RequestOptions().idempotent);
    CHECK(RequestOptions().pool_tag.empty());
}
