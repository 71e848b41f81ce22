// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/socket_settings.hpp>
#include <hawser/detail/option_text.hpp>

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#if !defined(_WIN32)
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

[[noreturn]] inline void refuse_socket_option(std::errc code,
                                              const char* option,
                                              const std::string& value,
                                              const char* why) {
    throw std::system_error(std::make_error_code(code),
                            std::string("hawser: option ")
                                .append(option)
                                .append(" \"")
                                .append(printable(value))
                                .append("\": ")
                                .append(why));
}

template <class Count>
int as_int(Count count) noexcept {
    return static_cast<int>(std::min<unsigned long long>(static_cast<unsigned long long>(count),
                                                         std::numeric_limits<int>::max()));
}

HAWSER_COLD_DECL SocketSettings::SocketSettings(const TransportOptions& options)
    : local_interface_(options.local_interface.value_or("")),
      keep_alive_(options.tcp_keep_alive),
      user_timeout_ms_(static_cast<unsigned>(
          as_int(std::max<std::chrono::milliseconds::rep>(options.tcp_user_timeout.count(), 0)))),
      send_buffer_(as_int(options.send_buffer_bytes)),
      receive_buffer_(as_int(options.receive_buffer_bytes)),
      no_delay_(options.tcp_no_delay) {
    if (options.local_address) {
        const std::string& text = options.local_address->to_string();
        std::error_code ec;
        local_address_ = asio::ip::make_address(text, ec);
        if (ec) {
            refuse_socket_option(
                std::errc::invalid_argument, "local_address", text, "not an IP address");
        }
    }
    has_rest_ = local_address_ || !local_interface_.empty() || keep_alive_ ||
                user_timeout_ms_ != 0 || send_buffer_ != 0 || receive_buffer_ != 0;
    if (options.unix_socket) {
        read_unix_path(*options.unix_socket);
    }
}

HAWSER_COLD_DECL void SocketSettings::read_unix_path(const std::string& path) {
    const auto refuse = [&](std::errc code, const char* why) {
        refuse_socket_option(code, "unix_socket", path, why);
    };
    if (path.empty() || path == "@" || path.find('\0') != std::string::npos) {
        refuse(std::errc::invalid_argument, "not the path of a socket");
    }
#if defined(ASIO_HAS_LOCAL_SOCKETS)
    std::string name = path;
    if (name[0] == '@') {
        name[0] = '\0';
    }
    try {
        unix_endpoint_ = asio::local::stream_protocol::endpoint(name);
    } catch (const std::system_error&) {
        refuse(std::errc::filename_too_long, "longer than a Unix socket's name may be");
    }
    unix_path_ = path;
#else
    refuse(std::errc::not_supported, "this system has no Unix sockets");
#endif
}

HAWSER_DECL void SocketSettings::apply(StreamSocket& socket,
                                       const Endpoint& target,
                                       std::error_code& ec,
                                       std::string& reason) const {
    if (unix_endpoint_) {
        return;
    }
    if (no_delay_) {
        std::error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    if (has_rest_) {
        apply_rest(socket, target, ec, reason);
    }
}

/// An integer option that Asio has no name for.
inline void set_int(StreamSocket& socket, int level, int name, int value, std::error_code& ec) {
#if defined(_WIN32)
    (void)socket, (void)level, (void)name, (void)value, (void)ec;
#else
    if (::setsockopt(socket.native_handle(), level, name, &value, sizeof value) != 0) {
        ec = {errno, std::system_category()};
    }
#endif
}

inline void bind_to_interface(StreamSocket& socket, const std::string& name, std::error_code& ec) {
#if defined(SO_BINDTODEVICE)
    const auto size = static_cast<socklen_t>(name.size());
    if (::setsockopt(socket.native_handle(), SOL_SOCKET, SO_BINDTODEVICE, name.data(), size) != 0) {
        ec = {errno, std::system_category()};
    }
#else
    (void)socket, (void)name;
    ec = std::make_error_code(std::errc::not_supported);
#endif
}

HAWSER_COLD_DECL void SocketSettings::apply_rest(StreamSocket& socket,
                                                 const Endpoint& target,
                                                 std::error_code& ec,
                                                 std::string& reason) const {
    const auto step = [&](const char* option, bool wanted, auto apply) {
        if (!wanted || ec) {
            return;
        }
        apply();
        if (ec) {
            reason = std::string("option ").append(option);
        }
    };
    using Base = asio::socket_base;
    step("send_buffer_bytes", send_buffer_ != 0, [&] {
        socket.set_option(Base::send_buffer_size(send_buffer_), ec);
    });
    step("receive_buffer_bytes", receive_buffer_ != 0, [&] {
        socket.set_option(Base::receive_buffer_size(receive_buffer_), ec);
    });
    step("local_interface", !local_interface_.empty(), [&] {
        bind_to_interface(socket, local_interface_, ec);
    });
    step("local_address", local_address_.has_value(), [&] { bind(socket, target, ec); });
    step("tcp_keep_alive", keep_alive_.has_value(), [&] { keep_alive(socket, ec); });
    step("tcp_user_timeout", user_timeout_ms_ != 0, [&] {
#if defined(TCP_USER_TIMEOUT)
        set_int(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(user_timeout_ms_), ec);
#endif
    });
}

HAWSER_COLD_DECL void SocketSettings::bind(StreamSocket& socket,
                                           const Endpoint& target,
                                           std::error_code& ec) const {
    const asio::ip::tcp::endpoint local(*local_address_, 0);
    if (local.protocol().family() != target.protocol().family()) {
        ec = std::make_error_code(std::errc::address_family_not_supported);
        return;
    }
#if defined(IP_BIND_ADDRESS_NO_PORT)  // lets two connections to different servers share a port
    std::error_code ignored;
    set_int(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, ignored);
#endif
    socket.bind(local, ec);
}

HAWSER_COLD_DECL void SocketSettings::keep_alive(StreamSocket& socket, std::error_code& ec) const {
    socket.set_option(asio::socket_base::keep_alive(true), ec);
    [[maybe_unused]] const auto set = [&](int name, int value) {
        if (!ec && value > 0) {
            set_int(socket, IPPROTO_TCP, name, value, ec);
        }
    };
#if defined(TCP_KEEPIDLE)
    set(TCP_KEEPIDLE, as_int(std::max<long long>(keep_alive_->idle.count(), 0)));
#elif defined(TCP_KEEPALIVE)
    set(TCP_KEEPALIVE, as_int(std::max<long long>(keep_alive_->idle.count(), 0)));
#endif
#if defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
    set(TCP_KEEPINTVL, as_int(std::max<long long>(keep_alive_->interval.count(), 0)));
    set(TCP_KEEPCNT, keep_alive_->count);
#endif
}

}  // namespace hawser::inline HAWSER_ABI::detail
