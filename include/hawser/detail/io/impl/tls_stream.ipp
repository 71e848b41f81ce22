// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/io/tls_certificates.hpp>
#include <hawser/detail/io/tls_staple.hpp>
#include <hawser/detail/io/tls_stream.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>

#include <array>
#include <cstring>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL TlsStream::TlsStream(std::unique_ptr<Stream> below,
                                 SslPtr ssl,
                                 TlsSessionOwner session_owner)
    : below_(std::move(below)),
      session_owner_(std::move(session_owner)),
      ssl_(std::move(ssl)),
      offers_session_(SSL_get_session(ssl_.get()) != nullptr) {
    if (offers_session_) {
        offered_.reset(SSL_SESSION_dup(SSL_get_session(ssl_.get())));
    }
    BIO* bio = BIO_new(bio_method());
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_msg_callback_arg(ssl_.get(), this);
    SSL_set_msg_callback(ssl_.get(), &TlsStream::on_message);
    TlsContext::set_session_owner(ssl_.get(), session_owner_);
}

HAWSER_DECL TlsStream::~TlsStream() = default;

HAWSER_DECL void TlsStream::on_message(
    int written, int, int type, const void* data, std::size_t size, SSL*, void* self) {
    auto& stream = *static_cast<TlsStream*>(self);
    if (written != 0) {
        return;
    }
    if (type == SSL3_RT_HEADER) {
        stream.records_without_data_ += stream.established_;
    } else if (type == SSL3_RT_ALERT && size == 2) {
        stream.closed_by_peer_ |= static_cast<const unsigned char*>(data)[1] == SSL_AD_CLOSE_NOTIFY;
    }
}

// Tickets, key updates, empty records. OpenSSL's read-ahead of 16 KiB may hold more of them.
inline constexpr int most_barren_records = 32;
inline constexpr std::size_t most_unsent = 64 * 1024;

// ── The BIO ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL BIO_METHOD* TlsStream::bio_method() {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "hawser");
        BIO_meth_set_read_ex(fresh, &TlsStream::bio_read);
        BIO_meth_set_write_ex(fresh, &TlsStream::bio_write);
        BIO_meth_set_ctrl(fresh, &TlsStream::bio_ctrl);
        return fresh;
    }();
    return method;
}

HAWSER_DECL int TlsStream::bio_read(BIO* bio, char* data, std::size_t size, std::size_t* read) {
    auto& self = *static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (self.records_without_data_ > most_barren_records) {
        self.tcp_error_ = {};
        return 0;
    }
    if (self.received_.empty() && !self.receive()) {
        if (self.tcp_error_ == asio::error::would_block) {
            BIO_set_retry_read(bio);
        }
        return 0;
    }
    *read = self.received_.take(data, size);
    return 1;
}

// Never makes OpenSSL wait: it keeps what the socket does not accept. OpenSSL need not call again
// with the same bytes, and a read never waits for a write. The kept data is small, one record and
// answers to key updates, unless the peer keeps requesting those and reads none.
HAWSER_DECL int TlsStream::bio_write(BIO* bio,
                                     const char* data,
                                     std::size_t size,
                                     std::size_t* written) {
    auto& self = *static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    std::size_t sent = 0;
    if (self.unsent_.empty()) {
        const std::string_view piece(data, size);
        std::error_code ec;
        sent = self.below_->write_some({&piece, 1}, ec);
        if (ec && ec != asio::error::would_block) {
            self.tcp_error_ = ec;
            return 0;
        }
    }
    if (self.unsent_.size() + size - sent > most_unsent) {
        self.tcp_error_ = {};
        return 0;
    }
    try {
        self.unsent_.append(data + sent, size - sent);
    } catch (...) {  // OpenSSL cannot take an exception
        self.tcp_error_ = asio::error::no_memory;
        return 0;
    }
    *written = size;
    return 1;
}

HAWSER_DECL long TlsStream::bio_ctrl(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) {
        const auto& self = *static_cast<TlsStream*>(BIO_get_data(bio));
        return self.tcp_error_ == asio::error::eof ? 1 : 0;
    }
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

HAWSER_DECL bool TlsStream::receive() {
    if (receives_left_ == 0 && !below_->has_buffered()) {  // nobody would report buffered bytes
        tcp_error_ = asio::error::would_block;
        return false;
    }
    receives_left_ -= receives_left_ > 0 ? 1 : 0;
    char* const room = received_.room();
    if (room == nullptr) {
        tcp_error_ = asio::error::no_memory;
        return false;
    }
    tcp_error_ = {};
    received_.filled(below_->read_some(room, CiphertextBuffer::size, tcp_error_));
    return !tcp_error_;
}

// ── The stream ───────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL std::optional<Stream::Direction> TlsStream::handshake(std::error_code& ec) {
    if ((ec = flush())) {
        return ec == asio::error::would_block ? (ec.clear(), std::optional(Direction::write))
                                              : std::nullopt;
    }
    receives_left_ = 4;
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    received_.release();
    if (result == 1) {
        established();
        ec = established_                                       ? std::error_code{}
             : handshake_end_ == Handshake::refused_certificate ? make_error_code(error::cert_error)
                                                                : make_error_code(error::tls_error);
        return std::nullopt;
    }
    if (SSL_want_read(ssl_.get()) && tcp_error_ == asio::error::would_block) {
        return has_unsent() ? Direction::write : Direction::read;
    }
    ec = handshake_failure();
    return std::nullopt;
}

