// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/awaited_on.hpp>
#include <hawser/detail/conn/conn_body.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/error.hpp>
#include <hawser/upgraded_stream.hpp>

namespace hawser::inline HAWSER_ABI {

// Null for a stream that never had a connection, or was moved from. An upgraded stream is never
// compressed: the layer below the body is the connection.
HAWSER_DECL detail::ConnBody* UpgradedStream::connection() const noexcept {
    return static_cast<detail::ConnBody*>(detail::Access::rest(body_));
}

HAWSER_DECL void UpgradedStream::start(detail::TunnelWrite& write, std::string_view bytes) {
    write.send(bytes);
    if (detail::ConnBody* const conn = connection()) {
        conn->write(write, write.cancellation_slot());
        return;
    }
    write.slot.failure() = describe(error::body_closed);
    write.ended(error::body_closed).run(detail::CalledFrom::user);
}

HAWSER_DECL std::size_t UpgradedStream::write_blocking(std::string_view bytes,
                                                       std::error_code& ec) {
    detail::ConnBody* const conn = connection();
    const auto& loop = detail::Access::loop(body_);
    ec = conn != nullptr ? loop->refusal() : make_error_code(error::body_closed);
    if (ec) {
        write_failure_ = describe(ec);
        return 0;
    }
    write_failure_ = {};  // the connection keeps its own failure
    detail::BlockingCompletion<detail::TunnelWrite> write(*loop);
    write.send(bytes);
    detail::AwaitedOn<detail::ConnBody, detail::TunnelWrite> awaited(*conn, write);
    write.await(awaited, [&] { conn->write(write, {}); });
    ec = write.ec;
    return write.result();
}

HAWSER_DECL Failure UpgradedStream::failure() const {
    return write_failure_ ? write_failure_ : body_.failure();
}

HAWSER_DECL Failure UpgradedStream::describe(std::error_code ec) const {
    const detail::ConnBody* const conn = connection();
    return conn != nullptr ? conn->describe(ec) : detail::BodyOrigin().describe(ec, {}, "");
}

// Reads only what a read on another thread does not modify.
HAWSER_DECL void UpgradedStream::throw_write_failure(std::error_code ec) const {
    const detail::ConnBody* const conn = connection();
    const Failure known = conn != nullptr ? conn->failure() : Failure();
    detail::throw_error(ec, known.code() == ec ? known : describe(ec));
}

HAWSER_DECL void UpgradedStream::close_write() {
    if (detail::ConnBody* const conn = connection()) {
        conn->close_write();
    }
}

}  // namespace hawser::inline HAWSER_ABI
