// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Events waiting to be reported to a ClientTrace, in order. They occur under locks and on several
// threads. They are reported with no lock held, by one thread at a time. The request's completion
// also passes through this queue, so that it never overtakes an event.

#include <hawser/client_trace.hpp>
#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/rt/task.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>
#include <new>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class TraceQueue final : public RefCounted, public Task {
public:
    /// Exceptions that a trace throws outside the executor are rethrown there.
    TraceQueue(std::shared_ptr<ClientTrace> trace, asio::any_io_executor executor) noexcept
        : trace_(std::move(trace)), executor_(std::move(executor)) {}
    HAWSER_DECL ~TraceQueue() override;

    const std::shared_ptr<ClientTrace>& trace() const noexcept { return trace_; }

    /// `tell(ClientTrace&)` is called later, or skipped for lack of memory. If this returns true,
    /// the caller must arrange for run() to be called, with no lock held.
    template <class Tell>
    [[nodiscard]] bool add(Tell tell) noexcept {
        return push(std::unique_ptr<Event>(new (std::nothrow) Telling<Tell>(std::move(tell))));
    }

    /// Reports the beginning of an attempt through `tell`. Like add(), but it throws for lack of
    /// memory, and reserves memory for the attempt's end.
    template <class Tell>
    [[nodiscard]] bool begin_attempt(Tell tell) {
        auto end = std::make_unique<AttemptEnded>();
        std::unique_ptr<Event> begin(new Telling<Tell>(std::move(tell)));
        end_ = std::move(end);
        return push(std::move(begin));
    }
    /// Reports the end of that attempt. Like add().
    [[nodiscard]] bool end_attempt(ClientTrace::AttemptEnd&& end) noexcept;

    /// Runs `task` once everything added so far has been reported. Returns true like add().
    [[nodiscard]] bool complete(Task& task) noexcept;

    /// Nothing added from now on is reported.
    void close() noexcept;

    /// If the trace throws, the remaining events are still reported; then this rethrows the
    /// exception.
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
    std::unique_ptr<AttemptEnded> end_;  // for the current attempt
    OptionalMutex mutex_{true};
    Event* first_ = nullptr;
    Event* last_ = nullptr;
    Task* completion_ = nullptr;
    bool busy_ = false;  // a thread runs it, or will
    bool closed_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/trace_queue.ipp>
#endif
