// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The real clock and timer behind Deadlines.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/net/deadlines.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include <optional>

namespace hawser::detail {

class TimerAlarm final : public Alarm {
public:
    /// `owner` holds the deadlines and is kept alive while the timer is armed.
    TimerAlarm(const asio::any_io_executor& executor, Deadlines& deadlines, RefCounted& owner)
        : deadlines_(deadlines), owner_(owner) {
        timer_.emplace(executor);
    }

    TimePoint now() const noexcept override { return std::chrono::steady_clock::now(); }

    void ring_at(TimePoint at) override {
        timer_->expires_at(at);
        timer_->async_wait([&deadlines = deadlines_,
                           owner = IntrusivePtr<RefCounted>(&owner_)](std::error_code ec) {
            if (!ec) {
                deadlines.ring(Context::io);
            }
        });
    }

    void cancel() noexcept override {
        try {
            timer_->cancel();
        } catch (const std::system_error&) {  // never thrown by a timer's cancel
        }
    }

    void shut_down() noexcept override { timer_.reset(); }

private:
    std::optional<asio::steady_timer> timer_;
    Deadlines& deadlines_;
    RefCounted& owner_;
};

}  // namespace hawser::detail
