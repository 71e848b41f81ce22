// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/deadlines.hpp>

#include <algorithm>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void Deadlines::set(Node& node, TimePoint at) {
    std::lock_guard lock(mutex_);
    if (shut_down_) {
        return;
    }
    const bool moved = node.in_heap();
    if (!moved) {
        count(node, +1);  // first: an armed alarm counts as work from the start
    }
    try {
        arm(std::min(at, queue_.next()));
        queue_.push_or_move(node, at);
    } catch (...) {
        if (!moved) {
            count(node, -1);
        }
        throw;
    }
    if (!moved) {
        node.keep_alive(true);
    }
}

// If arming fails, nothing is armed; setting the next deadline makes up for it.
HAWSER_DECL void Deadlines::arm(TimePoint at) {
    if (at < rings_at_) {
        rings_at_ = TimePoint::max();
        alarm_->ring_at(at);
        rings_at_ = at;
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
        if (!node.in_heap()) {
            return;
        }
        queue_.clear(node);
        count(node, -1);
    }
    node.keep_alive(false);
}

HAWSER_DECL void Deadlines::ring(CalledFrom from) {
    Thrown thrown;
    while (Node* const node = take_due()) {
        thrown.keep([&] { node->expired(thrown ? CalledFrom::user : from); });
        node->keep_alive(false);
    }
    thrown.rethrow();
}

// Null if none is due; then this sets the alarm for the next.
HAWSER_DECL Deadlines::Node* Deadlines::take_due() noexcept {
    std::lock_guard lock(mutex_);
    if (shut_down_) {
        return nullptr;
    }
    rings_at_ = TimePoint::max();
    auto* const node = static_cast<Node*>(queue_.pop_due(now()));
    if (node != nullptr) {
        count(*node, -1);
    } else {
        Thrown ignored;  // see arm()
        ignored.keep([&] { arm(queue_.next()); });
    }
    return node;
}

HAWSER_DECL void Deadlines::wait_ended(unsigned wait) noexcept {
    std::lock_guard lock(mutex_);
    if (!shut_down_) {
        alarm_->ended(wait);
    }
}

HAWSER_DECL void Deadlines::disarm_if_quiet() noexcept {
    std::lock_guard lock(mutex_);
    if (queue_.empty() && rings_at_ != TimePoint::max() && !shut_down_) {
        rings_at_ = TimePoint::max();
        alarm_->cancel();
    }
}

HAWSER_DECL void Deadlines::stop() noexcept {
    std::lock_guard lock(mutex_);
    shut_down_ = true;
    alarm_->stop();
}

}  // namespace hawser::inline HAWSER_ABI::detail
