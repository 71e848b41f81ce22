// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// TLS for the scripted server: what it offers, what the client's hello contained, and a session
// whose ciphertext passes through memory, so that a script can cut, join, hold back or forge
// records. Knows nothing of HTTP. Allows every version and key size: refusing them is the client's
// task.

#include "test_certs.hpp"
#include "wire.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/ssl.h>

#include <cstring>
#include <functional>
#include <optional>

namespace hawser::test {

/// The contents of the client's first message (T24, T22, T32).
struct ClientHello {
    std::optional<std::string> sni;
    std::vector<std::string> alpn;
    std::vector<int>
        extensions;  ///< types in the client's order: 42 is early_data, 41 a ticket (PSK)
};

struct ServerTls {
    TestCert cert;                   ///< with its key, and the chain to send
    int min_version = TLS1_VERSION;  ///< SSL_CTX_set_min_proto_version
    int max_version = TLS1_3_VERSION;
    std::string ciphers{};  ///< of TLS 1.2; empty = OpenSSL's own
    /// Picks a protocol, from the client's list or not; empty = sends none.
    std::function<std::string(const std::vector<std::string>&)> choose_alpn{};
    std::string ocsp_response{};    ///< DER to staple, if the client asks for it; empty = none
    bool tickets = true;            ///< false: no session can be resumed
    bool send_close_notify = true;  ///< before the FIN of Peer::close()
    bool ask_client_cert = false;   ///< accepts any, or none
    bool need_client_cert = false;  ///< fatal alert if there is none
    bool id_context = true;  ///< false: with ask_client_cert, each resumption fails with an alert
    bool renew_tickets = true;  ///< false: a resumed handshake issues no new ticket, as in Node
    /// Handshake bytes to send before going silent (T31).
    std::optional<std::size_t> stall_after{};
};

/// The handshake failed, with OpenSSL's text.
struct HandshakeFailed : PeerGone {
    using PeerGone::PeerGone;
};

namespace internal {

inline std::string openssl_errors(std::string text) {
    char line[256];
    while (const auto code = ERR_get_error()) {
        ERR_error_string_n(code, line, sizeof line);
        text += text.empty() ? "" : "; ";
        text += line;
    }
    return text;
}

/// The strings of a list in which each is preceded by its length in one byte.
inline std::vector<std::string> length_prefixed(const unsigned char* data, std::size_t size) {
    std::vector<std::string> items;
    for (std::size_t at = 0; at < size && at + 1 + data[at] <= size; at += 1 + data[at]) {
        items.emplace_back(reinterpret_cast<const char*>(data) + at + 1, data[at]);
    }
    return items;
}

inline ClientHello parse_hello(SSL* ssl) {
    ClientHello hello;
    const unsigned char* data = nullptr;
    std::size_t size = 0;
    // server_name: list length (2), type (1), name length (2), name
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &size) == 1 && size >= 5) {
        hello.sni.emplace(reinterpret_cast<const char*>(data) + 5, size - 5);
    }
    if (SSL_client_hello_get0_ext(
            ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &data, &size) == 1 &&
        size >= 2) {
        hello.alpn = length_prefixed(data + 2, size - 2);
    }
    int* types = nullptr;
    if (SSL_client_hello_get1_extensions_present(ssl, &types, &size) == 1) {
        hello.extensions.assign(types, types + size);
        OPENSSL_free(types);
    }
    return hello;
}

}  // namespace internal

