// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Certificates for tests, good and bad, made in memory in about a millisecond each:
//
//     auto ca = TestCert::authority();
//     auto good = ca.issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
//     auto expired = ca.issue({.dns = {"localhost"}, .not_before = -2h, .not_after = -1h});
//     auto deep = ca.issue({.cn = "middle", .is_ca = true}).issue({.dns = {"localhost"}});
//     TempFile ca_file{ca.pem()};                  // ca_file.path() for
//     TransportOptions::tls.ca_file
//
// A leaf carries the intermediates that a server must send; `without_chain()` drops them.

#include "temp_file.hpp"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hawser::test {

/// The contents of a certificate. Strings may contain NUL bytes: they are written with their length
/// (T09).
struct CertOptions {
    std::string cn = "hawser test";          ///< common name; empty = none
    std::vector<std::string> dns{};          ///< dNSName entries, unchecked: "1.2.3.4" is allowed
    std::vector<std::string> ips{};          ///< iPAddress entries, IPv4 or IPv6 text
    std::chrono::seconds not_before{-3600};  ///< from now
    std::chrono::seconds not_after{86400};   ///< from now
    std::string eku = "serverAuth";          ///< extended key usage; empty = no such extension
    bool is_ca = false;                      ///< may issue other certificates
    int pathlen = -1;                        ///< CA only; -1 = no limit
    std::string name_constraints{};          ///< as in "permitted;DNS:example.com"; empty = none
    int rsa_bits = 0;                        ///< 0 = EC P-256
    std::string organization = "hawser tests";  ///< empty = none
    int version = X509_VERSION_3;
    // Extensions as OpenSSL's configuration writes them; empty = no such extension.
    std::optional<std::string> basic_constraints{};  ///< in place of is_ca and pathlen
    std::optional<std::string> key_usage{};
    std::string subject_key_id = "hash";
    std::string authority_key_id = "keyid";
};

namespace internal {

template <class T>
T* need(T* pointer, const char* what) {
    if (pointer == nullptr) {
        throw std::runtime_error{std::string{"OpenSSL: "} + what};
    }
    return pointer;
}

inline void need(int result, const char* what) {
    if (result <= 0) {
        throw std::runtime_error{std::string{"OpenSSL: "} + what};
    }
}

template <class Write>
std::string to_pem(Write write) {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio{need(BIO_new(BIO_s_mem()), "BIO"), &BIO_free};
    need(write(bio.get()), "PEM");
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace internal

/// A certificate with its key, and the intermediates above it. Copies share both.
class TestCert {
public:
    /// A root certificate; give its pem() to those who should trust it.
    static TestCert authority(std::string cn = "hawser test CA") {
        return self_signed({.cn = std::move(cn), .eku = "", .is_ca = true});
    }

    static TestCert self_signed(const CertOptions& options) { return make(options, nullptr); }

    /// Signed by this certificate, even if that must not sign.
    TestCert issue(const CertOptions& options) const { return make(options, this); }

    /// The same leaf, served without its intermediates (T10).
    TestCert without_chain() const {
        auto copy = *this;
        copy.chain_.clear();
        return copy;
    }

    /// The same certificate with one bit of its signature changed (T10).
    TestCert with_bad_signature() const {
        unsigned char* der = nullptr;
        const int size = i2d_X509(cert(), &der);
        internal::need(size, "i2d_X509");
        der[size - 1] ^= 1;
        const unsigned char* cursor = der;
        auto copy = *this;
        copy.cert_ = own(d2i_X509(nullptr, &cursor, size));
        OPENSSL_free(der);
        return copy;
    }

    X509* cert() const { return cert_.get(); }
    EVP_PKEY* key() const { return key_.get(); }
    const std::vector<std::shared_ptr<X509>>& chain() const { return chain_; }

    std::string pem() const {
        return internal::to_pem([this](BIO* out) { return PEM_write_bio_X509(out, cert()); });
    }

    std::string key_pem() const {
        return internal::to_pem([this](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }

    /// Encrypted; `traditional` selects the format older than PKCS #8.
    std::string key_pem(std::string password, bool traditional) const {
        return internal::to_pem([&](BIO* out) {
            const auto write =
                traditional ? &PEM_write_bio_PrivateKey_traditional : &PEM_write_bio_PrivateKey;
            return write(out, key(), EVP_aes_256_cbc(), nullptr, 0, nullptr, password.data());
        });
    }

    /// This certificate and its intermediates, as in a server's chain file.
    std::string chain_pem() const {
        auto text = pem();
        for (const auto& link : chain_) {
            text += internal::to_pem([&](BIO* out) { return PEM_write_bio_X509(out, link.get()); });
        }
        return text;
    }

private:
    TestCert() = default;

    static std::shared_ptr<X509> own(X509* cert) {
        return {internal::need(cert, "X509"), [](X509* dead) { X509_free(dead); }};
    }

    static std::shared_ptr<EVP_PKEY> new_key(int rsa_bits) {
        EVP_PKEY* key =
            rsa_bits == 0 ? EVP_EC_gen("P-256") : EVP_RSA_gen(static_cast<unsigned int>(rsa_bits));
        return {internal::need(key, "key"), [](EVP_PKEY* dead) { EVP_PKEY_free(dead); }};
    }

    static void add_name(X509_NAME* name, const char* field, const std::string& text) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
        const int size = static_cast<int>(text.size());
        internal::need(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes, size, -1, 0),
                       field);
    }

    static void add_extension(X509* cert, X509* issuer, int nid, const std::string& value) {
        X509V3_CTX context{};
        X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
        internal::need(extension, value.c_str());
        X509_add_ext(cert, extension, -1);
        X509_EXTENSION_free(extension);
    }

    static void add_alt_name(GENERAL_NAMES* names, const std::string& text, bool is_ip) {
        GENERAL_NAME* name = GENERAL_NAME_new();
        if (is_ip) {
            auto* address = internal::need(a2i_IPADDRESS(text.c_str()), "not an IP address");
            GENERAL_NAME_set0_value(name, GEN_IPADD, address);
        } else {
            ASN1_IA5STRING* dns = ASN1_IA5STRING_new();
            ASN1_STRING_set(dns, text.data(), static_cast<int>(text.size()));
            GENERAL_NAME_set0_value(name, GEN_DNS, dns);
        }
        sk_GENERAL_NAME_push(names, name);
    }

    static void add_alt_names(X509* cert, const CertOptions& options) {
        if (options.dns.empty() && options.ips.empty()) {
            return;
        }
        GENERAL_NAMES* names = sk_GENERAL_NAME_new_null();
        for (const auto& dns : options.dns) {
            add_alt_name(names, dns, false);
        }
        for (const auto& ip : options.ips) {
            add_alt_name(names, ip, true);
        }
        internal::need(X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT),
                       "SAN");
        GENERAL_NAMES_free(names);
    }

    static void fill_in(X509* cert, const CertOptions& options) {
        X509_set_version(cert, options.version);
        BIGNUM* serial = BN_new();
        BN_rand(serial, 120, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY);
        BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(cert));
        BN_free(serial);
        X509_gmtime_adj(X509_getm_notBefore(cert), static_cast<long>(options.not_before.count()));
        X509_gmtime_adj(X509_getm_notAfter(cert), static_cast<long>(options.not_after.count()));
        X509_NAME* subject = X509_get_subject_name(cert);
        if (!options.organization.empty()) {
            add_name(subject, "O", options.organization);
        }
        if (!options.cn.empty()) {
            add_name(subject, "CN", options.cn);
        }
    }

