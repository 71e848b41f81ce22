// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// OCSP responses, good and bad, made in memory:
//
//     ServerTls tls{.cert = leaf, .ocsp_response = ocsp_reply(leaf, ca, {})};

#include "test_certs.hpp"

#include <openssl/ocsp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace hawser::test {

/// The contents of a response.
struct OcspOptions {
    int status = V_OCSP_CERTSTATUS_GOOD;
    int revoked_because = OCSP_REVOKED_STATUS_KEYCOMPROMISE;
    std::chrono::seconds this_update{-3600};                ///< from now
    std::optional<std::chrono::seconds> next_update{3600};  ///< from now
    const EVP_MD* id_hash = EVP_sha1();                     ///< of the issuer's name and key
    std::optional<TestCert> signer{};                       ///< unset = the issuer
    bool with_signer = true;                                ///< contains the signer's certificate
    std::optional<TestCert> also_about{};  ///< a certificate that is listed first, as good
    int response_status = OCSP_RESPONSE_STATUS_SUCCESSFUL;
};

namespace internal {

using OcspTime = std::unique_ptr<ASN1_TIME, void (*)(ASN1_TIME*)>;

inline OcspTime ocsp_time(std::chrono::seconds from_now) {
    return {X509_gmtime_adj(nullptr, static_cast<long>(from_now.count())), &ASN1_TIME_free};
}

inline void add_status(OCSP_BASICRESP* reply,
                       const TestCert& cert,
                       const TestCert& issuer,
                       const OcspOptions& options,
                       int status) {
    OCSP_CERTID* id = need(OCSP_cert_to_id(options.id_hash, cert.cert(), issuer.cert()), "id");
    const OcspTime from = ocsp_time(options.this_update);
    const OcspTime until = ocsp_time(options.next_update.value_or(std::chrono::seconds{}));
    need(OCSP_basic_add1_status(reply,
                                id,
                                status,
                                options.revoked_because,
                                status == V_OCSP_CERTSTATUS_REVOKED ? from.get() : nullptr,
                                from.get(),
                                options.next_update ? until.get() : nullptr),
         "OCSP status");
    OCSP_CERTID_free(id);
}

}  // namespace internal

/// What a responder says about `cert`, in DER.
inline std::string ocsp_reply(const TestCert& cert,
                              const TestCert& issuer,
                              const OcspOptions& options) {
    const std::unique_ptr<OCSP_BASICRESP, void (*)(OCSP_BASICRESP*)> basic{OCSP_BASICRESP_new(),
                                                                           &OCSP_BASICRESP_free};
    if (options.also_about) {
        internal::add_status(
            basic.get(), *options.also_about, issuer, options, V_OCSP_CERTSTATUS_GOOD);
    }
    internal::add_status(basic.get(), cert, issuer, options, options.status);
    const TestCert& signer = options.signer ? *options.signer : issuer;
    const unsigned long flags = options.with_signer ? 0 : OCSP_NOCERTS;
    internal::need(
        OCSP_basic_sign(basic.get(), signer.cert(), signer.key(), EVP_sha256(), nullptr, flags),
        "OCSP signature");
    const std::unique_ptr<OCSP_RESPONSE, void (*)(OCSP_RESPONSE*)> whole{
        OCSP_response_create(options.response_status, basic.get()), &OCSP_RESPONSE_free};
    unsigned char* der = nullptr;
    const int size = i2d_OCSP_RESPONSE(whole.get(), &der);
    internal::need(size, "OCSP response");
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace hawser::test
