// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A clock that stands still until a test moves it, with its alarm.

#include <hawser/detail/rt/deadlines.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace hawser::test {

/// Shared by the test and the alarm, which belongs to a transport.
struct ManualClock {
    detail::TimePoint now = detail::TimePoint{} + std::chrono::hours{1};
    detail::TimePoint rings_at = detail::TimePoint::max();
    int alarms = 0;  // in existence

    bool due() const noexcept { return rings_at <= now; }
};

class ManualAlarm final : public detail::Alarm {
public:
    explicit ManualAlarm(std::shared_ptr<ManualClock> clock) : clock_(std::move(clock)) {
        ++clock_->alarms;
    }
    ~ManualAlarm() override {
        --clock_->alarms;
        clock_->rings_at = detail::TimePoint::max();
    }

    detail::TimePoint now() const noexcept override { return clock_->now; }
    void ring_at(detail::TimePoint at) override { clock_->rings_at = at; }
    void cancel() noexcept override { clock_->rings_at = detail::TimePoint::max(); }

private:
    std::shared_ptr<ManualClock> clock_;
};

}  // namespace hawser::test
