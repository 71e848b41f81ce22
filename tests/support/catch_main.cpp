// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// Catch2's main, compiled once for all sets.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include <cstdlib>

namespace {

/// The proxies of whoever runs the tests are not those of the tests.
[[maybe_unused]] const bool without_proxies = [] {
    for (const char* const variable :
         {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
#if defined(_WIN32)
        ::_putenv_s(variable, "");
#else
        ::unsetenv(variable);
#endif
    }
    return true;
}();

}  // namespace
