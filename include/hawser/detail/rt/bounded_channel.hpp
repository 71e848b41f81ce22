// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Hands values from one coroutine of a connection to the other: room for one value, one receiver,
// and Go's rules for close (a value already sent is still received, then the end). Used inside
// turns of the monitor.

#include <hawser/detail/rt/monitor.hpp>

#include <coroutine>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// A default-constructed T must be empty and convert to false, like a smart pointer or an optional.
/// It stands for "nothing".
template <class T>
class BoundedChannel {
public:
    explicit BoundedChannel(Monitor& monitor) noexcept : arrival_(monitor) {}

    /// Never waits. False: the channel is full or closed, and it did not take the value.
    bool try_send(T value) {
        if (closed_ || value_) {
            return false;
        }
        value_ = std::move(value);
        arrival_.notify();
        return true;
    }

    /// Returns the value sent, if any.
    T try_receive() noexcept { return std::exchange(value_, T{}); }

    class Receive {
    public:
        explicit Receive(BoundedChannel& channel) noexcept : channel_(channel) {}
        bool await_ready() const noexcept {
            return static_cast<bool>(channel_.value_) || channel_.closed_;
        }
        void await_suspend(std::coroutine_handle<> strand) noexcept {
            channel_.arrival_.wait().await_suspend(strand);
        }
        T await_resume() noexcept { return channel_.try_receive(); }

    private:
        BoundedChannel& channel_;
    };

    /// The next value; nothing once the channel is closed and empty.
    Receive receive() noexcept { return Receive(*this); }

    void close() noexcept {
        closed_ = true;
        arrival_.notify();
    }

private:
    T value_{};
    Event arrival_;
    bool closed_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail
