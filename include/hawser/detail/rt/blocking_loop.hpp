// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who runs the executor while a caller blocks. With a client of its own, the caller itself does
// (leader and followers): one caller runs the loop, also for the others, until its own result
// arrives; then the next one takes over. When nobody calls, a keeper thread runs the loop. A client
// on a user's executor just waits for the executor's threads.
//
// Each caller runs its own body source; the loop never does: see Desk.

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
    struct Desk;

    HAWSER_DECL virtual ~BlockingLoop();

    virtual const asio::any_io_executor& executor() const noexcept = 0;
    /// Whether this thread must not wait, because it would wait for work that it has to do itself.
    virtual bool would_deadlock() = 0;
    /// Whether asynchronous operations must announce that they are pending: LoopUse.
    virtual bool kept() const noexcept { return false; }

    /// True in a child process, if the loop was made before fork().
    bool inherited() const noexcept { return process_.inherited(); }
    /// Why a call must not wait here; no error if it may.
    std::error_code refusal();

    /// Returns once finish() has been called for this caller.
    void wait(Caller& caller, Awaited& awaited);
    void finish(Caller& caller);

    /// From now on this caller runs the body source of `desk` while it waits.
    void sit_down(Desk& desk, Caller& caller);
    /// Passes a call of a body source to the caller at `desk`, or to the next one there.
    void bring(Desk& desk, Task& task);
    /// Takes back a call that has not begun. False if it has.
    bool take_back(Desk& desk, Task& task) noexcept;

    void begin(Pending) override {}
    void end(Pending) noexcept override {}
    /// Gives operations that ended with the transport a moment to reach their handlers.
    virtual void let_trips_end() noexcept {}

protected:
    /// Where a thread sleeps. It outlives the call, so that others can notify it with no lock held,
    /// and the woken thread meets no contention. It belongs to the loop, not to the thread, which
    /// may be exiting and have destroyed its thread_local objects.
    struct Bed;
    using BedPtr = IntrusivePtr<Bed>;
    using Lock = std::unique_lock<std::mutex>;

    /// If this caller may run the loop, runs it until the caller is called. Then returns the next
    /// one to wake.
    virtual bool lead(Caller& caller, Lock& lock, BedPtr& to_wake) = 0;
    /// Another thread needs the leader's attention.
    virtual void call_leader() noexcept {}
    /// Whether something wakes long sleepers from time to time.
    virtual bool followers_are_called() const noexcept { return false; }

    // Call with mutex_ held.
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
    IntrusiveList<Caller, Caller> followers_;  // parked or about to park; newest last
    BedPtr beds_;                              // free ones
};

struct BlockingLoop::Bed final : RefCounted {
    std::mutex mutex;
    std::condition_variable woken;
    BedPtr next;  // while it is free
};

/// A waiting caller, on its thread's stack.
class BlockingLoop::Caller : public ListHook<Caller> {
public:
    enum class State { waits, leads, called, done };

    State state() const noexcept { return state_.load(std::memory_order_acquire); }
    bool done() const noexcept { return state() == State::done; }
    /// Whether a call of its body source is pending; guarded by the loop's mutex.
    bool has_work() const noexcept { return work_ != nullptr; }
    /// A caller that is done stays done. Notify the returned bed, preferably with no lock held.
    /// Call with the loop's mutex held.
    BedPtr set(State state);
    /// The same, called by the caller itself, which is awake.
    void become(State state) noexcept;
    /// Marks it done if it leads, or has led and not slept since: it checks before it sleeps. Takes
    /// no lock.
    bool finish_awake() noexcept;

private:
    friend class BlockingLoop;

    NoThreadCancel no_cancel_{NoThreadCancel::LookFirst{}};
    std::atomic<State> state_{State::waits};
    BedPtr bed_;            // while it sleeps
    Desk* desk_ = nullptr;  // where it sits
    Task* work_ = nullptr;  // the desk that it serves
};

/// Where the body source of a blocking request is called: on the thread that waits for the request
/// or its response, while it waits. All but `loop` is guarded by the loop's mutex.
struct BlockingLoop::Desk {
    BlockingLoop* loop = nullptr;  // null: the request was not sent by a blocking call
    Caller* caller = nullptr;
    Task* work = nullptr;  // a call waiting for a caller
};

/// The loop of a client without an executor, shared by all who hold it; see close().
class CallerRunLoop final : public BlockingLoop {
public:
    using Stray = std::function<void(std::exception_ptr)>;
    /// `kept`: with a keeper thread. `stray` receives exceptions from handlers, which belong to no
    /// call.
    HAWSER_DECL static std::shared_ptr<CallerRunLoop> make(bool kept, Stray stray);
    /// The loop behind an executor; null if there is none.
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

    // The keeper thread.
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
    unsigned turns_ = 0;               // how often a caller took the lead
    unsigned keeper_turns_ = 0;        // how often the keeper gave it back
    unsigned reads_ = 0;               // pending
    unsigned trips_ = 0;               // pending
    enum class Ending { no, awaited, of_keeper, done };  // once nothing is pending
    Ending ending_ = Ending::no;
    bool keeper_leads_ = false;
    std::thread::id keeper_;

    std::atomic<bool> hired_{false};
    std::atomic<bool> look_up_{false};  // set for the leader, a caller or the keeper

    asio::io_context context_{1};  // one thread at a time
    const asio::any_io_executor executor_{context_.get_executor()};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
};

/// The loop behind a user's executor.
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
        if (awaited_ != nullptr && !done_) {  // the thread is being canceled while it waits
            awaited_->give_up(error::canceled);
            loop_.wait(caller_, *awaited_);
        }
    }

    BlockingLoop::Caller& caller() noexcept { return caller_; }
    /// Lets `by` cancel the call.
    void cancel_by(asio::cancellation_slot by) noexcept { slot_ = by; }

    /// Starts the operation and waits for its end. If user code throws inside `start`, this
    /// rethrows the exception once the operation has ended.
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
