// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Turns the events of a trace into the times of phases. Must not know how events arrive.

#include <hawser/config.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/timings.hpp>

#include <cstdint>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

enum class TimingEvent {
    attempt_begin,
    dns_start,
    dns_done,
    connect_start,  ///< to any address
    connect_done,
    tls_start,
    tls_done,
    wrote_request,
    first_byte,
};

/// One request.
class TimingClock {
public:
    void at(TimingEvent event, TimePoint now) noexcept;
    /// The request has a connection. A dial that goes on is no longer its own.
    void got_conn(bool reused, TimePoint now) noexcept;
    /// The attempt has ended, or the request before any.
    void end(TimePoint now) noexcept { end_ = now; }

    /// Whether an attempt has begun that has not ended.
    bool running() const noexcept { return attempts_ != 0 && !end_; }
    /// Sets the times, `attempts` and `reused`.
    void write(Timings& timings) const noexcept;

private:
    using Moment = std::optional<TimePoint>;
    struct Span {
        void open(TimePoint now) noexcept { from = from ? from : now; }
        void close(TimePoint now) noexcept { to = now; }
        std::optional<Timings::Duration> length() const noexcept;

        Moment from;
        Moment to;
    };

    unsigned attempts_ = 0;
    Moment first_begin_;
    Moment begin_;  // of this attempt
    Span dns_;
    Span connect_;
    Span tls_;
    Moment got_conn_;
    bool reused_ = false;
    Moment wrote_;
    Moment first_byte_;
    Moment end_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/timing_clock.ipp>
#endif
