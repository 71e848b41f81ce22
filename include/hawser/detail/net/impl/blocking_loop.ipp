// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/blocking_loop.hpp>

#include <asio/post.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>

#include <exception>

namespace hawser::detail {

HAWSER_DECL bool CallersLoop::would_deadlock() {
    return context_.get_executor().running_in_this_thread();
}

HAWSER_DECL void CallersLoop::wait(Caller& caller) {
    std::unique_lock lock(mutex_);
    while (!caller.done || caller.leads) {  // who was given the lead passes it on
        if (leader_ == nullptr || caller.leads) {
            lead(caller, lock);
        } else {
            follow(caller, lock);
        }
    }
}

HAWSER_DECL void CallersLoop::lead(Caller& caller, std::unique_lock<std::mutex>& lock) {
    caller.leads = true;
    leader_ = &caller;
    leader_thread_ = std::this_thread::get_id();
    std::exception_ptr failure;  // of a handler of somebody's; this call must still see its own end
    while (!caller.done) {
        lock.unlock();
        try {
            context_.run_one();
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
    }
    caller.leads = false;
    leader_ = first_follower_;
    leader_thread_ = {};
    if (leader_ != nullptr) {
        first_follower_ = leader_->next;
        leader_->leads = true;
        leader_->wake.notify_one();
    }
    if (failure) {
        lock.unlock();
        std::rethrow_exception(failure);
    }
}

HAWSER_DECL void CallersLoop::follow(Caller& caller, std::unique_lock<std::mutex>& lock) {
    caller.next = first_follower_;
    first_follower_ = &caller;
    caller.wake.wait(lock, [&] { return caller.done || caller.leads; });
    if (caller.leads) {
        return;  // the old leader took it off the list
    }
    for (Caller** at = &first_follower_; *at != nullptr; at = &(*at)->next) {
        if (*at == &caller) {
            *at = caller.next;
            return;
        }
    }
}

HAWSER_DECL void CallersLoop::finish(Caller& caller) {
    std::lock_guard lock(mutex_);
    caller.done = true;
    if (&caller != leader_) {
        caller.wake.notify_one();
    } else if (leader_thread_ != std::this_thread::get_id()) {
        caller.wake.notify_one();     // told to lead, but not yet awake
        asio::post(context_, [] {});  // or inside run_one()
    }
}

// Of an executor nobody can tell in general; of the usual ones it is known.
HAWSER_DECL bool ForeignLoop::would_deadlock() {
    using Context = asio::io_context::executor_type;
    using Pool = asio::thread_pool::executor_type;
    if (const auto* context = executor_.target<Context>()) {
        return context->running_in_this_thread();
    }
    if (const auto* pool = executor_.target<Pool>()) {
        return pool->running_in_this_thread();
    }
    if (const auto* strand = executor_.target<asio::strand<Context>>()) {
        return strand->get_inner_executor().running_in_this_thread();
    }
    if (const auto* strand = executor_.target<asio::strand<Pool>>()) {
        return strand->get_inner_executor().running_in_this_thread();
    }
    return false;
}

HAWSER_DECL void ForeignLoop::wait(Caller& caller) {
    std::unique_lock lock(mutex_);
    caller.wake.wait(lock, [&] { return caller.done; });
}

HAWSER_DECL void ForeignLoop::finish(Caller& caller) {
    std::lock_guard lock(mutex_);
    caller.done = true;
    caller.wake.notify_one();
}

}  // namespace hawser::detail
