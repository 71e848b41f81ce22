// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/awaited_on.hpp>
#include <hawser/detail/conn/decoded_body.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/never_destroyed.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/response_body.hpp>

namespace hawser {

HAWSER_DECL ResponseBody::ResponseBody(asio::any_io_executor executor, std::string content)
    : held_(std::move(content)),
      loop_(std::make_shared<detail::ExecutorLoop>(std::move(executor))) {}

// `held` is the whole body, with its trailers, unless there is a `rest`.
HAWSER_DECL void ResponseBody::fill(std::shared_ptr<detail::BlockingLoop> loop,
                                    std::string&& held,
                                    std::unique_ptr<Headers> trailers,
                                    detail::BodyStreamPtr rest) noexcept {
    held_.hold(std::move(held));
    trailers_ = std::move(trailers);
    rest_ = std::move(rest);
    loop_ = std::move(loop);
}

// All bytes, held and to come, are compressed. Call before any of them has been read.
HAWSER_DECL void ResponseBody::decode(const detail::CodingPlan& plan,
                                      const detail::DecodeLimits& limits,
                                      detail::BodyOrigin origin) {
    rest_ = detail::make_body_stream<detail::DecodedBody>(
        plan, limits, held_.take(), std::move(rest_), get_executor(), std::move(origin));
}

HAWSER_DECL void ResponseBody::remember(detail::BodyOrigin&& origin, bool request_sent) noexcept {
    origin_ = std::move(origin);
    unsent_ = !request_sent;
}

HAWSER_DECL ResponseBody::executor_type ResponseBody::get_executor() const noexcept {
    return loop_ ? loop_->executor() : executor_type();
}

HAWSER_DECL detail::LoopUse ResponseBody::use_loop() const {
    return rest_ && rest_->exchange() != nullptr && loop_->kept()
               ? detail::LoopUse(*loop_, detail::Pending::read)
               : detail::LoopUse();
}

HAWSER_DECL void ResponseBody::close() {
    closed_ = true;
    held_.hold({});
    if (rest_) {
        rest_->close();
    }
}

// ── Known at the end ─────────────────────────────────────────────────────────────────────────────

namespace detail {

inline const ResponseState* state_behind(const BodyStream* rest) noexcept {
    const Exchange* const exchange = rest != nullptr ? rest->exchange() : nullptr;
    return exchange != nullptr ? &exchange->response : nullptr;
}

}  // namespace detail

// The end has been read: drops the exchange, the connection and the decoder. A read that had to
// wait finds the end elsewhere; then the destructor drops them.
HAWSER_DECL void ResponseBody::leave_rest() noexcept {
    if (detail::Exchange* const exchange = rest_->exchange()) {
        if (exchange->response.upgraded) {
            return;  // the other direction may continue
        }
        trailers_ = std::move(exchange->response.trailers);
        cut_short_ = cut_short();
        unsent_ = !request_sent();
    }
    rest_ = nullptr;
}

HAWSER_DECL bool ResponseBody::cut_short() const noexcept {
    const detail::ResponseState* const state = detail::state_behind(rest_.get());
    return state != nullptr ? state->cut_short : cut_short_;
}

HAWSER_DECL bool ResponseBody::request_sent() const noexcept {
    const detail::ResponseState* const state = detail::state_behind(rest_.get());
    return state != nullptr ? state->request_sent.load(std::memory_order_relaxed) : !unsent_;
}

HAWSER_DECL const Headers& ResponseBody::trailers() const noexcept {
    const detail::ResponseState* const state = detail::state_behind(rest_.get());
    const Headers* fields = state != nullptr ? state->trailers.get() : trailers_.get();
    return fields != nullptr ? *fields : detail::never_destroyed<Headers>();
}

// ── Reading ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL std::size_t ResponseBody::read_now(std::span<char> out, std::error_code& ec) {
    if (!held_.empty() || out.empty()) {
        return held_.read(out);
    }
    if (closed_) {
        ec = error::body_closed;
        tell(ec);
        return 0;
    }
    if (!rest_) {
        ec = asio::error::eof;
        return 0;
    }
    const std::size_t n = rest_->read_some(out, ec);
    if (ec == asio::error::eof) {
        leave_rest();
    }
    return n;
}

HAWSER_DECL void ResponseBody::start(detail::ReadSome& read, std::span<char> buffer) {
    read.read_into(buffer);
    start_read(read, read.cancellation_slot());
}

HAWSER_DECL void ResponseBody::start(detail::ReadAll& read, std::size_t max) {
    read.collect(held_.take(), max);
    start_read(read, read.cancellation_slot());
}

