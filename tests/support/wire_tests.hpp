// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What tests of the set wire start with: a scripted server, threads that run an io_context, and a
// check of the descriptors at the end.

#include "asio_tokens.hpp"
#include "eventually.hpp"
#include "fd_guard.hpp"
#include "io_thread.hpp"
#include "names.hpp"
#include "script_server.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::test {

/// A port on 127.0.0.1 that nobody listens on.
inline std::string refusing_url() {
    ScriptServer gone([](Peer&) {});
    return gone.url();
}

/// The error with which a request ends before its body.
inline std::error_code error_of(Client& client, Request request) {
    std::error_code ec;
    client.send(std::move(request), ec);
    return ec;
}

// Results of co_await are passed through a function: Catch 2 mentions an expression twice, and g++
// 12 then awaits it twice.
inline void expect(std::string_view got, std::string_view wanted) {
    CHECK(got == wanted);
}

}  // namespace hawser::test
