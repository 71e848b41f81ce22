// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who runs the loop of a client without an executor. A caller that blocks does: one caller runs it,
// also for the others, until its own result arrives; then the next one takes over. When nobody
// blocks, a background thread runs the loop.

#include <hawser/config.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/loop_use.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// The loop of a client without an executor, shared by all who hold it; see close().
class CallerRunLoop final : public BlockingLoop {
public:
    using Stray = std::function<void(std::exception_ptr)>;
    /// `background`: with a background thread. `stray` receives exceptions from handlers, which
    /// belong to no call.
    HAWSER_DECL static std::shared_ptr<CallerRunLoop> make(bool background, Stray stray);
    /// The loop behind an executor; null if there is none.
    HAWSER_DECL static std::shared_ptr<CallerRunLoop> find(const asio::any_io_executor& executor);
    /// Keeps the loop behind an executor running for a round trip. Nothing to do if there is none.
    HAWSER_DECL static LoopUse use(const asio::any_io_executor& executor);

    const asio::any_io_executor& executor() const noexcept override { return executor_; }
    HAWSER_DECL bool would_deadlock() override;
    bool has_background() const noexcept override { return true; }
    HAWSER_DECL void begin(Pending what) override;
    HAWSER_DECL void end(Pending what) noexcept override;
    HAWSER_DECL void let_trips_end() noexcept override;

private:
    CallerRunLoop(bool background, Stray stray)
        : has_background_(background), stray_(std::move(stray)) {}
    HAWSER_DECL ~CallerRunLoop() override = default;

    HAWSER_DECL bool lead(Caller& caller, Lock& lock, ParkerPtr& to_wake) override;
    HAWSER_DECL void tell_stray() noexcept override;
    HAWSER_DECL void call_leader() noexcept override;
    /// The background thread must be there to run what is due meanwhile.
    bool may_poll() const noexcept override {
        return !background_leads_ && background_started_.load(std::memory_order_relaxed);
    }
    bool followers_are_called() const noexcept override { return has_background_; }
    bool run(bool wait);
    void close() noexcept;

    // The background thread.
    bool start_background() noexcept;
    void run_background();
    bool wait_until_needed(Lock& lock);
    enum class Stay { yes, no };  // until interrupted, or until there is nothing to do
    void lead_in_background(Lock& lock, Stay stay);
    bool nobody_leads() const noexcept { return leader_ == nullptr && !background_leads_; }
    bool pending() const noexcept { return trips_ + reads_ != 0; }

    const bool has_background_;
    const Stray stray_;

    // Guarded by mutex_.
    std::condition_variable_any changed_;  // for the background thread, and who waits for it
    unsigned turns_ = 0;                   // how often a caller took the lead
    unsigned background_turns_ = 0;        // how often the background thread gave it back
    unsigned reads_ = 0;                   // pending
    unsigned trips_ = 0;                   // pending
    enum class Ending { no, awaited, by_background, done };  // once nothing is pending
    Ending ending_ = Ending::no;
    bool background_leads_ = false;
    bool waits_long_ = false;  // the background thread, because a caller leads
    std::thread::id background_id_;

    std::atomic<bool> background_started_{false};
    std::atomic<bool> interrupted_{false};  // the thread that runs the loop must stop and look

    asio::io_context context_{1};  // one thread at a time
    const asio::any_io_executor executor_{context_.get_executor()};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/caller_run_loop.ipp>
#endif
