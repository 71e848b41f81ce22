// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Domains under which unrelated owners register theirs, and which must not have cookies of their
// own. With HAWSER_HAS_LIBPSL they are Mozilla's Public Suffix List, as libpsl finds it on the
// system; only the .ipp uses libpsl. Otherwise they are the names with a single label, and "co.uk"
// is not recognized.

#include <hawser/config.hpp>

#include <functional>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// Whether a lower-case name without a final dot is such a domain.
using PublicSuffixTest = std::function<bool(std::string_view)>;

[[nodiscard]] bool is_public_suffix(std::string_view domain);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/public_suffix.ipp>
#endif
