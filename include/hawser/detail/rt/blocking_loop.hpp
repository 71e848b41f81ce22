// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How a thread waits for an operation while others, or the thread itself, run the executor (leader
// and followers): a loop decides who leads. Each caller runs its own body source; the loop never
// does: see Mailbox.

#include <hawser/config.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/intrusive_list.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/rt/context_threads.hpp>
#include <hawser/detail/rt/fork_guard.hpp>
#include <hawser/detail/rt/loop_use.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/rt/parker.hpp>
#include <hawser/detail/rt/polled_read.hpp>
#include <hawser/detail/rt/thread_cancel.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/error.hpp>

#include <asio/any_io_executor.hpp>

#include <atomic>
#include <memory>
#include <mutex>

namespace hawser::inline HAWSER_ABI::detail {

/// What a blocking call waits for, as its thread sees it.
class Awaited {
public:
    /// The call's deadline; TimePoint::max() if it has none.
    virtual TimePoint ends_by() const noexcept { return TimePoint::max(); }
    /// Ends the operation from outside the loop. Its completion runs during this call, or soon
    /// after.
    virtual void give_up(std::error_code cause) = 0;

protected:
    ~Awaited() = default;
};

class BlockingLoop : public LoopMinder {
public:
    class Caller;
    struct Mailbox;

    HAWSER_DECL virtual ~BlockingLoop();

    virtual const asio::any_io_executor& executor() const noexcept = 0;
    /// Whether this thread must not wait, because it would wait for work that it has to do itself.
    virtual bool would_deadlock() = 0;
    /// Whether a background thread runs the loop while no caller does. If so, asynchronous
    /// operations must announce that they are pending: LoopUse.
    virtual bool has_background() const noexcept { return false; }

    /// True in a child process, if the loop was made before fork().
    bool inherited() const noexcept { return process_.inherited(); }
    /// Why a call must not wait here; no error if it may.
    std::error_code refusal();

    /// Returns once finish() has been called for this caller.
    void wait(Caller& caller, Awaited& awaited);
    void finish(Caller& caller);

    /// From now on this caller runs the tasks of `mailbox` while it waits.
    void attach(Mailbox& mailbox, Caller& caller);
    /// Gives a call of a body source to the caller attached to `mailbox`, or to the next one.
    void post(Mailbox& mailbox, Task& task);
    /// Withdraws a call that has not begun. False if it has.
    bool retract(Mailbox& mailbox, Task& task) noexcept;

    void begin(Pending) override {}
    void end(Pending) noexcept override {}
    /// A caller has read bytes without waiting for the loop. While callers go on like this, the
    /// loop needs no thread that waits: it would be woken for all that they read.
    void note_direct_read() noexcept {
        direct_reads_.store(direct_reads() + 1, std::memory_order_relaxed);
    }
    /// Gives operations that ended with the transport a moment to reach their handlers.
    virtual void let_trips_end() noexcept {}

protected:
    /// What a thread sleeps on. It outlives the call, so that others can wake it with no lock held,
    /// and the woken thread meets no contention. It belongs to the loop, not to the thread, which
    /// may be exiting and have destroyed its thread_local objects.
    using ParkerPtr = IntrusivePtr<Parker>;
    using Lock = std::unique_lock<Mutex>;

    /// If this caller may run the loop, runs it until the caller is called. Then returns the next
    /// one to wake.
    virtual bool lead(Caller& caller, Lock& lock, ParkerPtr& to_wake) = 0;
    /// Whether a caller may wait for its own connection while nobody runs the loop. Call with
    /// mutex_ held.
    virtual bool may_poll() const noexcept { return false; }
    /// In a catch block: user code threw that belongs to no call.
    virtual void tell_stray() noexcept {}
    /// Another thread needs the leader's attention.
    virtual void call_leader() noexcept {}
    /// Whether something wakes long sleepers from time to time.
    virtual bool followers_are_called() const noexcept { return false; }

    /// Changes when a caller reads.
    unsigned direct_reads() const noexcept { return direct_reads_.load(std::memory_order_relaxed); }

    // Call with mutex_ held.
    ParkerPtr pass_lead_on();
    void call_followers();
    static void wake(ParkerPtr& parker) noexcept;

    Mutex mutex_;
    Caller* leader_ = nullptr;

private:
    class Reading;

