// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// An operation that sends requests and reads bodies until its plan is done: a download, the next
// event. These share a coroutine that calls virtual functions: for each coroutine, used or not,
// g++ compiles at -O0 everything that it calls itself.

#include <hawser/config.hpp>
#include <hawser/detail/client/client_operation.hpp>
#include <hawser/detail/client/next_step.hpp>
#include <hawser/detail/transport/response_slot.hpp>
#include <hawser/response.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

template <class Result>
class PlannedOperation : public ClientOperation<Result> {
protected:
    using ClientOperation<Result>::ClientOperation;
    using typename OperationCore::Steps;

    /// The first step.
    virtual NextStep begin_plan() = 0;
    /// NextStep::send: sends the next request. What comes after its outcome.
    virtual void send(CompletionPtr<Response> completion) = 0;
    virtual NextStep answered(Outcome<Response>&& got) = 0;
    /// NextStep::read: where to read from, and to. What comes after that.
    virtual ResponseBody& body() = 0;
    virtual std::span<char> space() = 0;
    virtual NextStep received(const Outcome<std::size_t>& got) = 0;
    /// NextStep::pause: for how long. What comes after it.
    virtual std::chrono::milliseconds pause() { return {}; }
    virtual NextStep paused() { return NextStep::end; }
    /// NextStep::end: determines the result.
    virtual void end_plan() = 0;
    /// The coroutine is gone, even if there was no end.
    virtual void left() noexcept {}

private:
    struct Send {
        void operator()(Completion<Response>& completion) const {
            operation.send(CompletionPtr<Response>(&completion));
        }
        PlannedOperation& operation;
    };
    struct Leaving {
        explicit Leaving(PlannedOperation& of) noexcept : operation(of) {}
        Leaving(const Leaving&) = delete;
        ~Leaving() { operation.left(); }
        PlannedOperation& operation;
    };

    Steps run() final {
        const Leaving leaving(*this);
        NextStep next = begin_plan();
        while (next != NextStep::end) {
            if (next == NextStep::send) {
                Outcome<Response> got =
                    co_await this->template step<Completion<Response>>(Send{*this});
                next = answered(std::move(got));
            } else if (next == NextStep::read) {
                const Outcome<std::size_t> got = co_await this->read_some(body(), space());
                next = received(got);
            } else {
                (void)co_await this->sleep(pause());
                next = paused();
            }
        }
        end_plan();
    }
};

}  // namespace hawser::inline HAWSER_ABI::detail
