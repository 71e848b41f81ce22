// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/policy/digest_sessions.hpp>
#include <hawser/detail/random_hex.hpp>

#include <algorithm>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL DigestTurn DigestSessions::use(Session& session) {
    session.used = ++last_;
    std::string cnonce = session.challenge->session ? session.cnonce : random_hex<16>();
    return {session.challenge, ++session.uses, std::move(cnonce)};
}

HAWSER_COLD_DECL std::optional<DigestTurn> DigestSessions::next(const std::string& origin,
                                                                std::string_view target) {
    const std::lock_guard lock(mutex_);
    const auto at = sessions_.find(origin);
    if (at == sessions_.end() || at->second.uses == UINT32_MAX ||
        !covers(*at->second.challenge, target)) {
        return std::nullopt;
    }
    return use(at->second);
}

/// Makes room for a new origin.
HAWSER_COLD_DECL DigestSessions::Session& DigestSessions::session_of(const std::string& origin) {
    const auto at = sessions_.find(origin);
    if (at != sessions_.end()) {
        return at->second;
    }
    if (!sessions_.empty() && sessions_.size() >= most_) {
        sessions_.erase(
            std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
                return a.second.used < b.second.used;
            }));
    }
    return sessions_[origin];
}

HAWSER_COLD_DECL DigestTurn DigestSessions::begin(const std::string& origin,
                                                  DigestChallenge challenge) {
    auto shared = std::make_shared<const DigestChallenge>(std::move(challenge));
    std::string cnonce = random_hex<16>();
    const std::lock_guard lock(mutex_);
    Session& session = session_of(origin);
    const bool continues =
        session.challenge != nullptr && session.challenge->nonce == shared->nonce &&
        session.challenge->session == shared->session && session.uses != UINT32_MAX;
    session.challenge = std::move(shared);
    if (!continues) {
        session.uses = 0;
        session.cnonce = std::move(cnonce);
    }
    return use(session);
}

HAWSER_COLD_DECL DigestSessions::Sessions::iterator DigestSessions::find(
    const std::string& origin, const DigestTurn& turn) noexcept {
    const auto at = sessions_.find(origin);
    return at != sessions_.end() && at->second.challenge == turn.challenge ? at : sessions_.end();
}

HAWSER_COLD_DECL void DigestSessions::renew(const std::string& origin,
                                            const DigestTurn& turn,
                                            std::string nonce) {
    if (turn.challenge->session || nonce.empty() || nonce.size() > max_digest_text ||
        nonce == turn.challenge->nonce) {
        return;
    }
    auto renewed = std::make_shared<DigestChallenge>(*turn.challenge);
    renewed->nonce = std::move(nonce);
    const std::lock_guard lock(mutex_);
    const auto at = find(origin, turn);
    if (at != sessions_.end()) {
        at->second.challenge = std::move(renewed);
        at->second.uses = 0;
    }
}

HAWSER_COLD_DECL void DigestSessions::forget(const std::string& origin,
                                             const DigestTurn& turn) noexcept {
    const std::lock_guard lock(mutex_);
    const auto at = find(origin, turn);
    if (at != sessions_.end()) {
        sessions_.erase(at);
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
