// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Makes Catch2 version 3 (Debian 13) available under version 2's header name, and its matchers of
// strings under version 2's names. The tests use only what both have in common otherwise; main()
// is in the library Catch2Main.

#include <catch2/catch_all.hpp>

#include <string>

namespace Catch {
using Matchers::EndsWith;
using Matchers::StartsWith;
inline auto Contains(const std::string& part) {
    return Matchers::ContainsSubstring(part);
}
}  // namespace Catch
