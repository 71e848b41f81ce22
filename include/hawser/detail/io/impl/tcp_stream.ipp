// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/tcp_stream.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#if !defined(_WIN32)
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace hawser::detail {

HAWSER_DECL asio::ip::tcp::endpoint to_tcp(
    const asio::generic::stream_protocol::endpoint& generic) {
    asio::ip::tcp::endpoint endpoint;
    const int family = generic.protocol().family();
    if (family == asio::ip::tcp::v4().family() || family == asio::ip::tcp::v6().family()) {
        std::memcpy(endpoint.data(), generic.data(), std::min(generic.size(), endpoint.capacity()));
    }
    return endpoint;
}

HAWSER_DECL TcpEnds ends_of(const StreamSocket& socket) {
    std::error_code ignored;
    const auto local = socket.local_endpoint(ignored);
    const auto remote = socket.remote_endpoint(ignored);
    return {to_tcp(local), to_tcp(remote)};
}

/// The handler of an armed wait: keeps the watcher alive while Asio holds the handler.
class WatcherCall {
public:
    WatcherCall(Stream::Watcher& watcher, Stream::Direction direction) noexcept
        : watcher_(&watcher), direction_(direction) {
        watcher_->keep_alive(true);
    }
    WatcherCall(WatcherCall&& other) noexcept
        : watcher_(std::exchange(other.watcher_, nullptr)), direction_(other.direction_) {}
    WatcherCall(const WatcherCall&) = delete;
    WatcherCall& operator=(const WatcherCall&) = delete;
    ~WatcherCall() {
        if (watcher_ != nullptr) {
            watcher_->keep_alive(false);
        }
    }

    // Ignores the result of the wait: the next read or write finds out.
    void operator()(std::error_code) { watcher_->on_ready(direction_); }

private:
    Stream::Watcher* watcher_;
    Stream::Direction direction_;
};

HAWSER_DECL void close_handle(StreamSocket::native_handle_type handle) noexcept {
#if defined(_WIN32)
    ::closesocket(handle);
#else
    ::close(handle);
#endif
}

HAWSER_DECL void assign(StreamSocket& socket,
                        const asio::generic::stream_protocol& protocol,
                        StreamSocket::native_handle_type handle,
                        std::error_code& ec) {
    socket.assign(protocol, handle, ec);
    if (ec) {
        close_handle(handle);
    }
}

// Asio's own open() does not set SOCK_CLOEXEC.
HAWSER_DECL StreamSocket open_socket(const asio::any_io_executor& executor,
                                     const asio::generic::stream_protocol& protocol,
                                     std::error_code& ec) {
    StreamSocket socket(executor);
#if defined(SOCK_CLOEXEC) && !defined(_WIN32)
    const int type = protocol.type() | SOCK_CLOEXEC;
    const int handle = ::socket(protocol.family(), type, protocol.protocol());
    if (handle < 0) {
        ec = {errno, std::system_category()};
        return socket;
    }
    assign(socket, protocol, handle, ec);
#else
    socket.open(protocol, ec);
#if !defined(_WIN32)
    if (!ec) {
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    }
#endif
#endif
    return socket;
}

HAWSER_DECL void reregister(StreamSocket& socket,
                            const asio::generic::stream_protocol& protocol,
                            std::error_code& ec) {
    std::error_code not_supported;
    const auto handle = socket.release(not_supported);
    if (!not_supported) {
        assign(socket, protocol, handle, ec);
    }
}

HAWSER_DECL TcpStream::TcpStream(StreamSocket socket, const TcpEnds& ends, const ContextWork& work)
    : socket_(std::move(socket)), ends_(ends), work_(work) {
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
}

HAWSER_DECL void TcpStream::wait(Direction direction, Direction reported, Watcher& watcher) {
    const auto what =
        direction == Direction::read ? StreamSocket::wait_read : StreamSocket::wait_write;
    socket_.async_wait(what, WatcherCall(watcher, reported));
}

HAWSER_DECL std::size_t TcpStream::read_some(char* data, std::size_t size, std::error_code& ec) {
    return socket_.read_some(asio::mutable_buffer(data, size), ec);
}

HAWSER_DECL std::size_t TcpStream::write_some(std::span<const std::string_view> pieces,
                                              std::error_code& ec) {
    if (pieces.size() == 1) {
        return socket_.write_some(asio::const_buffer(pieces[0].data(), pieces[0].size()), ec);
    }
    std::array<asio::const_buffer, 4> buffers;  // what does not fit goes out with the next call
    for (std::size_t i = 0; i < pieces.size() && i < buffers.size(); ++i) {
        buffers[i] = asio::const_buffer(pieces[i].data(), pieces[i].size());
    }
    return socket_.write_some(buffers, ec);
}

HAWSER_DECL Idle TcpStream::probe() {
    char byte = 0;
    std::error_code ec;
    socket_.receive(asio::mutable_buffer(&byte, 1), asio::socket_base::message_peek, ec);
    return ec == asio::error::would_block ? Idle::quiet : Idle::stale;
}

HAWSER_DECL void TcpStream::describe(ConnectionInfo& info) const {
    info.local_endpoint = ends_.local;
    info.remote_endpoint = ends_.remote;
}

HAWSER_DECL void TcpStream::close_write() noexcept {
    std::error_code ignored;
    socket_.shutdown(StreamSocket::shutdown_send, ignored);
}

HAWSER_DECL void TcpStream::close() noexcept {
    std::error_code ignored;
    socket_.close(ignored);
}

}  // namespace hawser::detail
