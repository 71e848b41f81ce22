// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A request in its final place, to be filled in and started. An initiating function passes this
// instead of the request itself, which is large. A Transport's is a RoundTrip, other RoundTrippers'
// a MiddlewareTrip.

#include <hawser/detail/transport/response_slot.hpp>
#include <hawser/request.hpp>

#include <memory>
#include <system_error>

namespace hawser::detail {

class BlockingLoop;

class StartableTrip {
public:
    explicit StartableTrip(Request& place) noexcept : to_send(place) {}

    Request& to_send;

    /// Starts it, and consumes it.
    virtual void start(CompletionPtr<Response> completion) = 0;
    /// Starts it and waits on `loop` for its end; consumes it.
    virtual Response wait(BlockingLoop& loop, std::error_code& ec) = 0;
    /// Destroys it without having started it.
    virtual void give_back() noexcept = 0;

protected:
    ~StartableTrip() = default;
};

struct GiveBackTrip {
    void operator()(StartableTrip* trip) const noexcept { trip->give_back(); }
};
using StartableTripPtr = std::unique_ptr<StartableTrip, GiveBackTrip>;

}  // namespace hawser::detail
