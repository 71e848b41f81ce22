// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

#include "support/loops_tests.hpp"
#include <hawser/detail/rt/caller_run_loop.hpp>
#include <hawser/detail/rt/composed_operation.hpp>

#include <asio/io_context.hpp>
#include <asio/thread_pool.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <new>
#include <stop_token>
#include <thread>

using namespace hawser::detail;
using hawser::error;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

/// What a step of Steps3 has left to be completed by the test.
struct Script {
    Completion<int>* step = nullptr;
    int started = 0;
    int canceled = 0;
    bool arrives_at_once = false;
    bool throws = false;
};

/// Adds up the results of three steps.
class Three final : public ComposedOperation<int> {
public:
    Three(CompletionPtr<int> completion,
          asio::any_io_executor executor,
          Script& pending,
          std::shared_ptr<int> held,
          std::stop_token stop = {})
        : ComposedOperation(std::move(executor), std::move(completion)),
          pending_(pending),
          held_(std::move(held)) {
        watch(stop);
    }

private:
    Steps run() override {
        int sum = 0;
        const auto held = std::move(held_);
        for (int i = 0; i != 3; ++i) {
            const Outcome<int> one =
                co_await step<Completion<int>>([&pending = pending_](Completion<int>& completion) {
                    start_one(pending, completion);
                });
            if (one.ec) {
                finish(one.ec, sum);
                co_return;
            }
            sum += one.result;
        }
        finish({}, sum);
    }

    static void start_one(Script& pending, Completion<int>& completion) {
        ++pending.started;
        if (pending.throws) {
            completion.discard();
            throw std::bad_alloc();
        }
        pending.step = &completion;
        completion.cancellation_slot().assign([&](asio::cancellation_type) {
            ++pending.canceled;
            completion.ec = asio::error::operation_aborted;
            std::exchange(pending.step, nullptr)->run(CalledFrom::user);
        });
        if (pending.arrives_at_once) {
            completion.result() = 1;
            completion.run(CalledFrom::user);
        }
    }

    Script& pending_;
    std::shared_ptr<int> held_;
};

/// The caller: remembers how it was completed.
struct Caller final : Completion<int> {
    void run(CalledFrom) override { ++completed; }
    void discard() noexcept override { ++discarded; }
    asio::cancellation_slot cancellation_slot() const noexcept override {
        return const_cast<asio::cancellation_signal&>(signal).slot();
    }

    asio::cancellation_signal signal;
    int completed = 0;
    int discarded = 0;
};

struct Stage {
    asio::io_context io;
    Script pending;
    Caller caller;
    std::shared_ptr<int> held = std::make_shared<int>();
    const std::weak_ptr<int> frame = held;

    void begin(std::stop_token stop = {}) {
        begin_operation<Three>(CompletionPtr<int>(&caller),
                               CalledFrom::user,
                               io.get_executor(),
                               pending,
                               std::move(held),
                               stop);
    }
    void arrive(int result) {
        pending.step->result() = result;
        pending.step->run(CalledFrom::executor);
    }
};

}  // namespace

TEST_CASE("a composed operation runs its steps in turn and completes with the last") {
    Stage stage;
    stage.begin();
    stage.arrive(1);
    stage.arrive(2);
    CHECK(stage.caller.completed == 0);
    stage.arrive(4);
    CHECK(stage.caller.completed == 1);
    CHECK(stage.caller.result() == 7);
    CHECK(stage.pending.started == 3);
    CHECK(stage.frame.expired());
}

TEST_CASE("steps that arrive while they are started resume on the executor, not in the caller") {
    Stage stage;
    stage.pending.arrives_at_once = true;
    stage.begin();
    CHECK(stage.pending.started == 1);
    CHECK(stage.caller.completed == 0);
    stage.io.run();
    CHECK(stage.caller.completed == 1);
    CHECK(stage.caller.result() == 3);
}

TEST_CASE("on the executor, every second step that arrives while it is started needs no post") {
    Stage stage;
    stage.begin();
    stage.pending.arrives_at_once = true;
    stage.arrive(1);
    CHECK(stage.pending.started == 3);
    CHECK(stage.caller.completed == 0);
    CHECK(stage.io.run() == 1);
    CHECK(stage.caller.completed == 1);
    CHECK(stage.caller.result() == 3);
}

