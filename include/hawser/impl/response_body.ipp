// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_decoder.hpp>
#include <hawser/detail/conn/body_eof_signal.hpp>
#include <hawser/detail/never_destroyed.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/response_body.hpp>

#include <algorithm>
#include <cstring>

namespace hawser {

HAWSER_DECL ResponseBody::ResponseBody() noexcept = default;
HAWSER_DECL ResponseBody::ResponseBody(ResponseBody&& other) noexcept = default;

HAWSER_DECL ResponseBody& ResponseBody::operator=(ResponseBody&& other) noexcept {
    if (decoder_) {
        decoder_->stop(detail::BodyDecoder::Stop::closed);
    }
    held_ = std::move(other.held_);
    position_ = other.position_;
    unyielded_ = other.unyielded_;
    closed_ = other.closed_;
    cut_short_ = other.cut_short_;
    unsent_ = other.unsent_;
    trailers_ = std::move(other.trailers_);
    decoder_ = std::move(other.decoder_);
    live_ = std::move(other.live_);
    loop_ = std::move(other.loop_);
    method_ = other.method_;
    last_ = other.last_;
    url_ = std::move(other.url_);
    return *this;
}

HAWSER_DECL ResponseBody::~ResponseBody() {
    if (decoder_) {
        decoder_->stop(detail::BodyDecoder::Stop::closed);
    }
}

HAWSER_DECL void ResponseBody::detail_fill(std::shared_ptr<detail::BlockingLoop> loop,
                                           std::string&& held,
                                           std::unique_ptr<Headers> trailers,
                                           std::unique_ptr<detail::BodyEofSignal> live) noexcept {
    held_ = std::move(held);
    trailers_ = std::move(trailers);
    live_ = std::move(live);
    loop_ = std::move(loop);
}

HAWSER_DECL ResponseBody::ResponseBody(asio::any_io_executor executor, std::string content)
    : held_(std::move(content)),
      loop_(std::make_shared<detail::ExecutorLoop>(std::move(executor))) {}

HAWSER_DECL ResponseBody::executor_type ResponseBody::get_executor() const noexcept {
    return loop_ ? loop_->executor() : executor_type();
}

HAWSER_DECL detail::LoopMinder* ResponseBody::minder_of_live() const {
    return loop_->kept() ? loop_.get() : nullptr;
}

HAWSER_DECL void ResponseBody::close() {
    closed_ = true;
    position_ = held_.size();
    if (decoder_) {
        decoder_->stop(detail::BodyDecoder::Stop::closed);
        decoder_ = nullptr;  // a pending read keeps it until it knows
    }
    if (live_) {
        live_->close();
    }
}

HAWSER_DECL void ResponseBody::detail_decode(const detail::CodingPlan& plan,
                                             const detail::DecodeLimits& limits,
                                             detail::BodyOrigin origin) {
    decoder_ = new detail::BodyDecoder(
        plan, limits, std::move(held_), !live_, get_executor(), std::move(origin));
    held_.clear();
}

HAWSER_DECL bool ResponseBody::cut_short() const noexcept {
    return cut_short_ || (live_ && live_->cut_short());
}

// It was read to its end: neither its exchange, nor its connection, nor its decoder is kept any
// longer. A read that waits finds its end elsewhere, and leaves them to the destructor.
HAWSER_DECL void ResponseBody::let_go() noexcept {
    if (live_ && live_->is_tunnel()) {
        return;
    }
    if (live_) {
        trailers_ = live_->take_trailers();
        cut_short_ = live_->cut_short();
        unsent_ = !live_->request_sent();
        live_ = nullptr;
    }
    decoder_ = nullptr;
}

HAWSER_DECL bool ResponseBody::request_sent() const noexcept {
    return live_ ? live_->request_sent() : !unsent_;
}

HAWSER_DECL const Headers& ResponseBody::trailers() const noexcept {
    const Headers* fields = live_ ? live_->trailers() : trailers_.get();
    return fields != nullptr ? *fields : detail::never_destroyed<Headers>();
}

HAWSER_DECL std::size_t ResponseBody::read_now(std::span<char> out, std::error_code& ec) {
    if (decoder_) {
        return decode_now(out, ec);
    }
    if (const std::size_t n = std::min(out.size(), unread()); n != 0) {
        std::memcpy(out.data(), held_.data() + position_, n);
        position_ += n;
        return n;
    }
    if (out.empty()) {
        return 0;
    }
    if (live_) {
        const std::size_t n = live_->read_some(out, ec);
        if (ec == asio::error::eof) {
            let_go();
        }
        return n;
    }
    ec = closed_ ? make_error_code(error::body_closed) : std::error_code(asio::error::eof);
    return 0;
}

// What is here, or else what one look at the connection brings.
HAWSER_DECL std::size_t ResponseBody::decode_now(std::span<char> out, std::error_code& ec) {
    if (decoder_->busy()) {
        ec = error::concurrent_read;
        return 0;
    }
    std::size_t n = decoder_->read(out, ec);
    if (ec == asio::error::would_block) {
        std::error_code end;
        const std::size_t received = live_->read_some(decoder_->space(), end);
        if (end == asio::error::would_block) {
            return 0;
        }
        ec = {};
        decoder_->received(received, end);
        n = decoder_->read(out, ec);
    }
    if (live_ && decoder_->refused()) {
        live_->fail(decoder_->refused(), decoder_->fault());
    }
    if (ec == asio::error::eof) {
        let_go();
    }
    return n;
}

// With what is here. The task to run, if that is enough or it failed; null: the read waits for the
// connection.
template <class Read>
detail::Task* ResponseBody::decode_here(Read& read) {
    if (decoder_->busy()) {
        return read.received(0, error::concurrent_read);
    }
    read.decode_with(*decoder_);
    decoder_->set_busy(true);
    detail::Task* const next = read.received(0, {});
    if (next != nullptr && read.failed && live_) {
        if (read.refused) {
            live_->fail(read.refused, read.refusal());
        }
        live_->explain(read);
    }
    return next;
}

template <class Read>
void ResponseBody::start_decoding(Read& read, asio::cancellation_slot slot) {
    detail::Task* const next = decode_here(read);
    detail::or_discard(read, [&] {
        if (next == nullptr) {
            live_->cancel_by(slot, read, decoder_);
        } else if (next != &read && slot.is_connected()) {
            slot.assign([decoder = decoder_](asio::cancellation_type type) {
                if (type != asio::cancellation_type::none) {
                    decoder->stop(detail::BodyDecoder::Stop::aborted);
                }
            });
        }
    });
    next != nullptr ? next->run(detail::CalledFrom::user) : live_->read(read);
}

HAWSER_DECL std::string ResponseBody::take_held() {
    std::string text = std::move(held_);
    held_.clear();
    if (position_ != 0) {
        text.erase(0, std::exchange(position_, 0));
    }
    return text;
}

HAWSER_DECL void ResponseBody::start(detail::ReadSome& read, asio::cancellation_slot slot) {
    if (decoder_) {
        start_decoding(read, slot);
        return;
    }
    if (is_here() || read.space().empty()) {
        std::error_code ec;
        const std::size_t n = read_now(read.space(), ec);
        detail::Task* const next = read.received(n, ec);
        if (read.failed) {
            read.slot.failure() = describe(fail(ec));
        }
        next->run(detail::CalledFrom::user);
        return;
    }
    detail::or_discard(read, [&] { live_->cancel_by(slot, read); });
    live_->read(read);
}

HAWSER_DECL void ResponseBody::start(detail::ReadAll& read, asio::cancellation_slot slot) {
    if (decoder_) {
        start_decoding(read, slot);
        return;
    }
    if (!live_) {
        const std::error_code end =
            closed_ ? make_error_code(error::body_closed) : std::error_code(asio::error::eof);
        detail::Task* const next = read.received(0, end);
        if (read.failed) {
            read.slot.failure() = describe(fail(read.ec), read.reason());
        }
        next->run(detail::CalledFrom::user);
        return;
    }
    detail::or_discard(read, [&] { live_->cancel_by(slot, read); });
    live_->read(read);
}

HAWSER_DECL asio::awaitable<std::string> ResponseBody::async_read_all(std::size_t max) {
    if (!live_ && !decoder_ && !closed_ && unread() <= max) {
        co_return take_held();
    }
    co_return co_await async_read_all(max, asio::use_awaitable);
}

template <class Read>
void ResponseBody::wait_for(Read& read) {
    detail::AwaitedOn<detail::BodyWait> awaited(*live_, read);
    if (detail::BlockingLoop::Desk* const desk = live_->desk()) {  // the upload may still go on
        loop_->sit_down(*desk, read.caller());
    }
    read.await(awaited, [&] { live_->read(read); });
}

HAWSER_DECL std::size_t ResponseBody::read_blocking(std::span<char> out, std::error_code& ec) {
    ec = {};
    if (is_here() && !decoder_) {
        return read_now(out, ec);
    }
    const detail::NoThreadCancel no_cancel{detail::NoThreadCancel::LookFirst{}};
    std::size_t n = read_now(out, ec);
    if (ec != asio::error::would_block) {
        last_ = live_ || decoder_ ? error{} : error_of(ec);
        return n;
    }
    if (const std::error_code refused = loop_->refusal()) {
        ec = fail(refused);
        return 0;
    }
    detail::BlockingCompletion<detail::ReadSome> read(*loop_, out);
    if (!decoder_ || decode_here(read) == nullptr) {
        wait_for(read);
    }
    ec = read.ec;
    last_ = {};  // the connection or the decoder knows
    if (ec == asio::error::eof) {
        let_go();
    }
    return read.result();
}

HAWSER_DECL std::string ResponseBody::read_all(std::size_t max, std::error_code& ec) {
    ec = {};
    if (!live_ && !decoder_ && !closed_ && unread() <= max) {
        return take_held();
    }
    if (const std::error_code refused = live_ ? loop_->refusal() : std::error_code{}) {
        ec = fail(refused);
        return {};
    }
    if (!live_ && !decoder_) {
        ec = fail(closed_ ? error::body_closed : error::body_too_large);
        return take_held().substr(0, max);
    }
    detail::BlockingCompletion<detail::ReadAll> read(*loop_, take_held(), max);
    detail::Task* next = decoder_ ? decode_here(read) : nullptr;
    while (next != nullptr && next != &read) {  // all is here, and nobody else waits
        next = read.received(0, {});
    }
    if (next == nullptr) {
        wait_for(read);
    }
    ec = read.ec;
    last_ = {};  // the connection or the decoder knows
    if (!ec) {
        let_go();
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
    if (last_ != error{}) {
        return describe(last_, last_ == error::body_too_large ? detail::ReadAll::too_much : "");
    }
    if (decoder_ && !decoder_->busy() && decoder_->refused()) {
        return describe(decoder_->refused());
    }
    return live_ ? live_->failure() : Failure();
}

HAWSER_DECL Failure ResponseBody::describe(std::error_code ec, const char* reason) const {
    if (live_) {
        return live_->describe(ec, reason);
    }
    return decoder_ ? decoder_->describe(ec, reason)
                    : detail::BodyOrigin{url_, method_}.describe(ec, {}, reason);
}

// The end is none.
HAWSER_DECL std::error_code ResponseBody::fail(std::error_code ec) noexcept {
    last_ = error_of(ec);
    return ec;
}

HAWSER_DECL void ResponseBody::throw_failure(std::error_code ec) const {
    if (ec == asio::error::eof) {
        throw std::system_error(ec);
    }
    const Failure known = failure();
    detail::throw_error(ec, known.code() == ec ? known : describe(ec));
}

}  // namespace hawser
