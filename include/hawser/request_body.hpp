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
#include <utility>

namespace hawser {

/// The body of a request: nothing, a string, a file, or a stream of pieces.
///
/// A copy of a string or file body is independent; copies of a stream share their source.
///
/// @par Early answers
/// A server may answer before it has read the whole body. After a final 2xx without `Connection:
/// close` the upload goes on, as in curl: the response is there at once, its body can be read
/// meanwhile, and its end (the response itself, if all of it came with its head) is not there
/// before the upload has ended, too. After any other answer the upload stops, and the connection is
/// torn down at the end. Response::request_sent() says which it was.
class RequestBody {
public:
    /// No body at all.
    RequestBody() noexcept = default;

    /// The bytes themselves; sent with Content-Length, replayed when a request is retried.
    RequestBody(std::string content) : content_(std::move(content)), present_(true) {}
    RequestBody(std::string_view content) : RequestBody(std::string(content)) {}
    /// Null fails the request with error::invalid_request.
    RequestBody(const char* content)
        : content_(content != nullptr ? content : ""), present_(true), null_(content == nullptr) {}

    /// The content of a file, opened when the request starts and read piece by piece while it is
    /// sent. A regular file has the length, sent as Content-Length, that it has at that moment:
    /// what it grows by is not sent. It is replayable. A pipe, a device, or a file that does not
    /// know its length, as in /proc, goes out chunked until its end; a pipe waits for its writers
    /// without holding up anything else.
    ///
    /// @par Errors
    /// Of the request: error::request_body_error for a file that cannot be opened or read (the
    /// cause says why), is a directory, or became shorter meanwhile.
    static RequestBody file(const std::string& path);

    /// Pieces from a callable, which fills the buffer and returns the number of bytes, 0 at the
    /// end.
    ///
    /// @param source `source(asio::mutable_buffer)`; it may take `std::span<char>` or
    ///     `std::span<std::byte>` instead. It returns `std::size_t` (any integer) or
    ///     `asio::awaitable<std::size_t>`.
    /// @param length the exact number of bytes; without it the body goes out chunked.
    /// @param rewind `rewind()`, which makes the body replayable: called before the source is read
    ///     again.
    ///
    /// @par Where it runs
    /// On the client's executor, each call in a step of its own, with no lock held; in a blocking
    /// call of a client that has none, on the thread of that call. One call at a time, over all
    /// attempts, and no request completes while a call is under way: what the source refers to must
    /// live until the request has failed, or the response's body has ended or failed. When the
    /// request ends early, an awaitable is cancelled (asio::cancellation_type::terminal) and waited
    /// for; a call that blocks is waited for. Only closing or destroying a response cannot wait:
    /// what an upload that goes on after an early answer refers to had better be owned by the
    /// source.
    ///
    /// @par Errors
    /// Of the request: the code of a `std::system_error` that the source or rewind throws;
    /// error::request_body_error for other exceptions, for more bytes than the buffer or the
    /// announced length has, or fewer; and for a second request while one reads the same source, or
    /// read it before and it has no rewind. The connection is torn down, and nothing is retried.
    template <class Source, class Rewind = std::nullptr_t>
    static RequestBody stream(Source source,
                              std::optional<std::uint64_t> length = std::nullopt,
                              Rewind rewind = {});

    /// True when there is no body, which is not the same as a body of length 0.
    bool empty() const noexcept { return !present_; }

    /// Number of bytes; `std::nullopt` when it is known only at the end (sent chunked). Of a file,
    /// what it is now.
    std::optional<std::uint64_t> length() const noexcept;

    /// Whether the body can be sent again from its first byte: strings, regular files, rewindable
    /// streams.
    bool replayable() const noexcept { return !source_ || source_->replayable(); }

    /// The bytes of a string body; empty for every other kind.
    const std::string& content() const noexcept HAWSER_LIFETIMEBOUND { return content_; }

    /// The source of a file or stream body; null for a string. For the transport.
    const std::shared_ptr<detail::BodySource>& source() const noexcept { return source_; }
    /// Gives it away, so that the transport decides where it is destroyed.
    std::shared_ptr<detail::BodySource> take_source() noexcept { return std::move(source_); }
    /// Made of a null pointer. For the transport.
    bool null() const noexcept { return null_; }

private:
    std::string content_;
    std::shared_ptr<detail::BodySource> source_;
    bool present_ = false;
    bool null_ = false;
};

}  // namespace hawser

#include <hawser/impl/request_body.hpp>
#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/request_body.ipp>
#endif
