// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/io/tls_chain.hpp>
#include <hawser/detail/io/tls_context.hpp>
#include <hawser/detail/io/tls_files.hpp>
#include <hawser/detail/openssl_version.hpp>
#include <hawser/detail/option_text.hpp>
#include <hawser/error.hpp>
#include <hawser/tls_session_cache.hpp>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL TlsContext::TlsContext(const TlsOptions& options, bool thread_safe)
    : options_(options),
      mutex_(thread_safe),
      sessions_(options.session_cache
                    ? static_cast<TlsSessions*>(Access::sessions(*options.session_cache).get())
                    : new TlsSessions(thread_safe)),
      kind_(options.session_cache ? kind_of_sessions(options) : std::string()) {}

HAWSER_COLD_DECL int TlsContext::owner_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

HAWSER_COLD_DECL void TlsContext::set_session_owner(SSL* ssl, TlsSessionOwner& owner) {
    SSL_set_ex_data(ssl, owner_index(), &owner);
}

HAWSER_COLD_DECL int TlsContext::on_new_session(SSL* ssl, SSL_SESSION* session) {
    auto* owner = static_cast<TlsSessionOwner*>(SSL_get_ex_data(ssl, owner_index()));
    SslSessionPtr ours(session);
    try {
        if (!owner->of_proxy) {
            owner->context->remember(owner->key, std::move(ours));
        }
    } catch (...) {  // no memory: drop this one; OpenSSL cannot take an exception
    }
    return 1;  // we took over the reference
}

static_assert(is_usable_openssl(OPENSSL_VERSION_NUMBER), "see is_usable_openssl()");

// OpenSSL calls it for each certificate, valid or not.
HAWSER_COLD_DECL int TlsContext::on_verified(int good, X509_STORE_CTX* store) {
    const int result = X509_STORE_CTX_get_error(store);
    if (good == 1) {
        return 1;
    }
    const char* const host = X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(store), 0);
    X509* const cert = X509_STORE_CTX_get_current_cert(store);
    if (result == X509_V_ERR_HOSTNAME_MISMATCH && host != nullptr && cert != nullptr &&
        covers_underscore(cert, host)) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    TlsSessionOwner* const owner = owner_of(store);
    const bool strict = owner == nullptr || owner->context->options_.strict_certificates;
    if (!strict && is_common_deviation(store)) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    if (owner != nullptr) {
        note_refusal(*owner, store);
    }
    return 0;
}

// Null before set_session_owner().
HAWSER_COLD_DECL TlsSessionOwner* TlsContext::owner_of(X509_STORE_CTX* store) noexcept {
    const auto* ssl = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    return static_cast<TlsSessionOwner*>(SSL_get_ex_data(ssl, owner_index()));
}

inline bool is_unknown_signer(int result) noexcept {
    return result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
           result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
           result == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
           result == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
}

HAWSER_COLD_DECL void TlsContext::note_refusal(TlsSessionOwner& owner,
                                               X509_STORE_CTX* store) noexcept {
    X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(store);
    const char* const host = X509_VERIFY_PARAM_get0_host(param, 0);
    char* const address = host != nullptr ? nullptr : X509_VERIFY_PARAM_get1_ip_asc(param);
    const char* const expected = host != nullptr ? host : address;
    if (is_unknown_signer(X509_STORE_CTX_get_error(store)) &&
        TlsFiles::reads_directory(owner.context->options_)) {
        owner.lack = lack_of_descriptors();
    }
    try {
        owner.certificate_fault = certificate_fault(X509_STORE_CTX_get_error(store),
                                                    X509_STORE_CTX_get_error_depth(store),
                                                    X509_STORE_CTX_get_current_cert(store),
                                                    expected != nullptr ? expected : "");
    } catch (...) {  // no memory for the text
    }
    OPENSSL_free(address);
}

static_assert(is_usable_openssl(OPENSSL_VERSION_NUMBER), "see is_usable_openssl()");

HAWSER_COLD_DECL std::error_code TlsContext::load(Fault& fault) {
    std::error_code ec;
    ERR_clear_error();
    ctx_ = make_context(ec, fault);
    ERR_clear_error();
    return ec;
}

HAWSER_COLD_DECL SSL_CTX* TlsContext::context(std::error_code& ec, Fault& fault) {
    std::lock_guard lock(mutex_);
    if (!ctx_) {
        ERR_clear_error();
        ctx_ = make_context(ec, fault);
        ERR_clear_error();
    }
    return ctx_.get();
}

HAWSER_COLD_DECL SslCtxPtr TlsContext::make_context(std::error_code& ec, Fault& fault) {
    if ((ec = check_options(options_, fault))) {
        return nullptr;
    }
    ec = error::tls_error;
    if (!is_usable_openssl(OpenSSL_version_num())) {
        fault.reason = std::string(OpenSSL_version(OPENSSL_VERSION)) + " cannot be used";
        return nullptr;
    }
    SslCtxPtr fresh(SSL_CTX_new(TLS_client_method()));
    if (!fresh) {
        fault.reason = OpenSslErrors::take().reason;
        return nullptr;
    }
    configure(fresh.get());
    TlsFiles files(options_, fresh.get());
    ec = files.load();
    if (ec) {
        fault = std::move(files.fault());
        return nullptr;
    }
    ec = apply_options(fresh.get(), fault);
    return ec ? nullptr : std::move(fresh);
}

