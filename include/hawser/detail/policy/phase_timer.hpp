// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Until when a connection waits for what. A request and its response go on at the same time, so
// each has a deadline of its own, and which of the two a phase belongs to is fixed: a phase of one
// side can neither replace nor end what the other waits for. Knows no clock, no timer and no
// connection.

#include <hawser/detail/time_point.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace hawser::detail {

/// What a connection waits for.
enum class Phase : std::uint8_t {
    write,     // the peer takes bytes of the request
    go_ahead,  // the server's 100, before the body of the request
    head,      // the response head
    body,      // bytes of the body, for a read of the caller's
    drain,     // the rest of a body that the caller closed
};

class PhaseTimer {
public:
    /// Its side waits for `phase` until `at`, and no longer for anything else.
    void start(Phase phase, TimePoint at) noexcept { side_of(phase) = {at, phase, false}; }

    /// Its side does not wait for `phase` any more. Nothing changes if it waits for something else.
    void stop(Phase phase) noexcept {
        if (waits_for(phase)) {
            side_of(phase).at = TimePoint::max();
        }
    }
    void stop_all() noexcept { request_.at = response_.at = TimePoint::max(); }

    bool waits_for(Phase phase) const noexcept {
        const Side& side = is_of_request(phase) ? request_ : response_;
        return side.at != TimePoint::max() && side.phase == phase;
    }

    /// The earlier deadline; max() if there is none.
    TimePoint next() const noexcept { return std::min(request_.at, response_.at); }

    /// A phase whose time is up.
    struct Due {
        Phase phase;
        /// It was due before and has not ended since. The first time, what came while the loop was
        /// too busy to look for it still counts.
        bool again;
    };
    std::optional<Due> due(TimePoint now) noexcept {
        for (Side* side : {&request_, &response_}) {
            if (side->at != TimePoint::max() && side->at <= now) {
                const Due due{side->phase, side->was_due};
                side->was_due = true;
                return due;
            }
        }
        return std::nullopt;
    }

private:
    struct Side {
        TimePoint at = TimePoint::max();
        Phase phase = Phase::write;
        bool was_due = false;
    };

    static constexpr bool is_of_request(Phase phase) noexcept {
        return phase == Phase::write || phase == Phase::go_ahead;
    }
    Side& side_of(Phase phase) noexcept { return is_of_request(phase) ? request_ : response_; }

    Side request_;
    Side response_;
};

}  // namespace hawser::detail
