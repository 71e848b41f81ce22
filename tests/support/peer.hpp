// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One accepted connection, as a script sees it: it receives requests, sends any bytes, and ends in
// any way. Requests are read strictly (RFC 9112): our own client wrote them, so a malformed one
// fails the test.

#include "received_request.hpp"
#include "server_log.hpp"

namespace hawser::test {

/// How the client ended its side.
enum class End { fin, reset };

/// Passed to the script once per connection, and closed when the script returns. Used by its thread
/// only. Unless stated otherwise, everything that waits throws TimedOut after `patience`, which
/// fails the test, and PeerGone when the client has gone or the server is being destroyed, which
/// just ends the script.
class Peer {
public:
    Peer(int fd, int stop_fd, std::stop_token stop, ServerLog& log)
        : wire_{fd, stop_fd}, stop_{std::move(stop)}, log_{log}, number_{log.accepted()} {}
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() { drop(); }

    /// 1 for the first connection of the server, and so on.
    std::size_t number() const { return number_; }
    /// For scripts that read and write by themselves, in place of all below.
    int fd() const { return wire_.fd(); }
    /// Becomes readable when the server stops.
    int stop_fd() const { return wire_.stop_fd(); }

    // ── receiving ───────────────────────────────────────────────────────────
    /// The next request with its body; waits without limit. Nothing at FIN or reset.
    std::optional<ReceivedRequest> read_request() {
        auto request = read_head();
        if (request) {
            read_body(*request);
        }
        return request;
    }

    /// Only the head: for `Expect: 100-continue`, early responses, CONNECT.
    std::optional<ReceivedRequest> read_head() {
        try {
            if (!fill(Wait::forever)) {
                return std::nullopt;
            }
        } catch (const PeerGone&) {
            return std::nullopt;
        }
        auto request = parse_request_head(read_until("\r\n\r\n"));
        log_.request(request.head);
        return request;
    }

    /// Reads the body that the head announces into `request.body` (and `trailers`).
    void read_body(ReceivedRequest& request) {
        if (request.is_chunked()) {
            read_chunks(request);
        } else if (const auto length = request.content_length()) {
            request.body = read_exactly(*length);
        }
    }

    /// Up to and including `mark`.
    std::string read_until(std::string_view mark) {
        std::size_t from = 0;
        for (;;) {
            const auto at = buffer_.find(mark, from);
            if (at != std::string::npos) {
                return take(at + mark.size());
            }
            from = buffer_.size() < mark.size() ? 0 : buffer_.size() - mark.size() + 1;
            need_more();
        }
    }

    std::string read_exactly(std::size_t size) {
        while (buffer_.size() < size) {
            need_more();
        }
        return take(size);
    }

    /// The next bytes, however many; empty at the client's FIN.
    std::string read_some() {
        fill(Wait::forever);
        return std::exchange(buffer_, {});
    }

    /// Whether read_some() has bytes that polling fd() does not show.
    bool has_pending() { return !buffer_.empty() || (tls_ && tls_->has_pending()); }

    /// All bytes until the client closes.
    std::string read_to_end() {
        wait_for_eof();
        return std::exchange(buffer_, {});
    }

    /// Reads until the client closes. Does not treat a reset as PeerGone.
    End wait_for_eof() {
        try {
            while (receive(Wait::patient)) {
            }
            return End::fin;
        } catch (const PeerGone&) {
            if (stop_.stop_requested()) {
                throw;
            }
            return End::reset;
        }
    }

    // ── sending ─────────────────────────────────────────────────────────────
    void send(std::string_view bytes) {
        wire_.write_all(tls_ ? tls_->seal(bytes) : std::string{bytes});
    }

    /// Bypasses TLS: for garbage, cut records, plaintext on a TLS connection.
    void send_raw(std::string_view bytes) { wire_.write_all(bytes); }

    /// Sends about `pieces` equal parts (of the ciphertext under TLS). Each part waits until the
    /// client has read the previous one; once a part is left unread for 500 ms, it stops waiting.
    /// True if the client read each in time.
    bool send_slowly(std::string_view bytes, std::size_t pieces) {
        const auto data = tls_ ? tls_->seal(bytes) : std::string{bytes};
        const auto step = std::max<std::size_t>(1, (data.size() + pieces - 1) / pieces);
        bool apart = true;
        for (std::size_t at = 0; at < data.size(); at += step) {
            wire_.write_all(std::string_view{data}.substr(at, step));
            apart = apart && wire_.wait_until_read(std::chrono::milliseconds{500});
        }
        return apart;
    }

