// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/digest_hash.hpp>
#include <hawser/detail/io/proxy_route.hpp>
#include <hawser/detail/io/translate_error.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// "host:port", with brackets around an IPv6 address, whose zone means nothing to a proxy.
inline std::string authority_of(const std::string& host, std::uint16_t port) {
    const bool v6 = host.find(':') != std::string::npos;
    std::string text(v6 ? "[" : "");
    text.append(host, 0, v6 ? host.find('%') : std::string::npos).append(v6 ? "]:" : ":");
    return text.append(std::to_string(port));
}

/// The address as SOCKS sends it.
inline std::string bytes_of(const asio::ip::address& address) {
    const auto text = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
    return address.is_v4() ? text(address.to_v4().to_bytes()) : text(address.to_v6().to_bytes());
}

HAWSER_COLD_DECL ProxyRoute::ProxyRoute(const ConnectKey& key, const TunnelSettings& settings)
    : proxy_(key.proxy),
      target_host_(key.host),
      target_port_(key.port),
      settings_(settings),
      needs_address_(proxy_->kind == ProxyKind::socks5),
      authority_(authority_of(key.host, key.port)) {
    if (speaks_http()) {
        authorization_ =
            Authorization::at_proxy(*proxy_, authority_, *settings.nonces, &digest_hash);
        field_ = authorization_.first("CONNECT");
        return;
    }
    if (needs_address_) {
        return;  // an address in the URL is found like one of a name, and filtered like it
    }
    std::error_code is_name;
    const auto literal = asio::ip::make_address(target_host_, is_name);
    if (!is_name) {
        address_ = bytes_of(literal);
    }
}

HAWSER_COLD_DECL ProxyRoute::~ProxyRoute() = default;

HAWSER_COLD_DECL const std::string& ProxyRoute::host() const noexcept {
    return needs_address_ ? target_host_ : proxy_->host;
}

HAWSER_COLD_DECL std::uint16_t ProxyRoute::port() const noexcept {
    return needs_address_ ? target_port_ : proxy_->port;
}

HAWSER_COLD_DECL bool ProxyRoute::found(const asio::ip::address& address) {
    if (!needs_address_) {
        return false;
    }
    address_ = bytes_of(address);
    needs_address_ = false;
    return true;
}

HAWSER_COLD_DECL void ProxyRoute::begin() {
    if (speaks_http()) {
        handshake_ = std::make_unique<ConnectHandshake>(
            authority_, settings_.user_agent, field_, settings_.head_limits);
    } else {
        handshake_ = std::make_unique<SocksHandshake>(
            *proxy_, SocksTarget{target_host_, address_, target_port_});
    }
}

// Reads no byte that belongs to the tunnel.
HAWSER_COLD_DECL std::optional<Stream::Direction> ProxyRoute::step(Stream& stream,
                                                                   std::error_code& ec) {
    std::array<char, 4096> buffer;
    while (!handshake_->ended() && !ec) {
        if (!handshake_->unsent().empty()) {
            const std::array<std::string_view, 1> pieces{handshake_->unsent()};
            handshake_->sent(stream.write_some(pieces, ec));
            if (ec == asio::error::would_block) {
                ec = {};
                return Stream::Direction::write;
            }
            continue;
        }
        if (stream.has_unsent()) {
            stream.write_some({}, ec);
            if (ec == asio::error::would_block) {
                ec = {};
                return Stream::Direction::write;
            }
            continue;
        }
        const std::size_t most = std::min(handshake_->wants(), buffer.size());
        const std::size_t n = stream.read_some(buffer.data(), most, ec);
        if (ec == asio::error::would_block) {
            ec = {};
            if (!handshake_->ends_here()) {
                return Stream::Direction::read;
            }
        } else if (ec == asio::error::eof) {
            ec = {};
            handshake_->closed();
        } else if (!ec) {
            handshake_->received({buffer.data(), n});
        } else if (handshake_->ends_early()) {
            ec = {};
        }
    }
    end();
    ec = ec ? lost_in_connect(ec) : handshake_->error();
    return std::nullopt;
}

// A 407 is answered once.
HAWSER_COLD_DECL void ProxyRoute::end() {
    if (!speaks_http()) {
        return;
    }
    const auto& response = static_cast<const ConnectHandshake&>(*handshake_);
    if (response.status() == 407) {
        field_ = authorization_.answer(response.headers(), "CONNECT");
        answering_ = !field_.empty();
    } else if (!handshake_->error()) {
        authorization_.accepted(response.headers());
    }
}

HAWSER_COLD_DECL Fault ProxyRoute::fault() const {
    Fault fault;
    fault.reason = "the proxy " + proxy_->name;
    if (handshake_ && !handshake_->reason().empty()) {
        fault.reason.append(": ").append(handshake_->reason());
    }
    return fault;
}

}  // namespace hawser::inline HAWSER_ABI::detail
