// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/wire.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL Wire::Wire(std::unique_ptr<Stream> stream,
                       std::uint64_t id,
                       ConnOwner& owner,
                       Monitor& monitor,
                       Stream::Watcher& watcher,
                       Deadlines::Node& node)
    : info(describe(*stream, id)),
      settings(owner.settings()),
      executor(owner.executor()),
      alarm(owner.deadlines(), node),
      stream_(std::move(stream)),
      work_(stream_->work()),
      watcher_(watcher),
      readable_(monitor),
      writable_(monitor) {}

HAWSER_DECL ConnectionInfo Wire::describe(const Stream& stream, std::uint64_t id) {
    ConnectionInfo info;
    info.id = id;
    stream.describe(info);
    return info;
}

HAWSER_DECL void Wire::arm_read() {
    if (!read_armed_ && open_) {
        read_queued_ = !stream_->wait(Direction::read, watcher_);
        read_armed_ = true;
        count_read_as_work(user_ != nullptr);
    }
}

HAWSER_DECL void Wire::arm_write() {
    if (!write_armed_ && open_) {
        stream_->wait(Direction::write, watcher_);
        write_armed_ = true;
    }
}

// A handler that is queued stays work: an io_context for one thread counts it where finished() does
// not see it, and could stop before it runs.
HAWSER_DECL void Wire::count_read_as_work(bool on) noexcept {
    if (read_is_work_ != on && work_ != nullptr && !read_queued_) {
        read_is_work_ = on;
        on ? work_->started() : work_->finished();
    }
}

HAWSER_DECL void Wire::ready(Direction direction) noexcept {
    if (direction == Direction::write) {
        write_armed_ = false;
        alarm.stop(Phase::write);
        writable_.notify();
    } else {
        read_armed_ = read_queued_ = false;
        count_read_as_work(true);  // must be work again before its handler ends
        readable_.notify();
    }
}

HAWSER_DECL void Wire::bytes_came() noexcept {
    readable_.notify();
    if (write_armed_) {  // TLS may have to read before it can write
        writable_.notify();
    }
}

HAWSER_DECL void Wire::close() noexcept {
    open_ = false;
    PolledRead::withdraw(watcher_);
    alarm.stop_all();
    count_read_as_work(true);  // a thread must run its completion
    stream_->close();
    readable_.notify();
    writable_.notify();
}

}  // namespace hawser::inline HAWSER_ABI::detail
