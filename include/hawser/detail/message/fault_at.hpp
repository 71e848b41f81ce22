// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Describes which rule a message breaks, and where.

#include <hawser/failure.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// For example "byte 17, in \"Foo\": a line without a colon".
inline Fault fault_at(std::uint64_t offset, std::string_view text, std::string_view rule) {
    const std::string shown = text.empty() ? "" : ", in \"" + printable(text, 80) + '"';
    return {{}, "byte " + std::to_string(offset) + shown + ": " + std::string(rule)};
}

}  // namespace hawser::inline HAWSER_ABI::detail