    bool send_bytewise(std::string_view bytes) { return send_slowly(bytes, std::string::npos / 2); }

    /// Sends two parts, the first `at` bytes long; under TLS, two records.
    bool send_split(std::string_view bytes, std::size_t at) {
        const bool first = send_slowly(bytes.substr(0, at), 1);
        return send_slowly(bytes.substr(at), 1) && first;
    }

    // ── ordering ────────────────────────────────────────────────────────────
    void await(Gate& gate) { gate.wait(stop_); }

    // ── endings ─────────────────────────────────────────────────────────────
    /// close_notify (if the TLS options say so), then FIN. Data still in flight to us causes a RST.
    void close() {
        if (is_open() && tls_ && send_close_notify_) {
            close_notify();
        }
        truncate();
    }

    /// FIN without close_notify.
    void truncate() {
        wire_.close();
        report_closed();
    }

    /// RST.
    void reset() {
        wire_.reset();
        report_closed();
    }

    /// Just close(2): FIN, or RST if bytes from the client are unread (N02).
    void drop() {
        wire_.drop();
        report_closed();
    }

    /// FIN, but continues to read.
    void half_close() { wire_.half_close(); }

    bool is_open() const { return wire_.is_open(); }

    // ── TLS ─────────────────────────────────────────────────────────────────
    /// Speaks TLS from now on; `context` must outlive the script. Throws HandshakeFailed.
    void start_tls(const TlsContext& context) {
        send_close_notify_ = context.options().send_close_notify;
        auto session = std::make_unique<TlsSession>(context, wire_, std::exchange(buffer_, {}));
        session->handshake([&](const ClientHello& hello) { log_.hello(hello); });
        tls_ = std::move(session);
    }

    /// TLS 1.2: requests a renegotiation. Throws HandshakeFailed.
    void renegotiate() { need_tls().renegotiate(); }

    void close_notify() { wire_.write_all(need_tls().seal_close_notify()); }
    /// The records of `bytes`, for send_raw. Send them in the order of the seal() calls, or they do
    /// not decrypt.
    std::string seal(std::string_view bytes) { return need_tls().seal(bytes); }
    void flush_tls() { need_tls().flush(); }
    SSL* ssl() { return need_tls().ssl(); }
    bool session_reused() { return SSL_session_reused(ssl()) == 1; }
    bool saw_close_notify() { return need_tls().saw_close_notify(); }

private:
    TlsSession& need_tls() {
        if (!tls_) {
            throw std::logic_error{"the script asks for TLS on a plain connection"};
        }
        return *tls_;
    }

    void report_closed() {
        if (!std::exchange(reported_, true)) {
            log_.closed();
        }
    }

    bool receive(Wait wait) {
        char bytes[16384];
        const auto n = tls_ ? tls_->read_some(bytes, sizeof bytes, wait)
                            : wire_.read_some(bytes, sizeof bytes, wait);
        buffer_.append(bytes, n);
        return n != 0;
    }

    bool fill(Wait wait) { return !buffer_.empty() || receive(wait); }

    void need_more() {
        if (!receive(Wait::patient)) {
            throw PeerGone{"FIN in the middle of a message"};
        }
    }

    std::string take(std::size_t size) {
        auto front = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return front;
    }

    void read_chunks(ReceivedRequest& request) {
        for (;;) {
            const auto size = parse_chunk_size(read_until("\r\n"));
            if (size == 0) {
                break;
            }
            request.body += read_exactly(size);
            if (read_exactly(2) != "\r\n") {
                throw BadRequest{"no CRLF after a chunk"};
            }
        }
        for (auto line = read_until("\r\n"); line != "\r\n"; line = read_until("\r\n")) {
            request.trailers.push_back(parse_field(line));
        }
    }

    Wire wire_;
    std::stop_token stop_;
    ServerLog& log_;
    std::size_t number_;
    std::unique_ptr<TlsSession> tls_;
    std::string buffer_;
    bool send_close_notify_ = true;
    bool reported_ = false;
};

}  // namespace hawser::test
