// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads Content-Range (RFC 9110 section 14.4), strictly: a range is only usable if it is exact.

#include <hawser/config.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    /// Of the whole; none if the server does not know.
    std::optional<std::uint64_t> size{};

    friend bool operator==(const ContentRange&, const ContentRange&) = default;
};

/// "bytes 0-499/1234", "bytes 0-499/*". Nothing if it is anything else, or contradicts itself.
[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view text) noexcept;

/// The 1234 of "bytes */1234", in a 416.
[[nodiscard]] std::optional<std::uint64_t> parse_unsatisfied_range(std::string_view text) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/content_range.ipp>
#endif
