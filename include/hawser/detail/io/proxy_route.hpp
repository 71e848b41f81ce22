// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The way of a dial through a proxy: whose name to look up, what to say on the new connection, and
// whether to try again with an answer to the proxy's challenge. A proxy that forwards requests
// needs no tunnel: the way to it is direct.

#include <hawser/config.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/message/head_parser.hpp>
#include <hawser/detail/message/proxy_handshake.hpp>
#include <hawser/detail/policy/authorization.hpp>
#include <hawser/detail/policy/digest_sessions.hpp>
#include <hawser/detail/pool/connect_key.hpp>
#include <hawser/failure.hpp>

#include <asio/ip/address.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// What all tunnels of a transport have in common.
struct TunnelSettings {
    std::string user_agent;  // empty: none is sent
    HeadLimits head_limits;
    DigestSessions* nonces = nullptr;
};

class ProxyRoute {
public:
    HAWSER_COLD ProxyRoute(const ConnectKey& key, const TunnelSettings& settings);
    HAWSER_COLD ~ProxyRoute();

    /// Whether the address of the target is wanted: by a SOCKS5 proxy, which gets an address.
    bool wants_target() const noexcept { return needs_address_; }
    /// Whose addresses are wanted next: the target's, if wants_target(); then the proxy's.
    const std::string& host() const noexcept;
    std::uint16_t port() const noexcept;
    /// An address of host() was found. True: it was the target's, and another one is wanted.
    HAWSER_COLD bool found(const asio::ip::address& address);

    /// Begins to talk on a new connection.
    HAWSER_COLD void begin();
    /// Goes on. Returns what to wait for; nothing: it has ended, and `ec` says how.
    HAWSER_COLD std::optional<Stream::Direction> step(Stream& stream, std::error_code& ec);
    /// It takes too long. True: the proxy has refused, only the text is not complete; go on.
    HAWSER_COLD bool ends_early() { return handshake_ && handshake_->ends_early(); }
    /// Whether an answer to the proxy's challenge is ready, for a new connection. True once for
    /// each answer: if that connection fails, there is nothing to try again.
    bool takes_answer() noexcept { return std::exchange(answering_, false); }
    /// Details of the failure.
    HAWSER_COLD Fault fault() const;

private:
    bool speaks_http() const noexcept { return proxy_->speaks_http(); }
    void end();

    const ProxyPtr proxy_;
    const std::string target_host_;
    const std::uint16_t target_port_;
    const TunnelSettings& settings_;
    bool needs_address_;           // of the target
    std::string address_;          // of the target, 4 or 16 bytes
    const std::string authority_;  // of the target
    Authorization authorization_;
    std::string field_;  // Proxy-Authorization
    bool answering_ = false;
    std::unique_ptr<ProxyHandshake> handshake_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/proxy_route.ipp>
#endif
