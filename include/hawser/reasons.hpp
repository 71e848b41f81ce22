// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Why a Transport did what it did: reported to ClientTrace, and counted in TransportStats.

#include <hawser/config.hpp>

namespace hawser::inline HAWSER_ABI {

/// Why a request is sent once more, on a fresh connection.
enum class Retry {
    no,                   ///< it is not
    unwritten,            ///< no byte of it was written: the server cannot have seen it
    idempotent,           ///< the server may have seen it, and may see it twice (RFC 9110 §9.2.2)
    without_expectation,  ///< after a 417: sent again without `Expect` (RFC 9110 §10.1.1)
    with_proxy_credentials,  ///< after a 407 of a proxy that asks for Digest
};

/// What became of a connection after a response: reused, or why not.
enum class Reuse {
    yes,               ///< idle, or lent to a waiting request
    early_close,       ///< the body was closed or dropped before its end
    failed,            ///< the exchange ended with an error, a timeout, a cancellation
    not_persistent,    ///< either side asked for close, HTTP/1.0, or the body ended with the
                       ///< connection
    write_unfinished,  ///< the response arrived before the request was sent: the rest would be
                       ///< garbage
    leftover_bytes,  ///< the server sent more than its response: nothing after that can be trusted
    upgraded,        ///< was upgraded to another protocol
    no_room,         ///< the pool is full or closing, or the connection is too old
};

}  // namespace hawser::inline HAWSER_ABI
