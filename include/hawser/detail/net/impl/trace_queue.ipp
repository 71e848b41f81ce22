// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/trace_queue.hpp>

namespace hawser::detail {

HAWSER_DECL bool TraceQueue::push(std::unique_ptr<Event> event) {
    std::lock_guard lock(mutex_);
    if (closed_) {
        return false;
    }
    events_.push_back(std::move(event));
    return wake();
}

HAWSER_DECL bool TraceQueue::complete(Task& task) {
    std::lock_guard lock(mutex_);
    completion_ = &task;
    return wake();
}

HAWSER_DECL bool TraceQueue::wake() {
    if (busy_) {
        return false;
    }
    add_ref();  // until run() is done
    return busy_ = true;
}

HAWSER_DECL void TraceQueue::close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
}

HAWSER_DECL void TraceQueue::run(Context context) {
    const auto self = IntrusivePtr<TraceQueue>::adopt(this);
    std::unique_lock lock(mutex_);
    while (!events_.empty() || completion_ != nullptr) {
        if (events_.empty()) {
            Task& completion = *std::exchange(completion_, nullptr);
            lock.unlock();
            completion.run(context);
        } else {
            const std::unique_ptr<Event> event = std::move(events_.front());
            events_.pop_front();
            lock.unlock();
            (*event)(*trace_);
        }
        lock.lock();
    }
    busy_ = false;
}

}  // namespace hawser::detail
