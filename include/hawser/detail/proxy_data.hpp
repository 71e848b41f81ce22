// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is behind a Proxy value. Immutable once made; shared by its copies, by the requests that use
// the proxy, and by the keys of its connections.

#include <hawser/detail/intrusive_ptr.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

enum class ProxyKind : std::uint8_t {
    http,
    https,
    socks5,
    socks5h,
};

struct ProxyData final : RefCounted {
    ProxyKind kind = ProxyKind::http;
    std::string host;  // as Url::host() has it
    std::uint16_t port = 0;
    bool has_credentials = false;
    std::string user;  // decoded, without control characters
    std::string password;
    /// "http://proxy:3128", always with the port, without credentials: safe to print.
    std::string name;
    /// Equal for equal proxies with equal credentials. Never print it.
    std::string identity;
    std::size_t hash = 0;  // of `identity`

    /// It speaks HTTP: plain http requests are sent to it in absolute form, all others through
    /// CONNECT. False: SOCKS.
    bool speaks_http() const noexcept {
        return kind == ProxyKind::http || kind == ProxyKind::https;
    }
};

/// Null means no proxy.
using ProxyPtr = IntrusivePtr<ProxyData>;

inline bool same_proxy(const ProxyData* a, const ProxyData* b) noexcept {
    return a == b || (a != nullptr && b != nullptr && a->identity == b->identity);
}

}  // namespace hawser::inline HAWSER_ABI::detail
