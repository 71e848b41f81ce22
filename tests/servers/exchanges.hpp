// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "lab.hpp"

#include <string>
#include <utility>
#include <vector>

namespace hawser::test {

/// A name, and a function that throws if something is wrong.
using Exchange = std::pair<std::string, void (*)(Lab&)>;

const std::vector<Exchange>& server_exchanges();
const std::vector<Exchange>& proxy_exchanges();

/// What servers serve: see servers.py.
extern const std::string small_text;
std::string long_text();

void check_small(Response response);

/// A PUT of `body` at `origin`, then a GET of what it stored.
void put_and_get(Lab& lab,
                 Client& client,
                 const std::string& origin,
                 const std::string& name,
                 RequestBody body,
                 std::uint64_t size,
                 bool expect = false);

}  // namespace hawser::test
