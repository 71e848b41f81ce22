// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is said on a new connection to a proxy until it has become a tunnel: CONNECT to an HTTP
// proxy (RFC 9110 section 9.3.6), or SOCKS version 5 (RFC 1928, RFC 1929). Bytes in, bytes out;
// must not know of sockets or time.

#include <hawser/config.hpp>
#include <hawser/detail/message/head_parser.hpp>
#include <hawser/detail/proxy_data.hpp>
#include <hawser/error.hpp>
#include <hawser/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class ProxyHandshake {
public:
    ProxyHandshake() = default;
    ProxyHandshake(const ProxyHandshake&) = delete;
    ProxyHandshake& operator=(const ProxyHandshake&) = delete;
    virtual ~ProxyHandshake() = default;

    /// What to write; empty: nothing now.
    std::string_view unsent() const noexcept { return std::string_view(out_).substr(sent_); }
    void sent(std::size_t n) noexcept { sent_ += n; }

    /// How many bytes to read at most, once everything is sent.
    virtual std::size_t wants() const noexcept = 0;
    virtual void received(std::string_view bytes) = 0;
    /// No more bytes are there now. True: it ends without them.
    virtual bool ends_here() { return false; }
    /// No more bytes will come, or not in time. True: it is a refusal, and ends with what is there.
    virtual bool ends_early() { return false; }
    /// The proxy closed the connection.
    void closed();

    /// The tunnel stands, or error() says why it does not.
    bool ended() const noexcept { return ended_; }
    std::error_code error() const noexcept { return error_; }
    /// What the proxy said, or did wrong; without its name.
    const std::string& reason() const noexcept { return reason_; }

protected:
    void say(std::string bytes) noexcept {
        out_ = std::move(bytes);
        sent_ = 0;
    }
    void succeed() noexcept { ended_ = true; }
    void fail(std::string reason, hawser::error code = hawser::error::proxy_error);

private:
    std::string out_;
    std::size_t sent_ = 0;
    bool ended_ = false;
    std::error_code error_;
    std::string reason_;
};

/// Asks an HTTP proxy for a tunnel. Any 2xx makes one, whatever lengths it announces; interim
/// responses are skipped; everything else is a refusal.
class ConnectHandshake final : public ProxyHandshake {
public:
    /// `target`: host and port. Empty fields are not sent.
    ConnectHandshake(std::string_view target,
                     std::string_view user_agent,
                     std::string_view proxy_authorization,
                     const HeadLimits& limits);

    HAWSER_DECL std::size_t wants() const noexcept override;
    HAWSER_DECL void received(std::string_view bytes) override;
    HAWSER_DECL bool ends_here() override;
    HAWSER_DECL bool ends_early() override;

    /// The response that ended it, if there was one.
    int status() const noexcept { return status_; }
    const Headers& headers() const noexcept { return headers_; }

private:
    static constexpr std::size_t max_body = 4096;
    /// Of all heads together, if the options set no limit.
    static constexpr std::size_t max_unlimited = 1024 * 1024;

    void judge(ResponseHead& head, std::size_t size);

    const std::size_t max_bytes_;
    HeadParser parser_;
    std::string in_;
    std::size_t total_ = 0;
    int status_ = 0;           // not 0: the rest of in_ is the body of a refusal
    std::size_t awaited_ = 0;  // bytes of that body that are worth waiting for
    std::string refusal_;
    std::string secret_;  // of the credentials; a refusal that repeats it is not shown
    Headers headers_;
};

/// The target of a SOCKS request: a name, or an address of 4 or 16 bytes.
struct SocksTarget {
    std::string name{};
    std::string address{};
    std::uint16_t port = 0;
};

/// Reads exactly the bytes of each reply: what follows belongs to the tunnel.
class SocksHandshake final : public ProxyHandshake {
public:
    SocksHandshake(const ProxyData& proxy, const SocksTarget& target);

    std::size_t wants() const noexcept override { return unsent().empty() ? wanted_ : 0; }
    HAWSER_DECL void received(std::string_view bytes) override;

private:
    enum class Stage : std::uint8_t { method, login, reply, name_size, address };

    void step();
    void choose(unsigned char method);
    void request();
    void reply();
    void next(Stage stage, std::size_t wanted) noexcept;

    Stage stage_ = Stage::method;
    std::string in_;
    std::size_t wanted_ = 2;
    std::string login_;  // empty: no credentials
    std::string request_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/proxy_handshake.ipp>
#endif