TEST_CASE("canceling a composed operation cancels the step in progress and starts no other") {
    Stage stage;
    stage.begin();
    stage.arrive(1);
    SECTION("by the caller's slot") {
        stage.caller.signal.emit(asio::cancellation_type::total);
        stage.io.run();
        CHECK(stage.caller.ec == asio::error::operation_aborted);
    }
    SECTION("by its stop token") {
        // watch() is given at the start, so this one begins anew.
        Stage other;
        std::stop_source stop;
        other.begin(stop.get_token());
        stop.request_stop();
        other.io.run();
        CHECK(other.caller.ec == error::canceled);
        CHECK(other.pending.canceled == 1);
        stage.caller.signal.emit(asio::cancellation_type::terminal);
        stage.io.run();
    }
    CHECK(stage.caller.completed == 1);
    CHECK(stage.pending.canceled == 1);
    CHECK(stage.pending.started == 2);
    CHECK(stage.frame.expired());
}

TEST_CASE("an operation whose token was stopped before fails without a step") {
    Stage stage;
    std::stop_source stop;
    stop.request_stop();
    stage.begin(stop.get_token());
    CHECK(stage.pending.started == 0);
    CHECK(stage.caller.completed == 1);
    CHECK(stage.caller.ec == error::canceled);
}

TEST_CASE("a step that cannot be started fails with resource_exhausted") {
    Stage stage;
    stage.pending.throws = true;
    stage.begin();
    CHECK(stage.caller.completed == 1);
    CHECK(stage.caller.ec == error::resource_exhausted);
    CHECK(stage.frame.expired());
}

TEST_CASE("an operation whose step is discarded discards its caller and frees its coroutine") {
    Stage stage;
    stage.begin();
    stage.pending.step->discard();
    CHECK(stage.caller.discarded == 1);
    CHECK(stage.caller.completed == 0);
    CHECK(stage.frame.expired());
}

TEST_CASE("an operation whose executor is destroyed discards its caller") {
    Caller caller;
    Script pending;
    pending.arrives_at_once = true;
    {
        asio::io_context io;
        begin_operation<Three>(CompletionPtr<int>(&caller),
                               CalledFrom::user,
                               io.get_executor(),
                               pending,
                               std::make_shared<int>());
    }
    CHECK(caller.discarded == 1);
}

namespace {

/// Sleeps as often as it is told, then completes.
class Naps final : public ComposedOperation<int> {
public:
    Naps(CompletionPtr<int> completion,
         asio::any_io_executor executor,
         int times,
         steady_clock::duration each)
        : ComposedOperation(std::move(executor), std::move(completion)),
          times_(times),
          each_(each) {}

private:
    Steps run() override {
        std::error_code ec;
        int slept = 0;
        for (; !ec && slept != times_; ++slept) {
            ec = (co_await sleep(each_)).ec;
        }
        finish(ec, int{slept});
    }

    const int times_;
    const steady_clock::duration each_;
};

}  // namespace

TEST_CASE("a composed operation is canceled from any thread at any time") {
    asio::thread_pool pool(2);
    for (int round = 0; round != 200; ++round) {
        struct Owner final : Completion<int> {
            void run(CalledFrom) override { done.set_value(ec); }
            void discard() noexcept override { done.set_value(error::client_closed); }
            asio::cancellation_slot cancellation_slot() const noexcept override { return {}; }
            std::promise<std::error_code> done;
        } owner;
        const IntrusivePtr<Naps> naps(
            new Naps(CompletionPtr<int>(&owner), pool.get_executor(), 5, 1us * (round % 7)));
        naps->begin(CalledFrom::user);
        std::thread other([&] { naps->cancel(error::canceled); });
        naps->cancel(error::canceled);
        const std::error_code ec = owner.done.get_future().get();
        CHECK((!ec || ec == error::canceled));
        other.join();
    }
}

TEST_CASE("a blocking caller runs a composed operation to its end") {
    const auto loop = CallerRunLoop::make(true, {});
    const Outcome<int> slept =
        run_blocking<Naps>(*loop, loop->executor(), 2, steady_clock::duration(1ms));
    CHECK(!slept.ec);
    CHECK(slept.result == 2);
}
