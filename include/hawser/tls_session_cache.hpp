// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>

namespace hawser::inline HAWSER_ABI {

namespace detail {
struct Access;
}

/// TLS sessions that several transports resume:
///
///     options.tls.session_cache = std::make_shared<hawser::TlsSessionCache>();
///     hawser::Client first{{.transport = options}};
///     hawser::Client second{{.transport = options}};  // its first handshakes are short, too
///
/// A session is resumed only for the same host, port and pool tag, and only by transports whose
/// options that decide about verification, our own certificate, versions and ciphers are equal
/// (files by their names); so no transport accepts a server that it would not have accepted itself,
/// or uses the identity of another. A transport with TlsOptions::configure, which may change all of
/// this, shares nothing. At most 256 sessions are kept; of each server, the newest. Safe from every
/// thread.
class TlsSessionCache {
public:
    /// @throws std::bad_alloc
    HAWSER_COLD TlsSessionCache();
    HAWSER_COLD ~TlsSessionCache();
    TlsSessionCache(const TlsSessionCache&) = delete;
    TlsSessionCache& operator=(const TlsSessionCache&) = delete;

    /// Forgets all sessions. Connections that exist are not affected.
    HAWSER_COLD void clear() noexcept;

private:
    friend struct detail::Access;

    detail::IntrusivePtr<detail::RefCounted> sessions_;  // TlsSessions, never null
};

}  // namespace hawser::inline HAWSER_ABI

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/tls_session_cache.ipp>
#endif
