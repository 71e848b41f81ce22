// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include <hawser/hawser.hpp>
#include <hawser/testing.hpp>

#include <system_error>

const std::error_category* category_of_unit_b() {
    return &std::error_code{hawser::error::invalid_url}.category();
}

bool unit_b_parses(const hawser::Url& url) {
    [[maybe_unused]] hawser::Client client;  // emits the client's code in this unit as well
    return url.host() == "example.com" && url.target() == "/a?b";
}

hawser::Client client_of_unit_b(const hawser::testing::MockTransport& mock) {
    const hawser::testing::Server server;  // emits the server's code in this unit as well
    return hawser::Client{mock};
}
