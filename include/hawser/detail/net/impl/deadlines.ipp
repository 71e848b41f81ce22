// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/deadlines.hpp>

#include <exception>

namespace hawser::detail {

HAWSER_DECL void Deadlines::set(Node& node, TimePoint at) {
    std::lock_guard lock(mutex_);
    if (shut_down_) {
        return;
    }
    if (!node.set()) {
        node.keep_alive(true);
        count(node, +1);
    }
    queue_.set(node, at);
    if (at < rings_at_) {
        rings_at_ = at;
        alarm_->ring_at(at);
    }
}

HAWSER_DECL void Deadlines::count(const Node& node, int change) noexcept {
    if (node.is_work) {
        const bool was_work = work_ != 0;
        work_ += static_cast<std::size_t>(change);
        if (was_work != (work_ != 0)) {
            alarm_->count_as_work(work_ != 0);
        }
    }
}

HAWSER_DECL void Deadlines::clear(Node& node) noexcept {
    {
        std::lock_guard lock(mutex_);
        if (!node.set()) {
            return;
        }
        queue_.clear(node);
        count(node, -1);
    }
    node.keep_alive(false);
}

HAWSER_DECL void Deadlines::ring(Context context) {
    std::exception_ptr failure;  // of a user's handler: the other deadlines still count
    for (;;) {
        Node* node = nullptr;
        {
            std::lock_guard lock(mutex_);
            if (shut_down_) {
                break;
            }
            node = static_cast<Node*>(queue_.pop_due(now()));
            if (node == nullptr) {
                rings_at_ = queue_.next();
                if (!queue_.empty()) {
                    alarm_->ring_at(rings_at_);
                }
                break;
            }
            count(*node, -1);
        }
        try {
            node->expired(context);
        } catch (...) {
            failure = failure ? failure : std::current_exception();
        }
        node->keep_alive(false);
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

HAWSER_DECL void Deadlines::wait_ended(unsigned wait) noexcept {
    std::lock_guard lock(mutex_);
    if (!shut_down_) {
        alarm_->ended(wait);
    }
}

HAWSER_DECL void Deadlines::rest() noexcept {
    std::lock_guard lock(mutex_);
    if (queue_.empty() && rings_at_ != TimePoint::max() && !shut_down_) {
        rings_at_ = TimePoint::max();
        alarm_->cancel();
    }
}

HAWSER_DECL void Deadlines::shut_down() noexcept {
    std::lock_guard lock(mutex_);
    shut_down_ = true;
    alarm_->shut_down();
}

}  // namespace hawser::detail
