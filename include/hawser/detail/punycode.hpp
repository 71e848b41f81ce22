// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Domain names with letters beyond ASCII, as DNS has them: each such label becomes "xn--…" (RFC
// 3492). Nothing is mapped or normalized first (UTS 46): the letters must be written as they are
// registered, in lower case.

#include <hawser/config.hpp>

#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// `domain` in ASCII; unchanged if it already is, or if it is not valid UTF-8.
[[nodiscard]] HAWSER_COLD std::string to_ascii_domain(std::string_view domain);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/impl/punycode.ipp>
#endif
