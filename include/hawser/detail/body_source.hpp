// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a request body is made of when it is not a plain string, in terms that need no Asio.
// A BodySource is the recipe (a file name, a callable); each attempt at a request asks it for a
// BodyReader, so that a retry starts from the first byte again.

#include <cstddef>
#include <memory>
#include <system_error>

namespace hawser::detail {

/// The memory a source fills. Converts to `asio::mutable_buffer`, which floor 0 does not know.
struct BodyBuffer {
    void* data_;
    std::size_t size_;

    void* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }

    template <class Buffer>
    requires std::is_constructible_v<Buffer, void*, std::size_t>
    operator Buffer() const { return Buffer{data_, size_}; }
};

/// One read in flight: owns the memory, takes the result. Implemented by the connection; it
/// outlives a connection that no longer wants the bytes, because a reader cannot be interrupted.
class BodyReadSink {
public:
    virtual ~BodyReadSink() = default;
    virtual BodyBuffer buffer() noexcept = 0;
    /// The `asio::any_io_executor` an awaitable source runs on.
    virtual const void* executor() const noexcept = 0;
    /// Called once for each read(); n == 0 without an error is the end of the body.
    virtual void on_body_read(std::error_code ec, std::size_t n) = 0;
};

/// Hands out the bytes of one attempt.
class BodyReader {
public:
    virtual ~BodyReader() = default;
    /// Fills sink->buffer() and reports to the sink, at once or later. Never two at a time.
    virtual void read(std::shared_ptr<BodyReadSink> sink) = 0;
};

/// The recipe of a body.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// A reader at the first byte, or null with an error: the file is gone, or a source that cannot
    /// rewind was already read.
    virtual std::shared_ptr<BodyReader> open(std::error_code& ec) = 0;
    /// Whether open() may be called again after bytes were read.
    virtual bool replayable() const noexcept = 0;
};

}  // namespace hawser::detail
