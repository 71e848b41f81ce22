// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Fetches the pieces of a streamed request body, for all attempts of one request. The source is
// user code. It runs on the executor, or on the thread of the blocking call that sent the request,
// each piece in a step of its own, with no lock held, one call at a time. A call cannot be
// interrupted, but an awaitable can be canceled. Until a call has returned, the request must not
// complete; hold() keeps the tasks that would complete it.

#include <hawser/config.hpp>
#include <hawser/detail/body_source.hpp>
#include <hawser/detail/conn/progress_meter.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/task.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class BodyPump;
class PersistConn;

/// A call of a source that has been submitted. If it is lost, the request fails.
class SourceCall {
public:
    explicit SourceCall(BodyPump& pump) noexcept;
    SourceCall(SourceCall&&) noexcept = default;
    SourceCall& operator=(SourceCall&&) = delete;
    ~SourceCall();
    BodyPump& pump() const noexcept { return *pump_; }
    void returned(SourceRead result, CalledFrom from);

    // For an awaitable.
    const asio::any_io_executor& executor() const noexcept;
    asio::cancellation_slot slot() const noexcept;
    void awaited(std::exception_ptr exception, std::size_t n);

private:
    IntrusivePtr<BodyPump> pump_;
};

class BodyPump final : public RefCounted {
public:
    static constexpr std::size_t buffer_size = 64 * 1024;

    explicit BodyPump(asio::any_io_executor executor);
    HAWSER_DECL ~BodyPump() override;

    /// Opens the source for the request; an error if that fails. Then the pump has taken it over.
    /// `meter`, if there is one, counts its pieces.
    std::error_code open(std::shared_ptr<BodySource>&& source,
                         IntrusivePtr<ProgressMeter> meter,
                         Fault& fault);
    /// Null also once the request has ended.
    IntrusivePtr<ProgressMeter> meter() const noexcept {
        std::lock_guard lock(mutex_);
        return meter_;
    }
    /// For a request that sends the body once more; null once the request has ended.
    std::shared_ptr<BodySource> source() const noexcept {
        std::lock_guard lock(mutex_);
        return source_;
    }
    std::optional<std::uint64_t> length() const noexcept { return reader_->length(); }
    bool replayable() const noexcept { return reader_->replayable(); }
    bool guest() const noexcept { return reader_ && reader_->guest(); }
    /// Another attempt begins; no call is in progress.
    void rewind() noexcept;

    /// Requests the next piece, which arrives through Outgoing::piece_arrived(). Call within a turn
    /// of the connection. Does nothing while a call is in progress.
    void fetch(PersistConn& conn);
    /// The connection no longer wants the requested piece. Returns a task to run with no lock held,
    /// or null.
    [[nodiscard]] Task* leave() noexcept;
    /// Whether a call is in progress.
    bool busy() const noexcept;
    /// True: a call is in progress, and the task will run when it has returned. False: the task was
    /// not taken.
    [[nodiscard]] bool hold(Task& task) noexcept;

    /// The call in progress is useless: cancels it if it awaits something. Returns a task to run
    /// with no lock held; null if there is nothing to do.
    [[nodiscard]] Task* stop() noexcept;
    /// The request no longer needs its body: other requests may use the source. The task, run with
    /// no lock held, releases it. Null the second time.
    [[nodiscard]] Task* finish() noexcept;

    /// Where the source is called if a blocking call sent the request; set before the request
    /// starts.
    BlockingLoop::Mailbox mailbox;

private:
    /// A task that keeps its pump alive.
    struct Step final : Task {
        using What = void (BodyPump::*)(CalledFrom);
        Step(BodyPump& owner, What what) noexcept : pump(owner), then(what) {}
        Task* begin() noexcept {
            pump.add_ref();
            return this;
        }
        void run(CalledFrom from) override {
            const auto self = IntrusivePtr<BodyPump>::adopt(&pump);
            (pump.*then)(from);
        }

        BodyPump& pump;
        const What then;
    };

    friend class SourceCall;

    struct Borrowed;
    struct Last;

    void schedule(CalledFrom from);
    void make_here(CalledFrom from);
    Task* retract() noexcept;
    void make(SourceCall call, CalledFrom from);
    bool wanted() const noexcept;
    void delayed();
    void tell(SourceRead& result);
    void wait_for(SourceCall call, int descriptor);
    void returned(SourceRead result, CalledFrom from);
    void cancel(CalledFrom from);
    void let_go(CalledFrom from);

    const asio::any_io_executor executor_;
    asio::any_io_executor serial_;  // a strand, for a source that waits
    std::unique_ptr<char[]> data_;
    asio::cancellation_signal signal_;  // cancels what a call awaits; used only on serial_

    mutable std::mutex mutex_;  // guards everything below
    std::shared_ptr<BodySource> source_;
    std::shared_ptr<BodyReader> reader_;  // reads from it
    IntrusivePtr<ProgressMeter> meter_;   // calls user code, like reader_
    IntrusivePtr<PersistConn> conn_;      // wants the piece
    TaskList held_;
    bool busy_ = false;
    bool stopped_ = false;
    bool finished_ = false;
    Step schedule_{*this, &BodyPump::schedule};
    Step make_{*this, &BodyPump::make_here};
    Step cancel_{*this, &BodyPump::cancel};
    Step let_go_{*this, &BodyPump::let_go};
};

}  // namespace hawser::inline HAWSER_ABI::detail

// The function bodies need the classes that use it: persist_conn.hpp includes them.
