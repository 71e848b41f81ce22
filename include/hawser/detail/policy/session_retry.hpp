// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What follows from how a TLS handshake ended, if it offered a session of an earlier connection:
// some servers answer a session that they cannot use with a fatal alert, or just hang up, where
// they should make a full handshake (RFC 5077 §3.1, RFC 8446 §4.2.11).

namespace hawser::detail {

/// How a handshake ended.
enum class Handshake {
    done,
    refused_certificate,  // by us
    refused_protocol,     // by us: the server chose one that was not offered
    broken,               // an alert, an end, bytes that are no TLS
    given_up,             // a timeout, a cancellation, no memory or descriptors
};

/// True: the dial is made once more, without a session.
constexpr bool dials_without_session(Handshake end, bool session_offered) noexcept {
    return session_offered && end == Handshake::broken;
}

/// Sessions of a server that refused so many in a row are not offered any more: each costs a dial.
constexpr unsigned most_refused_sessions = 2;

/// True: a session is kept to be offered to a server that refused the last `refused` ones.
constexpr bool keeps_session(unsigned refused) noexcept {
    return refused < most_refused_sessions;
}

}  // namespace hawser::detail
