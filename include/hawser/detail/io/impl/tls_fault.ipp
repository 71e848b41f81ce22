// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/tls_fault.hpp>
#include <hawser/detail/never_destroyed.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/detail/policy/certificate_name.hpp>

#include <asio/ip/address.hpp>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace hawser::inline HAWSER_ABI::detail {

class X509Category final : public std::error_category {
public:
    const char* name() const noexcept override { return "x509"; }
    std::string message(int value) const override { return X509_verify_cert_error_string(value); }
};

HAWSER_COLD_DECL const std::error_category& x509_category() noexcept {
    return never_destroyed<X509Category>();
}

HAWSER_COLD_DECL OpenSslErrors OpenSslErrors::take() noexcept {
    OpenSslErrors errors;
    const char* reason = "";
    while (const unsigned long code = ERR_get_error()) {
        const char* const text = ERR_reason_error_string(code);
        if (ERR_SYSTEM_ERROR(code)) {
            errors.system = errors.system
                                ? errors.system
                                : std::error_code(ERR_GET_REASON(code), std::generic_category());
        } else if (text != nullptr &&
                   (*reason == '\0' || !std::string_view(text).ends_with(" lib"))) {
            reason = text;  // a " lib" entry only passes on another error
        }
    }
    try {
        errors.reason = errors.system ? errors.system.message() : reason;
    } catch (...) {  // no memory for the text
    }
    return errors;
}

// ── The names in a certificate ───────────────────────────────────────────────────────────────────

using GeneralNames = Owned<GENERAL_NAMES, OpenSslFree<GENERAL_NAMES_free>>;

inline GeneralNames names_of(X509* cert) {
    return GeneralNames(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(cert, NID_subject_alt_name, nullptr, nullptr)));
}

inline std::string quoted(std::string_view text) {
    return '"' + printable(text, 64) + '"';
}

HAWSER_COLD_DECL std::string address_text(std::string_view bytes) {
    if (asio::ip::address_v4::bytes_type v4; bytes.size() == v4.size()) {
        std::memcpy(v4.data(), bytes.data(), v4.size());
        return asio::ip::address_v4(v4).to_string();
    }
    if (asio::ip::address_v6::bytes_type v6; bytes.size() == v6.size()) {
        std::memcpy(v6.data(), bytes.data(), v6.size());
        return asio::ip::address_v6(v6).to_string();
    }
    return printable(bytes, 16);
}

/// For example `"a.example", "b.example" and 3 more`; empty if there is none.
HAWSER_COLD_DECL std::string list_names(X509* cert) {
    constexpr std::size_t most = 3;
    const GeneralNames names = names_of(cert);
    std::string list;
    std::size_t found = 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if ((name->type != GEN_DNS && name->type != GEN_IPADD) || found++ >= most) {
            continue;
        }
        list += list.empty() ? "" : ", ";
        list += name->type == GEN_DNS ? quoted(bytes_of(name->d.dNSName))
                                      : '"' + address_text(bytes_of(name->d.iPAddress)) + '"';
    }
    return found > most ? list + " and " + std::to_string(found - most) + " more" : list;
}

HAWSER_COLD_DECL bool covers_underscore(X509* cert, std::string_view host) {
    const GeneralNames names = names_of(cert);
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS && wildcard_covers_underscore(bytes_of(name->d.dNSName), host)) {
            return true;
        }
    }
    return false;
}

HAWSER_COLD_DECL std::string describe(const X509_NAME* name) {
    const Owned<BIO, OpenSslFree<BIO_free_all>> out(BIO_new(BIO_s_mem()));
    if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) {
        return "?";
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return quoted({text, static_cast<std::size_t>(size)});
}

HAWSER_COLD_DECL std::string describe(const ASN1_TIME* time) {
    std::tm parts{};
    std::array<char, 64> text{};
    if (ASN1_TIME_to_tm(time, &parts) == 1) {
        std::snprintf(text.data(),
                      text.size(),
                      "%04d-%02d-%02d %02d:%02d:%02d UTC",
                      parts.tm_year + 1900,
                      parts.tm_mon + 1,
                      parts.tm_mday,
                      parts.tm_hour,
                      parts.tm_min,
                      parts.tm_sec);
    }
    return text.data();
}

// ── Problems with a certificate ──────────────────────────────────────────────────────────────────

HAWSER_COLD_DECL std::string wrong_name(X509* cert, std::string_view expected) {
    const std::string names = list_names(cert);
    return (names.empty() ? "certificate names no host" : "certificate is for " + names) +
           ", not " + quoted(expected);
}

/// For example `certificate has expired (depth 0, "CN=www", since 2026-01-01 00:00:00 UTC)`.
HAWSER_COLD_DECL std::string wrong_otherwise(int result, int depth, X509* cert) {
    std::string text = X509_verify_cert_error_string(result);
    text += " (depth " + std::to_string(depth);
    if (cert != nullptr) {
        text += ", " + describe(X509_get_subject_name(cert));
        if (result == X509_V_ERR_CERT_HAS_EXPIRED) {
            text += ", since " + describe(X509_get0_notAfter(cert));
        } else if (result == X509_V_ERR_CERT_NOT_YET_VALID) {
            text += ", until " + describe(X509_get0_notBefore(cert));
        } else {
            text += ", issued by " + describe(X509_get_issuer_name(cert));
        }
    }
    return text + ')';
}

HAWSER_COLD_DECL Fault certificate_fault(int result,
                                         int depth,
                                         X509* cert,
                                         std::string_view expected) {
    const bool names = cert != nullptr && (result == X509_V_ERR_HOSTNAME_MISMATCH ||
                                           result == X509_V_ERR_IP_ADDRESS_MISMATCH);
    Fault fault;
    fault.cause = {result, x509_category()};
    fault.reason =
        printable(names ? wrong_name(cert, expected) : wrong_otherwise(result, depth, cert));
    return fault;
}

}  // namespace hawser::inline HAWSER_ABI::detail
