// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Remembers the last Digest challenge of each origin or proxy, and counts how often its nonce was
// used. With it, requests authenticate before the server asks (RFC 7616 section 3.6). Contains no
// user and no password. Thread-safe; no other lock is taken under its own.

#include <hawser/config.hpp>
#include <hawser/detail/policy/digest_auth.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

class DigestSessions {
public:
    /// The most origins that are remembered. Beyond that, the least recently used is forgotten.
    explicit DigestSessions(std::size_t most = 256) noexcept : most_(most) {}
    DigestSessions(const DigestSessions&) = delete;
    DigestSessions& operator=(const DigestSessions&) = delete;

    /// The next use of the nonce of an origin, if one is remembered that covers the target.
    [[nodiscard]] std::optional<DigestTurn> next(const std::string& origin,
                                                 std::string_view target);

    /// The first use of a challenge that an origin has just sent, which replaces the earlier one.
    /// If the nonce is still the same, its next use.
    [[nodiscard]] DigestTurn begin(const std::string& origin, DigestChallenge challenge);

    /// The server accepted this turn and named the nonce for the next one. Ignored if another
    /// challenge was remembered meanwhile, and for "-sess": the parties would have to agree on
    /// whether the session continues.
    void renew(const std::string& origin, const DigestTurn& turn, std::string nonce);

    /// The server refused this turn, and its challenge is not answered again.
    void forget(const std::string& origin, const DigestTurn& turn) noexcept;

private:
    struct Session {
        std::shared_ptr<const DigestChallenge> challenge;
        std::uint32_t uses = 0;
        std::string cnonce;      // the same for all uses of a "-sess" nonce
        std::uint64_t used = 0;  // larger means more recently
    };
    using Sessions = std::map<std::string, Session>;

    DigestTurn use(Session& session);
    Session& session_of(const std::string& origin);
    Sessions::iterator find(const std::string& origin, const DigestTurn& turn) noexcept;

    std::mutex mutex_;
    Sessions sessions_;
    std::uint64_t last_ = 0;  // the largest number that a `used` has
    std::size_t most_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/digest_sessions.ipp>
#endif
