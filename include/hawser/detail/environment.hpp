// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads environment variables. A program with more privileges than its caller (setuid) sees none.

#include <hawser/config.hpp>

#include <cstdlib>

namespace hawser::inline HAWSER_ABI::detail {

/// Empty if there is no such variable. Not safe while another thread changes the environment.
inline const char* environment(const char* variable) noexcept {
#if defined(__GLIBC__)
    const char* const value = ::secure_getenv(variable);
#else
    const char* const value = std::getenv(variable);
#endif
    return value != nullptr ? value : "";
}

}  // namespace hawser::inline HAWSER_ABI::detail
