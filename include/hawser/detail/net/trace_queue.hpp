// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a ClientTrace is still to be told, in order. Events come up under locks, and on several
// threads; they are told with none held, by one thread at a time. The request's completion goes
// through here, too, so that it never overtakes an event.

#include <hawser/client_trace.hpp>
#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/net/task.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace hawser::detail {

class TraceQueue final : public RefCounted, public Task {
public:
    explicit TraceQueue(std::shared_ptr<ClientTrace> trace) noexcept : trace_(std::move(trace)) {}

    /// `tell(ClientTrace&)` is called later. True: the caller has run() called, without locks.
    template <class Tell>
    [[nodiscard]] bool add(Tell tell) {
        struct Telling final : Event {
            explicit Telling(Tell what) : tell(std::move(what)) {}
            void operator()(ClientTrace& trace) noexcept override { tell(trace); }
            Tell tell;
        };
        return push(std::make_unique<Telling>(std::move(tell)));
    }

    /// Runs `task` when everything added so far is told. True: as add().
    [[nodiscard]] bool complete(Task& task);

    /// Nothing that is added from now on is told.
    void close();

    HAWSER_DECL void run(Context context) override;

private:
    struct Event {
        virtual ~Event() = default;
        virtual void operator()(ClientTrace& trace) noexcept = 0;
    };

    bool push(std::unique_ptr<Event> event);
    bool wake();

    const std::shared_ptr<ClientTrace> trace_;
    std::mutex mutex_;
    std::deque<std::unique_ptr<Event>> events_;
    Task* completion_ = nullptr;
    bool busy_ = false;  // somebody runs it, or will
    bool closed_ = false;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/net/impl/trace_queue.ipp>
#endif
