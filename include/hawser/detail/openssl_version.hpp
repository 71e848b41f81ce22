// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which versions of OpenSSL are usable, by the version number from its headers or its library
// (0xMNN00PP0: major, minor, patch). Does not depend on OpenSSL itself.

#include <hawser/config.hpp>

namespace hawser::inline HAWSER_ABI::detail {

/// 4.0.0 to 4.0.2 free a certificate when two threads use it for the first time at once (T28,
/// CVE-2026-84783).
constexpr bool is_usable_openssl(unsigned long version) noexcept {
    const unsigned long release = version >> 4;
    return release >= 0x3000000 && (release < 0x4000000 || release > 0x4000002);
}

}  // namespace hawser::inline HAWSER_ABI::detail
