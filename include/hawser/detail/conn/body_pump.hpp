// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Fetches the pieces of a streamed request body, for all attempts of one request. The source is the
// user's code: it runs on the executor, or on the thread of the blocking call that sent the
// request, in a step of its own for each piece, with no lock held, one call at a time. A call
// cannot be interrupted, an awaitable can be cancelled; until it has returned nothing of the
// request may complete, and hold() keeps what would.

#include <hawser/config.hpp>
#include <hawser/detail/body_source.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/rt/task.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/strand.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace hawser::detail {

class PersistConn;

class BodyPump final : public RefCounted {
public:
    static constexpr std::size_t buffer_size = 64 * 1024;

    explicit BodyPump(asio::any_io_executor executor);
    HAWSER_DECL ~BodyPump() override;

    /// Opens the source, for the request; an error if that fails.
    std::error_code open(BodySource& source, Fault& fault);
    std::optional<std::uint64_t> length() const noexcept { return reader_->length(); }
    bool replayable() const noexcept { return reader_->replayable(); }
    bool guest() const noexcept { return reader_ && reader_->guest(); }
    /// Another attempt begins; no call is under way.
    void rewind() noexcept { reader_->rewind(); }

    /// Asks for the next piece, which Outgoing::piece_arrived() brings. Within a turn of the
    /// connection; does nothing while a call is under way.
    void fetch(PersistConn& conn);
    /// The connection does not want the piece that is on its way. A task to be run with no lock
    /// held, or null.
    [[nodiscard]] Task* leave() noexcept;
    /// Whether a call is under way.
    bool busy() const noexcept;
    /// True: a call is under way, and the task runs when it has returned. False: it was not taken.
    [[nodiscard]] bool hold(Task& task) noexcept;

    /// Nothing good can come of the call that is under way: cancels it if it awaits something. To
    /// be run with no lock held; null if there is nothing to do.
    [[nodiscard]] Task* stop() noexcept;
    /// The request needs its body no more: others may have the source, which is let go of when the
    /// task is run with no lock held. Null the second time.
    [[nodiscard]] Task* finish() noexcept;

    /// Where the source is called, if a blocking call sent the request; set before it is on its
    /// way.
    BlockingLoop::Desk desk;

private:
    /// A task that keeps its pump.
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

    /// A call on its way. If it gets lost, so does the request.
    class Call {
    public:
        explicit Call(BodyPump& pump) noexcept : pump_(&pump) {}
        Call(Call&&) noexcept = default;
        Call& operator=(Call&&) = delete;
        ~Call();
        BodyPump& pump() const noexcept { return *pump_; }
        void returned(SourceRead result, CalledFrom from);

    private:
        IntrusivePtr<BodyPump> pump_;
    };
    struct Borrowed;

    void schedule(CalledFrom from);
    void make_here(CalledFrom from);
    Task* take_back() noexcept;
    void make(Call call, CalledFrom from);
    void read(Call call, CalledFrom from);
    bool wanted() const noexcept;
    void delayed();
    void await(Call call, void* awaitable);
    void wait_for(Call call, int descriptor);
    void returned(SourceRead result, CalledFrom from);
    void cancel(CalledFrom from);
    void let_go(CalledFrom from);

    const asio::any_io_executor executor_;
    using Serial = std::optional<asio::strand<asio::any_io_executor>>;
    Serial serial_;  // for a source that waits
    std::unique_ptr<char[]> data_;
    asio::cancellation_signal signal_;  // of what a call awaits; on serial_ only

    mutable std::mutex mutex_;  // guards what follows
    std::shared_ptr<BodyReader> reader_;
    IntrusivePtr<PersistConn> conn_;  // that wants the piece
    TaskList held_;
    bool busy_ = false;
    bool stopped_ = false;
    bool finished_ = false;
    Step schedule_{*this, &BodyPump::schedule};
    Step make_{*this, &BodyPump::make_here};
    Step cancel_{*this, &BodyPump::cancel};
    Step let_go_{*this, &BodyPump::let_go};
};

}  // namespace hawser::detail

// Its bodies need those who use it: they come with persist_conn.hpp.
