// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/outgoing_request.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL OutgoingRequest::Next OutgoingRequest::begin(const RequestParts& parts,
                                                         bool await_go_ahead) {
    if (parts_ != nullptr) {
        *this = OutgoingRequest();  // another attempt starts from nothing
    }
    parts_ = &parts;
    add(parts.head);
    if (await_go_ahead) {
        go_ahead_ = GoAhead::awaited;
        return Next::write;
    }
    begin_body();
    return streaming_ ? Next::piece : Next::write;  // the head leaves with the first piece
}

HAWSER_DECL void OutgoingRequest::begin_body() {
    streaming_ = parts_->streamed;
    if (parts_->plan.framing == OutgoingFraming::chunked && !streaming_) {
        add_chunked(parts_->content);
    } else {
        add(parts_->content);
    }
}

HAWSER_DECL OutgoingRequest::Next OutgoingRequest::next(bool unsent) {
    if (progress_ != Writing::busy) {
        return Next::done;
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
        begin_body();
    } else {
        stop();  // the server may wait for the body forever
    }
    return next(false);
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

// ── What is pending ──────────────────────────────────────────────────────────────────────────────

HAWSER_DECL void OutgoingRequest::add(std::string_view bytes) noexcept {
    if (first_ == count_) {
        first_ = count_ = 0;
    }
    if (!bytes.empty()) {
        pieces_[count_++] = bytes;
    }
}

HAWSER_DECL void OutgoingRequest::wrote(std::size_t n) noexcept {
    while (n != 0) {
        std::string_view& piece = pieces_[first_];
        const std::size_t taken = n < piece.size() ? n : piece.size();
        piece.remove_prefix(taken);
        n -= taken;
        if (piece.empty()) {
            ++first_;
        }
    }
}

// The whole body as one chunk, with its end.
HAWSER_DECL void OutgoingRequest::add_chunked(std::string_view content) {
    if (!content.empty()) {
        append_chunk_size(content.size(), framing_);
    }
    const std::size_t size_line = framing_.size();
    if (!content.empty()) {
        framing_.append("\r\n");
    }
    (void)write_trailers(*parts_->trailers, framing_);
    const std::string_view framing = framing_;
    add(framing.substr(0, size_line));
    add(content);
    add(framing.substr(size_line));
}

HAWSER_DECL std::error_code OutgoingRequest::piece(std::string_view bytes) {
    if (bytes.empty()) {
        return end_body();
    }
    if (parts_->plan.framing == OutgoingFraming::chunked) {
        framing_.clear();
        append_chunk_size(bytes.size(), framing_);
        add(framing_);
        add(bytes);
        add("\r\n");
        return {};
    }
    if (bytes.size() > parts_->plan.length - sent_) {
        return make_error_code(error::request_body_error);
    }
    sent_ += bytes.size();
    add(bytes);
    return {};
}

HAWSER_DECL std::error_code OutgoingRequest::end_body() {
    streaming_ = false;
    if (parts_->plan.framing == OutgoingFraming::chunked) {
        framing_.clear();
        if (const std::error_code ec = write_trailers(*parts_->trailers, framing_)) {
            return ec;
        }
        add(framing_);
        return {};
    }
    return sent_ == parts_->plan.length ? std::error_code{}
                                        : make_error_code(error::request_body_error);
}

}  // namespace hawser::inline HAWSER_ABI::detail
