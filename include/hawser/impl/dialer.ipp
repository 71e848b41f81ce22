// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/dialer.hpp>
#include <hawser/error.hpp>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL DialHandler& DialHandler::operator=(DialHandler&& other) noexcept {
    if (this != &other) {
        fail({}, "the dialer dropped its handler");
        call_ = std::move(other.call_);
    }
    return *this;
}

HAWSER_DECL DialHandler::~DialHandler() {
    fail({}, "the dialer dropped its handler");
}

HAWSER_DECL void DialHandler::operator()(std::error_code ec,
                                         asio::generic::stream_protocol::socket socket) {
    if (ec || !socket.is_open()) {
        fail(ec, "the dialer returned a socket that is not open");
        return;
    }
    detail::DialedSocket dialed;
    dialed.socket = detail::NativeSocket::take(socket, dialed.ec);
    if (const auto call = std::exchange(call_, nullptr)) {
        call->deliver(std::move(dialed));
    }
}

HAWSER_DECL void DialHandler::operator()(std::error_code ec) {
    fail(ec, "the dialer returned no socket");
}

HAWSER_DECL asio::cancellation_slot DialHandler::get_cancellation_slot() const noexcept {
    return call_ ? call_->slot() : asio::cancellation_slot();
}

HAWSER_DECL void DialHandler::fail(std::error_code ec, const char* reason) noexcept {
    if (const auto call = std::exchange(call_, nullptr)) {
        detail::DialedSocket failed;
        failed.ec = ec ? ec : make_error_code(error::connect_failed);
        failed.reason = ec ? "" : reason;
        call->deliver(std::move(failed));
    }
}

}  // namespace hawser::inline HAWSER_ABI
