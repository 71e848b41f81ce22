// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/conn/body_reads.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/error_signature.hpp>
#include <hawser/failure.hpp>
#include <hawser/headers.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/use_awaitable.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace hawser {

namespace detail {
class BlockingLoop;
class BodyDecoder;
class BodyEofSignal;
struct CodingPlan;
struct DecodeLimits;
}  // namespace detail

/// The body of a response, read straight from its connection. Go: Response.Body.
///
/// Read it to the end, and the connection is idle again before the last read returns. Close or
/// destroy it before the end, and the connection is torn down. Nothing leaks by forgetting either.
/// A small body that came together with its head is held here, its connection free already.
///
/// A coded body (Response::uncompressed) is decoded as it is read, never further than the reader's
/// buffer; the connection is idle again once the last coded byte was read, at the latest with the
/// read that says eof. Bytes that do not decode tear it down.
///
/// An Asio AsyncReadStream and SyncReadStream: `asio::async_read(res.body, …)` works. Reads end in
/// `asio::error::eof` after the last byte; an error repeats itself.
///
/// @par Thread safety
/// One thread at a time for each body; the bodies of one client may be read in different threads.
class ResponseBody {
public:
    using executor_type = asio::any_io_executor;
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    /// An empty body, of no executor: completion handlers must bring their own.
    ResponseBody() noexcept;
    /// A body for mocks and middleware: `content` is all of it.
    ResponseBody(asio::any_io_executor executor, std::string content);
    /// For transports: fills an empty body. `held` is here, with its trailers, unless the rest
    /// comes from `live`.
    void detail_fill(std::shared_ptr<detail::BlockingLoop> loop,
                     std::string&& held,
                     std::unique_ptr<Headers> trailers,
                     std::unique_ptr<detail::BodyEofSignal> live) noexcept;
    /// For transports: whose body it is, if nothing is live that would know.
    void detail_name(Url&& url, detail::KnownMethod method) noexcept {
        url_ = std::move(url);
        method_ = method;
    }
    /// For transports: what is held and what comes is coded. Before anything was read.
    void detail_decode(const detail::CodingPlan& plan,
                       const detail::DecodeLimits& limits,
                       detail::BodyOrigin origin);
    ResponseBody(ResponseBody&& other) noexcept;
    ResponseBody& operator=(ResponseBody&& other) noexcept;
    /// close()
    ~ResponseBody();

    /// Where reads complete whose token names no executor. Empty for a body that was default-made
    /// or moved from, where such a read throws asio::execution::bad_executor.
    executor_type get_executor() const noexcept;

    /// Reads at least one byte into the first buffer that is not empty.
    ///
    /// @par Completion signature
    /// `void(std::error_code, std::size_t)`
    /// @par Errors
    /// asio::error::eof at the end; error::incomplete_body if the connection ended first;
    /// error::bad_response for broken framing; error::body_too_large; error::idle_timeout,
    /// error::total_timeout; error::body_closed after close(); error::concurrent_read;
    /// error::decode_error and error::decode_limit, after the bytes that came out before.
    /// @par Cancellation
    /// Of every type: tears the connection down, completes with asio::error::operation_aborted.
    template <class MutableBuffers, class Token>
    auto async_read_some(const MutableBuffers& buffers, Token&& token);
    /// The same for `co_await`, which goes on without a detour when bytes are there.
    template <class MutableBuffers>
    asio::awaitable<std::size_t> async_read_some(MutableBuffers buffers);

    /// Reads the rest of the body. With an error, the string holds what came before it.
    ///
    /// @param max the most bytes to collect; more is error::body_too_large, the rest unread.
    /// @par Completion signature
    /// `void(std::error_code, std::string)`
    /// @par Errors and cancellation
    /// As async_read_some(), but for the end, which is success.
    template <class Token>
    auto async_read_all(std::size_t max, Token&& token);
    template <class Token>
    requires(!std::convertible_to<Token, std::size_t>) auto async_read_all(Token&& token);
    /// The same for `co_await`, which goes on without a detour when the whole body is there.
    asio::awaitable<std::string> async_read_all(std::size_t max = unlimited);

