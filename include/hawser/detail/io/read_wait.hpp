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
#include <hawser/detail/io/socket_loop.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/rt/any_handler.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

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
    void operator()(std::error_code = {}) { watcher_->on_ready(direction_); }

private:
    Stream::Watcher* watcher_;
    Stream::Direction direction_;
};

/// The base of a part of a stream that may outlive it: once released, it frees the memory of both.
class StreamPart : public RefCounted {
public:
    SocketLoop& loop() const noexcept { return *loop_; }

protected:
    StreamPart(SocketLoop& loop, void* stream) noexcept : loop_(&loop), memory_(stream) {
        add_ref();
    }
    HAWSER_DECL void dispose() noexcept override;

private:
    const IntrusivePtr<SocketLoop> loop_;
    void* const memory_;  // of the stream, which was in an allocation of its own
};

#if defined(HAWSER_HAS_READ_WAIT)

/// The read wait of one stream; at most one at a time. The stream owns it; while it is armed, so
/// does the reactor.
class ReadWait final : public StreamPart, private asio::detail::reactor_op {
public:
    ReadWait(SocketLoop& loop, void* stream) noexcept;
    // Declared, because clang 14 does not emit the implicit one of a member of a union.
    HAWSER_DECL ~ReadWait() override;

    /// How many events it has taken from the reactor.
    std::uint64_t events() const noexcept { return events_.load(std::memory_order_relaxed); }

    /// Calls the watcher once, on the executor, when reading is worth trying. `empty_after`: what
    /// events() was when the last read began, if that found the socket empty; otherwise unknown.
    /// False: the reactor had an event already, and the call is queued.
    bool start(ReactorSocket& socket, std::uint64_t empty_after, Stream::Watcher& watcher);
    static constexpr std::uint64_t unknown = 0;

    /// Another wait for bytes is armed on the same socket: the next event is for both.
    void share() noexcept { shared_.store(true, std::memory_order_relaxed); }

private:
    static status perform(asio::detail::reactor_op* base);
    static void complete(void* owner,
                         asio::detail::operation* base,
                         const asio::error_code&,
                         std::size_t);

    std::optional<WatcherCall> call_;  // while it is armed
    std::atomic<std::uint64_t> events_{unknown + 1};
    std::atomic<bool> shared_{false};
};

#else

// Without Asio's epoll reactor: async_wait().
class ReadWait final : public StreamPart {
public:
    static constexpr std::uint64_t unknown = 0;

    ReadWait(SocketLoop& loop, void* stream) noexcept : StreamPart(loop, stream) {}
    HAWSER_DECL ~ReadWait() override;
    std::uint64_t events() const noexcept { return unknown; }
    bool start(ReactorSocket& socket, std::uint64_t, Stream::Watcher& watcher) {
        socket.async_wait(ReactorSocket::wait_read,
                          AnyHandler(WatcherCall(watcher, Stream::Direction::read)));
        return true;
    }
    void share() noexcept {}
};

#endif

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/read_wait.ipp>
#endif
