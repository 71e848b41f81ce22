// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A root, a server certificate that it signed, options of a client that trusts it, and a check that
// a client at rest holds nothing.

#include "script_server.hpp"
#include <hawser/hawser.hpp>

namespace hawser::test {

/// The only root of a test program.
inline const TestCert& test_ca() {
    static const auto ca = TestCert::authority();
    return ca;
}

/// Valid for localhost and 127.0.0.1.
inline ServerTls good_tls() {
    static const auto leaf = test_ca().issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
    return {.cert = leaf};
}

/// Trusts only test_ca().
inline TransportOptions trusting() {
    TransportOptions options;
    options.tls.ca_pem = test_ca().pem();
    return options;
}

/// Responds to everything with "hello".
inline Script hello_server() {
    return keep_alive_server([](const auto&) { return respond("hello"); });
}

struct Got {
    std::error_code ec;  ///< from the request, else from its body
    std::string body;    ///< what was received of it
};

inline Got try_get(Client& client, const std::string& url) {
    Got got;
    Response response = client.get(url, got.ec);
    if (!got.ec) {
        got.body = response.body.read_all(got.ec);
    }
    return got;
}

/// Closes idle connections; then checks that nothing is left.
inline void check_quiet(Client& client) {
    client.close_idle_connections();
    const TransportStats stats = client.stats();
    CHECK(stats.strands == 0);
    CHECK(stats.open == 0);
    CHECK(stats.waiting == 0);
    CHECK(stats.dialing == 0);
}

}  // namespace hawser::test
