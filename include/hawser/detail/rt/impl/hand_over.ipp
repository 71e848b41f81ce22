// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/detail/rt/hand_over.hpp>

#include <algorithm>
#include <chrono>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL HandOverCore::HandOverCore(const asio::any_io_executor& executor, Owner& owner)
    : asker_(std::in_place, owner, executor) {
    owner.keep_alive(true);
}

HAWSER_DECL HandOverCore::~HandOverCore() = default;

HAWSER_DECL void HandOverCore::forget() noexcept {
    drop();
}

HAWSER_DECL bool HandOverCore::drop() noexcept {
    std::unique_lock lock(mutex_);
    forgotten_ = true;
    const std::optional<Asker> asker = take_asker();
    wait_until_told(lock);
    lock.unlock();
    if (asker) {
        asker->owner->keep_alive(false);
    }
    return asker.has_value();
}

HAWSER_DECL std::optional<HandOverCore::Asker> HandOverCore::begin_delivery() noexcept {
    std::lock_guard lock(mutex_);
    std::optional<Asker> asker = take_asker();
    if (asker) {
        telling_ = std::this_thread::get_id();
    }
    return asker;
}

HAWSER_DECL void HandOverCore::end_delivery(std::optional<Asker> asker) noexcept {
    for (std::chrono::milliseconds pause{1}; !post(*asker) && !forgotten();) {
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds{100});
    }
    asker->owner->keep_alive(false);
    asker.reset();  // before anyone can destroy its executor's context
    std::lock_guard lock(mutex_);
    telling_ = {};
    told_.notify_all();
}

/// The handler that notifies the owner.
struct HandOverCore::Told {
    Told(HandOverCore& from, Owner& to) noexcept : of(&from), owner(&to) {
        owner->keep_alive(true);
    }
    Told(Told&& other) noexcept
        : of(std::move(other.of)), owner(std::exchange(other.owner, nullptr)) {}
    Told& operator=(Told&&) = delete;
    ~Told() {
        if (owner != nullptr) {
            owner->keep_alive(false);
        }
    }

    void operator()() {
        if (of->told_and_wanted()) {
            of->tell();
        }
    }

    IntrusivePtr<HandOverCore> of;
    Owner* owner;
};

// The executor may be a user's, and may throw.
HAWSER_DECL bool HandOverCore::post(const Asker& asker) noexcept try {
    post_handler(asker.executor, Told(*this, *asker.owner));
    return true;
} catch (...) {
    return false;
}

// Call with the mutex held.
HAWSER_DECL std::optional<HandOverCore::Asker> HandOverCore::take_asker() noexcept {
    std::optional<Asker> taken;
    if (asker_) {
        taken.emplace(std::move(*asker_));
        asker_.reset();
    }
    return taken;
}

// Call with the mutex held. The thread that posted may still be inside the executor.
HAWSER_DECL void HandOverCore::wait_until_told(std::unique_lock<std::mutex>& lock) noexcept {
    told_.wait(lock, [&] {
        return telling_ == std::thread::id() || telling_ == std::this_thread::get_id();
    });
}

HAWSER_DECL bool HandOverCore::told_and_wanted() noexcept {
    std::unique_lock lock(mutex_);
    wait_until_told(lock);
    return !forgotten_;
}

HAWSER_DECL bool HandOverCore::forgotten() const noexcept {
    std::lock_guard lock(mutex_);
    return forgotten_;
}

}  // namespace hawser::inline HAWSER_ABI::detail