HAWSER_DECL void TlsStream::established() {
    const unsigned char* alpn = nullptr;
    unsigned alpn_size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &alpn, &alpn_size);
    const std::string_view selected(reinterpret_cast<const char*>(alpn), alpn_size);
    established_ = selected.empty() || selected == "http/1.1";
    if (!established_) {
        handshake_end_ = Handshake::refused_protocol;
        note_with([&]() -> Fault {
            return {.reason = "the server chose the protocol \"" + printable(selected, 32) + '"'};
        });
        return;
    }
    // With an anonymous cipher OpenSSL verifies nothing, whatever the verification mode.
    if (SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE &&
        SSL_get0_peer_certificate(ssl_.get()) == nullptr) {
        established_ = false;
        return refuse({.reason = "the server showed no certificate"});
    }
    if (session_owner_.context->requires_staple() && !session_owner_.of_proxy) {
        if (std::optional<Fault> problem = TlsStaple(ssl_.get()).problem()) {
            established_ = false;
            return refuse(std::move(*problem));
        }
    }
    handshake_end_ = Handshake::done;
    if (SSL_session_reused(ssl_.get()) == 1) {
        if (SSL_version(ssl_.get()) < TLS1_3_VERSION) {
            offered_.reset(SSL_get1_session(ssl_.get()));  // it may contain a new ticket
        }
        session_owner_.context->resumed(session_owner_.key, std::move(offered_));
    }
    offered_ = nullptr;
}

HAWSER_DECL void TlsStream::refuse(Fault fault) noexcept {
    handshake_end_ = Handshake::refused_certificate;
    note_with([&] { return std::move(fault); });
}

HAWSER_DECL std::error_code TlsStream::handshake_failure() {
    established_ = false;
    const bool verifies = SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE;
    if (!verifies || SSL_get_verify_result(ssl_.get()) == X509_V_OK) {
        note_with([&] { return what_failed(); });
        const bool exhausted = fault_ && is_exhausted(fault_->cause);
        handshake_end_ = exhausted ? Handshake::given_up : Handshake::broken;
        return exhausted ? with_cause(error::resource_exhausted, fault_->cause)
                         : make_error_code(error::tls_error);
    }
    // OpenSSL reads directories of roots only now. Whether its queue says why it could not depends
    // on its version.
    const std::error_code said = OpenSslErrors::take().system;
    const std::error_code lack = is_exhausted(said) ? said : session_owner_.lack;
    if (is_exhausted(lack)) {
        note_with([&]() -> Fault {
            return {.cause = lack, .reason = "the trusted roots cannot be read"};
        });
        return with_cause(error::resource_exhausted, lack);
    }
    handshake_end_ = Handshake::refused_certificate;
    note_with([&] { return std::move(session_owner_.certificate_fault); });
    return error::cert_error;
}

// ── Failures ─────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL Fault TlsStream::fault() const noexcept try {
    return fault_ ? *fault_ : Fault{};
} catch (...) {
    return {};
}

template <class Explain>
void TlsStream::note_with(Explain explain) noexcept {
    try {
        fault_ = std::make_unique<Fault>(explain());
    } catch (...) {  // no memory for the text
    }
}

// Empties OpenSSL's error queue.
HAWSER_DECL Fault TlsStream::what_failed() const {
    OpenSslErrors errors = OpenSslErrors::take();
    if (tcp_error_ == asio::error::eof || closed_by_peer_) {
        return {.reason = handshake_end_ == Handshake::done
                              ? "the server ended the connection without close_notify"
                              : "the server ended the connection"};
    }
    if (tcp_error_ && tcp_error_ != asio::error::would_block) {
        Fault below = below_->fault();
        below.cause = below.cause ? below.cause : in_std_category(tcp_error_);
        return below;
    }
    if (records_without_data_ > most_barren_records) {
        return {.reason = "too many records in a row without data"};
    }
    if (unsent_.size() > most_unsent / 2 && errors.reason.empty()) {
        return {.reason = "the server wants answers that it does not read"};
    }
    if (errors.reason == "wrong version number" || errors.reason == "packet length too long") {
        errors.reason += ": what the server sends is no TLS";
    }
    return {.reason = std::move(errors.reason)};
}

// Writing must wait for reading while a message of the peer is incomplete, such as a ticket split
// over two records.
HAWSER_DECL bool TlsStream::wait(Direction direction, Watcher& watcher) {
    const bool reads = direction == Direction::write && unsent_.empty() && write_reads_;
    return reads ? below_->wait_read_to_write(watcher) : below_->wait(direction, watcher);
}

HAWSER_DECL bool TlsStream::wait_read_to_write(Watcher& watcher) {
    return below_->wait_read_to_write(watcher);
}

