// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/blocking_loop.hpp>

#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/query.hpp>

#if defined(HAWSER_HAS_THREAD_CANCEL)
#include <csignal>
#endif
#include <algorithm>
#include <chrono>
#include <exception>
#include <new>

namespace hawser::detail {

// ── Callers ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL BlockingLoop::BedPtr BlockingLoop::Caller::set(State state) {
    BedPtr bed = bed_;
    std::unique_lock<std::mutex> lock;
    if (bed) {
        lock = std::unique_lock(bed->mutex);
    }
    become(state);
    return bed;
}

HAWSER_DECL void BlockingLoop::Caller::become(State state) noexcept {
    State now = state_.load(std::memory_order_acquire);
    while (now != State::done &&
           !state_.compare_exchange_weak(now, state, std::memory_order_acq_rel)) {
    }
}

HAWSER_DECL bool BlockingLoop::Caller::finish_awake() noexcept {
    State leads = State::leads;
    return state_.compare_exchange_strong(leads, State::done, std::memory_order_acq_rel);
}

HAWSER_DECL BlockingLoop::~BlockingLoop() {
    while (beds_) {  // avoids nested destruction
        beds_ = std::move(beds_->next);
    }
}

HAWSER_DECL std::error_code BlockingLoop::refusal() {
    if (inherited()) {
        return error::forked;
    }
    return would_deadlock() ? make_error_code(error::would_deadlock) : std::error_code{};
}

HAWSER_DECL void BlockingLoop::wait(Caller& caller, Awaited& awaited) {
    TimePoint limit = awaited.ends_by();
    BedPtr to_wake;
    Lock lock(mutex_);
    while (!caller.done() || leader_ == &caller) {
        bool in_time = true;
        if (caller.has_work() && leader_ != &caller) {
            work(caller, lock, to_wake);
            in_time = limit == TimePoint::max();
        } else if (!lead(caller, lock, to_wake)) {
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
    leave_desk(caller);
    lock.unlock();
    wake(to_wake);
}

HAWSER_DECL void BlockingLoop::wake(BedPtr& bed) noexcept {
    if (bed) {
        bed->woken.notify_one();
        bed = nullptr;
    }
}

/// Sleeps until it is called or becomes the leader; false if neither happened by `limit`.
HAWSER_DECL bool BlockingLoop::follow(Caller& caller, Lock& lock, TimePoint limit) {
    using State = Caller::State;
    caller.become(State::waits);
    followers_.push_back(caller);
    Bed* const bed = make_bed(caller);
    lock.unlock();
    bool called = false;
    if (bed == nullptr) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});  // no memory for a bed
    } else {
        Lock asleep(bed->mutex);
        const auto is_called = [&] { return caller.state() != State::waits; };
        if (!followers_are_called()) {
            constexpr std::chrono::seconds slice{1};
            limit = std::min(limit, std::chrono::steady_clock::now() + slice);
        }
        if (limit == TimePoint::max()) {
            bed->woken.wait(asleep, is_called);
            called = true;
        } else {
            called = bed->woken.wait_until(asleep, limit, is_called);
        }
    }
    lock.lock();
    if (caller.linked()) {
        followers_.erase(caller);
    }
    leave_bed(caller);
    return called;
}

HAWSER_DECL BlockingLoop::Bed* BlockingLoop::make_bed(Caller& caller) noexcept {
    if (beds_) {
        caller.bed_ = std::move(beds_);
        beds_ = std::move(caller.bed_->next);
    } else {
        caller.bed_ = new (std::nothrow) Bed;
    }
    return caller.bed_.get();
}

HAWSER_DECL void BlockingLoop::leave_bed(Caller& caller) noexcept {
    if (caller.bed_) {
        caller.bed_->next = std::move(beds_);
        beds_ = std::move(caller.bed_);
    }
}

HAWSER_DECL void BlockingLoop::finish(Caller& caller) {
    if (caller.state() == Caller::State::leads && would_deadlock() && caller.finish_awake()) {
        return;  // usually the leader itself: no one to notify
    }
    BedPtr bed;
    {
        std::lock_guard lock(mutex_);
        if (caller.linked()) {
            followers_.erase(caller);
        }
        bed = caller.set(Caller::State::done);
        if (&caller == leader_) {
            call_leader();
        }
    }
    wake(bed);
}

/// To the newest follower, which is likely to wait longest.
HAWSER_DECL BlockingLoop::BedPtr BlockingLoop::pass_lead_on() {
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
        BedPtr bed = caller->set(Caller::State::called);
        wake(bed);
    }
}

// ── Body sources ─────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void BlockingLoop::sit_down(Desk& desk, Caller& caller) {
    std::lock_guard lock(mutex_);
    desk.loop = this;
    desk.caller = &caller;
    caller.desk_ = &desk;
    caller.work_ = std::exchange(desk.work, nullptr);
}

