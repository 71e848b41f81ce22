// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/tapped_body.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::size_t TappedBody::read_some(std::span<char> out, std::error_code& ec) {
    if (busy_.load(std::memory_order_acquire)) {
        ec = hawser::error::concurrent_read;
        return 0;
    }
    const std::size_t n = next_->read_some(out, ec);
    tap_->bytes({out.data(), n});
    if (ec && ec != asio::error::would_block) {
        tap_->ended(ec);
    }
    return n;
}

HAWSER_DECL void TappedBody::read(BodyRead& reader, asio::cancellation_slot slot) {
    if (busy_.exchange(true, std::memory_order_acq_rel)) {
        reader.received(0, hawser::error::concurrent_read)->run(CalledFrom::user);
        return;
    }
    add_ref();
    reader_ = &reader;
    failed = false;
    fatal = {};
    end_ = {};
    next_->read(*this, slot);
}

HAWSER_DECL void TappedBody::cancel(BodyRead&, std::error_code cause) {
    next_->cancel(*this, cause);
}

HAWSER_DECL void TappedBody::close() {
    tap_->ended(hawser::error::body_closed);
    next_->close();
}

HAWSER_DECL void TappedBody::reject(std::error_code ec, Fault fault) {
    next_->reject(ec, std::move(fault));
}

HAWSER_DECL Failure TappedBody::failure() const {
    return next_->failure();
}

HAWSER_DECL Failure TappedBody::tell(std::error_code code, const char* reason) {
    return next_->tell(code, reason);
}

HAWSER_DECL Exchange* TappedBody::exchange() const noexcept {
    return next_->exchange();
}

// ── As the reader of the next layer ──────────────────────────────────────────────────────────────

HAWSER_DECL std::span<char> TappedBody::space() {
    space_ = reader_->space();
    fatal = reader_->fatal;
    return space_;
}

HAWSER_DECL Task* TappedBody::received(std::size_t n, std::error_code ec) {
    tap_->bytes({space_.data(), n});
    end_ = ec;
    done_ = reader_->received(n, ec);
    failed = reader_->failed;
    fatal = reader_->fatal;
    return done_ != nullptr ? this : nullptr;
}

HAWSER_DECL std::error_code TappedBody::error() const noexcept {
    return reader_->error();
}

HAWSER_DECL const char* TappedBody::reason() const noexcept {
    return reader_->reason();
}

HAWSER_DECL Fault TappedBody::fault() const noexcept {
    return reader_->fault();
}

HAWSER_DECL void TappedBody::set_failure(Failure why) noexcept {
    reader_->set_failure(std::move(why));
}

// Gives back what was borrowed for the read. The result keeps this alive a little longer.
HAWSER_DECL IntrusivePtr<TappedBody> TappedBody::end_read() noexcept {
    auto self = IntrusivePtr<TappedBody>::adopt(this);
    decoder.reset();
    busy_.store(false, std::memory_order_release);
    return self;
}

HAWSER_DECL void TappedBody::run(CalledFrom from) {
    if (end_) {
        tap_->ended(end_);
    }
    Task* const done = done_;
    const IntrusivePtr<TappedBody> self = end_read();
    done->run(from);
}

HAWSER_DECL void TappedBody::discard() noexcept {
    BodyRead& reader = *reader_;
    const IntrusivePtr<TappedBody> self = end_read();
    reader.discard();
}

}  // namespace hawser::inline HAWSER_ABI::detail