HAWSER_DECL std::size_t TlsStream::read_some(char* data, std::size_t size, std::error_code& ec) {
    if (!ssl_) {
        ec = asio::error::bad_descriptor;
        return 0;
    }
    receives_left_ = 2;
    std::size_t n = 0;
    const int result = SSL_read_ex(ssl_.get(), data, size, &n);
    if (result == 1) {
        records_without_data_ = 0;
    } else {
        ec = failure();
    }
    received_.release();  // an idle connection holds none
    return n;
}

HAWSER_DECL std::size_t TlsStream::write_some(std::span<const std::string_view> pieces,
                                              std::error_code& ec) {
    if (!ssl_) {
        ec = asio::error::bad_descriptor;
        return 0;
    }
    if ((ec = flush()) || pieces.empty()) {
        return 0;
    }
    constexpr std::size_t record = 16 * 1024;
    if (pieces.size() == 1 || pieces[0].size() >= record) {
        return write_plain(pieces[0], ec);
    }
    std::array<char, record> gathered;  // the head and the first body bytes share a record
    std::size_t size = 0;
    for (const std::string_view piece : pieces) {
        const std::size_t n = std::min(piece.size(), record - size);
        std::memcpy(gathered.data() + size, piece.data(), n);
        size += n;
    }
    return write_plain({gathered.data(), size}, ec);
}

HAWSER_DECL std::size_t TlsStream::write_plain(std::string_view bytes, std::error_code& ec) {
    receives_left_ = 2;
    std::size_t n = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &n);
    write_reads_ = result != 1 && SSL_want_read(ssl_.get());
    if (result != 1) {
        ec = failure();
        return 0;
    }
    return n;
}

HAWSER_DECL std::error_code TlsStream::flush() {
    std::error_code ec;
    while (!unsent_.empty()) {
        const std::string_view piece(unsent_);
        const std::size_t sent = below_->write_some({&piece, 1}, ec);
        if (ec) {
            return ec;
        }
        unsent_.erase(0, sent);
    }
    if (below_->has_unsent()) {
        below_->write_some({}, ec);
    }
    return ec;
}

// SSL_get_error() would tell the same, but it consults the thread's error queue. It would take an
// error left there by other code for ours, unless the queue were cleared before every call, which
// costs as much as encrypting a hundred bytes.
HAWSER_DECL std::error_code TlsStream::failure() {
    if (SSL_want_read(ssl_.get()) && tcp_error_ == asio::error::would_block) {
        return asio::error::would_block;
    }
    if (closed_by_peer_) {
        return asio::error::eof;
    }
    established_ = false;  // from now on send nothing, not even close_notify
    note_with([&] { return what_failed(); });
    if (tcp_error_ == asio::error::eof) {
        return asio::error::shut_down;  // no close_notify: possibly truncated (RFC 8446 §6.1)
    }
    const bool tcp_failed = tcp_error_ && tcp_error_ != asio::error::would_block;
    return tcp_failed ? tcp_error_ : make_error_code(error::tls_error);
}

HAWSER_DECL bool TlsStream::has_buffered() const noexcept {
    return ssl_ &&
           (!received_.empty() || SSL_has_pending(ssl_.get()) == 1 || below_->has_buffered());
}

// The server may send session tickets on an idle connection. This reads them; they do not make the
// connection stale.
HAWSER_DECL Idle TlsStream::probe() {
    if (!ssl_) {
        return Idle::stale;
    }
    char byte = 0;
    receives_left_ = 2;
    std::size_t n = 0;
    const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &n);
    const bool quiet = result != 1 && failure() == asio::error::would_block;
    received_.release();
    return quiet ? Idle::quiet : Idle::stale;
}

HAWSER_DECL void TlsStream::describe(ConnectionInfo& info) const {
    below_->describe(info);
    if (!ssl_ || session_owner_.of_proxy) {
        return;
    }
    info.tls_version = SSL_get_version(ssl_.get());
    info.tls_cipher = SSL_get_cipher_name(ssl_.get());
    info.tls_resumed = SSL_session_reused(ssl_.get()) == 1;
    info.tls_peer = Access::make<TlsPeer>(new TlsCertificates(ssl_.get()));
}

// Sends close_notify if the socket accepts it; does not wait for the peer's.
HAWSER_DECL void TlsStream::close_write() noexcept {
    if (std::exchange(established_, false) && unsent_.empty()) {
        if (SSL_shutdown(ssl_.get()) < 0) {
            ERR_clear_error();
        }
    }
}

HAWSER_DECL void TlsStream::close() noexcept {
    close_write();
    below_->close();
    ssl_.reset();  // 50 KB; the rest lives as long as the connection's last response
    received_.clear();
    std::string().swap(unsent_);
}

// Frees OpenSSL's record buffers, 33 KB; the next read and write allocate them again.
HAWSER_DECL void TlsStream::trim() noexcept {
    if (ssl_) {
        SSL_free_buffers(ssl_.get());
    }
    if (unsent_.empty()) {
        std::string().swap(unsent_);
    }
    below_->trim();
}

}  // namespace hawser::inline HAWSER_ABI::detail
