// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What all TLS connections of a transport share: the OpenSSL context, made on first use because
// loading the system's roots takes milliseconds, and the sessions to resume. One place decides how
// a peer is checked (RFC 9525); nothing about it can differ between connections.

#include <hawser/config.hpp>
#include <hawser/detail/net/monitor.hpp>
#include <hawser/options.hpp>

#include <openssl/ssl.h>

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>

namespace hawser::detail {

template <auto Free>
struct OpenSslFree {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using SslPtr = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;
using SslCtxPtr = std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, OpenSslFree<SSL_SESSION_free>>;

class TlsContext;

/// To whom a new session is reported, and what connection it is good for.
struct TlsSessionOwner {
    std::shared_ptr<TlsContext> context;
    std::string key;
};

class TlsContext {
public:
    TlsContext(const TlsOptions& options, bool thread_safe)
        : options_(options), mutex_(thread_safe) {}

    /// A client-side SSL for one connection to `host`: SNI, the name to verify, ALPN, and a session
    /// of `session_key` to resume. Null with error::tls_error if the options do not load.
    SslPtr make_ssl(std::string_view host, std::string_view session_key, std::error_code& ec);

    /// Loads the options now; error::tls_error if a file is missing or is not what it should be.
    std::error_code load();

    /// Keeps a session for the next connection; the caller gives its reference away.
    void remember(std::string_view session_key, SslSessionPtr session);

    /// Says whose sessions those of an SSL are; `owner` lives as long as the SSL.
    static void set_session_owner(SSL* ssl, TlsSessionOwner& owner);

private:
    static constexpr std::size_t max_sessions = 256;
    struct Session {
        std::string key;
        SslSessionPtr session;
    };

    SSL_CTX* context(std::error_code& ec);
    bool configure(SSL_CTX* ctx) const;
    bool load_roots(SSL_CTX* ctx) const;
    bool load_own_certificate(SSL_CTX* ctx) const;
    static int owner_index();
    static int on_new_session(SSL* ssl, SSL_SESSION* session);
    static bool set_peer_name(SSL* ssl, std::string_view host);
    SslSessionPtr recall(std::string_view session_key);

    const TlsOptions options_;
    OptionalMutex mutex_;
    SslCtxPtr ctx_;
    std::list<Session> sessions_;  // newest first
    std::unordered_map<std::string_view, std::list<Session>::iterator> by_key_;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/net/impl/tls_context.ipp>
#endif
