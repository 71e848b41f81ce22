// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/throw_on.hpp>
#include <hawser/detail/rt/trace_queue.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL TraceQueue::~TraceQueue() {
    while (pop() != nullptr) {
    }
}

HAWSER_DECL bool TraceQueue::push(std::unique_ptr<Event> event) noexcept {
    std::lock_guard lock(mutex_);
    if (closed_ || event == nullptr) {
        return false;
    }
    last_ = (first_ == nullptr ? first_ : last_->next) = event.release();
    return wake();
}

HAWSER_DECL std::unique_ptr<TraceQueue::Event> TraceQueue::pop() noexcept {
    std::unique_ptr<Event> event(first_);
    if (event != nullptr) {
        first_ = event->next;
    }
    return event;
}

HAWSER_DECL bool TraceQueue::end_attempt(ClientTrace::AttemptEnd&& end) noexcept {
    if (end_ == nullptr) {
        return false;
    }
    end_->end = std::move(end);
    return push(std::move(end_));
}

HAWSER_DECL bool TraceQueue::complete(Task& task) noexcept {
    std::lock_guard lock(mutex_);
    completion_ = &task;
    return wake();
}

HAWSER_DECL bool TraceQueue::wake() noexcept {
    if (busy_) {
        return false;
    }
    add_ref();  // released by run()
    return busy_ = true;
}

HAWSER_DECL void TraceQueue::close() noexcept {
    std::lock_guard lock(mutex_);
    closed_ = true;
}

HAWSER_DECL void TraceQueue::run(CalledFrom from) {
    const auto self = IntrusivePtr<TraceQueue>::adopt(this);
    Thrown by_trace;
    Thrown by_handler;
    for (Next next = take(); next.event != nullptr || next.completion != nullptr; next = take()) {
        if (next.event != nullptr) {
            by_trace.keep([&] { (*next.event)(*trace_); });
            next.event.reset();
        } else {
            by_handler.keep([&] { next.completion->run(by_trace ? CalledFrom::user : from); });
        }
    }
    if (by_trace && from == CalledFrom::user) {  // a call made by the user, but not of the trace
        Thrown ignored;
        ignored.keep([&] { throw_on(executor_, by_trace.take()); });
    }
    by_handler.rethrow();
    by_trace.rethrow();
}

HAWSER_DECL TraceQueue::Next TraceQueue::take() noexcept {
    std::lock_guard lock(mutex_);
    Next next{pop(), nullptr};
    if (next.event == nullptr) {
        next.completion = std::exchange(completion_, nullptr);
    }
    busy_ = next.event != nullptr || next.completion != nullptr;
    return next;
}

}  // namespace hawser::inline HAWSER_ABI::detail
