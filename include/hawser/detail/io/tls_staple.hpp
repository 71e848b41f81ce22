// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The OCSP response that a server staples to its certificate: whether it says, now, and with the
// signature of the certificate's issuer or of whom that has delegated, that the certificate is not
// revoked (RFC 6960, RFC 6066 section 8).

#include <hawser/config.hpp>
#include <hawser/detail/io/tls_fault.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/failure.hpp>

#include <openssl/ocsp.h>
#include <openssl/ssl.h>

#include <optional>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

using OcspBasicPtr = Owned<OCSP_BASICRESP, OpenSslFree<OCSP_BASICRESP_free>>;

class TlsStaple {
public:
    /// Call after a full handshake in which the server's certificate was verified.
    explicit TlsStaple(SSL* ssl) noexcept : ssl_(ssl) {}

    /// Empty: the server's certificate is good. Otherwise why it counts as not being so.
    std::optional<Fault> problem();

private:
    bool read();
    bool is_signed();
    OCSP_SINGLERESP* find();
    bool is_about(const OCSP_CERTID* id);
    bool is_good(OCSP_SINGLERESP* single);
    bool is_fresh(ASN1_GENERALIZEDTIME* from, ASN1_GENERALIZEDTIME* until);
    bool failed(int result, std::string reason);

    SSL* const ssl_;
    X509* certificate_ = nullptr;
    X509* issuer_ = nullptr;
    OcspBasicPtr response_;
    Fault fault_{};
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_staple.ipp>
#endif