// Everything but the files. What the user does comes last.
HAWSER_COLD_DECL std::error_code TlsContext::apply_options(SSL_CTX* ctx, Fault& fault) {
    if (const std::error_code ec = apply_settings(options_, ctx, fault)) {
        return ec;
    }
    for (const std::string& pin : options_.pins) {
        if (!pins_.add(pin)) {
            fault = bad_tls_option("pins", pin, "not \"sha256//\" and the Base64 of 32 bytes");
            return error::tls_error;
        }
    }
    if (!options_.insecure_skip_verify || !pins_.empty()) {
        SSL_CTX_set_cert_verify_callback(ctx, &TlsContext::on_chain, this);
    }
    const std::string& log = text_of(options_.key_log_file);
    if (!log.empty() && !key_log_.is_open()) {
        if (const std::error_code ec = key_log_.open(log)) {
            fault = bad_tls_option("key_log_file", log, ec.message());
            fault.cause = ec;
            return error::tls_error;
        }
        SSL_CTX_set_keylog_callback(ctx, &TlsContext::on_secret);
    }
    if (options_.configure) {
        options_.configure(ctx);
    }
    return {};
}

// In place of OpenSSL's own verification, which it calls.
HAWSER_COLD_DECL int TlsContext::on_chain(X509_STORE_CTX* store, void* context) {
    const auto& self = *static_cast<const TlsContext*>(context);
    const bool verifies = !self.options_.insecure_skip_verify;
    TlsSessionOwner* const owner = owner_of(store);
    if (verifies && X509_verify_cert(store) != 1) {
        return 0;
    }
    if (verifies && !obeys_constraints(store)) {
        if (owner != nullptr) {
            note_refusal(*owner, store);
        }
        return 0;
    }
    const bool of_proxy = owner != nullptr && owner->of_proxy;
    if (self.pins_.empty() || of_proxy || self.is_pinned(store, verifies)) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    if (owner != nullptr) {
        try {
            owner->certificate_fault = {
                {X509_V_ERR_APPLICATION_VERIFICATION, x509_category()},
                "no certificate of the server has one of the keys in tls.pins",
                {}};
        } catch (...) {  // no memory for the text
        }
    }
    return 0;
}

HAWSER_COLD_DECL bool TlsContext::is_pinned(X509_STORE_CTX* store, bool verified) const noexcept {
    const STACK_OF(X509)* const chain = verified ? X509_STORE_CTX_get0_chain(store) : nullptr;
    bool pinned = pins_.match(X509_STORE_CTX_get0_cert(store));
    for (int i = 1; chain != nullptr && !pinned && i < sk_X509_num(chain); ++i) {
        pinned = pins_.match(sk_X509_value(chain, i));
    }
    return pinned;
}

HAWSER_COLD_DECL void TlsContext::on_secret(const SSL* ssl, const char* line) {
    if (const auto* owner =
            static_cast<const TlsSessionOwner*>(SSL_get_ex_data(ssl, owner_index()))) {
        owner->context->key_log_.write(line);
    }
}

HAWSER_COLD_DECL void TlsContext::configure(SSL_CTX* ctx) {
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION);
    if (!options_.allow_renegotiation) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
    }
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (!options_.insecure_skip_verify || !options_.pins.empty()) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, &TlsContext::on_verified);
    }
    SSL_CTX_set_verify_depth(ctx, 10);
    // A trusted certificate may end a chain even if it is not a root.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
                                X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT);
    SSL_CTX_set_max_cert_list(ctx, 100 * 1024);
    static constexpr unsigned char alpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_protos(ctx, alpn, sizeof(alpn));
    SSL_CTX_set_read_ahead(ctx, 1);  // read a record and its header in one BIO call
    if (requires_staple()) {
        SSL_CTX_ctrl(ctx, SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, TLSEXT_STATUSTYPE_ocsp, nullptr);
    }
    if (resumes()) {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(ctx, &TlsContext::on_new_session);
    } else {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    }
}

HAWSER_COLD_DECL SslPtr TlsContext::make_ssl(std::string_view host,
                                             std::string_view session_key,
                                             Resume resume,
                                             std::error_code& ec,
                                             Fault& fault) {
    const std::string& other_name = text_of(options_.server_name);
    SslPtr ssl = new_ssl(other_name.empty() ? host : other_name, ec, fault);
    if (ssl && resume == Resume::yes && resumes()) {
        if (SslSessionPtr session = sessions_->recall(shared_key(session_key))) {
            SSL_set_session(ssl.get(), session.get());
        }
    }
    return ssl;
}

