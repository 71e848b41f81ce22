// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A wait for bytes that costs no system call, provided that the socket was read until empty after
// its last event. Asio's async_wait() costs one each time: its reactor learns only what arrives
// from now on, so it asks the kernel (epoll_ctl) to report what is there already.
//
// Nothing is lost between the read that found the socket empty and the wait: the reactor remembers
// an event that came while nobody waited, and has the next wait perform at once.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/stream.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/generic/stream_protocol.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#if defined(ASIO_HAS_EPOLL) && !defined(ASIO_HAS_IO_URING_AS_DEFAULT)
#include <asio/detail/reactor.hpp>
#include <asio/detail/reactor_op.hpp>
#define HAWSER_HAS_READ_WAIT
#endif

namespace hawser::detail {

/// Of whatever family.
using StreamSocket = asio::generic::stream_protocol::socket;

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

#if defined(HAWSER_HAS_READ_WAIT)

/// A socket that starts an operation of ours on its reactor.
class ReactorSocket final : public StreamSocket {
public:
    explicit ReactorSocket(StreamSocket socket) : StreamSocket(std::move(socket)) {}

    /// Performs `operation` once bytes arrive. `ask`: or if some are there already.
    void start_read(asio::detail::reactor& reactor, asio::detail::reactor_op& operation, bool ask);
};

/// The read wait of one stream; at most one at a time. The stream owns it; while it is armed, so
/// does the reactor.
class ReadWait final : public RefCounted, private asio::detail::reactor_op {
public:
    explicit ReadWait(const asio::any_io_executor& executor);

    /// How many events it has taken from the reactor.
    std::uint64_t events() const noexcept { return events_.load(std::memory_order_relaxed); }

    /// Calls the watcher once, on the executor, when reading is worth trying. `empty_after`: what
    /// events() was when the last read began, if that found the socket empty; otherwise unknown.
    void start(ReactorSocket& socket, std::uint64_t empty_after, Stream::Watcher& watcher);
    static constexpr std::uint64_t unknown = 0;

    /// Another wait for bytes is armed on the same socket: the next event is for both.
    void share() noexcept { shared_.store(true, std::memory_order_relaxed); }

private:
    static status perform(asio::detail::reactor_op* base);
    static void complete(void* owner,
                         asio::detail::operation* base,
                         const asio::error_code&,
                         std::size_t);

    asio::detail::reactor& reactor_;
    asio::any_io_executor executor_;   // empty: the reactor's own
    std::optional<WatcherCall> call_;  // while it is armed
    std::atomic<std::uint64_t> events_{unknown + 1};
    std::atomic<bool> shared_{false};
};

#else

// Without Asio's epoll reactor: async_wait().
using ReactorSocket = StreamSocket;

class ReadWait final : public RefCounted {
public:
    static constexpr std::uint64_t unknown = 0;

    explicit ReadWait(const asio::any_io_executor&) noexcept {}
    std::uint64_t events() const noexcept { return unknown; }
    void start(ReactorSocket& socket, std::uint64_t, Stream::Watcher& watcher) {
        socket.async_wait(ReactorSocket::wait_read, WatcherCall(watcher, Stream::Direction::read));
    }
    void share() noexcept {}
};

#endif

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/read_wait.ipp>
#endif
