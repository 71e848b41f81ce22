// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Sits between a compressed body and its reader: buffered compressed bytes, their end, and the
// decoder. Must not know where they come from, or who waits for them.

#include <hawser/config.hpp>
#include <hawser/detail/message/content_decoder.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class BodyDecoder {
public:
    /// `held` are the compressed bytes that arrived with the head.
    BodyDecoder(const CodingPlan& plan, const DecodeLimits& limits, std::string held);

    enum class State {
        decoding,     // the last read yielded bytes, or there is new input
        needs_input,  // nothing can be decoded without more compressed bytes
        ended,        // everything is decoded, and no more will arrive
        failed,       // error() says why
    };

    /// Decodes into `out`. If it yields no byte although `out` has room, state() says why.
    std::size_t read(std::span<char> out);
    State state() const noexcept { return state_; }

    /// Where to put compressed bytes. Empty unless it needs input.
    std::span<char> space();
    /// `n` compressed bytes were put there.
    void received(std::size_t n) noexcept;
    /// No more will arrive. `whole`: the body ends here, so its codings must end as well; otherwise
    /// the connection was lost.
    void end_input(bool whole) noexcept;

    /// error::decode_error, decode_limit, or resource_exhausted (memory).
    std::error_code error() const noexcept { return error_; }
    /// Details of error().
    Fault fault() const noexcept;

private:
    // With the default ratio limit, one buffer of input decodes to 8 MiB at most.
    static constexpr std::size_t capacity = 8 * 1024;
    enum class Input { open, cut, whole };

    State find_state() noexcept;
    void free_memory() noexcept;

    ContentDecoder decoder_;
    std::string coded_;
    std::size_t begin_ = 0;  // start of the bytes in coded_ that are not decoded yet
    std::size_t end_;
    State state_ = State::decoding;
    Input input_ = Input::open;
    std::error_code error_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/body_decoder.ipp>
#endif
