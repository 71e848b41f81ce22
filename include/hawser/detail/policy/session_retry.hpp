// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What to do after a TLS handshake that offered a session from an earlier connection. Some servers
// answer a session that they cannot use with a fatal alert, or hang up, although they should fall
// back to a full handshake (RFC 5077 §3.1, RFC 8446 §4.2.11).

#include <hawser/config.hpp>

namespace hawser::inline HAWSER_ABI::detail {

/// How a handshake ended.
enum class Handshake {
    done,
    refused_certificate,  // by us
    refused_protocol,     // by us: the server chose one that we had not offered
    broken,               // an alert, a closed connection, bytes that are not TLS
    given_up,             // a timeout, a cancellation, no memory or descriptors
};

/// True: dial once more, without a session.
constexpr bool dials_without_session(Handshake end, bool session_offered) noexcept {
    return session_offered && end == Handshake::broken;
}

/// After a server has refused this many sessions in a row, stop offering them: each refusal costs a
/// dial.
constexpr unsigned most_refused_sessions = 2;

/// Whether to keep a new session for a server that refused the last `refused` ones.
constexpr bool keeps_session(unsigned refused) noexcept {
    return refused < most_refused_sessions;
}

}  // namespace hawser::inline HAWSER_ABI::detail
