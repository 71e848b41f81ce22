// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Connects a socket without the system calls that Asio's async_connect() adds: each socket is
// non-blocking from the start, and one call finds out whether it is connected.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/socket_loop.hpp>

#include <asio/generic/stream_protocol.hpp>

#include <cstddef>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Notified once of the end of each attempt to connect, on the executor.
class ConnectWatcher {
public:
    virtual void attempt_ended(unsigned race, unsigned attempt, std::error_code ec) = 0;
    virtual void keep_alive(bool on) noexcept = 0;

protected:
    ~ConnectWatcher() = default;
};

/// The handler of an attempt: keeps the watcher alive while Asio holds the handler.
class ConnectCall {
public:
    ConnectCall(ConnectWatcher& watcher, unsigned race, unsigned attempt) noexcept
        : watcher_(&watcher), race_(race), attempt_(attempt) {
        watcher_->keep_alive(true);
    }
    ConnectCall(ConnectCall&& other) noexcept
        : watcher_(std::exchange(other.watcher_, nullptr)),
          race_(other.race_),
          attempt_(other.attempt_) {}
    ConnectCall& operator=(ConnectCall&&) = delete;
    ~ConnectCall() {
        if (watcher_ != nullptr) {
            watcher_->keep_alive(false);
        }
    }

    void operator()(std::error_code ec) { watcher_->attempt_ended(race_, attempt_, ec); }

private:
    ConnectWatcher* watcher_;
    unsigned race_;
    unsigned attempt_;
};

/// Opens a close-on-exec socket, and registers it with the loop.
void open_socket(ReactorSocket& socket,
                 const asio::generic::stream_protocol& protocol,
                 std::error_code& ec);

/// Begins to connect a socket that open_socket() opened. `call` is told of the end, but never
/// inside of this function. `may_be_quick`: the peer is on this machine, so the connection may be
/// there at once. True: it is over, and `call` is queued.
bool start_connect(SocketLoop& loop,
                   ReactorSocket& socket,
                   const asio::generic::stream_protocol::endpoint& target,
                   bool may_be_quick,
                   ConnectCall call);

/// Call once the socket is connected. Without Asio's epoll reactor, the connect leaves the socket
/// registered for writability, which may wake the reactor once more for every request; this
/// registers it anew. On failure it closes the socket.
void end_connect(ReactorSocket& socket,
                 const asio::generic::stream_protocol::endpoint& target,
                 std::error_code& ec);

#if defined(HAWSER_HAS_READ_WAIT)

/// The wait for the end of an attempt. The reactor owns it.
class ConnectWait final : private asio::detail::reactor_op {
public:
    ConnectWait(SocketLoop& loop, ReactorSocket& socket, ConnectCall call) noexcept;

    /// Calls it when the connection stands or has failed.
    static void start(SocketLoop& loop, ReactorSocket& socket, ConnectCall call);
    /// Calls it as soon as possible.
    static void post(SocketLoop& loop,
                     ReactorSocket& socket,
                     ConnectCall call,
                     asio::error_code ec);

    /// In memory that Asio recycles.
    static void* operator new(std::size_t size);
    static void operator delete(void* memory) noexcept;

private:
    static status perform(asio::detail::reactor_op* base);
    static void complete(void* owner,
                         asio::detail::operation* base,
                         const asio::error_code&,
                         std::size_t);

    const IntrusivePtr<SocketLoop> loop_;
    const int socket_;
    ConnectCall call_;
};

#endif

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/connect_wait.ipp>
#endif
