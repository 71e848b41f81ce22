// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "temp_file.hpp"
#include "wire_tests.hpp"

#include <functional>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace hawser::test {

/// Sends a body made from a file that loses 4 of its 10 MiB meanwhile, and checks that the request
/// fails and says why.
inline void check_that_shrinking_fails(
    const std::function<RequestBody(const std::string& path)>& body_from) {
    FdGuard fds;
    const TempFile file(std::string(10 << 20, 'x'));
    Gate cut;
    ScriptServer server([&](Peer& peer) {
        if (peer.read_head()) {
            peer.await(cut);
            peer.read_to_end();
        }
    });
    Client client;
    std::thread cutter([&] {
        server.wait_for_requests(1);
        (void)!::truncate(file.path().c_str(), 6 << 20);
        cut.open();
    });
    std::error_code ec;
    const Response response = client.post(server.url(), body_from(file.path()), ec);
    cutter.join();
    CHECK(ec == hawser::error::request_body_error);
    CHECK(response.failure.reason().find("ended after") != std::string::npos);
    CHECK(client.stats().open == 0);
}

}  // namespace hawser::test
