// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The attempts of one dial to connect to the addresses of a host: when each begins, how long it may
// take, and what to report if all fail. An attempt begins a while after the one before it, or when
// one has failed (Happy Eyeballs, RFC 8305 §5). Knows no socket, no clock, and not the addresses.

#include <hawser/detail/policy/connect_budget.hpp>
#include <hawser/detail/policy/telling.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class ConnectAttempts {
public:
    /// One attempt may take `for_each`, where zero means no limit; all together end at `all_until`.
    /// The next begins `delay` after the one before it, but not within 10 ms, which would burden
    /// servers (RFC 8305 §8); with a delay of zero, only when that has failed.
    void limit(std::chrono::milliseconds for_each,
               TimePoint all_until,
               std::chrono::milliseconds delay) noexcept {
        for_each_ = for_each;
        all_until_ = all_until;
        delay_ = delay.count() > 0 ? std::max(delay, std::chrono::milliseconds{10}) : delay;
    }
    /// This many addresses will be tried. Forgets earlier failures, but not the limits.
    void start(std::size_t addresses) noexcept {
        left_ = addresses;
        begins_at_ = TimePoint::min();
        failed_ = 0;
        explained_ = false;
        error_ = {};
        fault_ = {};
    }

    /// Whether the next attempt begins now.
    bool due(TimePoint now) const noexcept { return now >= begins_at() && now < all_until_; }
    /// When the next attempt begins, if none fails before; max() if there is none.
    TimePoint begins_at() const noexcept { return left_ != 0 ? begins_at_ : TimePoint::max(); }
    /// The next attempt begins now. Returns when to give up on it.
    TimePoint next(TimePoint now) noexcept {
        begins_at_ = delay_.count() > 0 ? now + delay_ : TimePoint::max();
        return connect_until(now, for_each_, all_until_, left_--);
    }

    /// `reason` is what the code does not say, if anything.
    void failed(const std::string& address, std::error_code ec, const std::string& reason = {}) {
        begins_at_ = TimePoint::min();
        const std::error_code cause = cause_of(ec);
        fault_.reason.append(++failed_ == 1 ? "" : "; ").append(address).append(": ");
        if (!reason.empty()) {
            fault_.reason.append(reason).append(": ");
            explained_ = true;
        }
        fault_.reason.append(cause ? cause.message() : ec.message());
        if (!error_ || how_telling(ec) >= how_telling(error_)) {
            error_ = ec;
            fault_.cause = cause;
            fault_.address = address;
        }
    }

    /// The most telling failure; if there was no time for any attempt, a timeout.
    std::error_code error() const noexcept {
        return error_ ? error_ : make_error_code(hawser::error::connect_timeout);
    }
    /// Its cause and address. The reason lists all failures if there is more than one.
    Fault fault() const {
        Fault fault = fault_;
        if (failed_ == 1 && !explained_) {
            fault.reason.clear();  // the error and the address say it all
        }
        return fault;
    }

private:
    std::chrono::milliseconds for_each_{0};
    TimePoint all_until_ = TimePoint::max();
    std::chrono::milliseconds delay_{0};
    std::size_t left_ = 0;  // addresses not tried yet
    TimePoint begins_at_{};
    std::size_t failed_ = 0;
    bool explained_ = false;  // by a reason
    std::error_code error_;
    Fault fault_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
