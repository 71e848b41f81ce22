// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// TLS sessions of earlier connections. Two connections with equal keys may resume each other's.

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/io/tls_fault.hpp>
#include <hawser/detail/owned.hpp>
#include <hawser/detail/rt/monitor.hpp>

#include <openssl/ssl.h>

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace hawser::inline HAWSER_ABI::detail {

using SslSessionPtr = Owned<SSL_SESSION, OpenSslFree<SSL_SESSION_free>>;

class TlsSessions final : public RefCounted {
public:
    explicit TlsSessions(bool thread_safe) noexcept : mutex_(thread_safe) {}

    /// Keeps a new session for the next connection.
    void remember(std::string_view key, SslSessionPtr session);

    /// A session was resumed: returns it to the store, unless there is a newer one.
    void resumed(std::string_view key, SslSessionPtr session);

    /// A server broke off a handshake because it was offered a session, and completed one without.
    void refused(std::string_view key);

    /// Takes the session out of the store, so that one which makes a server fail is not tried
    /// again. It returns to the store once it has been resumed. Null if there is none.
    SslSessionPtr recall(std::string_view key);

    void clear() noexcept;

private:
    static constexpr std::size_t max_sessions = 256;
    struct Session {
        std::string key;
        SslSessionPtr session{};  // null while a connection tries it
        unsigned refused = 0;     // consecutive refusals
    };

    Session& entry(std::string_view key);

    OptionalMutex mutex_;
    std::list<Session> sessions_;  // newest first
    std::unordered_map<std::string_view, std::list<Session>::iterator> by_key_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/tls_sessions.ipp>
#endif
