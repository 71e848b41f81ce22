// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What tests of the set loops start with: a transport without sockets, and the texts that most
// scripts of its peers consist of.

#include "names.hpp"
#include "response_text.hpp"
#include "script_transport.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace hawser::test {

/// What a peer waits for before it responds: the end of a request without a body.
inline const std::string head_end = "\r\n\r\n";

/// The usual response.
inline const std::string ok = respond("ok");

}  // namespace hawser::test
