// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the recipes need beside hawser::testing::Server: a server at a Unix socket, one that asks
// for a client certificate, and the pin of a certificate.

#include "test_certs.hpp"

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/read_until.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/write.hpp>

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <thread>

namespace cookbook {

/// Reads a request, and answers it with this text.
template <class Stream>
void answer_one(Stream& stream, const std::string& text) {
    std::string head;
    asio::read_until(stream, asio::dynamic_buffer(head), "\r\n\r\n");
    asio::write(stream,
                asio::buffer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                             std::to_string(text.size()) + "\r\n\r\n" + text));
}

/// Answers one request at a Unix socket.
class UnixServer {
public:
    explicit UnixServer(const std::string& path)
        : acceptor_(io_, path), thread_([this] { serve(); }) {}
    ~UnixServer() { ::shutdown(acceptor_.native_handle(), SHUT_RDWR); }

private:
    void serve() {
        try {
            auto socket = acceptor_.accept();
            answer_one(socket, "hello from a socket");
        } catch (const std::system_error&) {  // the recipe will miss its answer
        }
    }

    asio::io_context io_;
    asio::local::stream_protocol::acceptor acceptor_;
    std::jthread thread_;
};

/// Answers one request over TLS, with the name in the certificate that the client showed. Writes
/// ca.pem for itself, and me.pem and me.key for the client.
class ClientCertificateServer {
public:
    ClientCertificateServer() : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}) {
        using hawser::test::TestCert;
        const TestCert ca = TestCert::authority();
        const TestCert own = ca.issue({.dns = {"localhost"}, .ips = {"127.0.0.1"}});
        const TestCert client = ca.issue({.cn = "me", .eku = "clientAuth"});
        std::ofstream("company-ca.pem") << ca.pem();
        std::ofstream("me.pem") << client.pem();
        std::ofstream("me.key") << client.key_pem();
        tls_.use_certificate(asio::buffer(own.pem()), asio::ssl::context::pem);
        tls_.use_private_key(asio::buffer(own.key_pem()), asio::ssl::context::pem);
        tls_.add_certificate_authority(asio::buffer(ca.pem()));
        tls_.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
        thread_ = std::jthread([this] { serve(); });
    }

    ~ClientCertificateServer() { ::shutdown(acceptor_.native_handle(), SHUT_RDWR); }

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    void serve() {
        try {
            asio::ssl::stream<asio::ip::tcp::socket> stream(acceptor_.accept(), tls_);
            stream.handshake(asio::ssl::stream_base::server);
            const std::unique_ptr<X509, decltype(&X509_free)> client(
                SSL_get1_peer_certificate(stream.native_handle()), &X509_free);
            char name[80] = "";
            X509_NAME_get_text_by_NID(
                X509_get_subject_name(client.get()), NID_commonName, name, sizeof name);
            answer_one(stream, std::string("hello, ").append(name));
        } catch (const std::system_error&) {  // the recipe will miss its answer
        }
    }

    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    asio::ssl::context tls_{asio::ssl::context::tls_server};
    std::jthread thread_;
};

/// The pin of a certificate's key, as TlsOptions::pins takes it.
inline std::string pin_of(const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr), &X509_free);
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &der);
    unsigned char hash[32];
    EVP_Digest(der, static_cast<std::size_t>(size), hash, nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(der);
    unsigned char text[64];
    const int length = EVP_EncodeBlock(text, hash, sizeof hash);
    return "sha256//" + std::string(text, text + length);
}

}  // namespace cookbook
