// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// TLS as a Stream: OpenSSL over our own BIO, which reads and writes the stream below directly. One
// readiness wait thus serves all layers, and an idle connection holds no buffer of ours.

#include <hawser/config.hpp>
#include <hawser/detail/io/ciphertext_buffer.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/io/tls_context.hpp>
#include <hawser/detail/policy/session_retry.hpp>
#include <hawser/failure.hpp>

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class TlsStream final : public Stream {
public:
    /// Speaks TLS over a connected stream: a socket, or TLS with a proxy.
    TlsStream(std::unique_ptr<Stream> below, SslPtr ssl, TlsSessionOwner session_owner);
    HAWSER_DECL ~TlsStream() override;

    /// Continues the handshake. Complete if it returns no direction and `ec` is clear. If it
    /// returns a direction, wait for that. Fails with error::cert_error, error::tls_error, or
    /// error::resource_exhausted if the roots could not be read because descriptors ran out.
    std::optional<Direction> handshake(std::error_code& ec);
    /// The handshake is complete, but the user refuses the server.
    void refuse(Fault fault) noexcept;
    /// How it ended.
    Handshake handshake_end() const noexcept { return handshake_end_; }
    /// Whether it offered a session from an earlier connection.
    bool offers_session() const noexcept { return offers_session_; }

    HAWSER_DECL bool wait(Direction direction, Watcher& watcher) override;
    HAWSER_DECL bool wait_read_to_write(Watcher& watcher) override;
    HAWSER_DECL std::size_t read_some(char* data, std::size_t size, std::error_code& ec) override;
    HAWSER_DECL std::size_t write_some(std::span<const std::string_view> pieces,
                                       std::error_code& ec) override;
    bool has_unsent() const noexcept override { return !unsent_.empty() || below_->has_unsent(); }
    HAWSER_DECL bool has_buffered() const noexcept override;
    HAWSER_DECL Idle probe() override;
    HAWSER_DECL Fault fault() const noexcept override;
    HAWSER_DECL void describe(ConnectionInfo& info) const override;
    HAWSER_DECL void close_write() noexcept override;
    int pollable() noexcept override { return below_->pollable(); }
    ContextWork* work() noexcept override { return below_->work(); }
    HAWSER_DECL void close() noexcept override;
    HAWSER_DECL void trim() noexcept override;

private:
    static void on_message(
        int written, int, int type, const void* data, std::size_t size, SSL*, void* self);
    static BIO_METHOD* bio_method();
    static int bio_read(BIO* bio, char* data, std::size_t size, std::size_t* read);
    static int bio_write(BIO* bio, const char* data, std::size_t size, std::size_t* written);
    static long bio_ctrl(BIO* bio, int command, long number, void* pointer);

    void established();
    bool receive();
    std::size_t write_plain(std::string_view bytes, std::error_code& ec);
    std::error_code flush();
    std::error_code failure();
    HAWSER_COLD std::error_code handshake_failure();
    template <class Explain>
    HAWSER_COLD void note_with(Explain explain) noexcept;
    HAWSER_COLD Fault what_failed() const;

    const std::unique_ptr<Stream> below_;
    TlsSessionOwner session_owner_;
    SslPtr ssl_;             // until close()
    SslSessionPtr offered_;  // a copy: OpenSSL does not let a TLS 1.3 session be resumed twice

    CiphertextBuffer received_;
    std::string unsent_;         // ciphertext that the stream below has not accepted yet
    std::error_code tcp_error_;  // the last error of the stream below
    std::unique_ptr<Fault> fault_;
    int receives_left_ = 0;         // bounds the work of one read
    int records_without_data_ = 0;  // received since the last record with HTTP bytes
    bool write_reads_ = false;      // writing waits for the rest of a message from the peer
    bool established_ = false;
    bool offers_session_ = false;
    Handshake handshake_end_ = Handshake::given_up;  // until the handshake ends
    bool closed_by_peer_ = false;                    // with close_notify
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_stream.ipp>
#endif
