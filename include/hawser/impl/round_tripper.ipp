// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/round_tripper.hpp>

namespace hawser {

namespace detail {

/// A request for middleware, which takes it by value.
class BoxedTrip final : public PendingTrip {
public:
    explicit BoxedTrip(RoundTripper& round_tripper)
        : PendingTrip(request_), round_tripper_(round_tripper) {}

    void start(CompletionPtr<Response> completion) override {
        const std::unique_ptr<BoxedTrip> self(this);
        round_tripper_.start_round_trip(std::move(to_send),
                                        RoundTripHandler(completion.release()));
    }
    void drop() noexcept override { delete this; }

private:
    RoundTripper& round_tripper_;
    Request request_;
};

}  // namespace detail

HAWSER_DECL detail::PendingTripPtr RoundTripper::new_trip() {
    return detail::PendingTripPtr(new detail::BoxedTrip(*this));
}

}  // namespace hawser
