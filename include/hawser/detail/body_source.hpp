// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a request body is made of when it is not a plain string, in terms that need no Asio. A
// BodySource is the recipe (a file name, a callable). A request opens it when it starts and gets a
// BodyReader, which serves all its attempts; a retry rewinds it to the first byte.

#include <hawser/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// The memory that a source fills. Converts to `asio::mutable_buffer`, which floor 0 does not know.
struct BodyBuffer {
    void* data_;
    std::size_t size_;

    void* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }

    template <class Buffer>
    requires std::is_constructible_v<Buffer, void*, std::size_t>
    operator Buffer() const { return Buffer{data_, size_}; }
};

/// A call of a source, until it has returned: see detail/conn/body_pump.hpp.
class SourceCall;

/// Runs an awaitable of a source: see detail/conn/source_awaiter.hpp, which knows Asio.
template <class Awaitable>
struct SourceAwaiter;

/// The result of one read.
struct SourceRead {
    /// Bytes filled in; 0 without an error is the end of the body.
    std::size_t size = 0;
    std::error_code ec{};
    Fault fault{};
    /// If not -1: no bytes yet; read again when this descriptor is readable.
    int descriptor = -1;
    /// If not null: the number of bytes is the result of this `asio::awaitable<std::size_t>`, which
    /// belongs to the reader until it is moved from. await() runs it on behalf of the call.
    void* awaited = nullptr;
    void (*await)(void* awaited, SourceCall call) = nullptr;
};

/// A read that failed, and the reason in words.
inline SourceRead failed_read(std::error_code ec, std::string reason, std::error_code cause = {}) {
    return {.ec = ec, .fault = {cause, std::move(reason), {}}};
}

/// Hands out the body of one request. Calls marked "user code" run with no lock held, one at a
/// time, and the reader is not destroyed during one.
class BodyReader {
public:
    virtual ~BodyReader() = default;
    /// Number of bytes that it will deliver; none if that is known only at the end.
    virtual std::optional<std::uint64_t> length() const noexcept = 0;
    virtual bool replayable() const noexcept = 0;
    /// Whether read() may return something to wait for: a descriptor or an awaitable.
    virtual bool waits() const noexcept = 0;
    /// Fills the buffer. User code. Never two calls at a time; an awaitable counts as a call until
    /// it has ended.
    virtual SourceRead read(BodyBuffer buffer) = 0;
    /// The next read starts again at the first byte.
    virtual void rewind() noexcept = 0;
    /// Ends the reading; other requests may use the source from now on. Called once.
    virtual void close() noexcept = 0;
    /// Whether it reads from something that its caller owns, and may destroy once the request is
    /// over.
    virtual bool guest() const noexcept = 0;
};

/// The recipe of a body.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// A reader for one request. Null with an error if the file is gone, if another request is
    /// using the source, or if the source was already read and cannot rewind. Runs no user code.
    virtual std::shared_ptr<BodyReader> open(SourceRead& failure) = 0;
    /// What is known now, before it is opened.
    virtual std::optional<std::uint64_t> length() const noexcept = 0;
    virtual bool replayable() const noexcept = 0;
    /// All bytes, if they are in memory.
    virtual std::string_view text() const noexcept { return {}; }
};

}  // namespace hawser::inline HAWSER_ABI::detail
