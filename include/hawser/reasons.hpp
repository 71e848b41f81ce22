// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Why a Transport did what it did: in ClientTrace, and counted in TransportStats.

namespace hawser {

/// Why a request is sent once more, on a fresh connection.
enum class Retry {
    no,                   ///< it is not
    unwritten,            ///< no byte of it was written: the server cannot have seen it
    idempotent,           ///< the server may have seen it, and may see it twice (RFC 9110 §9.2.2)
    without_expectation,  ///< 417: it goes again without `Expect` (RFC 9110 §10.1.1)
};

/// What became of a connection after a response, and if it cannot be used again, why.
enum class Reuse {
    yes,               ///< idle, or lent to a request that waited
    early_close,       ///< a body was closed or dropped before its end
    failed,            ///< the exchange ended in an error, a timeout, a cancellation
    not_persistent,    ///< close was asked for, HTTP/1.0, or the body ended with the connection
    write_unfinished,  ///< the response came before the request was out: the rest would be garbage
    leftover_bytes,    ///< the server sent more than its response: nothing after it can be trusted
    upgraded,          ///< it spoke another protocol since
    no_room,           ///< the pool is full, or closing; or the connection is too old
};

}  // namespace hawser
