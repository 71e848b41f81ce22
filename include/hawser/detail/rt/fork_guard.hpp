// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Distinguishes objects made before a fork() from this process's own. A child has the descriptors
// of its parent's connections but none of its threads, and its locks may be held. It must touch
// none of them.

#include <hawser/config.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace hawser::inline HAWSER_ABI::detail {

/// How many forks separate this process from its first ancestor that called watch_forks().
inline std::atomic<unsigned> fork_count{0};

inline void watch_forks() {
#if defined(__unix__) || defined(__APPLE__)
    static const int watched = ::pthread_atfork(nullptr, nullptr, [] { ++fork_count; });
    static_cast<void>(watched);
#endif
}

/// Remembers which process it was made in.
class OfThisProcess {
public:
    OfThisProcess() : born_((watch_forks(), fork_count.load(std::memory_order_relaxed))) {}
    bool inherited() const noexcept { return born_ != fork_count.load(std::memory_order_relaxed); }

private:
    unsigned born_;
};

/// Keeps what a child inherited and must not destroy, where leak checkers can find it.
inline void keep_for_ever(std::shared_ptr<void> inherited) noexcept {
    struct Kept {
        std::shared_ptr<void> what;
        Kept* next;
    };
    static std::atomic<Kept*> all{nullptr};
    auto* kept = new (std::nothrow) Kept{std::move(inherited), all.load()};
    if (kept == nullptr) {
        alignas(std::shared_ptr<void>) static std::byte room[sizeof(std::shared_ptr<void>)];
        ::new (room) std::shared_ptr<void>(std::move(inherited));  // never destroyed either
        return;
    }
    while (!all.compare_exchange_weak(kept->next, kept)) {
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