HAWSER_DECL void ResponseBody::start_read(detail::BodyRead& read, asio::cancellation_slot slot) {
    if (held_.empty() && rest_ && !closed_) {
        rest_->read(read, slot);
        return;
    }
    std::error_code end;
    std::size_t n = 0;
    if (!held_.empty()) {
        n = held_.read(read.space());
    } else {
        end = closed_ ? make_error_code(error::body_closed) : std::error_code(asio::error::eof);
    }
    detail::Task* const done = read.received(n, end);
    if (read.failed) {
        read.set_failure(tell(read.error(), read.reason()));
    }
    done->run(detail::CalledFrom::user);
}

// Whether all unread bytes are held, and are no more than `max`.
HAWSER_DECL bool ResponseBody::holds_rest(std::size_t max) const noexcept {
    return !rest_ && !closed_ && held_.size() <= max;
}

HAWSER_DECL asio::awaitable<std::string> ResponseBody::await_all(std::size_t max) {
    if (holds_rest(max)) {
        co_return held_.take();
    }
    co_return co_await detail::initiate<detail::ReadAll>(*this, asio::use_awaitable, max);
}

// ── Blocking ─────────────────────────────────────────────────────────────────────────────────────

namespace detail {

/// Has `stream` serve the read, and waits for its end. If the upload is still running, its source
/// is called here meanwhile.
template <class Read>
void await_read(BodyStream& stream, BlockingLoop& loop, BlockingCompletion<Read>& read) {
    AwaitedOn<BodyStream, BodyRead> awaited(stream, read);
    if (BlockingLoop::Desk* const desk = desk_of(stream)) {
        loop.sit_down(*desk, read.caller());
    }
    read.await(awaited, [&] { stream.read(read, {}); });
}

/// Serves the read within this call: the whole body has arrived.
inline void read_here(BodyStream& stream, BodyRead& read) {
    Task* done = nullptr;
    while (done == nullptr) {
        std::error_code ec;
        const std::size_t n = stream.read_some(read.space(), ec);
        done = read.received(n, ec);
    }
    if (read.failed) {
        read.set_failure(stream.tell(read.error(), read.reason()));
    }
}

}  // namespace detail

HAWSER_DECL std::size_t ResponseBody::read_blocking(std::span<char> out, std::error_code& ec) {
    ec = {};
    if (!held_.empty() || !rest_) {
        return read_now(out, ec);
    }
    const detail::NoThreadCancel no_cancel{detail::NoThreadCancel::LookFirst{}};
    const std::size_t n = read_now(out, ec);
    if (ec != asio::error::would_block) {
        return n;
    }
    ec = loop_->refusal();
    if (ec) {
        tell(ec);
        return 0;
    }
    detail::BlockingCompletion<detail::ReadSome> read(*loop_);
    read.read_into(out);
    detail::await_read(*rest_, *loop_, read);
    ec = read.ec;
    if (ec == asio::error::eof) {
        leave_rest();
    }
    return read.result();
}

HAWSER_DECL std::string ResponseBody::read_all(std::size_t max, std::error_code& ec) {
    ec = {};
    if (holds_rest(max)) {
        return held_.take();
    }
    if (!rest_ || closed_) {
        ec = closed_ ? error::body_closed : error::body_too_large;
        tell(ec, closed_ ? "" : detail::ReadAll::too_much);
        return held_.take().substr(0, max);
    }
    const bool waits = rest_->exchange() != nullptr;
    ec = waits ? loop_->refusal() : std::error_code{};
    if (ec) {
        tell(ec);
        return {};
    }
    detail::BlockingCompletion<detail::ReadAll> read(*loop_);
    read.collect(held_.take(), max);
    if (waits) {
        detail::await_read(*rest_, *loop_, read);
    } else {
        detail::read_here(*rest_, read);
    }
    ec = read.ec;
    if (!ec) {
        leave_rest();
    }
    return std::move(read.result());
}

HAWSER_DECL std::string ResponseBody::read_all(std::size_t max) {
    std::error_code ec;
    std::string text = read_all(max, ec);
    if (ec) {
        throw_failure(ec);
    }
    return text;
}

// ── Failures ─────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL Failure ResponseBody::failure() const {
    if (failure_ || !rest_) {
        return failure_;
    }
    return rest_->failure();
}

// The layer that knows most stores the failure for failure().
HAWSER_DECL Failure ResponseBody::tell(std::error_code ec, const char* reason) {
    if (rest_) {
        return rest_->tell(ec, reason);
    }
    return failure_ = origin_.describe(ec, {}, reason);
}

HAWSER_DECL void ResponseBody::throw_failure(std::error_code ec) {
    if (ec == asio::error::eof) {
        throw std::system_error(ec);
    }
    const Failure known = failure();
    detail::throw_error(ec, known.code() == ec ? known : tell(ec));
}

}  // namespace hawser
