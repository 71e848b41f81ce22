// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// An asynchronous operation of a client without an executor: while it is pending, its loop must be
// minded even if nobody calls.

#include <utility>

namespace hawser::detail {

/// What is pending: it ends at the latest with its transport, or may go on.
enum class Pending { trip, read };

class LoopMinder {
public:
    virtual void begin(Pending what) = 0;
    virtual void end(Pending what) noexcept = 0;

protected:
    ~LoopMinder() = default;
};

/// Keeps a loop, and has it minded, for as long as it lives: a loop outlives those who hold it
/// until nothing is pending on it.
class LoopUse {
public:
    LoopUse() noexcept = default;
    /// @throws std::system_error error::resource_exhausted: there is no thread to mind the loop
    LoopUse(LoopMinder& loop, Pending what) : what_(what) {
        loop.begin(what);
        loop_ = &loop;
    }
    LoopUse(LoopUse&& other) noexcept
        : loop_(std::exchange(other.loop_, nullptr)), what_(other.what_) {}
    LoopUse& operator=(LoopUse&& other) noexcept {
        stop();
        loop_ = std::exchange(other.loop_, nullptr);
        what_ = other.what_;
        return *this;
    }
    ~LoopUse() { stop(); }

    void stop() noexcept {
        if (loop_ != nullptr) {
            std::exchange(loop_, nullptr)->end(what_);
        }
    }

private:
    LoopMinder* loop_ = nullptr;
    Pending what_ = Pending::trip;
};

}  // namespace hawser::detail