HAWSER_DECL void BlockingLoop::leave_desk(Caller& caller) noexcept {
    if (Desk* desk = std::exchange(caller.desk_, nullptr)) {
        desk->caller = nullptr;
        desk->work = std::exchange(caller.work_, nullptr);
    }
}

HAWSER_DECL void BlockingLoop::bring(Desk& desk, Task& task) {
    BedPtr bed;
    {
        std::lock_guard lock(mutex_);
        Caller* const caller = desk.caller;
        if (caller == nullptr) {
            desk.work = &task;
            return;
        }
        caller->work_ = &task;
        if (caller->linked()) {
            followers_.erase(*caller);
        }
        bed = caller->set(Caller::State::called);
        if (caller == leader_) {
            call_leader();
        }
    }
    wake(bed);
}

HAWSER_DECL bool BlockingLoop::take_back(Desk& desk, Task& task) noexcept {
    std::lock_guard lock(mutex_);
    Task*& work = desk.caller != nullptr ? desk.caller->work_ : desk.work;
    if (work != &task) {
        return false;
    }
    work = nullptr;
    return true;
}

/// Without the lead and without a lock: it may take long.
HAWSER_DECL void BlockingLoop::work(Caller& caller, Lock& lock, BedPtr& to_wake) {
    Task& task = *std::exchange(caller.work_, nullptr);
    lock.unlock();
    wake(to_wake);
    task.run(CalledFrom::user);
    lock.lock();
}

// ── The loop of a client without an executor ─────────────────────────────────────────────────────

/// Finds a loop through its context.
class LoopService final : public asio::execution_context::service {
public:
    using key_type = LoopService;
    inline static asio::execution_context::id id;

    explicit LoopService(asio::execution_context& context)
        : asio::execution_context::service(context) {}

    std::weak_ptr<CallerRunLoop> loop;

private:
    void shutdown() noexcept override {}
};

HAWSER_DECL std::shared_ptr<CallerRunLoop> CallerRunLoop::make(bool kept, Stray stray) {
    const std::shared_ptr<CallerRunLoop> loop(new CallerRunLoop(kept, std::move(stray)),
                                              [](CallerRunLoop* last) { last->close(); });
    asio::use_service<LoopService>(loop->context_).loop = loop;
    return loop;
}

HAWSER_DECL std::shared_ptr<CallerRunLoop> CallerRunLoop::find(
    const asio::any_io_executor& executor) {
    if (!executor) {
        return nullptr;
    }
    auto& context = asio::query(executor, asio::execution::context);
    return asio::has_service<LoopService>(context)
               ? asio::use_service<LoopService>(context).loop.lock()
               : nullptr;
}

HAWSER_DECL bool CallerRunLoop::would_deadlock() {
    return context_.get_executor().running_in_this_thread();
}

HAWSER_DECL void CallerRunLoop::call_leader() noexcept {
    if (!would_deadlock()) {
        context_.stop();  // the leader restarts it; unlike a post, this needs no memory
    }
}

/// Runs one handler. An exception it throws belongs to no caller.
HAWSER_DECL bool CallerRunLoop::run(bool wait) {
    try {
        if ((wait ? context_.run_one() : context_.poll_one()) == 0) {
            context_.restart();
            return false;
        }
    }
    HAWSER_CATCH_FORCED_UNWIND
    catch (...) {
        Thrown ignored;
        if (stray_) {
            ignored.keep([&] { stray_(std::current_exception()); });
        }
    }
    return true;
}

HAWSER_DECL bool CallerRunLoop::lead(Caller& caller, Lock& lock, BedPtr& to_wake) {
    using State = Caller::State;
    if (leader_ == nullptr && !keeper_leads_) {
        leader_ = &caller;
    } else if (leader_ != &caller) {
        if (keeper_leads_) {
            look_up_.store(true, std::memory_order_relaxed);
            context_.stop();
        }
        return false;
    }
    ++turns_;
    if (!caller.has_work()) {
        caller.become(State::leads);
    }
    lock.unlock();
    if (kept_ && !hired_.load(std::memory_order_relaxed)) {
        hire();
    }
    while (caller.state() == State::leads && !look_up_.load(std::memory_order_relaxed)) {
        run(true);
    }
    lock.lock();
    look_up_.store(false, std::memory_order_relaxed);
    to_wake = pass_lead_on();
    if (leader_ == nullptr && pending()) {
        changed_.notify_all();  // the keeper takes over
    }
    return true;
}

HAWSER_DECL void CallerRunLoop::begin(Pending what) {
    if (kept_ && !hired_.load() && !hire()) {
        throw std::system_error(error::resource_exhausted, "hawser: no thread for the client");
    }
    std::lock_guard lock(mutex_);
    ++(what == Pending::trip ? trips_ : reads_);
    if (nobody_leads()) {
        changed_.notify_all();
    }
}