HAWSER_COLD_DECL SslPtr TlsContext::make_proxy_ssl(std::string_view host,
                                                   std::error_code& ec,
                                                   Fault& fault) {
    SslPtr ssl = new_ssl(host, ec, fault);
    if (ssl) {
        SSL_certs_clear(ssl.get());
    }
    return ssl;
}

HAWSER_COLD_DECL SslPtr TlsContext::new_ssl(std::string_view host,
                                            std::error_code& ec,
                                            Fault& fault) {
    SSL_CTX* ctx = context(ec, fault);
    if (ctx == nullptr) {
        return nullptr;
    }
    ERR_clear_error();
    SslPtr ssl(SSL_new(ctx));
    if (!ssl || !set_peer_name(ssl.get(), host)) {
        ec = error::tls_error;
        fault.reason = ssl ? "no certificate can be for this host" : OpenSslErrors::take().reason;
        return nullptr;
    }
    SSL_set_connect_state(ssl.get());
    return ssl;
}

// Sets the name for SNI and for the certificate, without the trailing dot. Addresses have no SNI
// and match address entries only (RFC 6066 §3, RFC 9525).
HAWSER_COLD_DECL bool TlsContext::set_peer_name(SSL* ssl, std::string_view host) {
    if (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    const std::string name(host.substr(0, host.find('%')));  // without the zone of a link-local
                                                             // address
    if (name.empty() || name.front() == '.') {
        return false;  // OpenSSL would check nothing, or accept every subdomain
    }
    X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) == 1) {
        return true;
    }
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(
        param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(param, name.data(), name.size()) == 1 &&
           SSL_ctrl(ssl,  // SSL_set_tlsext_host_name without its C-style cast
                    SSL_CTRL_SET_TLSEXT_HOSTNAME,
                    TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(name.c_str())) == 1;
}

/// What TlsOptions::verify threw; if memory is short, the code must suffice.
inline Fault thrown_by_verify(std::error_code cause, const char* what) noexcept try {
    std::string reason = "tls.verify threw";
    return {cause, reason.append(*what != '\0' ? ": " : "").append(printable(what)), {}};
} catch (const std::bad_alloc&) {
    return {};
}

HAWSER_COLD_DECL std::error_code TlsContext::ask_user(const std::string& host,
                                                      const TlsPeer& server,
                                                      Fault& fault) const {
    try {
        if (options_.verify(host, server)) {
            return {};
        }
        fault.reason = std::string("tls.verify refused ").append(printable(host));
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (const std::system_error& e) {
        fault = thrown_by_verify(e.code(), e.what());
        return e.code() ? e.code() : make_error_code(error::cert_error);
    }
    catch (const std::bad_alloc&) {
        return error::resource_exhausted;
    }
    catch (const std::exception& e) {
        fault = thrown_by_verify({}, e.what());
    }
    catch (...) {
        fault = thrown_by_verify({}, "");
    }
    return error::cert_error;
}

// ── Sessions ─────────────────────────────────────────────────────────────────────────────────────

HAWSER_COLD_DECL void TlsContext::remember(std::string_view session_key, SslSessionPtr session) {
    sessions_->remember(shared_key(session_key), std::move(session));
}

HAWSER_COLD_DECL void TlsContext::resumed(std::string_view session_key, SslSessionPtr session) {
    sessions_->resumed(shared_key(session_key), std::move(session));
}

HAWSER_COLD_DECL void TlsContext::refused(std::string_view session_key) {
    sessions_->refused(shared_key(session_key));
}

HAWSER_COLD_DECL std::string TlsContext::shared_key(std::string_view session_key) const {
    return std::string(session_key).append(kind_);
}

// A session skips the verification of the server, and shows it who we are. Whoever resumes it must
// therefore have verified, and shown, the same.
HAWSER_COLD_DECL std::string TlsContext::kind_of_sessions(const TlsOptions& options) {
    std::string all;
    const auto add = [&all](std::string_view text) {
        all.append(std::to_string(text.size())).append(":").append(text);
    };
    for (const auto* option : {&options.ca_file,
                               &options.ca_path,
                               &options.ca_pem,
                               &options.certificate_file,
                               &options.certificate_pem,
                               &options.private_key_file,
                               &options.private_key_pem,
                               &options.server_name,
                               &options.ciphers,
                               &options.cipher_suites,
                               &options.groups}) {
        add(text_of(*option));
    }
    for (const bool flag :
         {options.insecure_skip_verify, options.strict_certificates, options.allow_renegotiation}) {
        add(flag ? "1" : "0");
    }
    add(std::to_string(static_cast<int>(options.min_version)));
    add(std::to_string(static_cast<int>(options.max_version)));
    for (const std::string& pin : options.pins) {
        add(pin);
    }
    if (options.configure) {  // it cannot be compared
        static std::atomic<std::uint64_t> count{0};
        add(std::to_string(++count));
    }
    std::array<unsigned char, 32> hash{};
    if (EVP_Digest(all.data(), all.size(), hash.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::bad_alloc();
    }
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace hawser::inline HAWSER_ABI::detail
