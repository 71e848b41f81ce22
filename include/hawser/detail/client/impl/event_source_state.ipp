// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/client/event_source_state.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/policy/reconnect.hpp>
#include <hawser/status_error.hpp>

#include <algorithm>

namespace hawser::inline HAWSER_ABI::detail {

/// The request of a source, with the fields that browsers send.
HAWSER_DECL Request event_source_request(Request request) {
    if (!request.headers.contains("Accept")) {
        request.headers.set("Accept", "text/event-stream");
    }
    if (!request.headers.contains("Cache-Control")) {
        request.headers.set("Cache-Control", "no-store");
    }
    if (!request.options.timeout) {
        request.options.timeout = std::chrono::milliseconds{0};
    }
    return request;
}

HAWSER_DECL EventSourceState::EventSourceState(Client client,
                                               Request request,
                                               EventSourceOptions options)
    : client_(std::move(client)),
      request_(event_source_request(std::move(request))),
      options_(std::move(options)),
      retry_(options_.retry),
      last_id_(options_.last_event_id) {}

// ── Calls ────────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL bool EventSourceState::begin(OperationCore& call) {
    bool closed = false;
    {
        const std::lock_guard lock(mutex_);
        if (call_) {
            return false;
        }
        call_ = &call;
        closed = closed_;
    }
    over_ = false;
    error_ = {};
    failure_ = {};
    if (closed) {
        fail(hawser::error::canceled, {});
    }
    return true;
}

HAWSER_DECL void EventSourceState::end() noexcept {
    IntrusivePtr<OperationCore> call;  // released after the lock
    const std::lock_guard lock(mutex_);
    std::swap(call, call_);
}

HAWSER_DECL void EventSourceState::close() noexcept {
    IntrusivePtr<OperationCore> call;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        call = call_;
    }
    Thrown ignored;  // by the caller's executor
    if (call) {
        ignored.keep([&] { call->cancel(hawser::error::canceled); });
    } else {
        ignored.keep([&] { lose_stream(); });
    }
}

HAWSER_DECL bool EventSourceState::is_over(Next& event) {
    if (stream_ && !over_ && stream_->take(event) && !event) {
        const std::error_code ec = stream_->error();
        const Failure failure = stream_->failure();
        const bool failed = !was_stream(had_event_, std::chrono::steady_clock::now() - opened_);
        failures_ = failed ? failures_ + 1 : 0;
        lose_stream();
        lost(ec, failure);
    }
    had_event_ |= event.has_value();
    return event || over_ || stopped_;
}

HAWSER_DECL std::chrono::milliseconds EventSourceState::pause() {
    if (stream_ || !std::exchange(pauses_, false)) {
        return std::chrono::milliseconds{0};
    }
    return reconnect_pause(retry_, failures_, options_.max_retry);
}

HAWSER_DECL Request EventSourceState::request() const {
    Request next = request_;
    if (!last_id_.empty() && is_field_value(last_id_)) {  // a server may choose any id
        next.headers.set("Last-Event-ID", last_id_);
    }
    return next;
}

// ── What happens to it ───────────────────────────────────────────────────────────────────────────

HAWSER_DECL void EventSourceState::answered(Outcome<Response>&& got) {
    if (got.ec) {
        ++failures_;
        lost(got.ec, std::move(got.result.failure));
        return;
    }
    Response& response = got.result;
    const std::string_view type = response.headers.get("Content-Type").value_or("");
    switch (judge_event_stream(response.status, type)) {
        case StreamAnswer::events:
            return open(std::move(response));
        case StreamAnswer::stop:
            stopped_ = true;
            return;
        case StreamAnswer::bad_status:
            return refuse(
                hawser::error::bad_status, response, status_text(response.status, response.reason));
        case StreamAnswer::bad_content_type:
            return refuse(hawser::error::bad_content_type, response, printable(type));
    }
}

HAWSER_DECL void EventSourceState::open(Response&& response) {
    stream_ = new Stream(std::move(response.body), options_.max_event_bytes);
    stream_->parser().start_after(last_id_);
    opened_ = std::chrono::steady_clock::now();
    had_event_ = false;
}

HAWSER_DECL void EventSourceState::refuse(std::error_code ec,
                                          Response& response,
                                          const std::string& reason) {
    fail(ec, Access::unread(response.body).tell(ec, reason.c_str()));
}

HAWSER_DECL void EventSourceState::canceled(std::error_code ec) {
    lose_stream();
    fail(ec, {});
}

// Keeps what the next one needs.
HAWSER_DECL void EventSourceState::lose_stream() {
    if (stream_) {
        last_id_ = stream_->parser().last_id();
        retry_ = stream_->parser().retry().value_or(retry_);
        stream_->body().close();
        stream_ = nullptr;
    }
}

// The stream has ended, or could not be opened.
HAWSER_DECL void EventSourceState::lost(std::error_code ec, Failure failure) {
    pauses_ = true;
    const bool last = options_.max_attempts != 0 && failures_ >= options_.max_attempts;
    if (ec && (last || !may_reconnect(ec))) {
        fail(ec, std::move(failure));
    }
}

HAWSER_DECL void EventSourceState::fail(std::error_code ec, Failure failure) noexcept {
    over_ = true;
    error_ = ec;
    failure_ = std::move(failure);
}

// ── Waiting ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL NextEvent::NextEvent(CompletionPtr<EventSourceState::Next> completion,
                                 IntrusivePtr<EventSourceState> state)
    : PlannedOperation<EventSourceState::Next>(state->client().get_executor(),
                                               std::move(completion)),
      state_(std::move(state)) {}

HAWSER_DECL NextStep NextEvent::begin_plan() {
    if (!state_->begin(*this)) {
        return NextStep::end;
    }
    begun_ = true;
    watch(state_->stop());
    return next();
}

HAWSER_DECL void NextEvent::send(CompletionPtr<Response> completion) {
    state_->send(state_->request(), std::move(completion));
}

HAWSER_DECL NextStep NextEvent::answered(Outcome<Response>&& got) {
    state_->answered(std::move(got));
    return go_on();
}

HAWSER_DECL NextStep NextEvent::received(const Outcome<std::size_t>& got) {
    state_->stream()->received(got.ec, got.result, got.failure);
    return go_on();
}

HAWSER_DECL NextStep NextEvent::go_on() {
    if (const std::error_code ec = canceled()) {
        state_->canceled(ec);
    }
    return next();
}

HAWSER_DECL NextStep NextEvent::next() {
    if (state_->is_over(event_)) {
        return NextStep::end;
    }
    pause_ = state_->pause();
    if (pause_.count() > 0) {
        return NextStep::pause;
    }
    return state_->stream() != nullptr ? NextStep::read : NextStep::send;
}

HAWSER_DECL void NextEvent::end_plan() {
    if (begun_) {
        finish(state_->error(), std::move(event_), state_->failure());
    } else {
        finish(hawser::error::concurrent_read);
    }
}

HAWSER_DECL void NextEvent::left() noexcept {
    if (begun_) {
        state_->end();
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
