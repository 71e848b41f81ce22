// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What all TLS connections of a transport share: the OpenSSL context, and access to the sessions.
// The context is made on first use, because loading the system's roots takes milliseconds. How a
// peer is verified (RFC 9525) is decided in one place and cannot differ between connections.

#include <hawser/config.hpp>
#include <hawser/detail/io/tls_fault.hpp>
#include <hawser/detail/io/tls_files.hpp>
#include <hawser/detail/io/tls_sessions.hpp>
#include <hawser/detail/io/tls_settings.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/failure.hpp>
#include <hawser/tls_options.hpp>
#include <hawser/tls_peer.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

using SslPtr = Owned<SSL, OpenSslFree<SSL_free>>;
using SslCtxPtr = Owned<SSL_CTX, OpenSslFree<SSL_CTX_free>>;

class TlsContext;

/// What OpenSSL's callbacks need to know about an SSL: where to report its sessions, and for which
/// connections these are valid. The callbacks record here why they refused the peer's certificate.
struct TlsSessionOwner {
    std::shared_ptr<TlsContext> context;
    std::string key;
    Fault certificate_fault{};
    bool of_proxy = false;   // what the options say about servers does not apply
    std::error_code lack{};  // there were no descriptors to read a directory of roots
};

class TlsContext {
public:
    TlsContext(const TlsOptions& options, bool thread_safe);

    /// Whether an SSL offers a session from an earlier connection.
    enum class Resume { yes, no };

    /// A client-side SSL for one connection to `host`: SNI, the name to verify, ALPN, and a session
    /// of `session_key` to resume. Null on failure, with an error like load()'s and its reason.
    SslPtr make_ssl(std::string_view host,
                    std::string_view session_key,
                    Resume resume,
                    std::error_code& ec,
                    Fault& fault);
    /// The same for a connection to a proxy. It resumes no session, and shows no certificate of
    /// ours: that is for servers, like pins and TlsOptions::server_name.
    HAWSER_COLD SslPtr make_proxy_ssl(std::string_view host, std::error_code& ec, Fault& fault);

    /// Reads the files that the options name, and applies the other options. Call it before
    /// anything else, if at all: it holds no lock while it calls TlsOptions::configure. Without it,
    /// the first make_ssl() does this, and after a failure the next one.
    std::error_code load(Fault& fault);

    /// Whether a server must staple an OCSP response.
    bool requires_staple() const noexcept { return options_.require_ocsp_staple; }
    /// Whether TlsOptions::verify must be asked about each server.
    bool asks_user() const noexcept { return static_cast<bool>(options_.verify); }
    /// Asks it, with no lock held. Clear if it accepted the server.
    std::error_code ask_user(const std::string& host, const TlsPeer& server, Fault& fault) const;

    /// Keeps a new session for the next connection.
    void remember(std::string_view session_key, SslSessionPtr session);

    /// A session was resumed: returns it to the store, unless there is a newer one.
    void resumed(std::string_view session_key, SslSessionPtr session);

    /// A server broke off a handshake because it was offered a session, and completed one without.
    void refused(std::string_view session_key);

    /// Sets who receives the sessions of an SSL; `owner` lives as long as the SSL.
    static void set_session_owner(SSL* ssl, TlsSessionOwner& owner);

private:
    SSL_CTX* context(std::error_code& ec, Fault& fault);
    SslCtxPtr make_context(std::error_code& ec, Fault& fault);
    void configure(SSL_CTX* ctx);
    std::error_code apply_options(SSL_CTX* ctx, Fault& fault);
    static int on_chain(X509_STORE_CTX* store, void* context);
    bool is_pinned(X509_STORE_CTX* store, bool verified) const noexcept;
    static TlsSessionOwner* owner_of(X509_STORE_CTX* store) noexcept;
    static void on_secret(const SSL* ssl, const char* line);
    static int owner_index();
    static int on_new_session(SSL* ssl, SSL_SESSION* session);
    static int on_verified(int good, X509_STORE_CTX* store);
    static void note_refusal(TlsSessionOwner& owner, X509_STORE_CTX* store) noexcept;
    SslPtr new_ssl(std::string_view host, std::error_code& ec, Fault& fault);
    static bool set_peer_name(SSL* ssl, std::string_view host);
    bool resumes() const noexcept { return options_.session_resumption && !requires_staple(); }
    std::string shared_key(std::string_view session_key) const;
    static std::string kind_of_sessions(const TlsOptions& options);

    const TlsOptions options_;
    TlsPins pins_;
    TlsKeyLog key_log_;
    OptionalMutex mutex_;
    SslCtxPtr ctx_;
    const IntrusivePtr<TlsSessions> sessions_;
    const std::string kind_;  // of a shared cache, which sessions are ours
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_context.ipp>
#endif
