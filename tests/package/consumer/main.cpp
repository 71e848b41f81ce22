// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Uses enough of hawser to need everything it links: a request that nobody answers.
#include <hawser/hawser.hpp>

#include <system_error>

int main() {
    hawser::Client client;
    std::error_code plain;
    std::error_code secure;
    client.get("http://127.0.0.1:1/", plain);
    client.get("https://127.0.0.1:1/", secure);
    const bool refused = plain == hawser::condition::refused;
    return refused && secure == hawser::condition::refused ? 0 : 1;
}
