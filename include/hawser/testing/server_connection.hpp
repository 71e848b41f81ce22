// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/testing/server_identity.hpp>
#include <hawser/error.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::testing {

class Server;

/// The server's end of a connection, plain or TLS, for a script given to Reply::then():
///
///     reply(101).header("Connection", "Upgrade").header("Upgrade", "echo").then(
///         [](ServerConnection& connection) -> asio::awaitable<void> {
///             std::string bytes = co_await connection.read_some();
///             while (!bytes.empty()) {
///                 co_await connection.send(bytes);
///                 bytes = co_await connection.read_some();
///             }
///         });
///
/// @par Thread safety
/// Used only by its script, on the server's thread.
class ServerConnection {
public:
    ServerConnection(const ServerConnection&) = delete;
    ServerConnection& operator=(const ServerConnection&) = delete;

    /// The bytes that the client has sent, at least one; nothing once it has closed the connection.
    asio::awaitable<std::string> read_some();
    /// Sends all bytes, which must stay valid until then.
    ///
    /// @throws std::system_error if the client is gone
    asio::awaitable<void> send(std::string_view bytes);
    /// Waits.
    asio::awaitable<void> pause(std::chrono::milliseconds time);
    /// Reads and drops everything until the client closes the connection.
    asio::awaitable<void> drain();
    /// Ends the connection with a RST.
    void reset();

private:
    friend class Server;
    using SslPtr = std::unique_ptr<SSL, detail::FreeWith<SSL_free>>;

    /// Plain if `tls` is null.
    ServerConnection(asio::ip::tcp::socket socket, SSL_CTX* tls);

    asio::awaitable<bool> handshake();
    asio::awaitable<std::string> take_head();
    void put_back(std::string_view bytes) { buffer_.insert(0, bytes); }
    asio::awaitable<void> finish();

    asio::awaitable<std::string> receive();
    asio::awaitable<bool> feed();
    asio::awaitable<void> flush();

    asio::ip::tcp::socket socket_;
    SslPtr ssl_;  // its ciphertext passes through memory
    std::string buffer_;
};

inline ServerConnection::ServerConnection(asio::ip::tcp::socket socket, SSL_CTX* tls)
    : socket_(std::move(socket)), ssl_(tls != nullptr ? SSL_new(tls) : nullptr) {
    std::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (ssl_) {
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    }
}

/// Bytes from the socket; nothing at its end.
inline asio::awaitable<std::string> ServerConnection::receive() {
    std::string bytes(16 * 1024, '\0');
    std::error_code ec;
    const std::size_t n = co_await socket_.async_read_some(
        asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
    bytes.resize(n);
    co_return bytes;
}

/// Passes ciphertext from the socket to OpenSSL. False at its end.
inline asio::awaitable<bool> ServerConnection::feed() {
    const std::string bytes = co_await receive();
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    co_return !bytes.empty();
}

/// Sends the ciphertext that OpenSSL has made.
inline asio::awaitable<void> ServerConnection::flush() {
    BIO* const out = SSL_get_wbio(ssl_.get());
    std::string bytes(BIO_ctrl_pending(out), '\0');
    if (!bytes.empty()) {
        BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
        co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    }
}

// g++ 12 miscompiles a co_await within && or || with a condition: each is a statement of its own.

inline asio::awaitable<bool> ServerConnection::handshake() {
    while (ssl_) {
        ERR_clear_error();
        const int result = SSL_accept(ssl_.get());
        const int why = SSL_get_error(ssl_.get(), result);
        co_await flush();  // its answer, or an alert
        if (result == 1 || why != SSL_ERROR_WANT_READ) {
            co_return result == 1;
        }
        const bool more = co_await feed();
        if (!more) {
            co_return false;
        }
    }
    co_return true;
}

inline asio::awaitable<std::string> ServerConnection::read_some() {
    if (!buffer_.empty()) {
        co_return std::exchange(buffer_, {});
    }
    if (!ssl_) {
        co_return co_await receive();
    }
    std::string bytes(16 * 1024, '\0');
    for (bool more = true; more;) {
        std::size_t n = 0;
        ERR_clear_error();
        const int result = SSL_read_ex(ssl_.get(), bytes.data(), bytes.size(), &n);
        if (result == 1 || SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) {
            bytes.resize(n);
            co_return bytes;
        }
        more = co_await feed();
    }
    co_return std::string();
}

inline asio::awaitable<void> ServerConnection::send(std::string_view bytes) {
    if (!ssl_) {
        co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
        co_return;
    }
    while (!bytes.empty()) {
        std::size_t n = 0;
        ERR_clear_error();
        if (SSL_write_ex(
                ssl_.get(), bytes.data(), std::min(bytes.size(), std::size_t{64} * 1024), &n) !=
            1) {
            throw std::system_error(make_error_code(error::tls_error));
        }
        bytes.remove_prefix(n);
        co_await flush();
    }
}

inline asio::awaitable<void> ServerConnection::pause(std::chrono::milliseconds time) {
    asio::steady_timer timer(socket_.get_executor(), time);
    co_await timer.async_wait(asio::use_awaitable);
}

inline asio::awaitable<void> ServerConnection::drain() {
    for (bool more = socket_.is_open(); more;) {
        const std::string dropped = co_await receive();
        more = !dropped.empty();
    }
}

inline void ServerConnection::reset() {
    std::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

/// The bytes up to the first empty line; nothing if the client closes the connection before, or
/// sends more than 1 MiB.
inline asio::awaitable<std::string> ServerConnection::take_head() {
    constexpr std::string_view mark = "\r\n\r\n";
    constexpr std::size_t limit = 1024 * 1024;
    std::string bytes;
    std::size_t at = std::string::npos;
    while ((at = bytes.find(mark)) == std::string::npos) {
        const std::string more = co_await read_some();
        if (more.empty() || bytes.size() > limit) {
            co_return std::string();
        }
        bytes += more;
    }
    put_back(std::string_view(bytes).substr(at + mark.size()));
    bytes.resize(at + mark.size());
    co_return bytes;
}

/// Closes the connection. Reads what the client still sends, which would cause a RST otherwise.
inline asio::awaitable<void> ServerConnection::finish() {
    if (!socket_.is_open()) {
        co_return;
    }
    if (ssl_) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
        co_await flush();
    }
    std::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    co_await drain();
}

}  // namespace hawser::inline HAWSER_ABI::testing
