// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Takes a result from the thread on which it arrives, whichever that is, to its owner, on the
// owner's executor. After it was forgotten, nothing touches that executor.

#include <hawser/detail/intrusive_ptr.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

template <class Result>
class HandOver : public RefCounted {
public:
    /// Kept alive until it has the result, or until this is forgotten.
    class Owner {
    public:
        /// Called once, on the executor.
        virtual void handed_over(Result result) = 0;
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Owner() = default;
    };

    /// Counts as work of the executor until the owner has the result.
    HandOver(const asio::any_io_executor& executor, Owner& owner)
        : asker_(std::in_place, owner, executor) {
        owner.keep_alive(true);
    }

    /// May be called on any thread. Only the first call counts. If posting fails for lack of
    /// memory, this retries until it succeeds or the owner forgets it: there is no one else to
    /// notify.
    void deliver(Result result) noexcept {
        std::unique_lock lock(mutex_);
        std::optional<Asker> asker = take_asker();
        if (!asker) {
            return;
        }
        telling_ = std::this_thread::get_id();
        result_.emplace(std::move(result));
        lock.unlock();
        for (std::chrono::milliseconds pause{1}; !post(*asker) && !forgotten();) {
            std::this_thread::sleep_for(pause);
            pause = std::min(pause * 2, std::chrono::milliseconds{100});
        }
        asker->owner->keep_alive(false);
        asker.reset();  // before anyone can destroy its executor's context
        lock.lock();
        telling_ = {};
        told_.notify_all();
    }

    /// The owner is not notified from now on, and nothing touches the executor after this returns:
    /// if a thread is just delivering, this waits for it. Idempotent.
    virtual void forget() noexcept { drop(); }

protected:
    /// forget(). True if no result had arrived.
    bool drop() noexcept {
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

private:
    /// Whom to notify, and on which executor; counts as work there.
    struct Asker {
        Asker(Owner& who, const asio::any_io_executor& where)
            : owner(&who), executor(where), work(where) {}

        Owner* owner;
        asio::any_io_executor executor;
        asio::executor_work_guard<asio::any_io_executor> work;
    };

    /// The handler that notifies the owner.
    struct Told {
        Told(HandOver& from, Owner& to) noexcept : of(&from), owner(&to) {
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
                owner->handed_over(std::move(*of->result_));
            }
        }

        IntrusivePtr<HandOver> of;
        Owner* owner;
    };

    /// True if it was posted. The executor may be a user's, and may throw.
    bool post(const Asker& asker) noexcept try {
        asio::post(asker.executor, Told(*this, *asker.owner));
        return true;
    } catch (...) {
        return false;
    }

    std::optional<Asker> take_asker() noexcept {
        std::optional<Asker> taken;
        if (asker_) {
            taken.emplace(std::move(*asker_));
            asker_.reset();
        }
        return taken;
    }

    // Call with the mutex held. The thread that posted may still be inside the executor.
    void wait_until_told(std::unique_lock<std::mutex>& lock) noexcept {
        told_.wait(lock, [&] {
            return telling_ == std::thread::id() || telling_ == std::this_thread::get_id();
        });
    }
    bool told_and_wanted() noexcept {
        std::unique_lock lock(mutex_);
        wait_until_told(lock);
        return !forgotten_;
    }
    bool forgotten() const noexcept {
        std::lock_guard lock(mutex_);
        return forgotten_;
    }

    mutable std::mutex mutex_;
    std::condition_variable told_;
    std::optional<Asker> asker_;  // none once delivered or forgotten
    std::optional<Result> result_;
    std::thread::id telling_{};  // the thread that is delivering
    bool forgotten_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail
