// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whether to continue writing a request when its final response head arrives early (RFC 9112 §9.3,
// RFC 9110 §10.1.1). A server that accepts the request and keeps the connection reads the rest of
// it. No other server has a use for it (curl stops from status 300 on).

#include <hawser/config.hpp>

namespace hawser::inline HAWSER_ABI::detail {

enum class Upload {
    continues,
    stops,
};

constexpr Upload after_early_answer(int status, bool says_close) noexcept {
    return status / 100 == 2 && !says_close ? Upload::continues : Upload::stops;
}

}  // namespace hawser::inline HAWSER_ABI::detail