    bool poll(Caller& caller, Lock& lock, TimePoint limit);
    void read(PolledRead& polled);
    Parker::Polled await_bytes(Caller& caller, Lock& lock, TimePoint limit);
    bool follow(Caller& caller, Lock& lock, TimePoint limit);
    void work(Caller& caller, Lock& lock, ParkerPtr& to_wake);
    void detach(Caller& caller) noexcept;
    Parker* take_parker(Caller& caller) noexcept;
    void return_parker(Caller& caller) noexcept;

    const OfThisProcess process_;
    std::atomic<unsigned> direct_reads_{0};
    unsigned unpolled_ = 0;  // so many waits are left to the loop: servers are slow
    unsigned pollers_ = 0;   // callers that poll
    unsigned parkers_free_ = 0;
    IntrusiveList<Caller, Caller> followers_;  // parked or about to park; newest last
    ParkerPtr parkers_;                        // free ones
};

/// A waiting caller, on its thread's stack.
class BlockingLoop::Caller : public ListHook<Caller> {
public:
    enum class State { waits, leads, reads, called, done };

    State state() const noexcept { return state_.load(std::memory_order_acquire); }
    bool done() const noexcept { return state() == State::done; }
    /// Whether a call of its body source is pending; guarded by the loop's mutex.
    bool has_work() const noexcept { return work_ != nullptr; }
    /// A caller that is done stays done. Wake the returned parker, preferably with no lock held.
    /// Call with the loop's mutex held.
    ParkerPtr set(State state);
    /// The same, called by the caller itself, which is awake.
    void become(State state) noexcept;
    /// Marks it done if it leads or reads, or has done so and not slept since: it checks before it
    /// sleeps. Takes no lock.
    bool finish_awake() noexcept;

    PolledRead polled;

private:
    friend class BlockingLoop;

    TimePoint polls_until_ = TimePoint::min();  // of one wait; min: it has not polled yet

    NoThreadCancel no_cancel_{NoThreadCancel::LookFirst{}};
    std::atomic<State> state_{State::waits};
    ParkerPtr parker_;            // while it is parked
    Mailbox* mailbox_ = nullptr;  // that it is attached to
    Task* work_ = nullptr;        // posted to it, but not yet begun
};

/// Where the body source of a blocking request is called: on the thread that waits for the request
/// or its response, while it waits. All but `loop` is guarded by the loop's mutex.
struct BlockingLoop::Mailbox {
    BlockingLoop* loop = nullptr;  // null: the request was not sent by a blocking call
    Caller* caller = nullptr;
    Task* work = nullptr;  // a call waiting for a caller
};

/// The loop behind a user's executor.
class ExecutorLoop final : public BlockingLoop {
public:
    explicit ExecutorLoop(asio::any_io_executor executor)
        : executor_(std::move(executor)), threads_(executor_) {}

    const asio::any_io_executor& executor() const noexcept override { return executor_; }
    bool would_deadlock() override { return threads_.include_this(executor_); }

private:
    bool lead(Caller&, Lock&, ParkerPtr&) override { return false; }

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

    BlockingLoop::Caller& caller() noexcept { return caller_; }
    /// Lets `by` cancel the call.
    void cancel_by(asio::cancellation_slot by) noexcept { slot_ = by; }

    /// Starts the operation and waits for its end. If user code throws inside `start`, this
    /// rethrows the exception once the operation has ended.
    template <class Start>
    void await(Awaited& awaited, Start start) {
        Thrown thrown;
        {
            Ended ended{loop_, caller_, awaited};
            {
                const PolledRead::Here here(caller_.polled);
                thrown.keep(std::move(start));
            }
            loop_.wait(caller_, awaited);
            ended.in_order = true;
        }
        thrown.rethrow();
    }

    void run(CalledFrom) override { loop_.finish(caller_); }
    void discard() noexcept override {
        this->ec = error::client_closed;
        loop_.finish(caller_);
    }
    asio::cancellation_slot cancellation_slot() const noexcept override { return slot_; }

private:
    /// Ends the operation if the thread is being canceled while it waits.
    struct Ended {
        ~Ended() {
            if (!in_order) {
                awaited.give_up(error::canceled);
                loop.wait(caller, awaited);
            }
        }
        BlockingLoop& loop;
        BlockingLoop::Caller& caller;
        Awaited& awaited;
        bool in_order = false;
    };

    BlockingLoop& loop_;
    asio::cancellation_slot slot_;
    BlockingLoop::Caller caller_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/blocking_loop.ipp>
#endif
