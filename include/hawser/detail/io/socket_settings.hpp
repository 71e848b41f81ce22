// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the options say about the sockets of a transport. A socket without such options costs
// nothing here but TCP_NODELAY.

#include <hawser/config.hpp>
#include <hawser/detail/io/tcp_stream.hpp>
#include <hawser/failure.hpp>
#include <hawser/transport_options.hpp>

#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/address.hpp>

#include <optional>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class SocketSettings {
public:
    /// @throws std::system_error std::errc::invalid_argument or filename_too_long
    explicit SocketSettings(const TransportOptions& options);

    using Endpoint = asio::generic::stream_protocol::endpoint;
    /// Where every connection goes, if that is a Unix socket.
    const std::optional<Endpoint>& unix_endpoint() const noexcept { return unix_endpoint_; }
    const std::string& unix_path() const noexcept { return unix_path_; }

    /// Call before the socket connects to `target`. On failure, `reason` says which option it was.
    void apply(StreamSocket& socket,
               const Endpoint& target,
               std::error_code& ec,
               std::string& reason) const;

private:
    HAWSER_COLD void read_unix_path(const std::string& path);
    HAWSER_COLD void apply_rest(StreamSocket& socket,
                                const Endpoint& target,
                                std::error_code& ec,
                                std::string& reason) const;
    void bind(StreamSocket& socket, const Endpoint& target, std::error_code& ec) const;
    void keep_alive(StreamSocket& socket, std::error_code& ec) const;

    std::optional<asio::ip::address> local_address_;
    std::string local_interface_;
    std::optional<TcpKeepAlive> keep_alive_;
    unsigned user_timeout_ms_;
    int send_buffer_;
    int receive_buffer_;
    bool no_delay_;
    bool has_rest_;  // anything but no_delay_
    std::string unix_path_;
    std::optional<Endpoint> unix_endpoint_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/socket_settings.ipp>
#endif
