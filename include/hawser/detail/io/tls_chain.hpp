// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where we judge a server's certificates differently from OpenSSL. X509_V_FLAG_X509_STRICT is set,
// which makes it check what RFC 5280 demands of CAs. Four of these demands, and one on roots, are
// ignored by many CAs, public and private, and protect nobody: a missing identifier of a key, a
// missing keyUsage, basicConstraints that are not critical, a root of version 1. They are
// permitted, unless the user wants them to be refused. Name constraints are checked more
// thoroughly.

#include <hawser/config.hpp>

#include <openssl/x509_vfy.h>

namespace hawser::inline HAWSER_ABI::detail {

/// Whether the error of the store, for the current certificate, is one of the five.
bool is_common_deviation(X509_STORE_CTX* store) noexcept;

/// Call once the chain is verified: whether the host is outside what its CAs exclude, even if the
/// certificate covers it with a wildcard, and each nameConstraints extension means something. If
/// not, sets the error of the store and its current certificate.
bool obeys_constraints(X509_STORE_CTX* store) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_chain.ipp>
#endif
