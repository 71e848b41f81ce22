// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The real clock and timer behind Deadlines.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/detail/rt/context_work.hpp>
#include <hawser/detail/rt/deadlines.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

/// Deadlines calls it with its lock held.
class TimerAlarm final : public Alarm {
public:
    /// `owner` holds the deadlines; it is kept alive while the timer is armed.
    TimerAlarm(const asio::any_io_executor& executor, Deadlines& deadlines, RefCounted& owner)
        : deadlines_(deadlines),
          owner_(owner),
          work_(asio::query(executor, asio::execution::context)) {
        timer_.emplace(untracked(executor));
    }

    TimePoint now() const noexcept override { return std::chrono::steady_clock::now(); }

    void ring_at(TimePoint at) override {
        take_work();  // the canceled wait has yet to end
        armed_ = false;
        timer_->expires_at(at);
        timer_->async_wait(AnyHandler([&deadlines = deadlines_,
                                       owner = IntrusivePtr<RefCounted>(&owner_),
                                       wait = ++wait_](std::error_code ec) {
            deadlines.wait_ended(wait);
            if (!ec) {
                deadlines.ring(CalledFrom::executor);
            }
        }));
        armed_ = true;
        give_work();
    }

    void count_as_work(bool on) noexcept override {
        is_work_ = on;
        on ? take_work() : give_work();
    }

    void ended(unsigned wait) noexcept override {
        if (wait == wait_) {
            take_work();
            armed_ = false;
        }
    }

    void cancel() noexcept override {
        take_work();
        armed_ = false;
        try {
            timer_->cancel();
        } catch (const std::system_error&) {  // a timer's cancel never throws
        }
    }

    void stop() noexcept override {
        take_work();
        armed_ = false;
        timer_.reset();
    }

private:
    void give_work() noexcept {
        if (armed_ && !is_work_ && !given_) {
            given_ = true;
            work_.finished();
        }
    }
    void take_work() noexcept {
        if (given_) {
            given_ = false;
            work_.started();
        }
    }

    std::optional<asio::steady_timer> timer_;
    Deadlines& deadlines_;
    RefCounted& owner_;
    ContextWork work_;
    unsigned wait_ = 0;     // number of the latest wait
    bool armed_ = false;    // the wait is pending, or its handler is about to run
    bool is_work_ = false;  // the timer should count as work
    bool given_ = false;    // the work of the pending wait was given back
};

}  // namespace hawser::inline HAWSER_ABI::detail
