// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_eof_signal.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/error.hpp>
#include <hawser/upgraded_stream.hpp>

namespace hawser {

HAWSER_DECL void UpgradedStream::start(detail::TunnelWrite& write, asio::cancellation_slot slot) {
    if (!body_.live_) {
        write.slot.failure() = body_.describe(error::body_closed);
        write.ended(error::body_closed).run(detail::CalledFrom::user);
        return;
    }
    detail::or_discard(write, [&] { body_.live_->cancel_by(slot, write); });
    body_.live_->write(write);
}

HAWSER_DECL std::size_t UpgradedStream::write_blocking(std::string_view bytes,
                                                       std::error_code& ec) {
    ec = {};
    if (!body_.live_) {
        ec = error::body_closed;
    } else {
        ec = body_.loop_->refusal();
    }
    if (ec) {
        write_failed_ = error_of(ec);
        return 0;
    }
    detail::BlockingCompletion<detail::TunnelWrite> write(*body_.loop_, bytes);
    detail::AwaitedOn<detail::TunnelWrite> awaited(*body_.live_, write);
    write.await(awaited, [&] { body_.live_->write(write); });
    ec = write.ec;
    write_failed_ = {};  // the connection keeps its own failure
    return write.result();
}

HAWSER_DECL Failure UpgradedStream::failure() const {
    return write_failed_ != error{} ? body_.describe(write_failed_) : body_.failure();
}

// Reads only what a read on another thread does not modify.
HAWSER_DECL void UpgradedStream::throw_write_failure(std::error_code ec) const {
    const Failure known = body_.live_ ? body_.live_->failure() : Failure();
    detail::throw_error(ec, known.code() == ec ? known : body_.describe(ec));
}

HAWSER_DECL void UpgradedStream::close_write() {
    if (body_.live_) {
        body_.live_->close_write();
    }
}

}  // namespace hawser
