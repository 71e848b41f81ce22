// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A connected socket on its way from one executor to another.

#include <hawser/config.hpp>
#include <hawser/detail/io/tcp_stream.hpp>

#include <asio/generic/stream_protocol.hpp>

#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Owns the descriptor.
class NativeSocket {
public:
    using Handle = StreamSocket::native_handle_type;

    NativeSocket() noexcept = default;
    NativeSocket(NativeSocket&& other) noexcept
        : handle_(std::exchange(other.handle_, std::nullopt)), family_(other.family_) {}
    NativeSocket& operator=(NativeSocket&& other) noexcept {
        std::swap(handle_, other.handle_);
        std::swap(family_, other.family_);
        return *this;
    }
    HAWSER_COLD ~NativeSocket();

    /// Takes the descriptor out of a socket. Call where the socket may be used.
    HAWSER_COLD static NativeSocket take(StreamSocket& socket, std::error_code& ec);

    /// Hands the descriptor to an executor.
    HAWSER_COLD StreamSocket open(const asio::any_io_executor& executor, std::error_code& ec) &&;

private:
    std::optional<Handle> handle_;
    int family_ = 0;
};

/// What a Dialer returned.
struct DialedSocket {
    std::error_code ec{};
    NativeSocket socket{};
    std::string reason{};  // what the code does not say
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/native_socket.ipp>
#endif
