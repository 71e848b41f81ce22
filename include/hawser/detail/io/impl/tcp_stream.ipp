// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/tcp_stream.hpp>
#include <hawser/detail/rt/any_handler.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#if !defined(_WIN32)
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#endif
#if defined(__linux__) && defined(TCP_INQ)
#define HAWSER_HAS_TCP_INQ
#endif

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL asio::ip::tcp::endpoint to_tcp(
    const asio::generic::stream_protocol::endpoint& generic) {
    asio::ip::tcp::endpoint endpoint;
    const int family = generic.protocol().family();
    if (family == asio::ip::tcp::v4().family() || family == asio::ip::tcp::v6().family()) {
        std::memcpy(endpoint.data(), generic.data(), std::min(generic.size(), endpoint.capacity()));
    }
    return endpoint;
}

HAWSER_DECL asio::ip::tcp::endpoint local_end(StreamSocket& socket) {
    asio::ip::tcp::endpoint local;
#if defined(_WIN32)
    std::error_code ignored;
    local = to_tcp(socket.local_endpoint(ignored));
#else
    auto size = static_cast<socklen_t>(local.capacity());
    const int result = ::getsockname(socket.native_handle(), local.data(), &size);
    const int family = local.data()->sa_family;
    if (result != 0 || (family != AF_INET && family != AF_INET6)) {
        return {};
    }
#endif
    return local;
}

HAWSER_DECL TcpEnds ends_of(const StreamSocket& socket) {
    std::error_code ignored;
    const auto local = socket.local_endpoint(ignored);
    const auto remote = socket.remote_endpoint(ignored);
    return {to_tcp(local), to_tcp(remote)};
}

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

HAWSER_DECL TcpStream::TcpStream(SocketLoop& loop)
    : socket_(loop.executor), read_wait_(loop, this) {}

HAWSER_DECL TcpStream::TcpStream(SocketLoop& loop, StreamSocket socket, const TcpEnds& ends)
    : socket_(std::move(socket)), ends_(ends), read_wait_(loop, this) {
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
}

HAWSER_DECL TcpStream::~TcpStream() {}  // not of read_wait_

/// A destroying operator delete is of no use to a constructor that throws.
template <class Construct>
std::unique_ptr<TcpStream> in_own_memory(std::size_t size, Construct construct) {
    void* const memory = ::operator new(size);
    try {
        return std::unique_ptr<TcpStream>(construct(memory));
    } catch (...) {
        ::operator delete(memory);
        throw;
    }
}

HAWSER_DECL std::unique_ptr<TcpStream> TcpStream::make(SocketLoop& loop) {
    return in_own_memory(sizeof(TcpStream), [&](void* at) { return ::new (at) TcpStream(loop); });
}

HAWSER_DECL std::unique_ptr<TcpStream> TcpStream::make(SocketLoop& loop,
                                                       StreamSocket socket,
                                                       const TcpEnds& ends) {
    return in_own_memory(sizeof(TcpStream), [&](void* at) {
        return ::new (at) TcpStream(loop, std::move(socket), ends);
    });
}

HAWSER_DECL void TcpStream::operator delete(TcpStream* stream, std::destroying_delete_t) noexcept {
    ReadWait& part = stream->read_wait_;
    stream->~TcpStream();
    part.release();
}

// ── Waiting ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL bool TcpStream::wait(Direction direction, Watcher& watcher) {
    if (direction == Direction::write) {
        socket_.async_wait(StreamSocket::wait_write, AnyHandler(WatcherCall(watcher, direction)));
        return true;
    }
    if (telling_ == Telling::worthwhile) {
        make_reads_tell();
    }
    return read_wait_.start(socket_, empty_after_, watcher);
}

HAWSER_DECL bool TcpStream::wait_read_to_write(Watcher& watcher) {
    read_wait_.share();
    socket_.async_wait(StreamSocket::wait_read, AnyHandler(WatcherCall(watcher, Direction::write)));
    return true;
}

/// A system call, which pays from the second response on.
HAWSER_DECL void TcpStream::make_reads_tell() noexcept {
    telling_ = Telling::unsupported;
#if defined(HAWSER_HAS_TCP_INQ)
    const int on = 1;
    if (::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_INQ, &on, sizeof on) == 0) {
        telling_ = Telling::yes;
    }
#endif
}

// ── Reading and writing ──────────────────────────────────────────────────────────────────────────

#if defined(HAWSER_HAS_TCP_INQ)
/// Reads like recv(). Also finds out whether that emptied the socket; bytes, the end of the
/// connection, or an error may remain otherwise.
inline std::size_t receive(
    int socket, char* data, std::size_t size, bool& emptied, std::error_code& ec) {
    iovec space{data, size};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    msghdr message{};
    message.msg_iov = &space;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t n = ::recvmsg(socket, &message, 0);
    if (n <= 0) {
        ec = n == 0 ? asio::error_code(asio::error::eof)
                    : asio::error_code(errno, asio::error::get_system_category());
        return 0;
    }
    const cmsghdr* const told = CMSG_FIRSTHDR(&message);
    if (told != nullptr && told->cmsg_level == IPPROTO_TCP && told->cmsg_type == TCP_CM_INQ) {
        int left = 0;
        std::memcpy(&left, CMSG_DATA(told), sizeof left);
        emptied = left == 0;  // after the peer's FIN, never 0
    }
    return static_cast<std::size_t>(n);
}
#endif

HAWSER_DECL std::size_t TcpStream::read_some(char* data, std::size_t size, std::error_code& ec) {
    const std::uint64_t events = read_wait_.events();
    bool emptied = false;
    std::size_t n = 0;
#if defined(HAWSER_HAS_TCP_INQ)
    if (telling_ == Telling::yes) {
        n = receive(socket_.native_handle(), data, size, emptied, ec);
    } else
#endif
    {
        n = socket_.read_some(asio::mutable_buffer(data, size), ec);
    }
    if (telling_ == Telling::no && n != 0) {
        telling_ = Telling::worthwhile;
    }
    note_read(events, emptied || ec == asio::error::would_block);
    return n;
}

HAWSER_DECL void TcpStream::note_read(std::uint64_t events_before, bool emptied) noexcept {
    empty_after_ = emptied ? events_before : ReadWait::unknown;
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
    const std::uint64_t events = read_wait_.events();
    char byte = 0;
    std::error_code ec;
    socket_.receive(asio::mutable_buffer(&byte, 1), asio::socket_base::message_peek, ec);
    note_read(events, ec == asio::error::would_block);
    return ec == asio::error::would_block ? Idle::quiet : Idle::stale;
}

HAWSER_DECL int TcpStream::pollable() noexcept {
#if defined(HAWSER_HAS_READ_WAIT)
    return socket_.native_handle();
#else
    return -1;
#endif
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

}  // namespace hawser::inline HAWSER_ABI::detail
