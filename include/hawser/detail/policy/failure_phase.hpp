// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection was doing when an exchange on it failed; the user sees it in the Failure.

#include <hawser/detail/policy/may_reuse.hpp>
#include <hawser/failure.hpp>

namespace hawser::inline HAWSER_ABI::detail {

/// If the response has begun, a failure belongs to the response, even while the request is still
/// being written.
inline Failure::Phase failure_phase(bool head_delivered, bool received, Writing writing) noexcept {
    if (head_delivered) {
        return Failure::Phase::body;
    }
    return received || writing == Writing::complete ? Failure::Phase::head : Failure::Phase::write;
}

}  // namespace hawser::inline HAWSER_ABI::detail
