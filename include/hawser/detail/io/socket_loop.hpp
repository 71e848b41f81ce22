// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The execution context of a transport as its sockets need it. Looked up once: each lookup would
// lock the context and walk through its services.

#include <hawser/config.hpp>
#include <hawser/detail/free_list.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/detail/rt/context_work.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/generic/stream_protocol.hpp>

#include <utility>

#if defined(ASIO_HAS_EPOLL) && !defined(ASIO_HAS_IO_URING_AS_DEFAULT)
#include <asio/detail/reactor.hpp>
#include <asio/detail/reactor_op.hpp>
#define HAWSER_HAS_READ_WAIT
#endif

namespace hawser::inline HAWSER_ABI::detail {

/// Of whatever family.
using StreamSocket = asio::generic::stream_protocol::socket;

class NetDial;

class SocketLoop final : public RefCounted {
public:
    /// `executor` must not count work: see untracked().
    explicit SocketLoop(const asio::any_io_executor& executor);

    const asio::any_io_executor executor;
    ContextWork work;
    /// For dials, which may outlive their dialer.
    RecycledMemory<NetDial, 2> dials;
#if defined(HAWSER_HAS_READ_WAIT)
    asio::detail::reactor& reactor;
    /// The executor is the reactor's own, which may call handlers itself.
    const bool runs_handlers;

    /// Runs the handler of an operation that the reactor has completed.
    template <class Handler>
    void complete(Handler handler) {
        if (runs_handlers) {
            handler();
        } else {
            dispatch_handler(executor, std::move(handler));
        }
    }
#endif
};

#if defined(HAWSER_HAS_READ_WAIT)

/// A socket that starts operations of ours on its reactor.
class ReactorSocket final : public StreamSocket {
public:
    explicit ReactorSocket(const asio::any_io_executor& executor) : StreamSocket(executor) {}
    explicit ReactorSocket(StreamSocket socket) : StreamSocket(std::move(socket)) {}

    /// Takes a socket that is new and non-blocking: closing it needs no call to the reactor,
    /// because no other descriptor leads to it. Closes it if the reactor refuses it.
    void adopt(const asio::generic::stream_protocol& protocol, int handle, std::error_code& ec);

    /// Performs `operation` once bytes arrive. `ask`: or if some are there already.
    void start_read(asio::detail::reactor& reactor, asio::detail::reactor_op& operation, bool ask);
    /// Performs `operation` once it can be written to, or has failed.
    void start_write(asio::detail::reactor& reactor, asio::detail::reactor_op& operation);
};

#else

using ReactorSocket = StreamSocket;

#endif

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/socket_loop.ipp>
#endif
