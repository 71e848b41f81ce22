// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What OpenSSL knows about a failure, in words: its error queue, the result of the verification of
// a certificate, the names in it. What the peer wrote is escaped and cut.

#include <hawser/config.hpp>
#include <hawser/failure.hpp>

#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::detail {

template <auto Free>
struct OpenSslFree {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

/// The category of OpenSSL's X.509 verification results (X509_V_ERR_…); its name is "x509".
const std::error_category& x509_category() noexcept;

/// What OpenSSL's error queue of this thread said.
struct OpenSslErrors {
    /// Of the first system call that failed.
    std::error_code system{};
    /// The last reason, "wrong version number"; for what a system call said, that.
    std::string reason{};

    /// Empties the queue. Without memory there are no words.
    static OpenSslErrors take() noexcept;
};

/// Why a certificate of a server was refused: `result` is the verification's, `depth` and `cert`
/// say which certificate it is about, `expected` is the name or address that was asked for.
Fault certificate_fault(int result, int depth, X509* cert, std::string_view expected);

/// True if a dNSName of the certificate is a wildcard that stands for an underscore in `host`.
bool covers_underscore(X509* cert, std::string_view host);

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_fault.ipp>
#endif
