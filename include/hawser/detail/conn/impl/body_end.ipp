// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_end.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/never_destroyed.hpp>

#include <atomic>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void BodyEnd::take_from(Exchange& exchange) noexcept {
    trailers_ = std::move(exchange.response.trailers);
    cut_short_ = cut_short(&exchange);
    unsent_ = !request_sent(&exchange);
}

HAWSER_DECL bool BodyEnd::cut_short(const Exchange* exchange) const noexcept {
    return exchange != nullptr ? exchange->response.cut_short : cut_short_;
}

HAWSER_DECL bool BodyEnd::request_sent(const Exchange* exchange) const noexcept {
    return exchange != nullptr ? exchange->response.request_sent.load(std::memory_order_relaxed)
                               : !unsent_;
}

HAWSER_DECL const Headers& BodyEnd::trailers(const Exchange* exchange) const noexcept {
    const Headers* const fields =
        exchange != nullptr ? exchange->response.trailers.get() : trailers_.get();
    return fields != nullptr ? *fields : never_destroyed<Headers>();
}

HAWSER_DECL Headers BodyEnd::take_trailers(Exchange* exchange) noexcept {
    const auto& fields = exchange != nullptr ? exchange->response.trailers : trailers_;
    return fields ? std::move(*fields) : Headers();
}

}  // namespace hawser::inline HAWSER_ABI::detail
