// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How long a test may wait, the exception that ends a wait in vain, and a one-shot latch that puts
// two threads of a test in order. A wait that is never satisfied fails the test; it never hangs.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <stop_token>

namespace hawser::test {

/// Longest wait for something that a correct program does at once. Generous: only failing tests
/// wait this long.
inline constexpr std::chrono::milliseconds patience{20'000};

/// A wait exceeded its limit.
struct TimedOut : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The other side of a connection has gone, or the server is being destroyed. Ends a script
/// quietly.
struct PeerGone : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One-shot latch: `open()` releases all waiters, current and future. Safe from every thread.
class Gate {
public:
    void open() {
        // Notify with the lock held: a waiter may destroy the gate as soon as it gets the lock.
        std::lock_guard lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }

    bool is_open() const {
        std::lock_guard lock{mutex_};
        return open_;
    }

    /// Returns once the gate is open. Throws TimedOut after `limit`, PeerGone when `stop` is
    /// requested.
    void wait(std::stop_token stop = {}, std::chrono::milliseconds limit = patience) {
        std::unique_lock lock{mutex_};
        if (changed_.wait_for(lock, stop, limit, [this] { return open_; })) {
            return;
        }
        if (stop.stop_requested()) {
            throw PeerGone{"stopped while waiting at a gate"};
        }
        throw TimedOut{"nobody opened the gate"};
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    bool open_ = false;
};

}  // namespace hawser::test
