// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Memory that runs out at this thread's k-th allocation, for programs whose operator new calls
// fails(): see loops/out_of_memory_test.cpp. Allocations by the test itself do not count:
//
//     ShortMemory memory(k);           // k allocations succeed, then one does not
//     { EnoughMemory enough; … }

#include <cstddef>
#include <utility>

namespace hawser::test {

class ShortMemory {
public:
    enum class Then { recovers, stays_short };

    explicit ShortMemory(std::size_t k, Then then = Then::recovers) {
        on_ = true;
        left_ = k;
        then_ = then;
        struck_ = false;
    }
    ShortMemory(const ShortMemory&) = delete;
    ShortMemory& operator=(const ShortMemory&) = delete;
    ~ShortMemory() { on_ = false; }

    /// Whether an allocation has failed.
    bool struck() const noexcept { return struck_; }

    /// Called by operator new.
    static bool fails() noexcept {
        if (!on_) {
            return false;
        }
        if (left_ != 0) {
            --left_;
            return false;
        }
        struck_ = true;
        on_ = then_ == Then::stays_short;
        return true;
    }

private:
    friend class EnoughMemory;
    inline static thread_local bool on_ = false;
    inline static thread_local std::size_t left_ = 0;
    inline static thread_local Then then_ = Then::recovers;
    inline static thread_local bool struck_ = false;
};

class EnoughMemory {
public:
    EnoughMemory() noexcept : on_(std::exchange(ShortMemory::on_, false)) {}
    EnoughMemory(const EnoughMemory&) = delete;
    EnoughMemory& operator=(const EnoughMemory&) = delete;
    ~EnoughMemory() { ShortMemory::on_ = on_; }

private:
    const bool on_;
};

}  // namespace hawser::test
