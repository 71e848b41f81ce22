// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/outgoing_request.hpp>

#include <utility>

namespace hawser::detail {

HAWSER_DECL void OutgoingRequest::begin(const RequestParts& parts, bool await_go_ahead) {
    parts_ = parts;
    error_ = {};
    progress_ = Writing::busy;
    streaming_ = first_piece_ = false;
    if (await_go_ahead) {
        go_ahead_ = GoAhead::awaited;
        sender_.start(parts.head, {}, {});
    } else {
        go_ahead_ = GoAhead::not_awaited;
        begin_body(parts.head);
    }
}

// Sends `head`, or nothing if it is empty, before the body.
HAWSER_DECL void OutgoingRequest::begin_body(std::string_view head) {
    sender_.start(head, parts_.content, parts_.plan, parts_.streamed ? nullptr : parts_.trailers);
    streaming_ = first_piece_ = parts_.streamed;
}

HAWSER_DECL OutgoingRequest::Next OutgoingRequest::next(bool unsent) {
    if (progress_ != Writing::busy) {
        return Next::done;
    }
    if (std::exchange(first_piece_, false)) {
        return Next::piece;
    }
    if (unsent || !pending().empty()) {
        return Next::write;
    }
    if (go_ahead_ != GoAhead::not_awaited) {
        return after_head();
    }
    if (streaming_) {
        return Next::piece;
    }
    progress_ = Writing::complete;
    return Next::done;
}

// The head was sent alone, and has left completely.
HAWSER_DECL OutgoingRequest::Next OutgoingRequest::after_head() {
    if (awaits_go_ahead()) {
        return Next::go_ahead;
    }
    const bool send_body = std::exchange(go_ahead_, GoAhead::not_awaited) == GoAhead::send_body;
    if (send_body) {
        begin_body({});
    } else {
        stop();  // the server may wait for the body forever
    }
    return next(false);
}

HAWSER_DECL std::error_code OutgoingRequest::piece(std::string_view bytes) {
    if (!bytes.empty()) {
        return sender_.add_piece(bytes);
    }
    streaming_ = false;
    return sender_.end(*parts_.trailers);
}

HAWSER_DECL void OutgoingRequest::go_ahead(bool send_body) noexcept {
    if (awaits_go_ahead()) {
        go_ahead_ = send_body ? GoAhead::send_body : GoAhead::drop_body;
    }
}

HAWSER_DECL void OutgoingRequest::stop() noexcept {
    if (progress_ == Writing::busy) {
        progress_ = Writing::failed;
    }
}

HAWSER_DECL void OutgoingRequest::fail(std::error_code ec) noexcept {
    error_ = ec;
    stop();
}

}  // namespace hawser::detail
