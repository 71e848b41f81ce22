// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection needs from the layer below: readiness, and reads and writes that never block.
// Plain TCP, TLS, the scripted streams of the tests, and users' own streams all look the same from
// above.

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/detail/rt/polled_read.hpp>
#include <hawser/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class ContextWork;

/// The result of probing an idle connection.
enum class Idle {
    quiet,  // nothing to read: it can be lent
    stale,  // the peer closed it, an error, or unexpected bytes
};

class Stream {
public:
    enum class Direction { read, write };

    /// Notified when a direction is ready. The stream keeps it alive while a wait is armed.
    class Watcher : public ReadSource {
    public:
        virtual void on_ready(Direction direction) = 0;

    protected:
        ~Watcher() = default;
    };

    virtual ~Stream() = default;

    /// Calls the watcher once, on the executor, when reading or writing is worth trying. At most
    /// one wait per direction. close() completes it. False: it was over at once, and the call is
    /// queued.
    virtual bool wait(Direction direction, Watcher& watcher) = 0;

    /// Calls the watcher when reading is worth trying, and tells it that writing is: for a layer
    /// above that cannot write before it has read. May be armed beside wait(Direction::read).
    virtual bool wait_read_to_write(Watcher& watcher) { return wait(Direction::write, watcher); }

    /// Reads up to `size` bytes. asio::error::would_block: no bytes yet. asio::error::eof: the peer
    /// closed in an orderly way. asio::error::shut_down: it closed without the close_notify that
    /// TLS requires.
    virtual std::size_t read_some(char* data, std::size_t size, std::error_code& ec) = 0;

    /// Writes as much as fits, in order. asio::error::would_block: nothing fits now. Without
    /// pieces, it sends bytes accepted earlier: see has_unsent().
    virtual std::size_t write_some(std::span<const std::string_view> pieces,
                                   std::error_code& ec) = 0;

    /// Whether some bytes that write_some() accepted have not been sent yet.
    virtual bool has_unsent() const noexcept { return false; }

    /// Whether bytes are buffered above the socket, where wait() does not see them.
    virtual bool has_buffered() const noexcept { return false; }

    /// Whether one large read costs much less than several small ones.
    virtual bool prefers_large_reads() const noexcept { return false; }

    /// Probes an idle connection; consumes nothing that belongs to HTTP.
    virtual Idle probe() = 0;

    /// Details of its last error beyond the code; empty if memory is short.
    virtual Fault fault() const noexcept { return {}; }

    /// Fills in what it knows: endpoints and TLS details.
    virtual void describe(ConnectionInfo& info) const = 0;

    /// Ends the sending direction and notifies the peer; reading continues.
    virtual void close_write() noexcept = 0;

    /// What a thread can poll for bytes to read; negative: nothing.
    virtual int pollable() noexcept { return -1; }

    /// Where an armed wait counts as work; null if it does not count.
    virtual ContextWork* work() noexcept { return nullptr; }

    /// Call while idle: frees memory that is needed only for traffic. Costs the next exchange a few
    /// allocations.
    virtual void trim() noexcept {}

    /// Closes the connection at once; never blocks, never fails. Idempotent.
    virtual void close() noexcept = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail
