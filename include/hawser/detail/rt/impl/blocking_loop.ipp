// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/blocking_loop.hpp>

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

// ── Callers ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL BlockingLoop::ParkerPtr BlockingLoop::Caller::set(State state) {
    become(state);
    return parker_;
}

HAWSER_DECL void BlockingLoop::Caller::become(State state) noexcept {
    State now = state_.load(std::memory_order_acquire);
    while (now != State::done &&
           !state_.compare_exchange_weak(now, state, std::memory_order_acq_rel)) {
    }
}

HAWSER_DECL bool BlockingLoop::Caller::finish_awake() noexcept {
    State now = state();
    return (now == State::leads || now == State::reads) &&
           state_.compare_exchange_strong(now, State::done, std::memory_order_acq_rel);
}

HAWSER_DECL BlockingLoop::~BlockingLoop() {
    while (parkers_) {  // avoids nested destruction
        parkers_ = std::move(parkers_->next);
    }
}

/// While it exists, this thread reads for a caller of `loop`. User code that this calls must not
/// block on the same loop, just as on the thread that runs it.
class BlockingLoop::Reading {
public:
    explicit Reading(const BlockingLoop& loop) noexcept
        : loop_(loop), before_(std::exchange(here_, this)) {}
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() { here_ = before_; }

    static bool is_on(const BlockingLoop& loop) noexcept {
        const Reading* reading = here_;
        while (reading != nullptr && &reading->loop_ != &loop) {
            reading = reading->before_;
        }
        return reading != nullptr;
    }

private:
    static inline constinit thread_local const Reading* here_ = nullptr;

    const BlockingLoop& loop_;
    const Reading* const before_;
};

HAWSER_DECL std::error_code BlockingLoop::refusal() {
    if (inherited()) {
        return error::forked;
    }
    return would_deadlock() || Reading::is_on(*this) ? make_error_code(error::would_deadlock)
                                                     : std::error_code{};
}

HAWSER_DECL void BlockingLoop::wait(Caller& caller, Awaited& awaited) {
    TimePoint limit = awaited.ends_by();
    caller.polls_until_ = TimePoint::min();
    ParkerPtr to_wake;
    Lock lock(mutex_);
    while (!caller.done() || leader_ == &caller) {
        bool in_time = true;
        if (caller.has_work() && leader_ != &caller) {
            work(caller, lock, to_wake);
            in_time = limit == TimePoint::max();
        } else if (!poll(caller, lock, limit) && !lead(caller, lock, to_wake)) {
            in_time = follow(caller, lock, limit);
        }
        if (caller.done() || leader_ == &caller || (caller.has_work() && in_time)) {
            continue;
        }
        lock.unlock();
        wake(to_wake);
        if (!in_time && limit <= std::chrono::steady_clock::now()) {
            limit = TimePoint::max();
            awaited.give_up(error::total_timeout);
        }
        caller.no_cancel_.let_cancel();
        lock.lock();
    }
    detach(caller);
    lock.unlock();
    wake(to_wake);
}

HAWSER_DECL void BlockingLoop::wake(ParkerPtr& parker) noexcept {
    if (parker) {
        parker->wake();
        parker = nullptr;
    }
}

HAWSER_DECL void BlockingLoop::read(PolledRead& polled) {
    const PolledRead::Here here(polled);
    const Reading reading(*this);
    try {
        polled.read();
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (...) {
        tell_stray();
    }
}

/// Waits for bytes of its own connection, and reads them. False if it may not, or if not all came
/// soon: then the loop must run, because it also has the timers.
HAWSER_DECL bool BlockingLoop::poll(Caller& caller, Lock& lock, TimePoint limit) {
    using Polled = Parker::Polled;
    if (!caller.polled.offered()) {
        return false;
    }
    const Polled polled = await_bytes(caller, lock, limit);
    if (polled == Polled::readable) {
        caller.become(Caller::State::reads);
    }
    lock.unlock();
    if (polled == Polled::readable) {
        read(caller.polled);
    } else {
        caller.polled.decline();
    }
    lock.lock();
    return polled != Polled::late;
}

HAWSER_DECL Parker::Polled BlockingLoop::await_bytes(Caller& caller, Lock& lock, TimePoint limit) {
    using Polled = Parker::Polled;
    constexpr std::chrono::milliseconds patience{10};  // with one wait
    constexpr unsigned pause = 64;
    constexpr unsigned most = 64;  // each has a descriptor
    if (leader_ == &caller || caller.mailbox_ != nullptr || pollers_ == most || !may_poll()) {
        return Polled::late;
    }
    if (unpolled_ != 0) {
        --unpolled_;
        return Polled::late;
    }
    const TimePoint now = std::chrono::steady_clock::now();
    if (caller.polls_until_ == TimePoint::min()) {
        caller.polls_until_ = now + patience;
    }
    Polled polled = Polled::late;
    caller.become(Caller::State::waits);
    Parker* const parker = take_parker(caller);
    ++pollers_;
    lock.unlock();
    if (caller.done()) {
        polled = Polled::woken;
    } else if (now < caller.polls_until_ && parker != nullptr && parker->can_poll()) {
        note_direct_read();
        polled = parker->poll(caller.polled.handle(), std::min(limit, caller.polls_until_));
    }
    lock.lock();
    --pollers_;
    return_parker(caller);
    unpolled_ = polled == Polled::late && caller.polls_until_ <= limit ? pause : unpolled_;
    return polled;
}

/// Sleeps until it is called or becomes the leader; false if neither happened by `limit`.
HAWSER_DECL bool BlockingLoop::follow(Caller& caller, Lock& lock, TimePoint limit) {
    using State = Caller::State;
    caller.become(State::waits);
    followers_.push_back(caller);
    Parker* const parker = take_parker(caller);
    lock.unlock();
    bool called = false;
    if (parker == nullptr) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});  // no memory for a parker
    } else {
        if (!followers_are_called()) {
            constexpr std::chrono::seconds slice{1};
            limit = std::min(limit, std::chrono::steady_clock::now() + slice);
        }
        const auto is_called = [&] { return caller.state() != State::waits; };
        while (!is_called() && parker->sleep(limit)) {
        }
        called = is_called();
    }
    lock.lock();
    if (caller.linked()) {
        followers_.erase(caller);
    }
    return_parker(caller);
    return called;
}

