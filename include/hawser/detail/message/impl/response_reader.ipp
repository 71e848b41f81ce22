// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/literal.hpp>
#include <hawser/detail/message/response_reader.hpp>

#include <algorithm>
#include <cstring>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL ResponseReader::ResponseReader(const ResponseLimits& limits)
    : limits_(limits), parser_(limits.head, limits.tolerant) {}

HAWSER_DECL void ResponseReader::start(std::string_view method) {
    buffer_.clear();
    parser_.reset(limits_.head);
    body_.reset();
    method_ = method;
    interim_bytes_ = 0;
    interim_close_ = false;
    error_ = {};
}

HAWSER_DECL HeadParser::Outcome ResponseReader::fail(std::error_code ec) noexcept {
    error_ = ec;
    return HeadParser::Outcome::failed;
}

HAWSER_DECL HeadParser::Outcome ResponseReader::read_head() {
    using Outcome = HeadParser::Outcome;
    if (limits_.head.max_bytes == SIZE_MAX && interim_bytes_ > max_interim_bytes) {
        return fail(make_error_code(error::headers_too_large));
    }
    Outcome outcome = parser_.feed(buffer_.bytes());
    if (outcome == Outcome::failed) {
        outcome = is_exactly(method_, "CONNECT") ? read_head_for_connect() : outcome;
        if (outcome == Outcome::failed) {
            return fail(parser_.error());
        }
    }
    if (outcome == Outcome::complete) {
        buffer_.consume(parser_.size());
        status_ = parser_.head().status;
        if (!interim()) {
            begin_body();
            return body_.error() ? Outcome::failed : outcome;
        }
    }
    return outcome;
}

// Reads a head again that was refused, perhaps for what means nothing in a response to CONNECT.
HAWSER_DECL HeadParser::Outcome ResponseReader::read_head_for_connect() {
    parser_.answers_connect();
    parser_.reset();
    return parser_.feed(buffer_.bytes());
}

// All heads of one response share one budget, which the parser enforces. It must not look at bytes
// beyond it: otherwise the reported fault would depend on the segmentation (F32, F35).
HAWSER_DECL void ResponseReader::next_head() {
    interim_bytes_ += parser_.size();
    interim_close_ |= !parser_.head().keep_alive || !parser_.head().exact;
    parser_.reset({limits_.head.max_bytes - interim_bytes_, limits_.head.max_fields});
}

HAWSER_DECL void ResponseReader::begin_body() {
    const ResponseHead& head = parser_.head();
    const BodyPlan plan = plan_body(method_, head);
    persistent_ = head.keep_alive && head.exact && plan.framing != BodyFraming::until_close &&
                  !interim_close_;
    body_.begin(plan);
}

HAWSER_DECL std::vector<std::string> ResponseReader::take_ignored() {
    std::vector<std::string> lines;
    if (parser_.ignored() != nullptr) {
        lines.swap(*parser_.ignored());
    }
    return lines;
}

// ── Explaining failures ──────────────────────────────────────────────────────────────────────────

HAWSER_DECL Fault ResponseReader::fault() const {
    const bool in_body = parser_.size() != 0 && !interim();
    return in_body ? body_.fault(interim_bytes_ + parser_.size()) : head_fault();
}

HAWSER_DECL Fault ResponseReader::head_fault() const {
    if (parser_.error()) {
        return parser_.fault(buffer_.bytes(), interim_bytes_);
    }
    const std::size_t size = interim_bytes_ + buffer_.size();
    const std::string bytes = std::to_string(size) + " bytes";
    if (error_) {
        return {{}, bytes + " of interim responses"};
    }
    return size == 0 ? Fault{} : Fault{{}, "only " + bytes + " of the response head came"};
}

}  // namespace hawser::inline HAWSER_ABI::detail
