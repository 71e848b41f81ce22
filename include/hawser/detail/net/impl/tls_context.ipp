// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/tls_context.hpp>
#include <hawser/detail/policy/openssl_version.hpp>
#include <hawser/error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace hawser::detail {

HAWSER_DECL int TlsContext::owner_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

HAWSER_DECL void TlsContext::set_session_owner(SSL* ssl, TlsSessionOwner& owner) {
    SSL_set_ex_data(ssl, owner_index(), &owner);
}

HAWSER_DECL int TlsContext::on_new_session(SSL* ssl, SSL_SESSION* session) {
    auto* owner = static_cast<TlsSessionOwner*>(SSL_get_ex_data(ssl, owner_index()));
    owner->context->remember(owner->key, SslSessionPtr(session));
    return 1;  // the reference is ours now
}

static_assert(is_usable_openssl(OPENSSL_VERSION_NUMBER), "see is_usable_openssl()");

HAWSER_DECL std::error_code TlsContext::load() {
    std::error_code ec;
    context(ec);
    return ec;
}

HAWSER_DECL SSL_CTX* TlsContext::context(std::error_code& ec) {
    std::lock_guard lock(mutex_);
    if (!ctx_) {
        ERR_clear_error();
        SslCtxPtr fresh(is_usable_openssl(OpenSSL_version_num()) ? SSL_CTX_new(TLS_client_method())
                                                                 : nullptr);
        if (!fresh || !configure(fresh.get())) {
            ERR_clear_error();
            ec = error::tls_error;
            return nullptr;
        }
        ctx_ = std::move(fresh);
    }
    return ctx_.get();
}

HAWSER_DECL bool TlsContext::configure(SSL_CTX* ctx) const {
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(
        ctx, options_.insecure_skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_verify_depth(ctx, 10);
    SSL_CTX_set_max_cert_list(ctx, 100 * 1024);
    static constexpr unsigned char alpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_protos(ctx, alpn, sizeof(alpn));
    SSL_CTX_set_read_ahead(ctx, 1);  // a record with its header in one call of our BIO
    if (options_.session_resumption) {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(ctx, &TlsContext::on_new_session);
    } else {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    }
    return load_roots(ctx) && load_own_certificate(ctx);
}

HAWSER_DECL bool TlsContext::load_roots(SSL_CTX* ctx) const {
    if (options_.insecure_skip_verify) {
        return true;
    }
    const bool system =
        options_.ca_file.empty() && options_.ca_path.empty() && options_.ca_pem.empty();
    if (system) {
        return SSL_CTX_set_default_verify_paths(ctx) == 1;
    }
    if (!options_.ca_file.empty() && SSL_CTX_load_verify_file(ctx, options_.ca_file.c_str()) != 1) {
        return false;
    }
    if (!options_.ca_path.empty() && SSL_CTX_load_verify_dir(ctx, options_.ca_path.c_str()) != 1) {
        return false;
    }
    if (options_.ca_pem.empty()) {
        return true;
    }
    const std::unique_ptr<BIO, OpenSslFree<BIO_free_all>> pem(
        BIO_new_mem_buf(options_.ca_pem.data(), static_cast<int>(options_.ca_pem.size())));
    int loaded = 0;
    while (X509* root = PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root);
        X509_free(root);
        ++loaded;
    }
    // The end of the text is reported as an error, too.
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return at_end && loaded != 0;
}

HAWSER_DECL bool TlsContext::load_own_certificate(SSL_CTX* ctx) const {
    if (options_.certificate_file.empty()) {
        return true;
    }
    return SSL_CTX_use_certificate_chain_file(ctx, options_.certificate_file.c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(ctx, options_.private_key_file.c_str(), SSL_FILETYPE_PEM) ==
               1 &&
           SSL_CTX_check_private_key(ctx) == 1;
}

HAWSER_DECL SslPtr TlsContext::make_ssl(std::string_view host,
                                        std::string_view session_key,
                                        std::error_code& ec) {
    SSL_CTX* ctx = context(ec);
    if (ctx == nullptr) {
        return nullptr;
    }
    ERR_clear_error();
    SslPtr ssl(SSL_new(ctx));
    if (!ssl || !set_peer_name(ssl.get(), host)) {
        ec = error::tls_error;
        return nullptr;
    }
    if (SslSessionPtr session = recall(session_key)) {
        SSL_set_session(ssl.get(), session.get());
    }
    SSL_set_connect_state(ssl.get());
    return ssl;
}

// The name in SNI and in the certificate: without the trailing dot; addresses have no SNI and match
// address entries only (RFC 6066 §3, RFC 9525).
HAWSER_DECL bool TlsContext::set_peer_name(SSL* ssl, std::string_view host) {
    if (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    const std::string name(host.substr(0, host.find('%')));  // no zone of a link-local address
    if (name.empty() || name.front() == '.') {
        return false;  // OpenSSL would check nothing, or let every subdomain pass
    }
    X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) == 1) {
        return true;
    }
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(
        param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(param, name.data(), name.size()) == 1 &&
           SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

HAWSER_DECL void TlsContext::remember(std::string_view session_key, SslSessionPtr session) {
    std::lock_guard lock(mutex_);
    if (const auto known = by_key_.find(session_key); known != by_key_.end()) {
        known->second->session = std::move(session);
        sessions_.splice(sessions_.begin(), sessions_, known->second);
        return;
    }
    if (sessions_.size() == max_sessions) {
        by_key_.erase(sessions_.back().key);
        sessions_.pop_back();
    }
    sessions_.push_front({std::string(session_key), std::move(session)});
    by_key_.emplace(sessions_.front().key, sessions_.begin());
}

// A ticket of TLS 1.3 is for one connection: it leaves the store with it. One of TLS 1.2 comes
// back when it was resumed, so that one which a server chokes on is not tried again.
HAWSER_DECL SslSessionPtr TlsContext::recall(std::string_view session_key) {
    std::lock_guard lock(mutex_);
    const auto known = by_key_.find(session_key);
    if (known == by_key_.end()) {
        return nullptr;
    }
    const auto entry = known->second;
    SslSessionPtr session = std::move(entry->session);
    by_key_.erase(known);
    sessions_.erase(entry);
    return session;
}

}  // namespace hawser::detail
