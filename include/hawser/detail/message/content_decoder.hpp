// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Content codings of response bodies (RFC 9110 section 8.4, RFC 1950 to 1952): what a
// response's fields say about them, and the decoding itself, with its limits. Must not
// know of connections, framing or time: bytes go in, bytes come out. zlib is behind it, in the .ipp
// alone; without HAWSER_HAS_ZLIB nothing is asked for, and nothing decoded.

#include <hawser/config.hpp>
#include <hawser/detail/message/response_head.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

namespace hawser::detail {

#if defined(HAWSER_HAS_ZLIB)
inline constexpr bool can_decode = true;
#else
inline constexpr bool can_decode = false;
#endif

enum class ContentCoding : std::uint8_t { gzip, deflate };

/// The codings of a body, in the order in which they were applied. None: it is left as it comes.
struct CodingPlan {
    std::array<ContentCoding, 2> codings{};
    unsigned count = 0;
};

/// How to decode a response to a request that had asked for codings. Nothing to decode: no body,
/// a part of one (206), an unknown coding, a field that is no list of tokens: the body passes as it
/// came. error::unsupported_coding: more than two codings, over all fields.
[[nodiscard]] std::error_code plan_decoding(const ResponseHead& head, CodingPlan& plan) noexcept;

/// Why plan_decoding() failed.
[[nodiscard]] Fault decoding_fault(const ResponseHead& head);

/// What a body may become; beyond is error::decode_limit. 0 = no limit.
struct DecodeLimits {
    std::uint64_t max_bytes = 0;     // decoded
    std::uint32_t max_ratio = 1000;  // decoded to received, once 1 MiB is decoded
};

/// Decodes one body, all codings of its plan at once. Needs up to 45 KiB for each, from the first
/// byte on.
class ContentDecoder {
public:
    ContentDecoder(const CodingPlan& plan, const DecodeLimits& limits) noexcept;
    ContentDecoder(const ContentDecoder&) = delete;
    ContentDecoder& operator=(const ContentDecoder&) = delete;
    ~ContentDecoder();

    struct Step {
        std::size_t consumed = 0;
        std::size_t produced = 0;
    };
    /// Decodes until `out` is full, or `in` is used up and nothing more can be made of it, or it
    /// failed. What it produced is good also if it failed then.
    Step decode(std::string_view in, std::span<char> out);

    /// Whether the input may end here: nothing came at all, or every coding is at its end.
    bool complete() const noexcept;
    /// error::decode_error, decode_limit, or resource_exhausted (memory), once failed; then
    /// `decode` does nothing.
    std::error_code error() const noexcept { return error_; }
    /// What is known about error(); without one, about not being complete(): which coding, and what
    /// zlib says of it.
    Fault fault() const;

    /// Gives its memory back. Nothing more is to be decoded, nor explained.
    void let_go() noexcept;

private:
    class Inflater;

    static constexpr std::size_t between_size = 4096;

    void begin();
    Step run(unsigned stage, std::string_view in, std::span<char> out) noexcept;
    Step chain(std::string_view in, std::span<char> out) noexcept;
    std::size_t limit(unsigned stage, std::size_t produced) noexcept;

    const CodingPlan plan_;
    const DecodeLimits limits_;
    std::unique_ptr<Inflater> stages_[2];  // in the order of decoding
    std::uint64_t made_[2] = {};           // bytes out of each
    std::uint64_t received_ = 0;           // bytes into the first
    std::unique_ptr<char[]> between_;      // from the first to the second
    std::size_t between_begin_ = 0;
    std::size_t between_end_ = 0;
    std::error_code error_;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/content_decoder.ipp>
#endif
