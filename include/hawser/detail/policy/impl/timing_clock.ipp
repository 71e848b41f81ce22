// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/policy/timing_clock.hpp>

#include <algorithm>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::optional<Timings::Duration> TimingClock::Span::length() const noexcept {
    return from && to ? std::optional<Timings::Duration>(*to - *from) : std::nullopt;
}

HAWSER_DECL void TimingClock::at(TimingEvent event, TimePoint now) noexcept {
    switch (event) {
        case TimingEvent::attempt_begin: {
            const Moment first = first_begin_ ? first_begin_ : now;
            const unsigned number = attempts_ + 1;
            *this = TimingClock();
            first_begin_ = first;
            begin_ = now;
            attempts_ = number;
            break;
        }
        case TimingEvent::dns_start:
            return got_conn_ ? void() : dns_.open(now);
        case TimingEvent::dns_done:
            return got_conn_ ? void() : dns_.close(now);
        case TimingEvent::connect_start:
            return got_conn_ ? void() : connect_.open(now);
        case TimingEvent::connect_done:
            return got_conn_ ? void() : connect_.close(now);
        case TimingEvent::tls_start:
            return got_conn_ ? void() : tls_.open(now);
        case TimingEvent::tls_done:
            return got_conn_ ? void() : tls_.close(now);
        case TimingEvent::wrote_request:
            wrote_ = now;
            break;
        case TimingEvent::first_byte:
            first_byte_ = now;
            break;
    }
}

HAWSER_DECL void TimingClock::got_conn(bool reused, TimePoint now) noexcept {
    got_conn_ = now;
    reused_ = reused;
    if (reused) {
        dns_ = connect_ = tls_ = {};
    }
}

HAWSER_DECL void TimingClock::write(Timings& timings) const noexcept {
    using Duration = Timings::Duration;
    timings.attempts = attempts_;
    timings.reused = reused_;
    timings.dns = dns_.length();
    timings.connect = connect_.length();
    timings.tls = tls_.length();
    const auto between = [](Moment from, Moment to) {
        return from && to ? std::optional<Duration>(std::max(*to - *from, TimePoint::duration{0}))
                          : std::nullopt;
    };
    const Moment end = end_;
    timings.wait = between(begin_, got_conn_ ? got_conn_ : end);
    if (timings.wait) {
        for (const auto& step : {timings.dns, timings.connect, timings.tls}) {
            *timings.wait -= std::min(*timings.wait, step.value_or(Duration{0}));
        }
    }
    timings.send = between(got_conn_, wrote_);
    timings.first_byte = between(wrote_ ? wrote_ : got_conn_, first_byte_);
    timings.body = between(first_byte_, end);
    timings.total = between(first_begin_, end).value_or(Duration{0});
}

}  // namespace hawser::inline HAWSER_ABI::detail
