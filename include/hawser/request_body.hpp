// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/body_source.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hawser {

/// The body of a request: nothing, a string, a file, or a stream of pieces.
///
/// A copy of a string or file body is independent; copies of a stream share their source.
class RequestBody {
public:
    /// No body at all.
    RequestBody() noexcept = default;

    /// The bytes themselves; sent with Content-Length, replayed when a request is retried.
    RequestBody(std::string content) : content_(std::move(content)), present_(true) {}
    RequestBody(std::string_view content) : RequestBody(std::string(content)) {}
    RequestBody(const char* content) : RequestBody(std::string(content)) {}

    /// The content of a file, read piece by piece while it is sent, with Content-Length;
    /// replayable. A file that cannot be opened or read, or that changed its length meanwhile,
    /// fails the request with error::request_body_error.
    static RequestBody file(const std::string& path);

    /// Pieces from a callable: `source(asio::mutable_buffer)` fills the buffer and returns the
    /// number of bytes, 0 at the end; it returns `std::size_t` or `asio::awaitable<std::size_t>`
    /// (include <asio/co_spawn.hpp> for the latter). No lock is held while it runs, and it runs
    /// once at a time.
    ///
    /// @param length the exact number of bytes; without it the body goes out chunked.
    /// @param rewind makes the body replayable: called before the source is read again.
    ///
    /// An exception from the source fails the request: with its code if it is a
    /// `std::system_error`, else with error::request_body_error. The connection is torn down.
    template <class Source, class Rewind = std::nullptr_t>
    static RequestBody stream(Source source,
                              std::optional<std::uint64_t> length = std::nullopt,
                              Rewind rewind = {});

    /// True when there is no body, which is not the same as a body of length 0.
    bool empty() const noexcept { return !present_; }

    /// Number of bytes; `std::nullopt` when it is known only at the end (sent chunked).
    std::optional<std::uint64_t> length() const noexcept;

    /// Whether the body can be sent again from its first byte: strings, files, rewindable streams.
    bool replayable() const noexcept { return !source_ || source_->replayable(); }

    /// The bytes of a string body; empty for every other kind.
    const std::string& content() const noexcept HAWSER_LIFETIMEBOUND { return content_; }

    /// The source of a file or stream body; null for a string. For the transport.
    const std::shared_ptr<detail::BodySource>& source() const noexcept { return source_; }

private:
    std::string content_;
    std::shared_ptr<detail::BodySource> source_;
    std::optional<std::uint64_t> length_;  // of a source
    bool present_ = false;
};

}  // namespace hawser

#include <hawser/impl/request_body.hpp>
#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/request_body.ipp>
#endif
