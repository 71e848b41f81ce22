// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a ClientTrace is still to be told, in order. Events come up under locks, and on several
// threads; they are told with none held, by one thread at a time. The request's completion goes
// through here, too, so that it never overtakes an event.

#include <hawser/client_trace.hpp>
#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/rt/task.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>
#include <new>
#include <utility>

namespace hawser::detail {

class TraceQueue final : public RefCounted, public Task {
public:
    /// What a trace throws outside of the executor is thrown again there.
    TraceQueue(std::shared_ptr<ClientTrace> trace, asio::any_io_executor executor) noexcept
        : trace_(std::move(trace)), executor_(std::move(executor)) {}
    HAWSER_DECL ~TraceQueue() override;

    /// `tell(ClientTrace&)` is called later, or left out for want of memory. True: the caller has
    /// run() called, without locks.
    template <class Tell>
    [[nodiscard]] bool add(Tell tell) noexcept {
        return push(std::unique_ptr<Event>(new (std::nothrow) Telling<Tell>(std::move(tell))));
    }

    /// An attempt begins, which `tell` says. As add(), but throws for want of memory; its end is
    /// then not lost for that.
    template <class Tell>
    [[nodiscard]] bool begin_attempt(Tell tell) {
        auto end = std::make_unique<AttemptEnded>();
        auto begin = std::make_unique<Telling<Tell>>(std::move(tell));
        end_ = std::move(end);
        return push(std::move(begin));
    }
    /// That attempt ended. As add().
    [[nodiscard]] bool end_attempt(ClientTrace::AttemptEnd&& end) noexcept;

    /// Runs `task` when everything added so far is told. True: as add().
    [[nodiscard]] bool complete(Task& task) noexcept;

    /// Nothing that is added from now on is told.
    void close() noexcept;

    /// An exception of the trace's keeps nothing from being told, and goes on at the end.
    HAWSER_DECL void run(CalledFrom from) override;

private:
    struct Event {
        virtual ~Event() = default;
        virtual void operator()(ClientTrace& trace) = 0;
        Event* next = nullptr;
    };
    template <class Tell>
    struct Telling final : Event {
        explicit Telling(Tell what) : tell(std::move(what)) {}
        void operator()(ClientTrace& trace) override { tell(trace); }
        Tell tell;
    };
    struct AttemptEnded final : Event {
        void operator()(ClientTrace& trace) override { trace.attempt_end(end); }
        ClientTrace::AttemptEnd end;
    };

    bool push(std::unique_ptr<Event> event) noexcept;
    bool wake() noexcept;
    std::unique_ptr<Event> pop() noexcept;
    struct Next {
        std::unique_ptr<Event> event;
        Task* completion;
    };
    Next take() noexcept;

    const std::shared_ptr<ClientTrace> trace_;
    const asio::any_io_executor executor_;
    std::unique_ptr<AttemptEnded> end_;  // of the attempt under way
    OptionalMutex mutex_{true};
    Event* first_ = nullptr;
    Event* last_ = nullptr;
    Task* completion_ = nullptr;
    bool busy_ = false;  // somebody runs it, or will
    bool closed_ = false;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/trace_queue.ipp>
#endif
