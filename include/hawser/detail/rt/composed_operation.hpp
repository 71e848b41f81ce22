// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// An operation made of several others, one after another (what Asio calls a composed operation):
// a chain of redirects, a download. It is written as one coroutine that awaits each step:
//
//     class Job final : public ComposedOperation<std::string> {
//         Steps run() override {
//             Outcome<Response> got = co_await step<Completion<Response>>(…);
//             …
//             finish(got.ec, std::move(text));
//         }
//     };
//     begin_operation<Job>(CompletionPtr<std::string>(&completion), CalledFrom::user, …);
//
// A step that completes resumes the coroutine on the operation's executor. Canceling the operation,
// from any thread, cancels the step in progress; later steps then fail at once. If the executor is
// destroyed, so is the coroutine, with everything it holds.

#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/rt/operation_core.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>

#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// A composed operation that completes with a Result. run() calls finish() once, as its last step.
template <class R>
class ComposedOperation : public OperationCore {
public:
    using Result = R;

    /// Starts it; the caller's cancellation slot cancels it.
    void begin(CalledFrom from) {
        if (auto slot = completion_->cancellation_slot(); slot.is_connected()) {
            slot.assign([self = IntrusivePtr<OperationCore>(this)](asio::cancellation_type type) {
                if (type != asio::cancellation_type::none) {
                    self->cancel(asio::error::operation_aborted);
                }
            });
        }
        start(from);
    }

    /// Call it before the start, if the operation was made without a completion.
    void complete_through(CompletionPtr<Result> completion) noexcept {
        completion_ = std::move(completion);
    }

protected:
    ComposedOperation(asio::any_io_executor executor, CompletionPtr<Result> completion) noexcept
        : OperationCore(std::move(executor)), completion_(std::move(completion)) {}

    void drop() noexcept override { completion_.reset(); }
    void failed(std::error_code ec) noexcept override { completion_->ec = ec; }

    /// Determines the result.
    void finish(std::error_code ec, Result result = {}, Failure failure = {}) {
        completion_->ec = ec;
        result_ = std::move(result);
        failure_ = std::move(failure);
    }

private:
    void deliver(CalledFrom from) override {
        if constexpr (requires { completion_->slot.point_to(result_, nullptr); }) {
            completion_->slot.point_to(result_, this);
        } else {
            completion_->result() = std::move(result_);
            completion_->slot.failure() = std::move(failure_);
        }
        completion_.release()->run(from);
    }

    CompletionPtr<Result> completion_;
    Result result_{};
    Failure failure_;
};

/// Makes and starts an operation for a completion.
template <class Operation, class... Args>
void begin_operation(CompletionPtr<typename Operation::Result> completion,
                     CalledFrom from,
                     Args&&... args) {
    const IntrusivePtr<Operation> operation(
        new Operation(std::move(completion), std::forward<Args>(args)...));
    operation->begin(from);
}

/// Makes and starts an operation, and blocks until it has completed.
template <class Operation, class... Args>
Outcome<typename Operation::Result> run_blocking(BlockingLoop& loop, Args&&... args) {
    using Result = typename Operation::Result;
    BlockingCompletion<Completion<Result>> completion(loop);
    const IntrusivePtr<Operation> operation(
        new Operation(CompletionPtr<Result>(&completion), std::forward<Args>(args)...));
    completion.await(*operation, [&] { operation->begin(CalledFrom::user); });
    return taken(completion, completion.ec);
}

}  // namespace hawser::inline HAWSER_ABI::detail
