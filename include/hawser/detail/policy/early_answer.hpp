// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What becomes of a request that is not all written when its final response head comes (RFC 9112
// §9.3, RFC 9110 §10.1.1). A server that accepts, and means to go on with the connection, reads the
// rest; to any other the rest is no use (curl: from 300 on).

namespace hawser::detail {

enum class Upload {
    goes_on,
    stops,
};

constexpr Upload after_early_answer(int status, bool says_close) noexcept {
    return status / 100 == 2 && !says_close ? Upload::goes_on : Upload::stops;
}

}  // namespace hawser::detail