    static void add_extensions(X509* cert, X509* issuer, const CertOptions& options) {
        std::string basic = options.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE";
        if (options.is_ca && options.pathlen >= 0) {
            basic += ",pathlen:" + std::to_string(options.pathlen);
        }
        const std::string usage = options.is_ca ? "critical,keyCertSign,cRLSign" : "";
        const std::string& names = options.name_constraints;
        const auto add = [&](int nid, const std::string& value) {
            if (!value.empty()) {
                add_extension(cert, issuer, nid, value);
            }
        };
        add(NID_basic_constraints, options.basic_constraints.value_or(basic));
        add(NID_subject_key_identifier, options.subject_key_id);
        add(NID_authority_key_identifier, options.authority_key_id);
        add(NID_key_usage, options.key_usage.value_or(usage));
        add(NID_ext_key_usage, options.eku);
        add(NID_name_constraints, names.empty() ? names : "critical," + names);
        add_alt_names(cert, options);
    }

    static TestCert make(const CertOptions& options, const TestCert* issuer) {
        TestCert made;
        made.cert_ = own(X509_new());
        made.key_ = new_key(options.rsa_bits);
        X509* above = issuer != nullptr ? issuer->cert() : made.cert();
        fill_in(made.cert(), options);
        X509_set_issuer_name(made.cert(), X509_get_subject_name(above));
        X509_set_pubkey(made.cert(), made.key());
        add_extensions(made.cert(), above, options);
        EVP_PKEY* signer = issuer != nullptr ? issuer->key() : made.key();
        internal::need(X509_sign(made.cert(), signer, EVP_sha256()), "X509_sign");
        if (issuer != nullptr && !issuer->is_root_) {
            made.chain_ = issuer->chain_;
            made.chain_.insert(made.chain_.begin(), issuer->cert_);
        }
        made.is_root_ = issuer == nullptr;
        return made;
    }

    std::shared_ptr<X509> cert_;
    std::shared_ptr<EVP_PKEY> key_;
    std::vector<std::shared_ptr<X509>> chain_;
    bool is_root_ = false;
};

}  // namespace hawser::test