HAWSER_DECL Parker* BlockingLoop::take_parker(Caller& caller) noexcept {
    if (parkers_) {
        caller.parker_ = std::move(parkers_);
        parkers_ = std::move(caller.parker_->next);
        --parkers_free_;
    } else {
        caller.parker_ = new (std::nothrow) Parker;
    }
    return caller.parker_.get();
}

/// Keeps some; more would hold descriptors that nobody uses.
HAWSER_DECL void BlockingLoop::return_parker(Caller& caller) noexcept {
    constexpr unsigned most = 16;
    if (caller.parker_ && parkers_free_ < most) {
        ++parkers_free_;
        caller.parker_->next = std::move(parkers_);
        parkers_ = std::move(caller.parker_);
    }
    caller.parker_ = nullptr;
}

HAWSER_DECL void BlockingLoop::finish(Caller& caller) {
    using State = Caller::State;
    const State state = caller.state();
    const bool on_its_thread = (state == State::leads && would_deadlock()) ||
                               (state == State::reads && caller.polled.is_here());
    if (on_its_thread && caller.finish_awake()) {
        return;  // usually so: no one to notify
    }
    ParkerPtr parker;
    {
        std::lock_guard lock(mutex_);
        if (caller.linked()) {
            followers_.erase(caller);
        }
        parker = caller.set(Caller::State::done);
        if (&caller == leader_) {
            call_leader();
        }
    }
    wake(parker);
}

/// To the newest follower, which is likely to wait longest.
HAWSER_DECL BlockingLoop::ParkerPtr BlockingLoop::pass_lead_on() {
    leader_ = followers_.back();
    if (leader_ == nullptr) {
        return nullptr;
    }
    followers_.erase(*leader_);
    return leader_->set(Caller::State::called);
}

/// Has every follower check whether it should end.
HAWSER_DECL void BlockingLoop::call_followers() {
    for (Caller* caller = followers_.front(); caller; caller = followers_.after(*caller)) {
        ParkerPtr parker = caller->set(Caller::State::called);
        wake(parker);
    }
}

// ── Body sources ─────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void BlockingLoop::attach(Mailbox& mailbox, Caller& caller) {
    std::lock_guard lock(mutex_);
    mailbox.loop = this;
    mailbox.caller = &caller;
    caller.mailbox_ = &mailbox;
    caller.work_ = std::exchange(mailbox.work, nullptr);
}

HAWSER_DECL void BlockingLoop::detach(Caller& caller) noexcept {
    if (Mailbox* mailbox = std::exchange(caller.mailbox_, nullptr)) {
        mailbox->caller = nullptr;
        mailbox->work = std::exchange(caller.work_, nullptr);
    }
}

HAWSER_DECL void BlockingLoop::post(Mailbox& mailbox, Task& task) {
    ParkerPtr parker;
    {
        std::lock_guard lock(mutex_);
        Caller* const caller = mailbox.caller;
        if (caller == nullptr) {
            mailbox.work = &task;
            return;
        }
        caller->work_ = &task;
        if (caller->linked()) {
            followers_.erase(*caller);
        }
        parker = caller->set(Caller::State::called);
        if (caller == leader_) {
            call_leader();
        }
    }
    wake(parker);
}

HAWSER_DECL bool BlockingLoop::retract(Mailbox& mailbox, Task& task) noexcept {
    std::lock_guard lock(mutex_);
    Task*& work = mailbox.caller != nullptr ? mailbox.caller->work_ : mailbox.work;
    if (work != &task) {
        return false;
    }
    work = nullptr;
    return true;
}

/// Without the lead and without a lock: it may take long.
HAWSER_DECL void BlockingLoop::work(Caller& caller, Lock& lock, ParkerPtr& to_wake) {
    Task& task = *std::exchange(caller.work_, nullptr);
    lock.unlock();
    wake(to_wake);
    task.run(CalledFrom::user);
    lock.lock();
}

}  // namespace hawser::inline HAWSER_ABI::detail
