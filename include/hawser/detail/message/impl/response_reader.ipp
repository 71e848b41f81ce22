// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/response_reader.hpp>

#include <algorithm>
#include <cstring>

namespace hawser::detail {

HAWSER_DECL ResponseReader::ResponseReader(const ResponseLimits& limits)
    : limits_(limits),
      data_(new char[buffer_size]),
      capacity_(buffer_size),
      parser_(limits.head, limits.tolerant),
      chunks_({64 * 1024, 100}, limits.tolerant) {}

HAWSER_DECL void ResponseReader::start(std::string_view method) {
    if (capacity_ != buffer_size) {  // a large head made it grow
        data_.reset(new char[buffer_size]);
        capacity_ = buffer_size;
    }
    begin_ = end_ = 0;
    parser_.reset(limits_.head);
    method_ = method;
    remaining_ = delivered_ = 0;
    max_body_ = limits_.max_body;
    interim_bytes_ = 0;
    interim_close_ = tunnel_ = cut_short_ = false;
    ended_ = false;
    error_ = {};
}

HAWSER_DECL std::span<char> ResponseReader::space() {
    if (begin_ == end_) {
        begin_ = end_ = 0;
    } else if (end_ == capacity_) {
        make_room();
    }
    return {data_.get() + end_, capacity_ - end_};
}

// Moves the buffered bytes to the front, or to a larger buffer; the head limit bounds the growth.
HAWSER_DECL void ResponseReader::make_room() {
    const std::size_t size = end_ - begin_;
    if (begin_ == 0) {
        const std::size_t larger = capacity_ * 2;
        std::unique_ptr<char[]> data(new char[larger]);
        std::memcpy(data.get(), data_.get(), size);
        data_ = std::move(data);
        capacity_ = larger;
    } else {
        std::memmove(data_.get(), data_.get() + begin_, size);
    }
    begin_ = 0;
    end_ = size;
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
    const Outcome outcome = parser_.feed(buffered());
    if (outcome == Outcome::failed) {
        return fail(parser_.error());
    }
    if (outcome == Outcome::complete) {
        begin_ += parser_.size();
        status_ = parser_.head().status;
        if (!interim()) {
            begin_body();
            return error_ ? Outcome::failed : outcome;
        }
    }
    return outcome;
}

// All heads of one response share one budget, which the parser enforces. It must not look at bytes
// beyond it: otherwise the reported fault would depend on the segmentation (F32, F35).
HAWSER_DECL void ResponseReader::next_head() {
    interim_bytes_ += parser_.size();
    interim_close_ |= !parser_.head().keep_alive || !parser_.head().exact;
    parser_.reset({limits_.head.max_bytes - interim_bytes_, limits_.head.max_fields});
}

HAWSER_DECL void ResponseReader::begin_body() {
    plan_ = plan_body(method_, parser_.head());
    const ResponseHead& head = parser_.head();
    persistent_ = head.keep_alive && head.exact && plan_.framing != BodyFraming::until_close &&
                  !interim_close_;
    if (plan_.framing == BodyFraming::chunked) {
        chunks_.reset();
        unframed_ = 0;
    }
    remaining_ = plan_.length;
    ended_ = plan_.framing == BodyFraming::none;
    if (max_body_ != 0 && remaining_ > max_body_) {
        error_ = make_error_code(error::body_too_large);
    }
}

HAWSER_DECL void ResponseReader::begin_tunnel() noexcept {
    plan_ = {BodyFraming::until_close, 0};
    max_body_ = 0;
    persistent_ = false;
    tunnel_ = true;
    ended_ = false;
}

HAWSER_DECL std::size_t ResponseReader::read_body(std::span<char> out) {
    if (ended_ || error_ || out.empty()) {
        return 0;
    }
    if (plan_.framing == BodyFraming::chunked) {
        return read_chunks(out);
    }
    std::size_t n = std::min(out.size(), end_ - begin_);
    if (plan_.framing == BodyFraming::length) {
        n = static_cast<std::size_t>(std::min<std::uint64_t>(n, remaining_));
    }
    if (n != 0) {
        std::memcpy(out.data(), data_.get() + begin_, n);
        begin_ += n;
        count_body(n);
    }
    return n;
}

HAWSER_DECL std::size_t ResponseReader::read_chunks(std::span<char> out) {
    const ChunkDecoder::Step step = chunks_.decode(buffered(), out);
    begin_ += step.consumed;
    unframed_ += step.consumed;
    persistent_ = persistent_ && chunks_.exact();
    count_body(step.produced);
    if (!error_) {  // else the limit was exceeded first
        error_ = chunks_.error();
        ended_ = chunks_.done();
    }
    return step.produced;
}

HAWSER_DECL void ResponseReader::count_body(std::size_t n) noexcept {
    delivered_ += n;
    if (plan_.framing == BodyFraming::length) {
        remaining_ -= n;
        ended_ = remaining_ == 0;
    }
    if (max_body_ != 0 && delivered_ > max_body_) {
        error_ = make_error_code(error::body_too_large);
    }
}

HAWSER_DECL std::size_t ResponseReader::direct(std::size_t size) const noexcept {
    if (begin_ != end_ || plan_.framing == BodyFraming::chunked) {
        return 0;
    }
    if (plan_.framing == BodyFraming::length) {
        return static_cast<std::size_t>(std::min<std::uint64_t>(size, remaining_));
    }
    return size;
}

HAWSER_DECL std::optional<std::uint64_t> ResponseReader::rest() const noexcept {
    if (ended_ || plan_.framing == BodyFraming::length) {
        return remaining_;
    }
    return std::nullopt;
}

HAWSER_DECL bool ResponseReader::take_whole_body(std::string& out) {
    const std::string_view rest = buffered();
    if (plan_.framing == BodyFraming::length && remaining_ <= rest.size()) {
        out.clear();
        out.append(rest.data(), static_cast<std::size_t>(remaining_));
        begin_ += out.size();
        count_body(out.size());
    } else if (plan_.framing == BodyFraming::chunked && rest.ends_with("\r\n\r\n")) {
        out.resize(rest.size());
        out.resize(read_chunks(out));
    }
    return ended_ && !error_;
}

HAWSER_DECL bool ResponseReader::whole_body_is_here() const {
    const std::string_view rest = buffered();
    if (ended_ || error_ || plan_.framing != BodyFraming::chunked) {
        return ended_ ||
               (!error_ && plan_.framing == BodyFraming::length && remaining_ <= rest.size());
    }
    ChunkDecoder ahead = chunks_;
    std::string out(rest.size() + 1, '\0');
    ahead.decode(rest, out);
    return ahead.done();
}

HAWSER_DECL std::unique_ptr<Headers> ResponseReader::take_trailers() {
    if (plan_.framing != BodyFraming::chunked || chunks_.trailers().empty()) {
        return nullptr;
    }
    return std::make_unique<Headers>(std::move(chunks_.trailers()));
}

HAWSER_DECL std::vector<std::string> ResponseReader::take_ignored() {
    std::vector<std::string> lines;
    if (parser_.ignored() != nullptr) {
        lines.swap(*parser_.ignored());
    }
    return lines;
}

HAWSER_DECL void ResponseReader::connection_ended() noexcept {
    if (ended_ || error_) {
        return;
    }
    if (plan_.framing == BodyFraming::until_close) {
        ended_ = true;
    } else {
        error_ = make_error_code(error::incomplete_body);
    }
}

HAWSER_DECL bool ResponseReader::connection_cut() noexcept {
    if (ended_ || error_ || tunnel_ || !limits_.tolerant ||
        plan_.framing != BodyFraming::until_close) {
        return false;
    }
    return ended_ = cut_short_ = true;
}

// ── Explaining failures ──────────────────────────────────────────────────────────────────────────

HAWSER_DECL Fault ResponseReader::fault() const {
    return in_body() ? body_fault() : head_fault();
}

HAWSER_DECL Fault ResponseReader::head_fault() const {
    if (parser_.error()) {
        return parser_.fault(buffered(), interim_bytes_);
    }
    const std::string bytes = std::to_string(interim_bytes_ + buffered().size()) + " bytes";
    if (error_) {
        return {{}, bytes + " of interim responses"};
    }
    return buffered().empty() && interim_bytes_ == 0
               ? Fault{}
               : Fault{{}, "only " + bytes + " of the response head came"};
}

HAWSER_DECL Fault ResponseReader::body_fault() const {
    if (error_ == error::body_too_large) {
        return {{}, "more than the " + std::to_string(max_body_) + " bytes allowed"};
    }
    if (chunks_.error() && plan_.framing == BodyFraming::chunked) {
        return chunk_fault();
    }
    if (ended_) {
        return {};
    }
    return {{},
            plan_.framing == BodyFraming::chunked ? "no last chunk came" : "the rest did not come"};
}

HAWSER_DECL Fault ResponseReader::chunk_fault() const {
    const std::string_view trailer = chunks_.bad_trailer();
    const std::uint64_t at = interim_bytes_ + parser_.size() + unframed_ - trailer.size();
    const std::string_view rest = buffered();
    return fault_at(
        at, trailer.empty() ? rest.substr(0, rest.find('\n') + 1) : trailer, chunks_.rule());
}

}  // namespace hawser::detail
