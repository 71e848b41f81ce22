// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A pending operation of the user's: the type-erased handler with its executor, allocator and
// cancellation slot. It completes once: right where it is if that already runs on the handler's
// executor, otherwise through that executor.

#include <hawser/detail/owned.hpp>
#include <hawser/detail/rt/context_work.hpp>
#include <hawser/detail/rt/loop_use.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/failure.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/dispatch.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/recycling_allocator.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Holds the result of an operation until its handler takes it: in the completion itself or, if it
/// is large, in the object that produced it.
template <class Result>
class ResultSlot {
public:
    Result& get() noexcept { return result_; }
    Result&& take() noexcept { return std::move(result_); }
    /// Details of an error beyond its code.
    Failure& failure() noexcept { return failure_; }

private:
    Result result_{};
    Failure failure_;
};

/// The result of an operation whose handler takes only the error code.
struct NoResult {};

/// Whether the handler was made from a token that turns errors into exceptions: see ErrorSignature.
/// A generic handler that accepts an error code is never given an exception, which it was not
/// written for.
template <class Handler, class Result>
inline constexpr bool takes_exception =
    std::conjunction_v<std::negation<std::is_invocable<Handler, std::error_code, Result>>,
                       std::is_invocable<Handler, std::exception_ptr, Result>>;
template <class Handler>
inline constexpr bool takes_exception<Handler, NoResult> =
    std::conjunction_v<std::negation<std::is_invocable<Handler, std::error_code>>,
                       std::is_invocable<Handler, std::exception_ptr>>;

/// Receives an error code and a Result. Once both are set, run it as a task.
template <class Result>
class Completion : public Task {
public:
    using result_type = Result;

    std::error_code ec;
    ResultSlot<Result> slot;

    Result& result() noexcept { return slot.get(); }

    virtual asio::cancellation_slot cancellation_slot() const noexcept = 0;
    /// Destroys it without completing it: its executor was destroyed.
    virtual void discard() noexcept = 0;

protected:
    ~Completion() = default;
};

/// A completion with a user's handler. Base adds what the operation itself needs meanwhile.
template <class Result, class Handler, class Base = Completion<Result>>
class HandlerCompletion final : public Base {
    using Executor = asio::associated_executor_t<Handler, asio::any_io_executor>;
    using AnyAllocator = asio::associated_allocator_t<Handler, asio::recycling_allocator<void>>;
    using Allocator =
        typename std::allocator_traits<AnyAllocator>::template rebind_alloc<HandlerCompletion>;
    using Traits = std::allocator_traits<Allocator>;

public:
    template <class... Args>
    static HandlerCompletion* create(Handler&& handler,
                                     const asio::any_io_executor& io,
                                     Args&&... args) {
        Allocator allocator(allocator_of(handler));
        HandlerCompletion* self = Traits::allocate(allocator, 1);
        try {
            return ::new (self)
                HandlerCompletion(std::move(handler), io, std::forward<Args>(args)...);
        } catch (...) {
            Traits::deallocate(allocator, self, 1);
            throw;
        }
    }

    template <class... Args>
    HandlerCompletion(Handler&& handler, const asio::any_io_executor& io, Args&&... args)
        : Base(std::forward<Args>(args)...),
          handler_(std::move(handler)),
          executor_(asio::get_associated_executor(handler_, io)),
          at_home_(is_same(executor_, io)) {
        if (!at_home_ || counts_own_work(io)) {
            work_.emplace(executor_);
        }
    }

    asio::cancellation_slot cancellation_slot() const noexcept override {
        return asio::get_associated_cancellation_slot(handler_);
    }

    /// Marks it as pending on a loop, which must then be kept running.
    void use(LoopUse loop) noexcept { use_ = std::move(loop); }

    void run(CalledFrom from) override {
        if (!at_home_) {
            use_.stop();
        }
        if (at_home_ && from == CalledFrom::executor) {
            invoke();
        } else if (from == CalledFrom::executor) {
            asio::dispatch(executor_, Later(*this));
        } else {
            asio::post(executor_, Later(*this));
        }
    }

    void discard() noexcept override {
        clear_slot();
        const Memory memory(*this);
    }

private:
    /// Passes the handler's allocator to the executor.
    struct OwnAllocator {
        using allocator_type = AnyAllocator;

