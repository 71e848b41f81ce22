// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/transport/middleware_trip.hpp>
#include <hawser/round_tripper.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL void RoundTripHandler::operator()(std::error_code ec, Response response) && {
    completion_->ec = ec;
    auto* owned = new detail::OwnedResponse(std::move(response));
    completion_->slot.point_to(owned->response, owned);
    completion_.release()->run(detail::CalledFrom::user);
}

HAWSER_DECL asio::cancellation_slot RoundTripHandler::get_cancellation_slot() const noexcept {
    return completion_->cancellation_slot();
}

HAWSER_DECL void RoundTripHandler::cancel() noexcept {
    if (completion_) {
        detail::Thrown ignored;  // its executor was destroyed, or memory is short
        ignored.keep([&] { std::move (*this)(error::client_closed, {}); });
    }
}

HAWSER_DECL detail::StartableTripPtr RoundTripper::new_trip() {
    return detail::StartableTripPtr(new detail::MiddlewareTrip(*this));
}

}  // namespace hawser::inline HAWSER_ABI
