// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Takes a result from the thread on which it arrives, whichever that is, to its owner, on the
// owner's executor. After it was forgotten, nothing touches that executor.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/executor_work_guard.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// What does not depend on the type of the result.
class HandOverCore : public RefCounted {
public:
    class Owner {
    public:
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Owner() = default;
    };

    /// The owner is not notified from now on, and nothing touches the executor after this returns:
    /// if a thread is just delivering, this waits for it. Idempotent.
    HAWSER_DECL virtual void forget() noexcept;

protected:
    /// Whom to notify, and on which executor; counts as work there.
    struct Asker {
        Asker(Owner& who, const asio::any_io_executor& where)
            : owner(&who), executor(where), work(where) {}

        Owner* owner;
        asio::any_io_executor executor;
        asio::executor_work_guard<asio::any_io_executor> work;
    };

    HandOverCore(const asio::any_io_executor& executor, Owner& owner);
    HAWSER_DECL ~HandOverCore() override;

    /// forget(). True if no result had arrived.
    bool drop() noexcept;

    /// Begins a delivery; none if there was one, or if the owner forgot it.
    std::optional<Asker> begin_delivery() noexcept;
    /// Posts the result. If that fails for lack of memory, this retries until it succeeds or the
    /// owner forgets it: there is no one else to notify.
    void end_delivery(std::optional<Asker> asker) noexcept;

private:
    struct Told;

    /// Passes the result to the owner, on its executor.
    virtual void tell() = 0;

    bool post(const Asker& asker) noexcept;
    std::optional<Asker> take_asker() noexcept;
    void wait_until_told(std::unique_lock<std::mutex>& lock) noexcept;
    bool told_and_wanted() noexcept;
    bool forgotten() const noexcept;

    mutable std::mutex mutex_;
    std::condition_variable told_;
    std::optional<Asker> asker_;  // none once delivered or forgotten
    std::thread::id telling_{};   // the thread that is delivering
    bool forgotten_ = false;
};

template <class Result>
class HandOver : public HandOverCore {
public:
    /// Kept alive until it has the result, or until this is forgotten.
    class Owner : public HandOverCore::Owner {
    public:
        /// Called once, on the executor.
        virtual void handed_over(Result result) = 0;

    protected:
        ~Owner() = default;
    };

    /// Counts as work of the executor until the owner has the result.
    HandOver(const asio::any_io_executor& executor, Owner& owner)
        : HandOverCore(executor, owner), owner_(owner) {}

    /// May be called on any thread. Only the first call counts.
    void deliver(Result result) noexcept {
        if (std::optional<Asker> asker = begin_delivery()) {
            result_.emplace(std::move(result));
            end_delivery(std::move(asker));
        }
    }

private:
    void tell() override { owner_.handed_over(std::move(*result_)); }

    Owner& owner_;
    std::optional<Result> result_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/hand_over.ipp>
#endif
