// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/access.hpp>
#include <hawser/detail/body_source.hpp>
#include <hawser/parameters.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI {

/// The body of a request: nothing, a string, a form, a file, or a stream of pieces. For forms with
/// files, see Multipart.
///
/// Copies of a string or file body are independent; copies of a stream share their source.
///
/// @par Early answers
/// A server may respond before it has read the whole body. After a final 2xx without `Connection:
/// close`, the upload continues, as in curl. The response completes at once, and its body can be
/// read during the upload, but the end of the body is not reported before the upload has ended. (If
/// the whole response arrived with its head, that applies to the response itself.) After any other
/// early response, the upload stops, and the connection is closed after the response.
/// Response::request_sent() tells the difference.
class RequestBody {
public:
    /// No body.
    RequestBody() noexcept = default;

    /// The bytes themselves: sent with Content-Length, and sent again if the request is retried.
    RequestBody(std::string content) : RequestBody(std::move(content), Kind::text) {}
    RequestBody(std::string_view content) : RequestBody(std::string(content)) {}
    /// A null pointer fails the request with error::invalid_request.
    RequestBody(const char* content)
        : RequestBody(content != nullptr ? content : "",
                      content != nullptr ? Kind::text : Kind::null) {}

    /// Parameters, sent as `application/x-www-form-urlencoded`: see Parameters::to_string().
    static RequestBody form(const Parameters& parameters) {
        return {parameters.to_string(), Kind::form};
    }
    /// JSON text, sent unchanged with `Content-Type: application/json`.
    static RequestBody json(std::string text) { return {std::move(text), Kind::json}; }

    /// The content of a file, opened when the request starts and read piece by piece while it is
    /// sent. For a regular file, its length at that moment is sent as Content-Length; bytes
    /// appended later are not sent. It is replayable. A pipe, a device, or a file of unknown
    /// length, as in /proc, is sent chunked until its end. Waiting for the writer of a pipe holds
    /// up nothing else.
    ///
    /// @par Errors
    /// The request fails with error::request_body_error if the file cannot be opened or read (the
    /// cause says why), is a directory, or became shorter meanwhile.
    static RequestBody file(const std::string& path);

    /// Pieces from a callable, which fills the buffer and returns the number of bytes, 0 at the
    /// end.
    ///
    /// @param source `source(asio::mutable_buffer)`; it may take `std::span<char>` or
    ///     `std::span<std::byte>` instead. It returns `std::size_t` (or any integer) or
    ///     `asio::awaitable<std::size_t>`.
    /// @param length the exact number of bytes; without it the body is sent chunked.
    /// @param rewind `rewind()`, which makes the body replayable: called before the source is read
    ///     again.
    ///
    /// @par Where it runs
    /// On the client's executor, each call in a step of its own, with no lock held. In a blocking
    /// call of a client without an executor, on the calling thread. Calls never overlap, over all
    /// attempts, and no request completes during one. Whatever the source refers to must therefore
    /// live until the request has failed, or the response's body has ended or failed. If the
    /// request ends early, an awaitable is canceled (asio::cancellation_type::terminal) and waited
    /// for; a blocking call is waited for. Only closing or destroying a response cannot wait: if an
    /// upload may continue after an early response, the source should own what it uses.
    ///
    /// @par Errors
    /// The request fails with the code of a `std::system_error` that the source or rewind throws.
    /// It fails with error::request_body_error for other exceptions; for more bytes than the buffer
    /// or the announced length has, or fewer; and for a second request while another one reads the
    /// same source, or after another one has read it if there is no rewind. The connection is
    /// closed, and nothing is retried.
    template <class Source, class Rewind = std::nullptr_t>
    static RequestBody stream(Source source,
                              std::optional<std::uint64_t> length = std::nullopt,
                              Rewind rewind = {});

    /// True if there is no body, which differs from a body of length 0.
    bool empty() const noexcept { return kind_ == Kind::none; }

    /// The Content-Type that a request with this body gets unless it sets one itself: that of a
    /// form, a Multipart or JSON. Empty for every other kind.
    std::string_view content_type() const noexcept HAWSER_LIFETIMEBOUND;

    /// Number of bytes; `std::nullopt` if it is known only at the end (sent chunked). For a file,
    /// its current length.
    std::optional<std::uint64_t> length() const noexcept;

    /// Whether the body can be sent again from its first byte: strings, regular files, rewindable
    /// streams.
    bool replayable() const noexcept {
        return kind_ != Kind::source || (source_ && source_->replayable());
    }

    /// The bytes of a string, form or JSON body; empty for every other kind.
    std::string_view content() const noexcept HAWSER_LIFETIMEBOUND {
        return kind_ == Kind::source ? std::string_view() : text();
    }

private:
    friend struct detail::Access;
    friend class Multipart;
    enum class Kind : std::uint8_t { none, null, text, form, json, source };

    RequestBody(std::string text, Kind kind) : text_(std::move(text)), kind_(kind) {}
    RequestBody(std::shared_ptr<detail::BodySource> source, std::string type)
        : text_(std::move(type)), source_(std::move(source)), kind_(Kind::source) {}

    /// Whether it was made from a null pointer.
    bool is_null() const noexcept { return kind_ == Kind::null; }

    /// The file or stream; null for every other kind.
    detail::BodySource* source() const noexcept {
        return kind_ == Kind::source ? source_.get() : nullptr;
    }
    std::string_view text() const noexcept HAWSER_LIFETIMEBOUND {
        return source_ ? source_->text() : text_;
    }
    /// Lets the copies made from now on share the bytes.
    void share();
    /// Turns a string into a source of its bytes.
    void make_source();

    std::string text_;  // the bytes, unless they are shared; for a file or stream, its content type
    std::shared_ptr<detail::BodySource> source_;  // or the shared bytes
    Kind kind_ = Kind::none;
};

}  // namespace hawser::inline HAWSER_ABI

#include <hawser/impl/request_body.hpp>
#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/request_body.ipp>
#endif
