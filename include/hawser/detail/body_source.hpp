// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a request body is made of when it is not a plain string, in terms that need no Asio.
// A BodySource is the recipe (a file name, a callable). A request opens it when it starts and gets
// a BodyReader for all its attempts, which a retry lets begin with the first byte again.

#include <hawser/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

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

/// What became of one read.
struct BodyRead {
    /// Bytes that were filled in; 0 without an error is the end of the body.
    std::size_t size = 0;
    std::error_code ec{};
    Fault fault{};
    /// Not -1: nothing is there yet; read again when this descriptor is readable.
    int descriptor = -1;
    /// Not null: the number of bytes is the result of this `asio::awaitable<std::size_t>`, which
    /// belongs to the reader until it is moved from.
    void* awaited = nullptr;
};

/// A read that failed, and why in words.
inline BodyRead failed_read(std::error_code ec, std::string reason, std::error_code cause = {}) {
    return {.ec = ec, .fault = {cause, std::move(reason), {}}};
}

/// Hands out the bytes of one request. Runs user code where it says so: there with no lock held,
/// one call at a time, and never destroyed meanwhile.
class BodyReader {
public:
    virtual ~BodyReader() = default;
    /// Number of bytes it will give; none if that is known only at their end.
    virtual std::optional<std::uint64_t> length() const noexcept = 0;
    virtual bool replayable() const noexcept = 0;
    /// Whether read() may leave something to wait for: a descriptor, an awaitable.
    virtual bool waits() const noexcept = 0;
    /// Fills the buffer. User code. Never two at a time; an awaitable counts until it has ended.
    virtual BodyRead read(BodyBuffer buffer) = 0;
    /// The next read begins with the first byte again.
    virtual void rewind() noexcept = 0;
    /// Nothing is read any more, and other requests may have the source. Called once.
    virtual void close() noexcept = 0;
    /// Whether what it reads from is the caller's, who may be gone once the request is over.
    virtual bool guest() const noexcept = 0;
};

/// The recipe of a body.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// A reader for one request, or null with an error: the file is gone, another request has the
    /// source, or it was read already and cannot rewind. No user code.
    virtual std::shared_ptr<BodyReader> open(BodyRead& failure) = 0;
    /// What is known of it now, before it is opened.
    virtual std::optional<std::uint64_t> length() const noexcept = 0;
    virtual bool replayable() const noexcept = 0;
};

}  // namespace hawser::detail
