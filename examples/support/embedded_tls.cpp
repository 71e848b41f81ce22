// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "embedded_tls.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

template <class T>
T* need(T* object) {
    if (!object) {
        throw std::runtime_error{"embedded server: OpenSSL cannot make a certificate"};
    }
    return object;
}

void add_extension(X509* certificate, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = need(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Certificate make_certificate(EVP_PKEY* key) {
    constexpr long hour = 60L * 60;
    Certificate made{need(X509_new())};
    X509* certificate = made.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -hour);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * hour);
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* common = reinterpret_cast<const unsigned char*>("hawser example server");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate, NID_subject_key_identifier, "hash");
    add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    add_extension(certificate, NID_ext_key_usage, "serverAuth");
    if (X509_sign(certificate, key, EVP_sha256()) == 0) {
        need<X509>(nullptr);
    }
    return made;
}

std::string to_pem(X509* certificate) {
    std::unique_ptr<BIO, Freed<BIO_free>> memory{need(BIO_new(BIO_s_mem()))};
    PEM_write_bio_X509(memory.get(), certificate);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

EmbeddedTls::EmbeddedTls() : context_{need(SSL_CTX_new(TLS_server_method()))} {
    const Key key{need(EVP_EC_gen("P-256"))};
    const Certificate certificate = make_certificate(key.get());
    SSL_CTX_use_PrivateKey(context_, key.get());
    SSL_CTX_use_certificate(context_, certificate.get());
    ca_pem_ = to_pem(certificate.get());
}

EmbeddedTls::~EmbeddedTls() {
    SSL_CTX_free(context_);
}

std::unique_ptr<EmbeddedTlsSession> EmbeddedTls::session(int socket) const {
    return std::make_unique<EmbeddedTlsSession>(context_, socket);
}

EmbeddedTlsSession::EmbeddedTlsSession(ssl_ctx_st* context, int socket) : ssl_{SSL_new(context)} {
    SSL_set_fd(need(ssl_), socket);
}

EmbeddedTlsSession::~EmbeddedTlsSession() {
    SSL_free(ssl_);
}

bool EmbeddedTlsSession::handshake() {
    return SSL_accept(ssl_) == 1;
}

long EmbeddedTlsSession::read(char* data, std::size_t size) {
    std::size_t count = 0;
    return SSL_read_ex(ssl_, data, size, &count) == 1 ? static_cast<long>(count) : 0;
}

long EmbeddedTlsSession::write(const char* data, std::size_t size) {
    std::size_t count = 0;
    return SSL_write_ex(ssl_, data, size, &count) == 1 ? static_cast<long>(count) : 0;
}

void EmbeddedTlsSession::say_goodbye() {
    SSL_shutdown(ssl_);
}
