// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/proxy.hpp>
#include <hawser/tls_peer.hpp>

#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace hawser::inline HAWSER_ABI {

/// The connection that served a response.
struct ConnectionInfo {
    /// Distinguishes the connections of one Transport, in the order in which they were dialed;
    /// never reused.
    std::uint64_t id = 0;
    /// It had served a request, or been idle, before this one.
    bool reused = false;
    /// This side's address and port.
    asio::ip::tcp::endpoint local_endpoint;
    /// The peer's address and port.
    asio::ip::tcp::endpoint remote_endpoint;
    /// The proxy that the request went through; remote_endpoint is then that of the proxy.
    std::optional<Proxy> proxy{};
    /// "TLSv1.2", "TLSv1.3"; empty without TLS.
    std::string_view tls_version;
    /// OpenSSL's name of the cipher suite; empty without TLS.
    std::string_view tls_cipher;
    /// The session was resumed from an earlier connection.
    bool tls_resumed = false;
    /// The name that the server was asked for, the protocol that it chose, its certificates; empty
    /// without TLS.
    TlsPeer tls_peer{};
};

}  // namespace hawser::inline HAWSER_ABI
