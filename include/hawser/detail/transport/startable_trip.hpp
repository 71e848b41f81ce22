// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A request in its final place, to be filled in and started. An initiating function passes this
// instead of the request itself, which is large. A Transport's is a RoundTrip, other RoundTrippers'
// a MiddlewareTrip.

#include <hawser/detail/owned.hpp>
#include <hawser/detail/rt/loop_use.hpp>
#include <hawser/detail/transport/response_slot.hpp>
#include <hawser/request.hpp>

#include <asio/any_io_executor.hpp>

#include <cstddef>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class BlockingLoop;
class Fetch;
class StartableTrip;

struct GiveBackTrip {
    void operator()(StartableTrip* trip) const noexcept;
};
using StartableTripPtr = Owned<StartableTrip, GiveBackTrip>;

class StartableTrip {
public:
    /// `executor` runs handlers that have no executor of their own.
    StartableTrip(Request& place, const asio::any_io_executor& executor) noexcept
        : to_send(place), executor_(executor) {}

    Request& to_send;
    /// The client that sends it, if its redirects are to be followed.
    IntrusivePtr<ResponseFilter> filter;

    /// Starts it, and consumes it.
    virtual void start(CompletionPtr<Response> completion) = 0;
    /// Starts it and waits on `loop` for its end; consumes it.
    virtual Response wait(BlockingLoop& loop, std::error_code& ec) = 0;
    /// Destroys it without having started it.
    virtual void give_back() noexcept = 0;

    // For Initiation: a trip starts itself.
    const asio::any_io_executor& get_executor() const noexcept { return executor_; }
    /// Keeps the executor's loop running for the trip, if only blocking callers run it.
    virtual LoopUse use_loop() const = 0;
    static void start(Completion<Response>& completion, StartableTripPtr trip) {
        trip.release()->start(CompletionPtr<Response>(&completion));
    }
    /// The same, and then collects the whole body.
    static void start(Fetch& fetch, StartableTripPtr trip, std::size_t max_body);

protected:
    ~StartableTrip() = default;

private:
    const asio::any_io_executor& executor_;
};

inline void GiveBackTrip::operator()(StartableTrip* trip) const noexcept {
    trip->give_back();
}

}  // namespace hawser::inline HAWSER_ABI::detail