/// One SSL_CTX made from ServerTls; shared by all connections of a server.
class TlsContext {
public:
    explicit TlsContext(ServerTls options)
        : options_{std::move(options)}, context_{SSL_CTX_new(TLS_server_method()), &SSL_CTX_free} {
        SSL_CTX* ctx = internal::need(context_.get(), "SSL_CTX");
        SSL_CTX_set_security_level(ctx, 0);
        SSL_CTX_set_min_proto_version(ctx, options_.min_version);
        SSL_CTX_set_max_proto_version(ctx, options_.max_version);
        if (!options_.ciphers.empty()) {
            SSL_CTX_set_cipher_list(ctx, options_.ciphers.c_str());
        }
        internal::need(SSL_CTX_use_certificate(ctx, options_.cert.cert()), "certificate");
        internal::need(SSL_CTX_use_PrivateKey(ctx, options_.cert.key()), "private key");
        for (const auto& link : options_.cert.chain()) {
            internal::need(static_cast<int>(SSL_CTX_add1_chain_cert(ctx, link.get())), "chain");
        }
        if (options_.id_context) {
            SSL_CTX_set_session_id_context(
                ctx, reinterpret_cast<const unsigned char*>("hawser"), 6);
        }
        if (!options_.renew_tickets) {
            SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, &on_ticket_key);
        }
        if (!options_.tickets) {
            SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
            SSL_CTX_set_num_tickets(ctx, 0);
            SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
        }
        if (options_.ask_client_cert || options_.need_client_cert) {
            const int need = options_.need_client_cert ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | need, [](int, X509_STORE_CTX*) { return 1; });
        }
        SSL_CTX_set_client_hello_cb(ctx, &on_hello, nullptr);
        if (!options_.ocsp_response.empty()) {
            SSL_CTX_set_tlsext_status_cb(ctx, &on_status);
            SSL_CTX_set_tlsext_status_arg(ctx, &options_);
        }
        if (options_.choose_alpn) {
            SSL_CTX_set_alpn_select_cb(ctx, &on_alpn, &options_);
        }
    }
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    const ServerTls& options() const { return options_; }
    SSL_CTX* native() const { return context_.get(); }

private:
    static int on_hello(SSL* ssl, int*, void*) {
        *static_cast<ClientHello*>(SSL_get_app_data(ssl)) = internal::parse_hello(ssl);
        return SSL_CLIENT_HELLO_SUCCESS;
    }

    /// Accepts every ticket, without renewing it.
    static int on_ticket_key(SSL*,
                             unsigned char* name,
                             unsigned char* iv,
                             EVP_CIPHER_CTX* cipher,
                             EVP_MAC_CTX* mac,
                             int encrypts) {
        unsigned char key[32] = {1};
        if (encrypts != 0) {
            std::memset(name, 1, 16);
            std::memset(iv, 2, 16);
        }
        char digest[] = "SHA256";
        const OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string("key", key, sizeof key),
                                     OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                     OSSL_PARAM_construct_end()};
        const bool ready =
            EVP_MAC_CTX_set_params(mac, params) == 1 &&
            EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key, iv, encrypts) == 1;
        return ready ? 1 : -1;
    }

    static int on_status(SSL* ssl, void* arg) {
        const std::string& response = static_cast<ServerTls*>(arg)->ocsp_response;
        SSL_set_tlsext_status_ocsp_resp(  // which takes it over
            ssl,
            OPENSSL_memdup(response.data(), response.size()),
            static_cast<long>(response.size()));
        return SSL_TLSEXT_ERR_OK;
    }

    static int on_alpn(SSL*,
                       const unsigned char** out,
                       unsigned char* size,
                       const unsigned char* offered,
                       unsigned offered_size,
                       void* arg) {
        thread_local std::string choice;  // OpenSSL copies it after this returns
        choice = static_cast<ServerTls*>(arg)->choose_alpn(
            internal::length_prefixed(offered, offered_size));
        *out = reinterpret_cast<const unsigned char*>(choice.data());
        *size = static_cast<unsigned char>(choice.size());
        return choice.empty() ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_OK;
    }

    ServerTls options_;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
};

