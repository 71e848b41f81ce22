// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One content coding of a body while it is being decoded. Each library has a class of its own, in
// an .ipp that alone includes the library's header.

#include <hawser/config.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

enum class ContentCoding : std::uint8_t { gzip, deflate, br, zstd };

class CodingStage {
public:
    CodingStage() = default;
    CodingStage(const CodingStage&) = delete;
    CodingStage& operator=(const CodingStage&) = delete;
    virtual ~CodingStage() = default;

    struct Step {
        std::size_t consumed = 0;
        std::size_t produced = 0;
    };
    /// Decodes until `out` is full, or `in` is used up and yields no more output, or it failed.
    virtual Step run(std::string_view in, std::span<char> out) noexcept = 0;
    /// Whether the input may end here: no byte arrived at all, or the coding has ended.
    virtual bool complete() const noexcept = 0;
    /// error::decode_error, decode_limit, or resource_exhausted (memory) after a failure.
    virtual std::error_code error() const noexcept = 0;
    /// Which coding, and why it failed or is not complete.
    virtual std::string fault() const = 0;
};

// Null without the library.
std::unique_ptr<CodingStage> make_inflate_stage(ContentCoding gzip_or_deflate);
std::unique_ptr<CodingStage> make_brotli_stage();
std::unique_ptr<CodingStage> make_zstd_stage();

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/brotli_stage.ipp>
#include <hawser/detail/message/impl/inflate_stage.ipp>
#include <hawser/detail/message/impl/zstd_stage.ipp>
#endif
