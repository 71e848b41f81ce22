// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/client/event_source_state.hpp>
#include <hawser/event_source.hpp>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL EventSource::EventSource(Client client, Request request, EventSourceOptions options)
    : state_(new detail::EventSourceState(
          std::move(client), std::move(request), std::move(options))) {}

HAWSER_DECL EventSource::EventSource(EventSource&&) noexcept = default;

HAWSER_DECL EventSource::~EventSource() {
    close();
}

HAWSER_DECL EventSource::executor_type EventSource::get_executor() const noexcept {
    return state_ ? state_->client().get_executor() : executor_type();
}

HAWSER_DECL detail::LoopUse EventSource::use_loop() const {
    return state_ ? detail::Access::use_loop(state_->client()) : detail::LoopUse();
}

HAWSER_DECL void EventSource::start(detail::Completion<std::optional<Event>>& completion) {
    detail::CompletionPtr<std::optional<Event>> owner(&completion);
    if (!state_) {
        owner->ec = error::client_closed;
        return owner.release()->run(detail::CalledFrom::user);
    }
    detail::begin_operation<detail::NextEvent>(std::move(owner), detail::CalledFrom::user, state_);
}

HAWSER_DECL std::optional<Event> EventSource::next(std::error_code& ec) {
    ec = error::client_closed;
    if (!state_) {
        return std::nullopt;
    }
    detail::BlockingLoop& loop = *detail::Access::loop(state_->client());
    ec = loop.refusal();
    if (ec) {
        return std::nullopt;
    }
    auto got = detail::run_blocking<detail::NextEvent>(loop, state_);
    ec = got.ec;
    return std::move(got.result);
}

HAWSER_DECL std::optional<Event> EventSource::next() {
    std::error_code ec;
    std::optional<Event> event = next(ec);
    if (ec) {
        detail::throw_error(ec, failure());
    }
    return event;
}

HAWSER_DECL Failure EventSource::failure() const {
    return state_ ? state_->failure() : Failure();
}

HAWSER_DECL std::string EventSource::last_event_id() const {
    return state_ ? state_->last_id() : std::string();
}

HAWSER_DECL void EventSource::close() noexcept {
    if (state_) {
        state_->close();
    }
}

}  // namespace hawser::inline HAWSER_ABI
