// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// When the progress of a transfer is told.

#include <hawser/detail/time_point.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

/// One direction of a transfer.
struct Transferred {
    std::uint64_t bytes = 0;
    std::optional<std::uint64_t> total{};
    bool begun = false;
    bool ended = false;

    /// Adds a piece, or with `end` the end of the body. True for the first and for the last one. A
    /// body whose length is known ends with its last piece, and then not once more.
    bool add(std::size_t n, bool end) noexcept {
        bytes += n;
        const bool first = !begun;
        const bool last = !ended && (end || bytes == total);
        begun = true;
        ended = ended || last;
        return first || last;
    }
};

/// Whether to tell of a piece that is neither the first nor the last one.
inline bool progress_due(TimePoint told, TimePoint now) noexcept {
    return now - told >= std::chrono::milliseconds{50};
}

}  // namespace hawser::inline HAWSER_ABI::detail
