// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection needs of its transport layer: readiness, and reads and writes that never block.
// Plain TCP, TLS, the scripted streams of the tests and users' own look the same from above.

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace hawser::detail {

class ContextWork;

/// What a look at an idle connection finds.
enum class Idle {
    quiet,  // nothing: it can be lent
    stale,  // its end, an error, or bytes nobody asked for
};

class Stream {
public:
    enum class Direction { read, write };

    /// Told when a direction is ready. Shared: the stream keeps it alive while a wait is armed.
    class Watcher {
    public:
        virtual void on_ready(Direction direction) = 0;
        virtual void keep_alive(bool on) noexcept = 0;

    protected:
        ~Watcher() = default;
    };

    virtual ~Stream() = default;

    /// Calls the watcher once, from the executor, when reading or writing is worth a try. At most
    /// one wait for each direction. Close completes it.
    virtual void wait(Direction direction, Watcher& watcher) = 0;

    /// Up to `size` bytes. asio::error::would_block: nothing there yet; asio::error::eof: the
    /// peer's orderly end; asio::error::shut_down: its end without the close_notify that TLS
    /// requires.
    virtual std::size_t read_some(char* data, std::size_t size, std::error_code& ec) = 0;

    /// Writes what fits, in order. asio::error::would_block: nothing fits now. Without pieces it
    /// sends what has_unsent().
    virtual std::size_t write_some(std::span<const std::string_view> pieces,
                                   std::error_code& ec) = 0;

    /// True when bytes that write_some() took have not left yet.
    virtual bool has_unsent() const noexcept { return false; }

    /// True when bytes wait above the socket, where wait() does not see them.
    virtual bool has_buffered() const noexcept { return false; }

    /// Between two exchanges; consumes nothing that belongs to HTTP.
    virtual Idle probe() = 0;

    /// What it knows about the error that it met last, beyond the code; nothing without memory.
    virtual Fault fault() const noexcept { return {}; }

    /// Fills in what it knows: endpoints, TLS facts.
    virtual void describe(ConnectionInfo& info) const = 0;

    /// Nothing more will be written, and the peer is told; reading goes on.
    virtual void close_write() noexcept = 0;

    /// Where an armed wait counts as work; null if it does not.
    virtual ContextWork* work() noexcept { return nullptr; }

    /// Idle, and will be for a while: gives back memory that only traffic needs. Costs the next
    /// exchange a few allocations.
    virtual void trim() noexcept {}

    /// Ends the connection at once; never blocks, never fails. Idempotent.
    virtual void close() noexcept = 0;
};

}  // namespace hawser::detail
