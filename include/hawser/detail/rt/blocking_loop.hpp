// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who runs the executor while a caller blocks. A client of its own lets the caller itself do it
// (leader and followers): one caller runs the loop, also for the others, until its own result is
// there, then the next one takes over. When nobody calls, a keeper thread minds the loop. A client
// on a user's executor just waits for its threads.
//
// Each caller runs its own body source, never the loop for it: see Desk.

#include <hawser/config.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/intrusive_list.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/rt/context_threads.hpp>
#include <hawser/detail/rt/fork_guard.hpp>
#include <hawser/detail/rt/loop_use.hpp>
#include <hawser/detail/rt/thread_cancel.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/error.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace hawser::detail {

/// What a blocking call waits for, as its thread sees it.
class Awaited {
public:
    /// When it has to be over; TimePoint::max() if at no time.
    virtual TimePoint ends_by() const noexcept { return TimePoint::max(); }
    /// Ends it from outside the loop: its completion runs within this call, or soon.
    virtual void give_up(std::error_code cause) = 0;

protected:
    ~Awaited() = default;
};

class BlockingLoop : public LoopMinder {
public:
    class Caller;
    struct Desk;

    HAWSER_DECL virtual ~BlockingLoop();

    virtual const asio::any_io_executor& executor() const noexcept = 0;
    /// Whether this thread must not wait, because it is the one that would have to do the work.
    virtual bool would_deadlock() = 0;
    /// Whether asynchronous operations have to say that they are pending: LoopUse.
    virtual bool kept() const noexcept { return false; }

    /// Made before a fork, by the parent.
    bool inherited() const noexcept { return process_.inherited(); }
    /// Why a call must not wait here, if so.
    std::error_code refusal();

    /// Returns once finish() was called for this caller.
    void wait(Caller& caller, Awaited& awaited);
    void finish(Caller& caller);

    /// The caller will call the body source of `desk`, while it waits.
    void sit_down(Desk& desk, Caller& caller);
    /// Has a call of a body source made by whoever sits at `desk`, or will.
    void bring(Desk& desk, Task& task);
    /// Takes a call back that was not begun. False: it was.
    bool take_back(Desk& desk, Task& task) noexcept;

    void begin(Pending) override {}
    void end(Pending) noexcept override {}
    /// Lets what ended together with the transport reach its handlers, for a moment.
    virtual void let_trips_end() noexcept {}

protected:
    /// Where a thread sleeps. Outlives the calls it makes, so that it is notified with no lock held
    /// and nobody wakes up to contention. Belongs to the loop, not to the thread, which may be on
    /// its last steps, its thread_local objects gone.
    struct Bed;
    using BedPtr = IntrusivePtr<Bed>;
    using Lock = std::unique_lock<std::mutex>;

    /// If this caller may run the loop, does so until it is called; returns whom to wake then.
    virtual bool lead(Caller& caller, Lock& lock, BedPtr& to_wake) = 0;
    /// Another thread has something for the leader.
    virtual void call_leader() noexcept {}
    /// Whether somebody looks after those who sleep long.
    virtual bool followers_are_called() const noexcept { return false; }

    // With mutex_ held.
    BedPtr pass_lead_on();
    void call_followers();
    static void wake(BedPtr& bed) noexcept;

    std::mutex mutex_;
    Caller* leader_ = nullptr;

private:
    bool follow(Caller& caller, Lock& lock, TimePoint limit);
    void work(Caller& caller, Lock& lock, BedPtr& to_wake);
    void leave_desk(Caller& caller) noexcept;
    Bed* make_bed(Caller& caller) noexcept;
    void leave_bed(Caller& caller) noexcept;

    const OfThisProcess process_;
    IntrusiveList<Caller, Caller> followers_;  // asleep or about to be, last come last
    BedPtr beds_;                              // free
};

struct BlockingLoop::Bed final : RefCounted {
    std::mutex mutex;
    std::condition_variable woken;
    BedPtr next;  // while it is free
};

/// One caller that waits, on its thread's stack.
class BlockingLoop::Caller : public ListHook<Caller> {
public:
    enum class State { waits, leads, called, done };

    State state() const noexcept { return state_.load(std::memory_order_acquire); }
    bool done() const noexcept { return state() == State::done; }
    /// Whether a call of its source waits for it; guarded by the loop's mutex.
    bool has_work() const noexcept { return work_ != nullptr; }
    /// Once done, stays done. Returns the bed to be notified, if it sleeps. With the loop's mutex.
    BedPtr set(State state);
    /// The same, by the caller itself, which does not sleep.
    void become(State state) noexcept;
    /// Done, if it leads, or did and has not slept since: it looks before it does. No lock.
    bool finish_awake() noexcept;

private:
    friend class BlockingLoop;

    NoThreadCancel no_cancel_{NoThreadCancel::LookFirst{}};
    std::atomic<State> state_{State::waits};
    BedPtr bed_;            // while it sleeps
    Desk* desk_ = nullptr;  // where it sits
    Task* work_ = nullptr;  // a call of its source
};