    /// Blocks until a byte is there, or the end. Errors as async_read_some(), and
    /// error::would_deadlock on a thread that runs the client's own executor.
    template <class MutableBuffers>
    std::size_t read_some(const MutableBuffers& buffers, std::error_code& ec);
    /// @throws std::system_error
    template <class MutableBuffers>
    std::size_t read_some(const MutableBuffers& buffers);

    /// Blocks until the end and returns the rest of the body. Errors as async_read_all().
    std::string read_all(std::size_t max, std::error_code& ec);
    std::string read_all(std::error_code& ec) { return read_all(unlimited, ec); }
    /// @throws std::system_error
    std::string read_all(std::size_t max = unlimited);

    /// After a read failed: why, with all that is known. Exceptions say the same.
    Failure failure() const;

    /// The caller is done with it. Whatever is unread tears the connection down, unless it is here
    /// already. Reads then fail with error::body_closed, a pending one with error::canceled.
    /// Idempotent.
    void close();

    /// After the end of a body that runs to the end of its connection (no Content-Length, no
    /// chunks): the TLS connection ended without close_notify, so that nobody can say whether the
    /// body is whole (RFC 8446 §6.1). Everybody delivers such bodies. Framing::strict: they fail
    /// with error::incomplete_body. False for all others, and before the end.
    bool cut_short() const noexcept;

    /// See Response::request_sent().
    bool request_sent() const noexcept;
    /// For transports: it was not, and will not be.
    void detail_unsent() noexcept { unsent_ = true; }

    /// Fields after a chunked body (RFC 9110 §6.5); empty until its end was read.
    const Headers& trailers() const noexcept HAWSER_LIFETIMEBOUND;

private:
    friend class UpgradedStream;
    /// What minds the loop of a pending operation, if that is needed.
    detail::LoopMinder* minder() const { return live_ ? minder_of_live() : nullptr; }
    detail::LoopMinder* minder_of_live() const;
    struct StartReadSome;
    struct StartReadAll;

    bool is_here() const noexcept { return !live_ || position_ < held_.size(); }
    // A body that was moved from has lost its bytes, but not its position.
    std::size_t unread() const noexcept {
        return position_ < held_.size() ? held_.size() - position_ : 0;
    }
    std::size_t read_now(std::span<char> out, std::error_code& ec);
    std::size_t decode_now(std::span<char> out, std::error_code& ec);
    template <class Read>
    detail::Task* decode_here(Read& read);
    template <class Read>
    void start_decoding(Read& read, asio::cancellation_slot slot);
    bool may_go_on() const noexcept { return unyielded_ < 256 * 1024; }  // others wait, too
    Failure describe(std::error_code ec, const char* reason = "") const;
    std::error_code fail(std::error_code ec) noexcept;
    [[noreturn]] void throw_failure(std::error_code ec) const;
    std::string take_held();
    void let_go() noexcept;
    void start(detail::ReadSome& read, asio::cancellation_slot slot);
    void start(detail::ReadAll& read, asio::cancellation_slot slot);
    template <class Read>
    void wait_for(Read& read);
    std::size_t read_blocking(std::span<char> out, std::error_code& ec);

    std::string held_;
    std::size_t position_ = 0;   // of what is unread of held_
    std::size_t unyielded_ = 0;  // bytes that co_await got without a detour
    bool closed_ = false;
    bool cut_short_ = false;
    bool unsent_ = false;                                // once it is not live_
    detail::KnownMethod method_{};                       // of a body that has no exchange, as url_
    error last_{};                                       // of the last read, if that failed here
    std::unique_ptr<Headers> trailers_;                  // of a body that was here from the start
    detail::IntrusivePtr<detail::BodyDecoder> decoder_;  // of a coded body
    std::unique_ptr<detail::BodyEofSignal> live_;
    std::shared_ptr<detail::BlockingLoop> loop_;
    Url url_;
};

}  // namespace hawser

#include <hawser/impl/response_body.hpp>
#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/impl/response_body.ipp>
#endif
