// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one place that decides whether a connection becomes idle or is closed (rule 7 of the
// connection; RFC 9112 §9.3, Go F-I20).

#include <hawser/reasons.hpp>

namespace hawser::inline HAWSER_ABI::detail {

/// How much of the response has been read.
enum class Reading {
    head,
    body,
    complete,
    upgraded,  // the connection no longer speaks HTTP
};

/// How much of the request has been written.
enum class Writing {
    busy,
    complete,
    failed,
};

/// What became of a response body. Only the body sends a verdict, exactly once for each exchange.
enum class Verdict {
    eof,          // read to its end
    early_close,  // closed or destroyed before the end
    failed,       // a read error, a timeout, a cancellation
};

constexpr Reuse may_reuse(
    Reading reading, Writing writing, bool keep_alive, Verdict verdict, bool leftover) noexcept {
    if (reading == Reading::upgraded) {
        return Reuse::upgraded;
    }
    if (verdict == Verdict::failed) {
        return Reuse::failed;
    }
    if (verdict == Verdict::early_close || reading != Reading::complete) {
        return Reuse::early_close;
    }
    if (writing != Writing::complete) {
        return Reuse::write_unfinished;
    }
    if (!keep_alive) {
        return Reuse::not_persistent;
    }
    return leftover ? Reuse::leftover_bytes : Reuse::yes;
}

}  // namespace hawser::inline HAWSER_ABI::detail
