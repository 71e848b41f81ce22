// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What all composed operations have in common, whatever their result: the coroutine, the step that
// it awaits, and cancellation. See composed_operation.hpp.

#include <hawser/config.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/time_point.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <coroutine>
#include <mutex>
#include <optional>
#include <stop_token>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// The result of one step. A Response has a Failure of its own; then `failure` is empty. Not an
/// aggregate: g++ 12 destroys temporaries of aggregates twice in `co_await` expressions.
template <class Result>
struct Outcome {
    Outcome() noexcept {}
    Outcome(std::error_code code, Result&& from, Failure&& why) noexcept
        : ec(code), result(std::move(from)), failure(std::move(why)) {}

    std::error_code ec;
    Result result{};
    Failure failure;
};

/// Takes the result out of a completion that has run. A slot for a large result may be empty.
template <class Result>
Outcome<Result> taken(Completion<Result>& from, std::error_code ec) {
    if constexpr (requires { from.slot.empty(); }) {
        return {ec, from.slot.empty() ? Result() : std::move(from.result()), {}};
    } else {
        return {ec, std::move(from.result()), std::move(from.slot.failure())};
    }
}

/// What composed operations have in common, whatever their result.
class OperationCore : public RefCounted, public Awaited {
public:
    /// Cancels it. May be called at any time, on any thread; the first cause wins.
    void cancel(std::error_code cause);
    void give_up(std::error_code cause) override { cancel(cause); }
    TimePoint ends_by() const noexcept override { return ends_by_; }

    /// The coroutine type of run().
    class Steps;

protected:
    class Step;
    template <class Base, class Start>
    class StepOf;
    struct StartTimer;

    explicit OperationCore(asio::any_io_executor executor) noexcept
        : executor_(std::move(executor)) {}

    const asio::any_io_executor& executor() const noexcept { return executor_; }
    /// The cause, if it was canceled.
    std::error_code canceled() const noexcept;
    /// Its deadline, for a blocking caller. The steps must also keep it themselves.
    void set_deadline(TimePoint limit) noexcept { ends_by_ = limit; }
    /// Cancels it with error::canceled when the token says so.
    void watch(const std::stop_token& stop);

    /// A step, to be awaited in the same expression: `start(Base&)` starts an asynchronous
    /// operation that completes this Base, and owns it from then on. Yields an Outcome.
    template <class Base, class Start>
    auto step(Start start) {
        return StepOf<Base, Start>(*this, std::move(start));
    }
    /// A step that only waits.
    auto sleep(std::chrono::steady_clock::duration time);

    virtual Steps run() = 0;
    /// Completes it with what run() determined.
    virtual void deliver(CalledFrom from) = 0;
    /// An exception left run().
    virtual void failed(std::error_code ec) noexcept = 0;
    /// The executor was destroyed: discards the caller's completion.
    virtual void drop() noexcept = 0;

    /// Runs the first step. Call once.
    void start(CalledFrom from);

private:
    using Lock = std::unique_lock<OptionalMutex>;
    struct Stop {
        void operator()() const noexcept {
            Thrown ignored;  // the cancellation itself is complete
            ignored.keep([&] { operation.cancel(error::canceled); });
        }
        OperationCore& operation;
    };

    struct Resume;

    void enter(Step& step) noexcept;
    /// False: the coroutine goes on at once.
    bool entered(Step& step) noexcept;
    void settle(Step& step, Lock& lock);
    void arrived(Step& step, CalledFrom from);
    void lost(Step& step) noexcept;
    void go_on(std::coroutine_handle<> coroutine, CalledFrom from);
    void post_resume(std::coroutine_handle<> coroutine);
    void abandon(std::coroutine_handle<> coroutine) noexcept;

    const asio::any_io_executor executor_;
    TimePoint ends_by_ = TimePoint::max();
    bool* ended_ = nullptr;   // where the thread that runs the coroutine learns that it returned
    bool may_go_on_ = false;  // the next step, if it ends at once, needs no post
    std::optional<std::stop_callback<Stop>> stop_;

    mutable OptionalMutex mutex_{true};  // guards everything below and the state of the step
    Step* current_ = nullptr;
    bool canceled_ = false;
    std::error_code cause_;
};

class OperationCore::Steps {
public:
    /// Keeps the operation alive until the coroutine has returned.
    class promise_type {
    public:
        template <class Operation>  // g++ 12 does not convert a derived class here
        explicit promise_type(Operation& operation) noexcept : operation_(&operation) {}

