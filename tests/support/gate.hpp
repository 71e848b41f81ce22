// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How long a test may wait, what it throws when that was in vain, and the one-shot latch that puts
// two threads of a test in order. A wait that is never answered fails the test; it never hangs it.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <stop_token>

namespace hawser::test {

/// Longest wait for something that a correct program does at once. Generous: only failures take it.
inline constexpr std::chrono::milliseconds patience{20'000};

/// A wait ran out of patience.
struct TimedOut : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The other side of a connection is gone, or the server is being destroyed. Ends a script quietly.
struct PeerGone : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One-shot latch: `open()` releases everybody who waits, now and later. Safe from every thread.
class Gate {
public:
    void open() {
        // Told with the lock held: who waits may destroy the gate as soon as it has the lock.
        std::lock_guard lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }

    bool is_open() const {
        std::lock_guard lock{mutex_};
        return open_;
    }

    /// Returns once the gate is open; throws TimedOut after `limit`, PeerGone when `stop` is asked.
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
