// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/tls_sessions.hpp>
#include <hawser/detail/policy/session_retry.hpp>

#include <mutex>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

// The session entry of the key, made if there is none; it becomes the newest.
HAWSER_DECL TlsSessions::Session& TlsSessions::entry(std::string_view key) {
    if (const auto known = by_key_.find(key); known != by_key_.end()) {
        sessions_.splice(sessions_.begin(), sessions_, known->second);
        return sessions_.front();
    }
    if (sessions_.size() == max_sessions) {
        by_key_.erase(sessions_.back().key);
        sessions_.pop_back();
    }
    sessions_.push_front({.key = std::string(key)});
    by_key_.emplace(sessions_.front().key, sessions_.begin());
    return sessions_.front();
}

HAWSER_DECL void TlsSessions::remember(std::string_view key, SslSessionPtr session) {
    std::lock_guard lock(mutex_);
    if (Session& kept = entry(key); keeps_session(kept.refused)) {
        kept.session = std::move(session);
    }
}

// A server need not send a new ticket after it has accepted one; Node and lighttpd do not.
HAWSER_DECL void TlsSessions::resumed(std::string_view key, SslSessionPtr session) {
    std::lock_guard lock(mutex_);
    Session& kept = entry(key);
    kept.refused = 0;
    if (!kept.session && session) {
        kept.session = std::move(session);
    }
}

HAWSER_DECL void TlsSessions::refused(std::string_view key) {
    std::lock_guard lock(mutex_);
    Session& kept = entry(key);
    ++kept.refused;
    if (!keeps_session(kept.refused)) {
        kept.session = nullptr;
    }
}

HAWSER_DECL SslSessionPtr TlsSessions::recall(std::string_view key) {
    std::lock_guard lock(mutex_);
    const auto known = by_key_.find(key);
    return known != by_key_.end() ? std::move(known->second->session) : nullptr;
}

HAWSER_DECL void TlsSessions::clear() noexcept {
    std::list<Session> dropped;
    std::lock_guard lock(mutex_);
    by_key_.clear();
    dropped.swap(sessions_);
}

}  // namespace hawser::inline HAWSER_ABI::detail