HAWSER_DECL void CallerRunLoop::end(Pending what) noexcept {
    std::lock_guard lock(mutex_);
    --(what == Pending::trip ? trips_ : reads_);
    if (trips_ == 0) {
        changed_.notify_all();
    }
    if (ending_ != Ending::no && !pending()) {
        look_up_ = true;
        call_leader();
    }
}

// ── The keeper ───────────────────────────────────────────────────────────────────────────────────

/// How long a destructor waits for a keeper, which only a user's handler can delay.
inline constexpr std::chrono::milliseconds keeper_patience{1000};

/// Starts the keeper. False: no thread could be started.
HAWSER_DECL bool CallerRunLoop::hire() noexcept {
    std::lock_guard lock(mutex_);
    if (hired_) {
        return true;
    }
#if defined(HAWSER_HAS_THREAD_CANCEL)
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // our threads handle no signals
#endif
    try {
        std::thread keeper([this] { keep(); });
        keeper_ = keeper.get_id();
        keeper.detach();
        hired_ = true;
    } catch (const std::exception&) {
    }
#if defined(HAWSER_HAS_THREAD_CANCEL)
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
#endif
    return hired_;
}

HAWSER_DECL void CallerRunLoop::keep() {
    bool mine = false;
    {
        Lock lock(mutex_);
        while (look(lock)) {
            keeper_leads(lock);
        }
        mine = ending_ == Ending::of_keeper;
        ending_ = Ending::done;
        changed_.notify_all();
    }
    if (mine) {
        delete this;
    }
}

/// Returns true when the keeper is needed, false when it must end. While callers lead, it only
/// checks from time to time, less and less often. After a while it has those who have waited long
/// check as well: see NoThreadCancel.
HAWSER_DECL bool CallerRunLoop::look(Lock& lock) {
    constexpr std::chrono::milliseconds shortest{50};
    constexpr std::chrono::milliseconds longest{500};
    for (auto between = shortest;; between = std::min(between * 4, longest)) {
        const unsigned turns = turns_;
        changed_.wait_for(lock, between, [this] {
            return ending_ != Ending::no || (leader_ == nullptr && pending());
        });
        if (ending_ != Ending::no && !pending()) {
            return false;
        }
        if (leader_ == nullptr && (pending() || turns == turns_)) {
            return true;
        }
        if (between == longest) {
            if (leader_ != nullptr && turns == turns_) {
                look_up_ = true;
                context_.stop();
            }
            call_followers();
        }
    }
}

HAWSER_DECL void CallerRunLoop::keeper_leads(Lock& lock) {
    struct Lead {
        ~Lead() {
            if (!lock) {  // a handler ends this thread
                lock.lock();
                loop.hired_ = false;
            }
            loop.keeper_leads_ = false;
            ++loop.keeper_turns_;
            loop.look_up_ = false;
            loop.changed_.notify_all();
            BedPtr bed = loop.pass_lead_on();
            wake(bed);
        }
        CallerRunLoop& loop;
        Lock& lock;
    };
    const Lead lead{*this, lock};
    keeper_leads_ = true;
    lock.unlock();
    while (!look_up_.load(std::memory_order_relaxed)) {
        run(true);
    }
    lock.lock();
}

HAWSER_DECL void CallerRunLoop::let_trips_end() noexcept {
    Lock lock(mutex_);
    if (would_deadlock()) {
        return;
    }
    if (kept_) {
        changed_.wait_for(lock, keeper_patience, [this] { return trips_ == 0; });
        if (keeper_leads_) {  // it may hold what the last handler had
            const unsigned turns = keeper_turns_;
            look_up_ = true;
            context_.stop();
            changed_.wait_for(lock, keeper_patience, [&] { return keeper_turns_ != turns; });
        }
        return;
    }
    lock.unlock();
    while (run(false)) {  // this is its only thread
    }
}

/// Nobody holds the loop any more, but the keeper may be running it.
HAWSER_DECL void CallerRunLoop::close() noexcept {
    {
        Lock lock(mutex_);
        if (leader_ != nullptr) {
            return;  // a handler is ending the program; the leader will never return
        }
        const bool by_keeper = keeper_ == std::this_thread::get_id();
        ending_ = by_keeper ? Ending::of_keeper : Ending::awaited;
        if (hired_) {
            if (!pending()) {
                look_up_ = true;
                context_.stop();
            }
            changed_.notify_all();
            if (by_keeper || !changed_.wait_for(lock, keeper_patience, [this] {
                    return ending_ == Ending::done;
                })) {
                ending_ = Ending::of_keeper;
                return;
            }
        }
    }
    delete this;
}

}  // namespace hawser::detail
