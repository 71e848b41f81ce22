// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/blocking_loop.hpp>

#include <asio/post.hpp>

#include <exception>

namespace hawser::detail {

HAWSER_DECL const BlockingLoop::BedPtr& bed_of_this_thread() {
    thread_local const auto bed = std::make_shared<BlockingLoop::Bed>();
    return bed;
}

HAWSER_DECL BlockingLoop::Caller::Caller() : bed_(bed_of_this_thread()) {}

HAWSER_DECL void BlockingLoop::Caller::sleep() {
    std::unique_lock lock(bed_->mutex);
    bed_->woken.wait(lock, [this] { return state_.load() != State::waits; });
}

HAWSER_DECL BlockingLoop::BedPtr BlockingLoop::Caller::set(State state) {
    BedPtr bed = bed_;
    std::lock_guard lock(bed->mutex);
    if (!done()) {
        state_.store(state, std::memory_order_release);
    }
    return bed;
}

HAWSER_DECL bool CallersLoop::would_deadlock() {
    return context_.get_executor().running_in_this_thread();
}

HAWSER_DECL void CallersLoop::wait(Caller& caller) {
    if (!lead_or_follow(caller)) {
        return;
    }
    const std::exception_ptr failure = lead(caller);
    pass_lead_on();
    if (failure) {
        std::rethrow_exception(failure);
    }
}

/// Whether it leads now, which it then must do and pass on, even if it is done meanwhile. Else it
/// is done.
HAWSER_DECL bool CallersLoop::lead_or_follow(Caller& caller) {
    {
        std::lock_guard lock(mutex_);
        if (caller.done()) {
            return false;
        }
        if (leader_ == nullptr) {
            leader_ = &caller;
            return true;
        }
        followers_.push_back(caller);
    }
    caller.sleep();
    return caller.leads;
}

/// Returns what a handler of somebody's threw: this call must still see its own end first.
HAWSER_DECL std::exception_ptr CallersLoop::lead(Caller& caller) {
    std::exception_ptr failure;
    while (!caller.done()) {
        try {
            context_.run_one();
        } catch (...) {
            failure = std::current_exception();
        }
    }
    return failure;
}

/// To the last that came, who is likely to wait longest.
HAWSER_DECL void CallersLoop::pass_lead_on() {
    BedPtr bed;
    {
        std::lock_guard lock(mutex_);
        leader_ = followers_.back();
        if (leader_ == nullptr) {
            return;
        }
        followers_.erase(*leader_);
        leader_->leads = true;
        bed = leader_->set(Caller::State::leads);
    }
    bed->woken.notify_one();
}

HAWSER_DECL void CallersLoop::finish(Caller& caller) {
    BedPtr bed;
    {
        std::lock_guard lock(mutex_);
        const bool follows = caller.linked();
        if (follows) {
            followers_.erase(caller);
        }
        bed = caller.set(Caller::State::done);
        if (!follows) {  // it leads, or does not wait yet
            if (&caller == leader_ && !would_deadlock()) {
                asio::post(context_, [] {});  // on another thread: makes it look up
            }
            return;
        }
    }
    bed->woken.notify_one();
}

}  // namespace hawser::detail
