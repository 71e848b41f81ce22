// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>

namespace hawser {

/// How far a transfer has come, in bytes of the bodies.
struct Progress {
    /// Of the request's body.
    std::uint64_t sent = 0;
    /// None if the length is not known.
    std::optional<std::uint64_t> send_total{};
    /// Of the response's body, decoded; of a download also what an earlier one has left.
    std::uint64_t received = 0;
    /// None if the length is not known.
    std::optional<std::uint64_t> receive_total{};
};

}  // namespace hawser
