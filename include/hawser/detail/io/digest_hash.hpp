// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The hashes of Digest authentication, computed by OpenSSL.

#include <hawser/config.hpp>
#include <hawser/detail/policy/digest_auth.hpp>

#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// A DigestHash. Empty if OpenSSL does not provide the algorithm: MD5 in a FIPS mode, SHA-512/256
/// in a build without it.
[[nodiscard]] std::string digest_hash(DigestAlgorithm algorithm, std::string_view text);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/digest_hash.ipp>
#endif
