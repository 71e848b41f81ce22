// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether the rest of a body that its caller closed is read and thrown away, so that the connection
// can serve again, or the connection is torn down (R11, B-06, Go F-D06). What counts is what is
// still to come, not what was announced; an unknown rest is never waited for.

#include <cstdint>
#include <optional>

namespace hawser::detail {

struct Rest {
    std::optional<std::uint64_t> bytes;  // of the body, not received yet; none: nobody knows
    bool request_written = false;
    bool persistent = false;  // nothing else speaks against another exchange
};

constexpr bool worth_draining(const Rest& rest, std::uint64_t most) noexcept {
    return rest.persistent && rest.request_written && rest.bytes && *rest.bytes <= most;
}

}  // namespace hawser::detail
