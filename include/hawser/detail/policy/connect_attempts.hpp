// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The attempts of one dial to connect to the addresses of a host, one after another: how long each
// may take, and what to report if all fail. Knows no socket, no clock, and not the addresses.

#include <hawser/detail/policy/connect_budget.hpp>
#include <hawser/detail/policy/telling.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>

namespace hawser::detail {

class ConnectAttempts {
public:
    /// One attempt may take `for_each`, where zero means no limit; all together end at `all_until`.
    void limit(std::chrono::milliseconds for_each, TimePoint all_until) noexcept {
        for_each_ = for_each;
        all_until_ = all_until;
    }
    /// This many addresses will be tried. Forgets earlier failures, but not the limits.
    void start(std::size_t addresses) noexcept {
        left_ = addresses;
        failed_ = 0;
        error_ = {};
        fault_ = {};
    }

    /// The next attempt begins now. Returns when to give up on it.
    TimePoint next(TimePoint now) noexcept {
        return connect_until(now, for_each_, all_until_, left_--);
    }
    /// Whether there is time for another attempt.
    bool in_time(TimePoint now) const noexcept { return now < all_until_; }

    void failed(const std::string& address, std::error_code ec) {
        const std::error_code cause = cause_of(ec);
        fault_.reason.append(++failed_ == 1 ? "" : "; ").append(address).append(": ");
        fault_.reason.append(cause ? cause.message() : ec.message());
        if (!error_ || how_telling(ec) >= how_telling(error_)) {
            error_ = ec;
            fault_.cause = cause;
            fault_.address = address;
        }
    }

    /// The most telling failure; none if no attempt has failed.
    std::error_code error() const noexcept { return error_; }
    /// Its cause and address. The reason lists all failures if there is more than one.
    Fault fault() const {
        Fault fault = fault_;
        if (failed_ == 1) {
            fault.reason.clear();  // the error and the address say it all
        }
        return fault;
    }

private:
    std::chrono::milliseconds for_each_{0};
    TimePoint all_until_ = TimePoint::max();
    std::size_t left_ = 0;  // addresses not tried yet
    std::size_t failed_ = 0;
    std::error_code error_;
    Fault fault_;
};

}  // namespace hawser::detail
