// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// How each asynchronous function of a public class begins. The class has two private functions for
// it, and detail::Access as a friend; a request is a StartableTrip, which has them itself:
//
//     LoopUse use_loop() const;            has the loop minded until the operation is complete
//     void start(Operation&, Args...);     owns the operation from here on, also when it throws
//
// An Operation is a Completion, default-made: start() tells it what it needs.

#include <hawser/detail/access.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/detail/rt/error_signature.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// The signature that an operation with this result completes with, for `Token`.
template <class Token, class Result>
struct SignatureFor {
    using type = ErrorSignature<Token, Result>;
};
template <class Token>
struct SignatureFor<Token, NoResult> {
    using type = ErrorSignature<Token>;
};

/// What asio::async_initiate() calls: puts the handler into an operation, which `self` starts.
template <class Operation, class Self>
struct Initiation {
    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return self->get_executor(); }

    template <class Handler, class... Args>
    void operator()(Handler handler, Args&&... args) const {
        using Result = typename Operation::result_type;
        using Made = HandlerCompletion<Result, Handler, Operation>;
        auto* made = Made::create(std::move(handler), self->get_executor());
        CompletionPtr<Result> owner(made);
        made->use(Access::use_loop(*self));
        owner.release();
        Access::start(*self, static_cast<Operation&>(*made), std::forward<Args>(args)...);
    }

    Self* self;
};

/// Initiates an Operation of `self` with the caller's token, which is forwarded: a handler that is
/// an lvalue is copied, never moved from.
template <class Operation, class Self, class Token, class... Args>
auto initiate(Self& self, Token&& token, Args&&... args) {
    using Signature = typename SignatureFor<Token, typename Operation::result_type>::type;
    return asio::async_initiate<Token, Signature>(
        Initiation<Operation, Self>{&self}, token, std::forward<Args>(args)...);
}

}  // namespace hawser::inline HAWSER_ABI::detail
