// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/body_parser.hpp>
#include <hawser/detail/message/fault_at.hpp>
#include <hawser/error.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL BodyParser::BodyParser(ReceiveBuffer& buffer, std::uint64_t max, bool tolerant)
    : buffer_(buffer), limit_(max), tolerant_(tolerant), chunks_({64 * 1024, 100}, tolerant) {}

HAWSER_DECL void BodyParser::reset() noexcept {
    max_ = limit_;
    remaining_ = delivered_ = 0;
    tunnel_ = cut_short_ = ended_ = false;
    error_ = {};
}

HAWSER_DECL void BodyParser::begin(const BodyPlan& plan) noexcept {
    plan_ = plan;
    if (plan_.framing == BodyFraming::chunked) {
        chunks_.reset();
        unframed_ = 0;
    }
    remaining_ = plan_.length;
    ended_ = plan_.framing == BodyFraming::none;
    if (max_ != 0 && remaining_ > max_) {
        error_ = make_error_code(error::body_too_large);
    }
}

HAWSER_DECL void BodyParser::begin_tunnel() noexcept {
    plan_ = {BodyFraming::until_close, 0};
    max_ = 0;
    tunnel_ = true;
    ended_ = false;
}

HAWSER_DECL std::size_t BodyParser::read(std::span<char> out) {
    if (ended_ || error_ || out.empty()) {
        return 0;
    }
    if (plan_.framing == BodyFraming::chunked) {
        return read_chunks(out);
    }
    std::size_t n = std::min(out.size(), buffer_.size());
    if (plan_.framing == BodyFraming::length) {
        n = static_cast<std::size_t>(std::min<std::uint64_t>(n, remaining_));
    }
    if (n != 0) {
        std::memcpy(out.data(), buffer_.bytes().data(), n);
        buffer_.consume(n);
        count(n);
    }
    return n;
}

HAWSER_DECL std::size_t BodyParser::read_chunks(std::span<char> out) {
    const ChunkDecoder::Step step = chunks_.decode(buffer_.bytes(), out);
    buffer_.consume(step.consumed);
    unframed_ += step.consumed;
    count(step.produced);
    if (!error_) {  // else the limit was exceeded first
        error_ = chunks_.error();
        ended_ = chunks_.done();
    }
    return step.produced;
}

HAWSER_DECL void BodyParser::count(std::size_t n) noexcept {
    delivered_ += n;
    if (plan_.framing == BodyFraming::length) {
        remaining_ -= n;
        ended_ = remaining_ == 0;
    }
    if (max_ != 0 && delivered_ > max_) {
        error_ = make_error_code(error::body_too_large);
    }
}

HAWSER_DECL std::size_t BodyParser::direct(std::size_t size) const noexcept {
    if (buffer_.size() != 0 || plan_.framing == BodyFraming::chunked) {
        return 0;
    }
    if (plan_.framing == BodyFraming::length) {
        return static_cast<std::size_t>(std::min<std::uint64_t>(size, remaining_));
    }
    return size;
}

HAWSER_DECL std::optional<std::uint64_t> BodyParser::rest() const noexcept {
    if (ended_ || plan_.framing == BodyFraming::length) {
        return remaining_;
    }
    return std::nullopt;
}

HAWSER_DECL bool BodyParser::take_whole(std::string& out) {
    const std::string_view rest = buffer_.bytes();
    if (plan_.framing == BodyFraming::length && remaining_ <= rest.size()) {
        out.clear();
        out.append(rest.data(), static_cast<std::size_t>(remaining_));
        buffer_.consume(out.size());
        count(out.size());
    } else if (plan_.framing == BodyFraming::chunked && rest.ends_with("\r\n\r\n")) {
        out.resize(rest.size());
        out.resize(read_chunks(out));
    }
    return ended_ && !error_;
}

HAWSER_DECL bool BodyParser::whole_is_here() const {
    const std::string_view rest = buffer_.bytes();
    if (ended_ || error_ || plan_.framing != BodyFraming::chunked) {
        return ended_ ||
               (!error_ && plan_.framing == BodyFraming::length && remaining_ <= rest.size());
    }
    ChunkDecoder ahead = chunks_;
    std::string out(rest.size() + 1, '\0');
    ahead.decode(rest, out);
    return ahead.done();
}

HAWSER_DECL std::unique_ptr<Headers> BodyParser::take_trailers() {
    if (plan_.framing != BodyFraming::chunked || chunks_.trailers().empty()) {
        return nullptr;
    }
    return std::make_unique<Headers>(std::move(chunks_.trailers()));
}

HAWSER_DECL void BodyParser::connection_ended() noexcept {
    if (ended_ || error_) {
        return;
    }
    if (plan_.framing == BodyFraming::until_close) {
        ended_ = true;
    } else {
        error_ = make_error_code(error::incomplete_body);
    }
}

HAWSER_DECL bool BodyParser::connection_cut() noexcept {
    if (ended_ || error_ || tunnel_ || !tolerant_ || plan_.framing != BodyFraming::until_close) {
        return false;
    }
    return ended_ = cut_short_ = true;
}

// ── Explaining failures ──────────────────────────────────────────────────────────────────────────

HAWSER_DECL Fault BodyParser::fault(std::uint64_t at) const {
    if (error_ == error::body_too_large) {
        return {{}, "more than the " + std::to_string(max_) + " bytes allowed"};
    }
    if (chunks_.error() && plan_.framing == BodyFraming::chunked) {
        return chunk_fault(at);
    }
    if (ended_) {
        return {};
    }
    return {{},
            plan_.framing == BodyFraming::chunked ? "no last chunk came" : "the rest did not come"};
}

HAWSER_DECL Fault BodyParser::chunk_fault(std::uint64_t at) const {
    const std::string_view trailer = chunks_.bad_trailer();
    const std::string_view rest = buffer_.bytes();
    return fault_at(at + unframed_ - trailer.size(),
                    trailer.empty() ? rest.substr(0, rest.find('\n') + 1) : trailer,
                    chunks_.rule());
}

}  // namespace hawser::inline HAWSER_ABI::detail
