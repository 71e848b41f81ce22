// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A pending asynchronous operation of a client without an executor: its loop must run even when
// nobody makes a blocking call.

#include <hawser/config.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// What is pending: a round trip ends with its transport at the latest, a read may outlive it.
enum class Pending { trip, read };

class LoopMinder {
public:
    virtual void begin(Pending what) = 0;
    virtual void end(Pending what) noexcept = 0;

protected:
    ~LoopMinder() = default;
};

/// Keeps a loop alive and running for as long as it exists: a loop outlives its holders until
/// nothing is pending on it.
class LoopUse {
public:
    LoopUse() noexcept = default;
    /// @throws std::system_error error::resource_exhausted: no thread could be started to run the
    /// loop
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

}  // namespace hawser::inline HAWSER_ABI::detail