/// The server's side of one TLS connection on a Wire. Used by one thread.
class TlsSession {
public:
    /// `early` holds bytes from the client that were read before TLS began.
    TlsSession(const TlsContext& context, Wire& wire, std::string_view early)
        : wire_{wire},
          stall_after_{context.options().stall_after},
          ssl_{internal::need(SSL_new(context.native()), "SSL"), &SSL_free} {
        SSL_set_bio(ssl(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_app_data(ssl(), &hello_);
        BIO_write(SSL_get_rbio(ssl()), early.data(), static_cast<int>(early.size()));
    }

    SSL* ssl() const { return ssl_.get(); }
    bool saw_close_notify() const { return (SSL_get_shutdown(ssl()) & SSL_RECEIVED_SHUTDOWN) != 0; }

    /// Calls `on_hello` once, before the client can know that its hello arrived: however the client
    /// goes on, a test finds the hellos in the order of its connections.
    void handshake(const std::function<void(const ClientHello&)>& on_hello) {
        for (bool told = false;;) {
            ERR_clear_error();
            const int result = SSL_accept(ssl());
            const int error = SSL_get_error(ssl(), result);
            auto text = internal::openssl_errors("");
            if (!told && !hello_.extensions.empty()) {
                told = true;
                on_hello(hello_);
            }
            flush();
            if (result == 1) {
                stall_after_.reset();
                return;
            }
            if (error != SSL_ERROR_WANT_READ) {
                throw HandshakeFailed{text};
            }
            if (!feed(Wait::patient)) {
                throw HandshakeFailed{"the client left during the handshake"};
            }
        }
    }

    /// TLS 1.2: makes the client start a new, full handshake, and waits for its end.
    void renegotiate() {
        SSL_set_options(ssl(), SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
        SSL_renegotiate(ssl());
        SSL_do_handshake(ssl());  // sends the request
        flush();
        for (bool began = false; !began || SSL_in_init(ssl()) != 0;) {
            if (!feed(Wait::patient)) {
                throw HandshakeFailed{"the client left the handshake that was to be anew"};
            }
            ERR_clear_error();
            char byte = 0;
            const int error = SSL_get_error(ssl(), SSL_peek(ssl(), &byte, 1));
            auto text = internal::openssl_errors("");
            flush();
            if (error != SSL_ERROR_WANT_READ) {
                throw HandshakeFailed{text};
            }
            began = began || SSL_in_init(ssl()) != 0;
        }
    }

    /// Plaintext; 0 at close_notify or FIN.
    std::size_t read_some(char* into, std::size_t size, Wait wait) {
        for (;;) {
            ERR_clear_error();
            const int n = SSL_read(ssl(), into, static_cast<int>(size));
            const int error = SSL_get_error(ssl(), n);
            auto text = internal::openssl_errors("");
            flush();
            if (n > 0) {
                return static_cast<std::size_t>(n);
            }
            if (error == SSL_ERROR_ZERO_RETURN) {
                return 0;
            }
            if (error != SSL_ERROR_WANT_READ) {
                throw PeerGone{"TLS: " + text};
            }
            if (!feed(wait)) {
                return 0;
            }
        }
    }

    /// Whether bytes have arrived that read_some() has not returned.
    bool has_pending() {
        return SSL_has_pending(ssl()) == 1 || BIO_ctrl_pending(SSL_get_rbio(ssl())) > 0;
    }

    /// The ciphertext of `bytes`, not sent yet: the caller may cut it anywhere and send it raw.
    std::string seal(std::string_view bytes) {
        ERR_clear_error();
        if (!bytes.empty() && SSL_write(ssl(), bytes.data(), static_cast<int>(bytes.size())) <= 0) {
            throw PeerGone{internal::openssl_errors("TLS write")};
        }
        return take();
    }

    /// The ciphertext of close_notify, not sent yet.
    std::string seal_close_notify() {
        ERR_clear_error();
        SSL_shutdown(ssl());
        ERR_clear_error();
        return take();
    }

    /// Sends whatever OpenSSL has buffered, for instance after SSL_key_update.
    void flush() { send_limited(take()); }

private:
    std::string take() {
        BIO* out = SSL_get_wbio(ssl());
        std::string bytes(static_cast<std::size_t>(BIO_ctrl_pending(out)), '\0');
        if (!bytes.empty()) {
            BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
        }
        return bytes;
    }

    void send_limited(std::string_view bytes) {
        if (!stall_after_ || bytes.size() <= *stall_after_) {
            wire_.write_all(bytes);
            if (stall_after_) {
                *stall_after_ -= bytes.size();
            }
            return;
        }
        wire_.write_all(bytes.substr(0, *stall_after_));
        char sink[4096];
        while (wire_.read_some(sink, sizeof sink, Wait::forever) != 0) {
        }
        throw HandshakeFailed{"the client left the stalled handshake"};
    }

    bool feed(Wait wait) {
        char bytes[16384];
        const auto n = wire_.read_some(bytes, sizeof bytes, wait);
        BIO_write(SSL_get_rbio(ssl()), bytes, static_cast<int>(n));
        return n != 0;
    }

    Wire& wire_;
    std::optional<std::size_t> stall_after_;
    ClientHello hello_;
    std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

}  // namespace hawser::test
