// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a TlsPeer shows of an OpenSSL connection. It holds references to the certificates, which the
// connection and its session parsed anyway, and encodes them when it is asked.

#include <hawser/config.hpp>
#include <hawser/detail/io/tls_fault.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/tls_peer.hpp>

#include <openssl/ssl.h>

#include <cstddef>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

inline void free_chain(STACK_OF(X509) * chain) noexcept {
    sk_X509_pop_free(chain, X509_free);
}

using X509ChainPtr = Owned<STACK_OF(X509), OpenSslFree<free_chain>>;

class TlsCertificates final : public TlsPeerFacts {
public:
    /// Call after the handshake.
    explicit TlsCertificates(const SSL* ssl);

    HAWSER_DECL std::size_t certificates() const noexcept override;
    HAWSER_DECL std::string certificate(std::size_t index) const override;

private:
    X509ChainPtr chain_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_certificates.ipp>
#endif
