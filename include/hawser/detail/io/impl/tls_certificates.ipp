// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/tls_certificates.hpp>

#include <openssl/x509v3.h>

#include <new>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL TlsCertificates::TlsCertificates(const SSL* ssl) {
    // It changes nothing, although it takes no const.
    X509_VERIFY_PARAM* const asked = SSL_get0_param(const_cast<SSL*>(ssl));
    if (const char* const name = X509_VERIFY_PARAM_get0_host(asked, 0)) {
        server_name = name;
    }
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &chosen, &size);
    alpn = size != 0 ? "http/1.1" : "";  // TlsStream accepts no other
    if (STACK_OF(X509)* const sent = SSL_get_peer_cert_chain(ssl)) {
        chain_.reset(X509_chain_up_ref(sent));
        if (!chain_) {
            throw std::bad_alloc();
        }
    }
}

HAWSER_COLD_DECL std::size_t TlsCertificates::certificates() const noexcept {
    const int count = sk_X509_num(chain_.get());  // -1 without a chain
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}

HAWSER_COLD_DECL std::string TlsCertificates::certificate(std::size_t index) const {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(chain_.get(), static_cast<int>(index)), &der);
    if (size <= 0) {
        throw std::bad_alloc();
    }
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owned(
        der, [](unsigned char* bytes) { OPENSSL_free(bytes); });
    return {reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)};
}

}  // namespace hawser::inline HAWSER_ABI::detail
