// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/tls_staple.hpp>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL std::optional<Fault> TlsStaple::problem() {
    ERR_clear_error();
    OCSP_SINGLERESP* const single = read() && is_signed() ? find() : nullptr;
    const bool good = single != nullptr && is_good(single);
    ERR_clear_error();
    return good ? std::nullopt : std::optional(std::move(fault_));
}

HAWSER_COLD_DECL bool TlsStaple::failed(int result, std::string reason) {
    fault_ = {{result, x509_category()}, std::move(reason), {}};
    return false;
}

HAWSER_COLD_DECL bool TlsStaple::read() {
    // A certificate that is trusted itself may have no issuer in the chain.
    const STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl_);
    certificate_ = sk_X509_value(chain, 0);
    issuer_ = sk_X509_num(chain) > 1 ? sk_X509_value(chain, 1) : certificate_;
    // SSL_get_tlsext_status_ocsp_resp without its C-style cast
    const unsigned char* bytes = nullptr;
    const long size = SSL_ctrl(ssl_, SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, &bytes);
    if (certificate_ == nullptr || bytes == nullptr || size <= 0) {
        return failed(X509_V_ERR_OCSP_VERIFY_NEEDED, "the server stapled no OCSP response");
    }
    const Owned<OCSP_RESPONSE, OpenSslFree<OCSP_RESPONSE_free>> response(
        d2i_OCSP_RESPONSE(nullptr, &bytes, size));
    if (!response) {
        return failed(X509_V_ERR_OCSP_VERIFY_FAILED, "the stapled OCSP response is malformed");
    }
    const int status = OCSP_response_status(response.get());
    if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        return failed(X509_V_ERR_OCSP_VERIFY_FAILED,
                      std::string("the stapled OCSP response has the status ")
                          .append(OCSP_response_status_str(status)));
    }
    response_.reset(OCSP_response_get1_basic(response.get()));
    return response_ != nullptr ||
           failed(X509_V_ERR_OCSP_VERIFY_FAILED, "the stapled OCSP response is malformed");
}

// By the issuer of the certificate, or by a certificate for OCSP from that issuer.
HAWSER_COLD_DECL bool TlsStaple::is_signed() {
    STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl_);
    X509_STORE* const roots = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl_));
    if (OCSP_basic_verify(response_.get(), chain, roots, OCSP_NOEXPLICIT | OCSP_PARTIAL_CHAIN) ==
        1) {
        return true;
    }
    std::string reason = OpenSslErrors::take().reason;
    if (reason.empty()) {
        reason = "it is not from the issuer of the certificate, nor on its behalf";
    }
    return failed(
        X509_V_ERR_OCSP_VERIFY_FAILED,
        std::string("the signature of the stapled OCSP response is not valid: ").append(reason));
}

HAWSER_COLD_DECL OCSP_SINGLERESP* TlsStaple::find() {
    for (int i = 0; i < OCSP_resp_count(response_.get()); ++i) {
        OCSP_SINGLERESP* const single = OCSP_resp_get0(response_.get(), i);
        if (is_about(OCSP_SINGLERESP_get0_id(single))) {
            return single;
        }
    }
    failed(X509_V_ERR_OCSP_CERT_UNKNOWN,
           "the stapled OCSP response is not about the server's certificate");
    return nullptr;
}

// The id holds hashes, with an algorithm that the responder has chosen.
HAWSER_COLD_DECL bool TlsStaple::is_about(const OCSP_CERTID* id) {
    ASN1_OBJECT* algorithm = nullptr;
    // It changes nothing, although it takes no const.
    OCSP_id_get0_info(nullptr, &algorithm, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
    const EVP_MD* const hash = EVP_get_digestbyname(OBJ_nid2sn(OBJ_obj2nid(algorithm)));
    if (hash == nullptr) {
        return false;
    }
    const Owned<OCSP_CERTID, OpenSslFree<OCSP_CERTID_free>> wanted(
        OCSP_cert_to_id(hash, certificate_, issuer_));
    return wanted && OCSP_id_cmp(id, wanted.get()) == 0;
}

HAWSER_COLD_DECL bool TlsStaple::is_good(OCSP_SINGLERESP* single) {
    int reason = -1;
    ASN1_GENERALIZEDTIME* revoked = nullptr;
    ASN1_GENERALIZEDTIME* from = nullptr;
    ASN1_GENERALIZEDTIME* until = nullptr;
    const int status = OCSP_single_get0_status(single, &reason, &revoked, &from, &until);
    if (status == V_OCSP_CERTSTATUS_REVOKED) {
        std::string text = "the server's certificate was revoked on ";
        text.append(describe(revoked));
        if (reason >= 0) {
            text.append(": ").append(OCSP_crl_reason_str(reason));
        }
        return failed(X509_V_ERR_CERT_REVOKED, std::move(text));
    }
    if (status != V_OCSP_CERTSTATUS_GOOD) {
        return failed(X509_V_ERR_OCSP_CERT_UNKNOWN,
                      "the stapled OCSP response does not know the server's certificate");
    }
    return is_fresh(from, until);
}

HAWSER_COLD_DECL bool TlsStaple::is_fresh(ASN1_GENERALIZEDTIME* from, ASN1_GENERALIZEDTIME* until) {
    constexpr long skew = 300;  // seconds by which clocks may differ
    if (until == nullptr) {
        return failed(X509_V_ERR_OCSP_VERIFY_FAILED,
                      "the stapled OCSP response does not say until when it is valid");
    }
    if (OCSP_check_validity(from, until, skew, -1) == 1) {
        return true;
    }
    std::string text = "the stapled OCSP response is not valid now, but from ";
    text.append(describe(from)).append(" until ").append(describe(until));
    return failed(X509_V_ERR_OCSP_VERIFY_FAILED, std::move(text));
}

}  // namespace hawser::inline HAWSER_ABI::detail
