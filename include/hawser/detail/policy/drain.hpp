// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether to read and discard the rest of a body that its caller closed, so that the connection can
// be reused, or to close the connection (R11, B-06, Go F-D06). What counts is how much is still to
// be received, not how much was announced. A rest of unknown length is never drained.

#include <hawser/config.hpp>

#include <cstdint>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

struct Rest {
    std::optional<std::uint64_t> bytes;  // of the body, not received yet; none if unknown
    bool request_written = false;
    bool persistent = false;  // the connection could otherwise be reused
};

constexpr bool worth_draining(const Rest& rest, std::uint64_t most) noexcept {
    return rest.persistent && rest.request_written && rest.bytes && *rest.bytes <= most;
}

}  // namespace hawser::inline HAWSER_ABI::detail
