// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection was doing when an exchange on it failed, for the Failure that its user sees.

#include <hawser/detail/policy/may_reuse.hpp>
#include <hawser/failure.hpp>

namespace hawser::detail {

/// A request that is still being written while its response has begun fails by its response.
inline Failure::Phase failure_phase(bool head_delivered, bool received, Writing writing) noexcept {
    if (head_delivered) {
        return Failure::Phase::body;
    }
    return received || writing == Writing::complete ? Failure::Phase::head : Failure::Phase::write;
}

}  // namespace hawser::detail
