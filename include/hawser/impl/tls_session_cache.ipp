// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/tls_sessions.hpp>
#include <hawser/tls_session_cache.hpp>

namespace hawser::inline HAWSER_ABI {

HAWSER_COLD_DECL TlsSessionCache::TlsSessionCache() : sessions_(new detail::TlsSessions(true)) {}

HAWSER_COLD_DECL TlsSessionCache::~TlsSessionCache() = default;

HAWSER_COLD_DECL void TlsSessionCache::clear() noexcept {
    static_cast<detail::TlsSessions&>(*sessions_).clear();
}

}  // namespace hawser::inline HAWSER_ABI
