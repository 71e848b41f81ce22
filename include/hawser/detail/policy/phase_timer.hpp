// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How long a connection waits for what. Writing a request and reading its response overlap, so each
// side has its own deadline, and each phase belongs to one fixed side. A phase of one side can
// neither replace nor end a wait of the other. Knows no clock, no timer and no connection.

#include <hawser/detail/time_point.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

/// What a connection waits for.
enum class Phase : std::uint8_t {
    write,     // for the peer to accept bytes of the request
    go_ahead,  // for the server's 100, before sending the request body
    head,      // for the response head
    body,      // for body bytes, while the caller reads
    drain,     // for the rest of a body that nobody wants, with one limit for all of it
};

class PhaseTimer {
public:
    /// From now on the side of `phase` waits for it until `at`, and for nothing else.
    void start(Phase phase, TimePoint at) noexcept { side_of(phase) = {at, phase, false}; }

    /// Ends the wait for `phase`. Does nothing if its side waits for another phase.
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

    /// A phase whose deadline has passed.
    struct Due {
        Phase phase;
        /// True if the deadline was already due at an earlier call. The first time, bytes that
        /// arrived while the loop was too busy to read them still count.
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

}  // namespace hawser::inline HAWSER_ABI::detail
