// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A key and a certificate, made when the test runs, which is its own authority.

#include <hawser/config.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

namespace hawser::inline HAWSER_ABI::testing::detail {

template <auto Free>
struct FreeWith {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

using SslContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, FreeWith<X509_free>>;

/// What a server shows in a handshake.
class ServerIdentity {
public:
    /// For `localhost`, 127.0.0.1, ::1 and `address`, valid for a day.
    /// @throws std::runtime_error if OpenSSL cannot make it
    explicit ServerIdentity(const std::string& address)
        : context_(need(SSL_CTX_new(TLS_server_method()))) {
        const KeyPtr key(need(EVP_EC_gen("P-256")));
        const CertificatePtr certificate = make(key.get(), address);
        SSL_CTX_use_PrivateKey(context_.get(), key.get());
        SSL_CTX_use_certificate(context_.get(), certificate.get());
        ca_pem_ = to_pem(certificate.get());
    }

    SSL_CTX* context() const noexcept { return context_.get(); }
    const std::string& ca_pem() const noexcept { return ca_pem_; }

private:
    template <class T>
    static T* need(T* object) {
        if (object == nullptr) {
            throw std::runtime_error("hawser::testing::Server: OpenSSL cannot make a certificate");
        }
        return object;
    }

    static void extend(X509* certificate, int nid, const std::string& value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
        X509_EXTENSION* const extension =
            need(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }

    static CertificatePtr make(EVP_PKEY* key, const std::string& address) {
        constexpr long hour = 60L * 60;
        CertificatePtr made(need(X509_new()));
        X509* const certificate = made.get();
        X509_set_version(certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -hour);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * hour);
        X509_NAME* const name = X509_get_subject_name(certificate);
        static constexpr unsigned char common[] = "hawser test server";
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_set_pubkey(certificate, key);
        extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
        extend(certificate, NID_subject_key_identifier, "hash");
        extend(
            certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1,IP:" + address);
        extend(certificate, NID_ext_key_usage, "serverAuth");
        if (X509_sign(certificate, key, EVP_sha256()) == 0) {
            need<X509>(nullptr);
        }
        return made;
    }

    static std::string to_pem(X509* certificate) {
        const std::unique_ptr<BIO, FreeWith<BIO_free>> memory(need(BIO_new(BIO_s_mem())));
        PEM_write_bio_X509(memory.get(), certificate);
        std::string text(BIO_ctrl_pending(memory.get()), '\0');
        BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
        return text;
    }

    SslContextPtr context_;
    std::string ca_pem_;
};

}  // namespace hawser::inline HAWSER_ABI::testing::detail
