// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Describes OpenSSL failures in words: its error queue, the result of verifying a certificate, the
// names in a certificate. Text from the peer is escaped and truncated.

#include <hawser/config.hpp>
#include <hawser/failure.hpp>

#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

template <auto Free>
struct OpenSslFree {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

/// The category of OpenSSL's X.509 verification results (X509_V_ERR_…); its name is "x509".
const std::error_category& x509_category() noexcept;

/// The contents of this thread's OpenSSL error queue.
struct OpenSslErrors {
    /// From the first system call that failed.
    std::error_code system{};
    /// The last reason, e.g. "wrong version number"; for a failed system call, its message.
    std::string reason{};

    /// Empties the queue. If memory is short, the reason is empty.
    static OpenSslErrors take() noexcept;
};

/// Why a server's certificate was refused. `result` is the verification result, `depth` and `cert`
/// say which certificate it concerns, and `expected` is the requested name or address.
Fault certificate_fault(int result, int depth, X509* cert, std::string_view expected);

inline std::string_view bytes_of(const ASN1_STRING* text) noexcept {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// For example "2026-01-31 09:00:00 UTC".
std::string describe(const ASN1_TIME* time);

/// Whether a wildcard dNSName of the certificate covers `host`, whose name contains an underscore.
bool covers_underscore(X509* cert, std::string_view host);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_fault.ipp>
#endif