        Steps get_return_object() noexcept {
            return Steps(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept { *operation_->ended_ = true; }
        void unhandled_exception() {
            operation_->failed(error_of_exception());
            *operation_->ended_ = true;
        }

    private:
        const IntrusivePtr<OperationCore> operation_;
    };

    explicit Steps(std::coroutine_handle<> coroutine) noexcept : coroutine_(coroutine) {}
    std::coroutine_handle<> coroutine() const noexcept { return coroutine_; }

private:
    std::coroutine_handle<> coroutine_;
};

/// The step in progress; part of the coroutine's frame. It is pinned while its operation is being
/// started or canceled: whatever happens to it then takes effect afterwards.
class OperationCore::Step {
public:
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

protected:
    explicit Step(OperationCore& operation) noexcept : operation_(operation) {}
    ~Step() = default;

    /// False: the step has ended already, or could not be started, and the coroutine goes on.
    template <class Start>
    bool suspend(std::coroutine_handle<> coroutine, Start&& start) {
        const IntrusivePtr<OperationCore> operation(&operation_);  // this step may go away
        coroutine_ = coroutine;
        operation->enter(*this);
        Thrown thrown;
        thrown.keep(std::forward<Start>(start));  // then the step is lost
        return operation->entered(*this);
    }
    /// Replaces the error of a canceled step by the cause.
    std::error_code result_of(std::error_code ec) const noexcept {
        const std::error_code cause = ec ? operation_.canceled() : std::error_code{};
        return cause ? cause : ec;
    }
    std::error_code canceled() const noexcept { return operation_.canceled(); }
    bool was_lost() const noexcept { return state_ == State::lost; }
    void arrived(CalledFrom from) { operation_.arrived(*this, from); }
    void lost() noexcept { operation_.lost(*this); }
    asio::cancellation_slot canceled_by() noexcept { return signal_.slot(); }

private:
    friend class OperationCore;
    enum class State { pinned, waits, arrived, lost };

    OperationCore& operation_;
    asio::cancellation_signal signal_;
    std::coroutine_handle<> coroutine_;
    State state_ = State::pinned;
    bool canceled_ = false;
};

template <class Base, class Start>
class OperationCore::StepOf final : public Base, private Step {
public:
    using Result = typename Base::result_type;

    StepOf(OperationCore& operation, Start&& start) : Step(operation), start_(std::move(start)) {}

    bool await_ready() noexcept {
        this->ec = Step::canceled();
        return static_cast<bool>(this->ec);
    }
    bool await_suspend(std::coroutine_handle<> coroutine) {
        if (suspend(coroutine, [this] { start_(static_cast<Base&>(*this)); })) {
            return true;
        }
        if (was_lost()) {
            this->ec = error::resource_exhausted;
        }
        return false;
    }
    Outcome<Result> await_resume() { return taken(*this, result_of(this->ec)); }

private:
    void run(CalledFrom from) override { arrived(from); }
    void discard() noexcept override { lost(); }
    asio::cancellation_slot cancellation_slot() const noexcept override {
        return const_cast<StepOf*>(this)->canceled_by();
    }

    Start start_;
};

/// Starts a timer for sleep().
struct OperationCore::StartTimer {
    using Awaiting = Completion<NoResult>;

    struct Fired {
        explicit Fired(Awaiting& step) noexcept : step_(&step) {}
        Fired(Fired&& other) noexcept : step_(std::exchange(other.step_, nullptr)) {}
        Fired& operator=(Fired&&) = delete;
        ~Fired() {
            if (step_ != nullptr) {
                step_->discard();
            }
        }
        void operator()(std::error_code ec) {
            Awaiting& step = *std::exchange(step_, nullptr);
            step.ec = ec;
            step.run(CalledFrom::executor);
        }

    private:
        Awaiting* step_;
    };

    void operator()(Awaiting& step) {
        timer.expires_after(time);
        timer.async_wait(AnyHandler(Fired(step), step.cancellation_slot()));
    }

    asio::steady_timer timer;
    std::chrono::steady_clock::duration time;
};

inline auto OperationCore::sleep(std::chrono::steady_clock::duration time) {
    return step<Completion<NoResult>>(StartTimer{asio::steady_timer(executor_), time});
}

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/operation_core.ipp>
#endif
