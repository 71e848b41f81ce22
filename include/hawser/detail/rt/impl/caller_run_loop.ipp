// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/rt/caller_run_loop.hpp>
#include <hawser/error.hpp>

#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/query.hpp>

#if defined(HAWSER_HAS_THREAD_CANCEL)
#include <csignal>
#endif
#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

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

HAWSER_COLD_DECL std::shared_ptr<CallerRunLoop> CallerRunLoop::make(bool background, Stray stray) {
    const std::shared_ptr<CallerRunLoop> loop(new CallerRunLoop(background, std::move(stray)),
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

HAWSER_DECL LoopUse CallerRunLoop::use(const asio::any_io_executor& executor) {
    const auto loop = find(executor);
    return loop ? LoopUse(*loop, Pending::trip) : LoopUse();
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
        tell_stray();
    }
    return true;
}

HAWSER_DECL void CallerRunLoop::tell_stray() noexcept {
    Thrown ignored;
    if (stray_) {
        ignored.keep([&] { stray_(std::current_exception()); });
    }
}

HAWSER_DECL bool CallerRunLoop::lead(Caller& caller, Lock& lock, ParkerPtr& to_wake) {
    using State = Caller::State;
    if (leader_ == nullptr && !background_leads_) {
        leader_ = &caller;
    } else if (leader_ != &caller) {
        if (background_leads_) {
            interrupted_.store(true, std::memory_order_relaxed);
            context_.stop();
        }
        return false;
    }
    ++turns_;
    if (!caller.has_work()) {
        caller.become(State::leads);
    }
    lock.unlock();
    if (has_background_ && !background_started_.load(std::memory_order_relaxed)) {
        start_background();
    }
    while (caller.state() == State::leads && !interrupted_.load(std::memory_order_relaxed)) {
        run(true);
    }
    lock.lock();
    interrupted_.store(false, std::memory_order_relaxed);
    to_wake = pass_lead_on();
    if (leader_ == nullptr && (pending() || waits_long_)) {
        changed_.notify_all();  // the background thread takes over
    }
    return true;
}

HAWSER_DECL void CallerRunLoop::begin(Pending what) {
    if (has_background_ && !background_started_.load() && !start_background()) {
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
        interrupted_ = true;
        call_leader();
    }
}

// ── The background thread ────────────────────────────────────────────────────────────────────────

/// How long a destructor waits for the background thread, which only a user's handler can delay.
inline constexpr std::chrono::milliseconds background_patience{1000};

/// Starts it. False: no thread could be started.
HAWSER_COLD_DECL bool CallerRunLoop::start_background() noexcept {
    std::lock_guard lock(mutex_);
    if (background_started_) {
        return true;
    }
#if defined(HAWSER_HAS_THREAD_CANCEL)
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // our threads handle no signals
#endif
    try {
        std::thread thread([this] { run_background(); });
        background_id_ = thread.get_id();
        thread.detach();
        background_started_ = true;
    } catch (const std::exception&) {
    }
#if defined(HAWSER_HAS_THREAD_CANCEL)
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
#endif
    return background_started_;
}

HAWSER_DECL void CallerRunLoop::run_background() {
    bool mine = false;
    {
        Lock lock(mutex_);
        while (wait_until_needed(lock)) {
            lead_in_background(lock, Stay::yes);
        }
        mine = ending_ == Ending::by_background;
        ending_ = Ending::done;
        changed_.notify_all();
    }
    if (mine) {
        delete this;
    }
}

/// Returns true when the thread must run the loop, false when it must end. While a caller leads, it
/// only checks from time to time, less and less often. After a while it has those who have waited
/// long check as well: see NoThreadCancel. While callers come and go, it only does what is due.
HAWSER_DECL bool CallerRunLoop::wait_until_needed(Lock& lock) {
    constexpr std::chrono::milliseconds shortest{50};
    constexpr std::chrono::milliseconds longest{500};
    for (auto between = shortest;;
         between = leader_ != nullptr ? std::min(between * 4, longest) : shortest) {
        const unsigned turns = turns_;
        const unsigned reads = direct_reads();
        waits_long_ = between != shortest;
        changed_.wait_for(lock, between, [this] {
            return ending_ != Ending::no || (leader_ == nullptr && (pending() || waits_long_));
        });
        const bool calls = turns != turns_ || reads != direct_reads() || waits_long_;
        waits_long_ = false;
        if (ending_ != Ending::no && !pending()) {
            return false;
        }
        if (leader_ == nullptr && (pending() || !calls)) {
            return true;
        }
        if (leader_ == nullptr) {
            lead_in_background(lock, Stay::no);
        } else if (between == longest) {
            if (turns == turns_) {
                interrupted_ = true;
                context_.stop();
            }
            call_followers();
        }
    }
}

HAWSER_DECL void CallerRunLoop::lead_in_background(Lock& lock, Stay stay) {
    struct Lead {
        ~Lead() {
            if (!lock) {  // a handler ends this thread
                lock.lock();
                loop.background_started_ = false;
            }
            loop.background_leads_ = false;
            ++loop.background_turns_;
            loop.interrupted_ = false;
            loop.changed_.notify_all();
            ParkerPtr parker = loop.pass_lead_on();
            wake(parker);
        }
        CallerRunLoop& loop;
        Lock& lock;
    };
    const Lead lead{*this, lock};
    background_leads_ = true;
    lock.unlock();
    bool more = true;
    while (more && !interrupted_.load(std::memory_order_relaxed)) {
        more = run(stay == Stay::yes) || stay == Stay::yes;
    }
    lock.lock();
}

HAWSER_COLD_DECL void CallerRunLoop::let_trips_end() noexcept {
    Lock lock(mutex_);
    if (would_deadlock()) {
        return;
    }
    if (has_background_) {
        changed_.wait_for(lock, background_patience, [this] { return trips_ == 0; });
        if (background_leads_) {  // it may hold what the last handler had
            const unsigned turns = background_turns_;
            interrupted_ = true;
            context_.stop();
            changed_.wait_for(
                lock, background_patience, [&] { return background_turns_ != turns; });
        }
        return;
    }
    lock.unlock();
    while (run(false)) {  // this is its only thread
    }
}

/// Nobody holds the loop any more, but the background thread may be running it.
HAWSER_COLD_DECL void CallerRunLoop::close() noexcept {
    {
        Lock lock(mutex_);
        if (leader_ != nullptr) {
            return;  // a handler is ending the program; the leader will never return
        }
        const bool on_background = background_id_ == std::this_thread::get_id();
        ending_ = on_background ? Ending::by_background : Ending::awaited;
        if (background_started_) {
            if (!pending()) {
                interrupted_ = true;
                context_.stop();
            }
            changed_.notify_all();
            if (on_background || !changed_.wait_for(lock, background_patience, [this] {
                    return ending_ == Ending::done;
                })) {
                ending_ = Ending::by_background;
                return;
            }
        }
    }
    delete this;
}

}  // namespace hawser::inline HAWSER_ABI::detail
