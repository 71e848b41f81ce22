// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/request_sender.hpp>

namespace hawser::detail {

HAWSER_DECL void RequestSender::start(std::string_view head,
                                      std::string_view content,
                                      const OutgoingPlan& plan,
                                      const Headers* trailers) {
    plan_ = plan;
    remaining_ = plan.length;
    first_ = count_ = 0;
    add(head);
    if (plan.framing != OutgoingFraming::chunked || trailers == nullptr) {
        add(content);
        return;
    }
    framing_.clear();
    if (!content.empty()) {
        append_chunk_size(content.size(), framing_);
        const std::size_t size_line = framing_.size();
        framing_.append("\r\n");
        (void)write_trailers(*trailers, framing_);
        add({framing_.data(), size_line});
        add(content);
        add({framing_.data() + size_line, framing_.size() - size_line});
    } else {
        (void)write_trailers(*trailers, framing_);
        add(framing_);
    }
}

HAWSER_DECL void RequestSender::add(std::string_view bytes) noexcept {
    if (first_ == count_) {
        first_ = count_ = 0;
    }
    if (!bytes.empty()) {
        pieces_[count_++] = bytes;
    }
}

HAWSER_DECL std::error_code RequestSender::add_piece(std::string_view piece) {
    if (plan_.framing == OutgoingFraming::chunked) {
        framing_.clear();
        append_chunk_size(piece.size(), framing_);
        add(framing_);
        add(piece);
        add("\r\n");
        return {};
    }
    if (piece.size() > remaining_) {
        return make_error_code(error::request_body_error);
    }
    remaining_ -= piece.size();
    add(piece);
    return {};
}

HAWSER_DECL std::error_code RequestSender::end(const Headers& trailers) {
    if (plan_.framing == OutgoingFraming::chunked) {
        framing_.clear();
        if (std::error_code ec = write_trailers(trailers, framing_)) {
            return ec;
        }
        add(framing_);
        return {};
    }
    return remaining_ == 0 ? std::error_code{} : make_error_code(error::request_body_error);
}

HAWSER_DECL void RequestSender::wrote(std::size_t n) noexcept {
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

}  // namespace hawser::detail