        explicit OwnAllocator(const Handler& handler) noexcept : allocator(allocator_of(handler)) {}
        allocator_type get_allocator() const noexcept { return allocator; }

        allocator_type allocator;
    };
    /// For a handler without an allocator: Asio's default is cheaper if it is not named.
    struct AnysAllocator {
        explicit AnysAllocator(const Handler&) noexcept {}
    };
    using LaterAllocator =
        std::conditional_t<std::is_same_v<AnyAllocator, asio::recycling_allocator<void>>,
                           AnysAllocator,
                           OwnAllocator>;

    /// Owns the completion while the executor has it.
    struct Later : LaterAllocator {
        explicit Later(HandlerCompletion& completion) noexcept
            : LaterAllocator(completion.handler_), self(&completion) {}
        Later(Later&& other) noexcept
            : LaterAllocator(other), self(std::exchange(other.self, nullptr)) {}
        Later& operator=(Later&&) = delete;
        ~Later() {
            if (self != nullptr) {
                self->discard();
            }
        }
        void operator()() { std::exchange(self, nullptr)->invoke(); }

        HandlerCompletion* self;
    };

    /// Destroys the completion and frees its memory.
    struct Memory {
        explicit Memory(HandlerCompletion& completion) noexcept
            : self(completion), allocator(allocator_of(completion.handler_)) {}
        Memory(const Memory&) = delete;
        ~Memory() {
            Traits::destroy(allocator, &self);
            Traits::deallocate(allocator, &self, 1);
        }

        HandlerCompletion& self;
        Allocator allocator;
    };

    static AnyAllocator allocator_of(const Handler& handler) noexcept {
        return asio::get_associated_allocator(handler, asio::recycling_allocator<void>());
    }

    void clear_slot() noexcept {
        if (auto signal = cancellation_slot(); signal.is_connected()) {
            signal.clear();
        }
    }

    struct Unnamed {};
    static constexpr bool names_executor =
        !std::is_same_v<asio::associated_executor_t<Handler, Unnamed>, Unnamed>;

    template <class E>
    static bool is_same(const E& executor, const asio::any_io_executor& io) noexcept {
        if constexpr (!names_executor) {
            return true;
        } else if constexpr (std::is_same_v<E, asio::any_io_executor>) {
            return executor == io;
        } else {
            return false;
        }
    }

    struct Taken {
        LoopUse use;
        Handler handler;
        std::error_code ec;
        ResultSlot<Result> slot;
        std::optional<asio::executor_work_guard<Executor>> work;
    };

    // Frees the memory and clears the slot before the handler runs.
    Taken take() {
        clear_slot();
        const Memory memory(*this);
        return {std::move(use_),
                std::move(handler_),
                this->ec,
                std::move(this->slot),
                std::move(work_)};
    }

    void invoke() {
        Taken taken = take();
        if constexpr (takes_exception<Handler, Result>) {
            taken.ec ? fail(taken) : call(taken, std::exception_ptr());
        } else {
            call(taken, taken.ec);
        }
    }

    HAWSER_COLD static void fail(Taken& taken) {
        call(taken, exception_of(taken.ec, taken.slot.failure()));
    }

    template <class Error>
    static void call(Taken& taken, Error error) {
        if constexpr (std::is_same_v<Result, NoResult>) {
            std::move(taken.handler)(std::move(error));
        } else {
            std::move(taken.handler)(std::move(error), taken.slot.take());
        }
    }

    LoopUse use_;
    Handler handler_;
    Executor executor_;
    bool at_home_;
    std::optional<asio::executor_work_guard<Executor>> work_;
};

/// Runs a step that precedes the start of an operation: if it throws, the operation is discarded.
template <class Operation, class Step>
void or_discard(Operation& operation, Step step) {
    try {
        step();
    } catch (...) {
        operation.discard();
        throw;
    }
}

/// Owns a completion until it is completed.
template <class Result>
struct DiscardCompletion {
    void operator()(Completion<Result>* completion) const noexcept { completion->discard(); }
};
template <class Result>
using CompletionPtr = Owned<Completion<Result>, DiscardCompletion<Result>>;

}  // namespace hawser::inline HAWSER_ABI::detail
