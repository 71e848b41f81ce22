// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/body_decoder.hpp>
#include <hawser/error.hpp>

#include <new>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL BodyDecoder::BodyDecoder(const CodingPlan& plan,
                                     const DecodeLimits& limits,
                                     std::string held)
    : decoder_(plan, limits), coded_(std::move(held)), end_(coded_.size()) {}

HAWSER_DECL std::size_t BodyDecoder::read(std::span<char> out) {
    if (out.empty() || state_ == State::ended || state_ == State::failed) {
        return 0;
    }
    const auto step = decoder_.decode({coded_.data() + begin_, end_ - begin_}, out);
    begin_ += step.consumed;
    if (step.produced == 0) {
        state_ = find_state();
    }
    return step.produced;
}

// Why no more can be decoded.
HAWSER_DECL BodyDecoder::State BodyDecoder::find_state() noexcept {
    if (decoder_.error()) {
        error_ = decoder_.error();
    } else if (input_ == Input::whole && !decoder_.complete()) {
        error_ = hawser::error::decode_error;
    }
    if (error_) {
        return State::failed;  // the decoder is kept: it knows the details
    }
    if (input_ == Input::open) {
        return State::needs_input;
    }
    free_memory();
    return State::ended;
}

// A kept response must not keep 50 KB that it no longer needs.
HAWSER_DECL void BodyDecoder::free_memory() noexcept {
    decoder_.free_memory();
    std::string().swap(coded_);
    begin_ = end_ = 0;
}

HAWSER_DECL std::span<char> BodyDecoder::space() {
    if (state_ != State::needs_input) {
        return {};
    }
    if (coded_.size() < capacity) {
        coded_.resize(capacity);
    }
    begin_ = end_ = 0;
    return {coded_.data(), capacity};
}

HAWSER_DECL void BodyDecoder::received(std::size_t n) noexcept {
    end_ += n;
    if (n != 0 && state_ == State::needs_input) {
        state_ = State::decoding;
    }
}

HAWSER_DECL void BodyDecoder::end_input(bool whole) noexcept {
    input_ = whole ? Input::whole : Input::cut;
    if (state_ == State::needs_input) {
        state_ = State::decoding;
    }
}

HAWSER_DECL Fault BodyDecoder::fault() const noexcept {
    Fault fault;
    try {
        if (error_) {
            fault = decoder_.fault();
        }
    } catch (const std::bad_alloc&) {  // then the code must suffice
    }
    return fault;
}

}  // namespace hawser::inline HAWSER_ABI::detail
