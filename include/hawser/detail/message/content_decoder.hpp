// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Content codings of response bodies (RFC 9110 section 8.4): what a response's fields say about
// them, and the decoding itself, with its limits. Must not know of connections, framing or time:
// bytes in, bytes out. What is asked for and decoded depends on the libraries: HAWSER_HAS_ZLIB
// (gzip and deflate), HAWSER_HAS_BROTLI (br), HAWSER_HAS_ZSTD (zstd).

#include <hawser/config.hpp>
#include <hawser/detail/message/accept_encoding.hpp>
#include <hawser/detail/message/coding_stage.hpp>
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

namespace hawser::inline HAWSER_ABI::detail {

inline constexpr bool can_decode = !accept_encoding_line.empty();

/// The codings of a body, in the order in which the server applied them. If there are none, the
/// body is passed through.
struct CodingPlan {
    std::array<ContentCoding, 2> codings{};
    unsigned count = 0;
};

/// How to decode a response to a request that asked for codings. Plans nothing, so that the body
/// passes unchanged, for a response without a body, a partial one (206), an unknown coding, or a
/// field that is not a list of tokens. Fails with error::unsupported_coding if all fields together
/// name more than two codings.
[[nodiscard]] std::error_code plan_decoding(const ResponseHead& head, CodingPlan& plan) noexcept;

/// Why plan_decoding() failed.
[[nodiscard]] Fault decoding_fault(const ResponseHead& head);

/// How large a decoded body may become; beyond that it fails with error::decode_limit. 0 = no
/// limit.
struct DecodeLimits {
    std::uint64_t max_bytes = 0;     // decoded
    std::uint32_t max_ratio = 1000;  // decoded to received, applied after 1 MiB of decoded data
};

/// Decodes one body through all codings of its plan. Allocates from the first byte on: up to 45 KiB
/// for gzip or deflate, 16 MiB for br and 9 MiB for zstd, as the server chose.
class ContentDecoder {
public:
    ContentDecoder(const CodingPlan& plan, const DecodeLimits& limits) noexcept;
    ContentDecoder(const ContentDecoder&) = delete;
    ContentDecoder& operator=(const ContentDecoder&) = delete;
    ~ContentDecoder();

    using Step = CodingStage::Step;

    /// Decodes until `out` is full, or `in` is used up and yields no more output, or it failed.
    /// Output produced before a failure is valid.
    Step decode(std::string_view in, std::span<char> out);

    /// Whether the input may end here: no byte arrived at all, or every coding has ended.
    bool complete() const noexcept;
    /// error::decode_error, decode_limit, or resource_exhausted (memory) after a failure; `decode`
    /// does nothing from then on.
    std::error_code error() const noexcept { return error_; }
    /// Details of error(), or, if there is none, of why it is not complete(): which coding, and
    /// what its library says about it.
    Fault fault() const;

    /// Frees its memory. The caller must not decode, or ask for the fault, after that.
    void free_memory() noexcept;

private:
    static constexpr std::size_t between_size = 4096;

    void begin();
    Step run(unsigned stage, std::string_view in, std::span<char> out) noexcept;
    Step chain(std::string_view in, std::span<char> out) noexcept;
    std::size_t limit(unsigned stage, std::size_t produced) noexcept;

    const CodingPlan plan_;
    const DecodeLimits limits_;
    std::unique_ptr<CodingStage> stages_[2];  // in the order of decoding
    std::uint64_t made_[2] = {};              // bytes out of each
    std::uint64_t received_ = 0;              // bytes into the first
    std::unique_ptr<char[]> between_;         // from the first to the second
    std::size_t between_begin_ = 0;
    std::size_t between_end_ = 0;
    std::error_code error_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/content_decoder.ipp>
#endif
