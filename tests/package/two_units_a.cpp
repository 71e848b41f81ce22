// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Together with two_units_b.cpp: everything included in two translation units links into one
// program, and what must exist once (the error category) does.
#include <hawser/hawser.hpp>
#include <hawser/testing.hpp>

#include <system_error>

const std::error_category* category_of_unit_b();
bool unit_b_parses(const hawser::Url& url);
hawser::Client client_of_unit_b(const hawser::testing::MockTransport& mock);

int main() {
    const std::error_code code = hawser::error::invalid_url;
    const bool same = &code.category() == category_of_unit_b();
    hawser::testing::MockTransport mock;
    mock.expect("GET", "/a").respond(200, "mock");
    const hawser::testing::Server server;
    hawser::Client client = client_of_unit_b(mock);
    const bool served = client.get(server.url("/a")).body.read_all() == "mock";
    return same && served && unit_b_parses(hawser::Url{"http://example.com/a?b"}) ? 0 : 1;
}
