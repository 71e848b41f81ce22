// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_decoder.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <new>
#include <utility>

namespace hawser::detail {

HAWSER_DECL BodyDecoder::BodyDecoder(const CodingPlan& plan,
                                     const DecodeLimits& limits,
                                     std::string held,
                                     bool whole,
                                     asio::any_io_executor executor,
                                     BodyOrigin origin)
    : executor_(std::move(executor)),
      origin_(std::move(origin)),
      decoder_(plan, limits),
      coded_(std::move(held)),
      end_(coded_.size()) {
    if (whole) {
        ended_ = asio::error::eof;
    }
}

HAWSER_DECL std::size_t BodyDecoder::read(std::span<char> out, std::error_code& ec) {
    if (out.empty()) {
        return 0;
    }
    if (const Stop why = stopped_.load(std::memory_order_acquire); why != Stop::no) {
        ec = why == Stop::closed ? make_error_code(error::canceled)
                                 : std::error_code(asio::error::operation_aborted);
        return 0;
    }
    const auto step = decoder_.decode({coded_.data() + begin_, end_ - begin_}, out);
    begin_ += step.consumed;
    if (step.produced != 0) {
        return step.produced;
    }
    if (!refused_ && decoder_.error()) {
        refused_ = decoder_.error();
    } else if (!refused_ && ended_ == asio::error::eof && !decoder_.complete()) {
        refused_ = error::decode_error;
    }
    dry_ = !refused_ && !ended_;
    ec = refused_ ? refused_ : ended_ ? ended_ : asio::error::would_block;
    if (ended_ && !refused_) {  // else what it refused is still to be told
        let_go();
    }
    return 0;
}

// At its end: a response that is kept should not keep 50 KB that are of no more use.
HAWSER_DECL void BodyDecoder::let_go() noexcept {
    decoder_.let_go();
    std::string().swap(coded_);
    begin_ = end_ = 0;
}

HAWSER_DECL Fault BodyDecoder::fault() const noexcept {
    Fault fault;
    try {
        if (refused_) {
            fault = fault_of(decoder_);
        }
    } catch (const std::bad_alloc&) {  // then the code has to say it all
    }
    return fault;
}

HAWSER_DECL Failure BodyDecoder::describe(std::error_code code, const char* reason) const noexcept {
    return origin_.describe(code, code == refused_ ? fault() : Fault(), reason);
}

HAWSER_DECL std::span<char> BodyDecoder::space() {
    if (!dry_) {
        return {};
    }
    if (coded_.size() < room) {
        coded_.resize(room);
    }
    begin_ = end_ = 0;
    return {coded_.data(), room};
}

HAWSER_DECL void BodyDecoder::received(std::size_t n, std::error_code ec) noexcept {
    end_ += n;
    dry_ = dry_ && n == 0 && !ec;
    if (ec) {
        ended_ = ec;
    }
}

}  // namespace hawser::detail