/// Where the body source of a blocking request is called: by the thread that waits for this request
/// or its response, while it waits. Guarded by the loop's mutex, but for `loop`.
struct BlockingLoop::Desk {
    BlockingLoop* loop = nullptr;  // null: no blocking call sent it
    Caller* caller = nullptr;
    Task* work = nullptr;  // waits for a caller
};

/// The loop of a client without an executor. Whoever holds it shares it; see close().
class CallerRunLoop final : public BlockingLoop {
public:
    using Stray = std::function<void(std::exception_ptr)>;
    /// `kept`: with a keeper. `stray` is told what handlers throw, which belongs to no call.
    HAWSER_DECL static std::shared_ptr<CallerRunLoop> make(bool kept, Stray stray);
    /// The one behind an executor, if there is one.
    HAWSER_DECL static std::shared_ptr<CallerRunLoop> find(const asio::any_io_executor& executor);

    const asio::any_io_executor& executor() const noexcept override { return executor_; }
    HAWSER_DECL bool would_deadlock() override;
    bool kept() const noexcept override { return true; }
    HAWSER_DECL void begin(Pending what) override;
    HAWSER_DECL void end(Pending what) noexcept override;
    HAWSER_DECL void let_trips_end() noexcept override;

private:
    CallerRunLoop(bool kept, Stray stray) : kept_(kept), stray_(std::move(stray)) {}
    HAWSER_DECL ~CallerRunLoop() override = default;

    HAWSER_DECL bool lead(Caller& caller, Lock& lock, BedPtr& to_wake) override;
    HAWSER_DECL void call_leader() noexcept override;
    bool followers_are_called() const noexcept override { return kept_; }
    bool run(bool wait);
    void close() noexcept;

    // The keeper.
    bool hire() noexcept;
    void keep();
    bool look(Lock& lock);
    void keeper_leads(Lock& lock);
    bool nobody_leads() const noexcept { return leader_ == nullptr && !keeper_leads_; }
    bool pending() const noexcept { return trips_ + reads_ != 0; }

    const bool kept_;
    const Stray stray_;

    // Guarded by mutex_.
    std::condition_variable changed_;  // for the keeper, and for those who wait for it
    unsigned turns_ = 0;               // a caller took the lead
    unsigned keeper_turns_ = 0;        // the keeper gave it back
    unsigned reads_ = 0;               // pending
    unsigned trips_ = 0;               // pending
    enum class Ending { no, awaited, of_keeper, done };  // once nothing is pending
    Ending ending_ = Ending::no;
    bool keeper_leads_ = false;
    std::thread::id keeper_;

    std::atomic<bool> hired_{false};
    std::atomic<bool> look_up_{false};  // for the leader, be it a caller or the keeper

    asio::io_context context_{1};  // one thread at a time
    const asio::any_io_executor executor_{context_.get_executor()};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
};

/// The loop behind an executor of the user's.
class ExecutorLoop final : public BlockingLoop {
public:
    explicit ExecutorLoop(asio::any_io_executor executor)
        : executor_(std::move(executor)), threads_(executor_) {}

    const asio::any_io_executor& executor() const noexcept override { return executor_; }
    bool would_deadlock() override { return threads_.include_this(executor_); }

private:
    bool lead(Caller&, Lock&, BedPtr&) override { return false; }

    asio::any_io_executor executor_;
    ContextThreads threads_;
};

/// The completion of a blocking call, on its caller's stack.
template <class Base>
class BlockingCompletion final : public Base {
public:
    template <class... Args>
    explicit BlockingCompletion(BlockingLoop& loop, Args&&... args)
        : Base(std::forward<Args>(args)...), loop_(loop) {}
    ~BlockingCompletion() {
        if (awaited_ != nullptr && !done_) {  // the thread is being ended while it waits
            awaited_->give_up(error::canceled);
            loop_.wait(caller_, *awaited_);
        }
    }

    BlockingLoop::Caller& caller() noexcept { return caller_; }
    /// Lets a slot cancel it.
    void cancel_by(asio::cancellation_slot by) noexcept { slot_ = by; }

    /// Starts the operation and waits for its end. What a user's code throws within `start` goes on
    /// from here, but not before that end.
    template <class Start>
    void await(Awaited& awaited, Start start) {
        Thrown thrown;
        awaited_ = &awaited;
        thrown.keep(std::move(start));
        loop_.wait(caller_, awaited);
        done_ = true;
        thrown.rethrow();
    }

    void run(CalledFrom) override { loop_.finish(caller_); }
    void discard() noexcept override {
        this->ec = error::client_closed;
        loop_.finish(caller_);
    }
    asio::cancellation_slot cancellation_slot() const noexcept override { return slot_; }

private:
    BlockingLoop& loop_;
    Awaited* awaited_ = nullptr;
    bool done_ = false;
    asio::cancellation_slot slot_;
    BlockingLoop::Caller caller_;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/blocking_loop.ipp>
#endif
