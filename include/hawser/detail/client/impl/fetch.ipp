// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/client/client_operation.hpp>
#include <hawser/detail/client/fetch.hpp>
#include <hawser/error.hpp>

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// A fetch that can be canceled, or whose body has to be read.
class FetchOperation final : public ClientOperation<FullResponse> {
public:
    /// Sends `trip`, unless it is given a head before it begins.
    FetchOperation(CompletionPtr<FullResponse> completion,
                   asio::any_io_executor executor,
                   StartableTripPtr trip,
                   std::size_t max) noexcept
        : ClientOperation(std::move(executor), std::move(completion)),
          trip_(std::move(trip)),
          max_(max) {}

    /// The response whose body it reads.
    void take_head(Response&& head) noexcept { head_.emplace().result = std::move(head); }

private:
    struct Send {
        void operator()(Completion<Response>& completion) const {
            fetch.trip_.release()->start(CompletionPtr<Response>(&completion));
        }
        FetchOperation& fetch;
    };

    HAWSER_DECL Steps run() override;
    HAWSER_DECL void failed(std::error_code ec) noexcept override;

    StartableTripPtr trip_;
    std::optional<Outcome<Response>> head_;
    const std::size_t max_;
};

/// The request failed, and nothing of its response counts but the reason.
inline void keep_failure(Response& response) noexcept {
    Failure why = std::move(response.failure);
    response = Response();
    response.failure = std::move(why);
}

HAWSER_DECL FetchOperation::Steps FetchOperation::run() {
    if (!head_) {
        head_.emplace(co_await step<Completion<Response>>(Send{*this}));
    }
    Response response = std::move(head_->result);
    std::error_code ec = head_->ec;
    std::string text;
    if (ec) {
        keep_failure(response);
    } else {
        Outcome<std::string> body = co_await read_all(response.body, max_);
        ec = body.ec;
        text = std::move(body.result);
        response.failure = std::move(body.failure);
    }
    finish(ec, Access::make<FullResponse>(std::move(response), std::move(text)));
}

HAWSER_DECL void FetchOperation::failed(std::error_code ec) noexcept {
    FullResponse none;
    if (head_) {
        none.failure = Access::unread(head_->result.body).tell(ec);
        head_.reset();
    }
    finish(ec, std::move(none));
}

HAWSER_DECL void StartableTrip::start(Fetch& fetch, StartableTripPtr trip, std::size_t max_body) {
    fetch.send(std::move(trip), max_body);
}

HAWSER_DECL void Fetch::send(StartableTripPtr trip, std::size_t max) {
    max_ = max;
    executor_ = trip->get_executor();
    if (!cancellation_slot().is_connected()) {
        return trip.release()->start(CompletionPtr<Response>(&head_));
    }
    begin_operation<FetchOperation>(CompletionPtr<FullResponse>(this),
                                    CalledFrom::user,
                                    std::move(executor_),
                                    std::move(trip),
                                    max_);
}

HAWSER_DECL void Fetch::Head::run(CalledFrom from) {
    if (!ec && !Access::unread(result().body).holds_all(fetch_.max_)) {
        return fetch_.read_body(result(), from);
    }
    if (ec && !slot.empty()) {
        keep_failure(result());
    }
    fetch_.complete(from);
}

HAWSER_DECL void Fetch::read_body(Response& head, CalledFrom from) {
    IntrusivePtr<FetchOperation> operation;
    try {
        operation = IntrusivePtr<FetchOperation>(
            new FetchOperation(nullptr, std::move(executor_), nullptr, max_));
    } catch (const std::exception&) {
        head_.ec = error::resource_exhausted;
        head.failure = Access::unread(head.body).tell(head_.ec);
        keep_failure(head);
        return complete(from);
    }
    operation->take_head(std::move(head));
    operation->complete_through(CompletionPtr<FullResponse>(this));
    operation->begin(from);
}

HAWSER_DECL void Fetch::complete(CalledFrom from) {
    ec = head_.ec;
    slot.hold(std::move(head_.slot));
    run(from);
}

HAWSER_DECL FullResponse ResultSlot<FullResponse>::make() {
    if (response_.empty()) {
        return {};
    }
    Response& response = response_.get();
    std::string body = Access::unread(response.body).take_held();
    return Access::make<FullResponse>(std::move(response), std::move(body));
}

}  // namespace hawser::inline HAWSER_ABI::detail
