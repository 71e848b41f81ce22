// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The part of a response body that has not been read yet: the bytes that arrived with the head, and
// behind them a stream for the others. Decides where the next bytes come from, how the body ends,
// and who knows most about a failure. Never waits; must not know completion tokens or loops.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_end.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/conn/body_read.hpp>
#include <hawser/detail/conn/body_stream.hpp>
#include <hawser/detail/held_bytes.hpp>
#include <hawser/failure.hpp>
#include <hawser/headers.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class BodyTap;
class ProgressMeter;
struct CodingPlan;
struct DecodeLimits;

class UnreadBody {
public:
    UnreadBody() noexcept = default;
    /// `content` is the whole body.
    explicit UnreadBody(std::string content) noexcept : held_(std::move(content)) {}

    /// `held` is the whole body, with its trailers, unless there is a `rest`.
    void fill(std::string&& held, std::unique_ptr<Headers> trailers, BodyStreamPtr rest) noexcept;
    /// All bytes, held and to come, are compressed. Call before any of them has been read.
    void decode(asio::any_io_executor executor,
                const CodingPlan& plan,
                const DecodeLimits& limits,
                BodyOrigin origin);
    /// Counts all bytes, held and to come, of which there are `total` unless all are held. Call
    /// after decode(), and not after an upgrade.
    void count(asio::any_io_executor executor,
               IntrusivePtr<ProgressMeter> meter,
               std::optional<std::uint64_t> total,
               BodyOrigin origin);
    void remember(BodyOrigin&& origin, bool request_sent) noexcept;
    /// Shows `tap` all bytes: the held ones now, the others when they are read. Call before any of
    /// them has been read, and not after an upgrade.
    void tap(std::unique_ptr<BodyTap> tap);

    /// Reads like BodyStream::read_some().
    std::size_t read_some(std::span<char> out, std::error_code& ec);
    /// Serves `read` from the held bytes, or has the stream serve it.
    void read(BodyRead& read, asio::cancellation_slot slot);
    /// Whether all unread bytes are held, and are no more than `max`.
    bool holds_all(std::size_t max) const noexcept {
        return !rest_ && !closed_ && held_.size() <= max;
    }
    /// Whether read_some() would ask the stream.
    bool is_streamed() const noexcept { return rest_ && held_.empty(); }
    std::string take_held() noexcept { return held_.take(); }

    /// What can be read without waiting, at most `most` bytes. It stays to be read.
    std::string_view peek(std::size_t most);

    void close();
    bool closed() const noexcept { return closed_; }

    /// The stream of the bytes that are not held; null if there are none.
    BodyStream* rest() const noexcept { return rest_.get(); }
    /// The exchange of the stream. Null if reading needs no connection.
    Exchange* exchange() const noexcept { return rest_ ? rest_->exchange() : nullptr; }

    /// The end has been read: drops the exchange, the connection and the decoder. A read that had
    /// to wait finds the end elsewhere; then the destructor drops them.
    void drop_rest() noexcept;
    const BodyOrigin& origin() const noexcept { return origin_; }
    const BodyEnd& end() const noexcept { return end_; }
    Headers take_trailers() noexcept { return end_.take_trailers(exchange()); }

    /// Why the last read failed.
    Failure failure() const { return failure_ || !rest_ ? failure_ : rest_->failure(); }
    /// Everything known about a read that failed with `ec`; failure() returns the same from now on.
    Failure tell(std::error_code ec, const char* reason = "");
    [[noreturn]] void throw_failure(std::error_code ec);

private:
    HeldBytes held_;
    bool closed_ = false;
    BodyEnd end_;
    BodyStreamPtr rest_;
    BodyOrigin origin_;
    Failure failure_;  // of the last read, if there is no rest_
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/unread_body.ipp>
#endif
