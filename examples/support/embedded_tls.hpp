// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The TLS half of EmbeddedServer: a certificate made in memory, and sessions over a socket.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

/// One TLS connection over a connected socket, which the caller still owns.
class EmbeddedTlsSession {
public:
    EmbeddedTlsSession(ssl_ctx_st* context, int socket);
    ~EmbeddedTlsSession();
    EmbeddedTlsSession(const EmbeddedTlsSession&) = delete;
    EmbeddedTlsSession& operator=(const EmbeddedTlsSession&) = delete;

    bool handshake();
    long read(char* data, std::size_t size);         // bytes read; 0 or less: the end
    long write(const char* data, std::size_t size);  // bytes written; 0 or less: the end
    void say_goodbye();                              // close_notify

private:
    ssl_st* ssl_;
};

/// Key and self-signed certificate (it is its own authority) for 127.0.0.1, ::1 and localhost.
class EmbeddedTls {
public:
    EmbeddedTls();
    ~EmbeddedTls();
    EmbeddedTls(const EmbeddedTls&) = delete;
    EmbeddedTls& operator=(const EmbeddedTls&) = delete;

    std::unique_ptr<EmbeddedTlsSession> session(int socket) const;
    const std::string& ca_pem() const { return ca_pem_; }

private:
    ssl_ctx_st* context_;
    std::string ca_pem_;
};
