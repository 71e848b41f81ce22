// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The stream of one connection, its armed waits and their time limits. Knows nothing of requests
// and responses.

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/detail/conn/conn_owner.hpp>
#include <hawser/detail/conn/phase_alarm.hpp>
#include <hawser/detail/io/stream.hpp>
#include <hawser/detail/rt/context_work.hpp>
#include <hawser/detail/rt/deadlines.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/rt/polled_read.hpp>

#include <asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>

namespace hawser::inline HAWSER_ABI::detail {

class Wire {
public:
    using Direction = Stream::Direction;

    /// `watcher` is notified when the stream is ready, `node` when a deadline has passed.
    Wire(std::unique_ptr<Stream> stream,
         std::uint64_t id,
         ConnOwner& owner,
         Monitor& monitor,
         Stream::Watcher& watcher,
         Deadlines::Node& node);

    const ConnectionInfo info;
    const ConnSettings& settings;
    const asio::any_io_executor& executor;
    PhaseAlarm alarm;

    Stream& stream() const noexcept { return *stream_; }
    bool open() const noexcept { return open_; }

    /// Waits until reading is worth a try.
    Event::Wait readable() {
        arm_read();
        offer_read();
        return readable_.wait();
    }
    /// Waits until the peer accepts more bytes, but no longer than the write timeout.
    Event::Wait writable() {
        arm_write();
        alarm.start(Phase::write, settings.write_timeout);
        return writable_.wait();
    }
    /// Arms a wait that notifies the watcher, unless one is armed already.
    void arm_read();
    void arm_write();
    /// While the wire is in use, its armed read counts as work of the executor. Once it is left
    /// idle, it does not.
    void begin_use(const void* exchange) noexcept {
        user_ = exchange;
        count_read_as_work(true);
    }
    void end_use() noexcept { user_ = nullptr; }
    /// The exchange waits for the server. If this thread blocks for the exchange, it may wait for
    /// the bytes itself.
    void offer_read() noexcept {
        if (PolledRead::blocks_for(user_) && open_ && !write_armed_) {
            PolledRead::offer(user_, stream_->pollable(), watcher_);
        }
    }
    void leave_idle(bool idle) noexcept { count_read_as_work(!idle); }
    /// The watcher was notified.
    void ready(Direction direction) noexcept;
    /// A thread has polled for bytes. The armed read stays armed.
    void bytes_came() noexcept;

    /// The waiting coroutine tries again.
    void wake_reader() noexcept { readable_.notify(); }
    void wake_writer() noexcept { writable_.notify(); }

    /// Ends all waits.
    void close() noexcept;
    /// Call after close().
    void destroy_stream() noexcept { stream_.reset(); }

private:
    static ConnectionInfo describe(const Stream& stream, std::uint64_t id);
    void count_read_as_work(bool on) noexcept;

    std::unique_ptr<Stream> stream_;
    ContextWork* const work_;  // the stream's, while it exists
    Stream::Watcher& watcher_;
    Event readable_;              // awaited by read_loop
    Event writable_;              // awaited by write_loop
    const void* user_ = nullptr;  // its exchange; null: idle
    bool open_ = true;
    bool read_armed_ = false;
    bool read_queued_ = false;  // the armed read is over, but its handler has not run
    bool write_armed_ = false;
    bool read_is_work_ = true;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/wire.ipp>
#endif
