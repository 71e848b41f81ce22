// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/connect_wait.hpp>
#include <hawser/detail/io/tcp_stream.hpp>

#include <asio/error.hpp>

#include <memory>

#if defined(HAWSER_HAS_READ_WAIT)
#include <asio/detail/recycling_allocator.hpp>

#include <cerrno>
#include <sys/socket.h>
#elif !defined(_WIN32)
#include <fcntl.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

#if defined(HAWSER_HAS_READ_WAIT)

// Asio's own open() does not set SOCK_CLOEXEC.
HAWSER_DECL void open_socket(ReactorSocket& socket,
                             const asio::generic::stream_protocol& protocol,
                             std::error_code& ec) {
    const int type = protocol.type() | SOCK_CLOEXEC | SOCK_NONBLOCK;
    const int handle = ::socket(protocol.family(), type, protocol.protocol());
    if (handle < 0) {
        ec = {errno, std::system_category()};
    } else {
        socket.adopt(protocol, handle, ec);
    }
}

/// Clear: it is connected. asio::error::in_progress: not yet. An error is told once.
inline asio::error_code connect_result(int socket) noexcept {
    sockaddr_storage peer;
    socklen_t size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0) {
        return {};
    }
    int error = errno;
    if (error == ENOTCONN) {
        size = sizeof error;
        error = 0;
        (void)::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    return error == 0 ? asio::error_code(asio::error::in_progress)
                      : asio::error_code(error, asio::error::get_system_category());
}

HAWSER_DECL bool start_connect(SocketLoop& loop,
                               ReactorSocket& socket,
                               const asio::generic::stream_protocol::endpoint& target,
                               bool may_be_quick,
                               ConnectCall call) {
    const auto size = static_cast<socklen_t>(target.size());
    asio::error_code result;
    if (::connect(socket.native_handle(), target.data(), size) != 0) {
        result = asio::error_code(errno, asio::error::get_system_category());
    }
    if (result == asio::error::in_progress && may_be_quick) {
        result = connect_result(socket.native_handle());
    }
    if (result == asio::error::in_progress || result == asio::error::interrupted) {
        ConnectWait::start(loop, socket, std::move(call));
        return false;
    }
    ConnectWait::post(loop, socket, std::move(call), result);
    return true;
}

HAWSER_DECL void end_connect(ReactorSocket&,
                             const asio::generic::stream_protocol::endpoint&,
                             std::error_code&) {}

HAWSER_DECL ConnectWait::ConnectWait(SocketLoop& loop,
                                     ReactorSocket& socket,
                                     ConnectCall call) noexcept
    : asio::detail::reactor_op({}, &ConnectWait::perform, &ConnectWait::complete),
      loop_(&loop),
      socket_(socket.native_handle()),
      call_(std::move(call)) {}

HAWSER_DECL void ConnectWait::start(SocketLoop& loop, ReactorSocket& socket, ConnectCall call) {
    socket.start_write(loop.reactor, *new ConnectWait(loop, socket, std::move(call)));
}

HAWSER_DECL void ConnectWait::post(SocketLoop& loop,
                                   ReactorSocket& socket,
                                   ConnectCall call,
                                   asio::error_code ec) {
    auto* const wait = new ConnectWait(loop, socket, std::move(call));
    wait->ec_ = ec;
    loop.reactor.post_immediate_completion(wait, false);
}

HAWSER_DECL void* ConnectWait::operator new(std::size_t) {
    return asio::detail::recycling_allocator<ConnectWait>().allocate(1);
}

HAWSER_DECL void ConnectWait::operator delete(void* memory) noexcept {
    asio::detail::recycling_allocator<ConnectWait>().deallocate(static_cast<ConnectWait*>(memory),
                                                                1);
}

/// Called by the reactor, for each event, while the socket is open.
HAWSER_DECL ConnectWait::status ConnectWait::perform(asio::detail::reactor_op* base) {
    auto& self = *static_cast<ConnectWait*>(base);
    const asio::error_code result = connect_result(self.socket_);
    if (result == asio::error::in_progress) {
        return not_done;
    }
    self.ec_ = result;
    return done;
}

/// `owner` is null if the execution context is being destroyed.
HAWSER_DECL void ConnectWait::complete(void* owner,
                                       asio::detail::operation* base,
                                       const asio::error_code&,
                                       std::size_t) {
    std::unique_ptr<ConnectWait> self(static_cast<ConnectWait*>(base));
    const IntrusivePtr<SocketLoop> loop = self->loop_;
    const asio::error_code ec = self->ec_;
    ConnectCall call = std::move(self->call_);
    self.reset();  // its memory is there for the next operation
    if (owner != nullptr) {
        loop->complete([call = std::move(call), error = ec.value()]() mutable {
            call({error, asio::error::get_system_category()});
        });
    }
}

#else

HAWSER_DECL void open_socket(ReactorSocket& socket,
                             const asio::generic::stream_protocol& protocol,
                             std::error_code& ec) {
    socket.open(protocol, ec);
    std::error_code ignored;
    if (!ec) {
#if !defined(_WIN32)
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
#endif
        socket.non_blocking(true, ignored);
    }
}

HAWSER_DECL bool start_connect(SocketLoop&,
                               ReactorSocket& socket,
                               const asio::generic::stream_protocol::endpoint& target,
                               bool,
                               ConnectCall call) {
    socket.async_connect(target, std::move(call));
    return false;
}

HAWSER_DECL void end_connect(ReactorSocket& socket,
                             const asio::generic::stream_protocol::endpoint& target,
                             std::error_code& ec) {
    std::error_code ignored;
    const auto handle = socket.release(ignored);
    if (!ignored) {
        socket.assign(target.protocol(), handle, ec);
        if (ec) {
            close_handle(handle);
        } else {
            socket.non_blocking(true, ignored);
        }
    }
}

#endif

}  // namespace hawser::inline HAWSER_ABI::detail
