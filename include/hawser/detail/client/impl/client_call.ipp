// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/client/client_call.hpp>

#include <memory>
#include <new>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

// ── Asynchronous ─────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL ClientCall::ClientCall(CompletionPtr<Response> completion, RequestChain&& chain)
    : ClientOperation(chain.core()->executor(), std::move(completion)), chain_(std::move(chain)) {}

HAWSER_DECL CompletionPtr<Response> ClientCall::continue_trip() noexcept {
    add_ref();
    return CompletionPtr<Response>(&first_);
}

HAWSER_DECL void ClientCall::FirstResponse::run(CalledFrom from) {
    const auto call = IntrusivePtr<ClientCall>::adopt(&call_);
    call->arrived_ = taken(*this, ec);
    slot = {};  // the round trip, which refers to this call
    call->start(from);
}

HAWSER_DECL void ClientCall::FirstResponse::discard() noexcept {
    const auto call = IntrusivePtr<ClientCall>::adopt(&call_);
    call->drop();
}

HAWSER_DECL ClientCall::Steps ClientCall::run() {
    Outcome<Response> got;
    if (arrived_) {
        got = std::move(*arrived_);
    } else if (chain_.begin(got)) {
        got = co_await step<Completion<Response>>(Send{*this});
    }
    while (chain_.leads_on(got)) {
        if (RequestChain::drains(got.result)) {
            (void)co_await read_all(got.result.body, RequestChain::max_drained);
        }
        got.result = Response();
        got = co_await step<Completion<Response>>(Send{*this});
    }
    finish(got.ec, std::move(got.result));
}

HAWSER_DECL void ClientCall::send(CompletionPtr<Response> completion) const {
    const auto next = chain_.core()->next();
    if (!next) {
        completion->ec = error::client_closed;
        return completion.release()->run(CalledFrom::user);
    }
    auto trip = Access::new_trip(*next);
    chain_.next(trip->to_send);
    trip.release()->start(std::move(completion));
}

// ── Blocking ─────────────────────────────────────────────────────────────────────────────────────

/// Sends the next request of a blocking call.
inline Outcome<Response> send_and_wait(const RequestChain& chain, BlockingLoop& loop) {
    Outcome<Response> got;
    const auto next = chain.core()->next();
    if (!next) {
        got.ec = error::client_closed;
        return got;
    }
    auto trip = Access::new_trip(*next);
    chain.next(trip->to_send);
    got.result = trip.release()->wait(loop, got.ec);
    return got;
}

HAWSER_DECL Outcome<Response> finish_call(RequestChain& chain,
                                          Outcome<Response> got,
                                          BlockingLoop& loop) {
    while (chain.leads_on(got)) {
        if (RequestChain::drains(got.result)) {
            std::error_code ignored;
            (void)got.result.body.read_all(RequestChain::max_drained, ignored);
        }
        got.result = Response();
        got = send_and_wait(chain, loop);
    }
    return got;
}

// ── A chain from its beginning ───────────────────────────────────────────────────────────────────

HAWSER_DECL RequestChain CallTrip::chain() {
    const TimePoint ends_by = end_of_call(request_.options);
    return {core_, std::move(request_), ends_by};
}

HAWSER_DECL void CallTrip::start(CompletionPtr<Response> completion) {
    const std::unique_ptr<CallTrip> self(this);
    begin_operation<ClientCall>(std::move(completion), CalledFrom::user, chain());
}

HAWSER_DECL Response CallTrip::wait(BlockingLoop& loop, std::error_code& ec) {
    const std::unique_ptr<CallTrip> self(this);
    Outcome<Response> got;
    try {
        RequestChain requests = chain();
        if (requests.begin(got)) {
            got = send_and_wait(requests, loop);
        }
        got = finish_call(requests, std::move(got), loop);
    } catch (const std::bad_alloc&) {
        got.ec = error::resource_exhausted;
    }
    ec = got.ec;
    return std::move(got.result);
}

}  // namespace hawser::inline HAWSER_ABI::detail
