// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is behind a ProxyRules value, and how the text of a proxy is read.

#include <hawser/config.hpp>
#include <hawser/detail/bypass_list.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/proxy_data.hpp>
#include <hawser/url.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// A kind of proxy, as its URL spells it, with its usual port.
struct ProxyScheme {
    std::string_view name;
    ProxyKind kind;
    std::uint16_t port;
};

inline constexpr std::array<ProxyScheme, 4> proxy_schemes = {{
    {"http", ProxyKind::http, 80},
    {"https", ProxyKind::https, 443},
    {"socks5", ProxyKind::socks5, 1080},
    {"socks5h", ProxyKind::socks5h, 1080},
}};

inline const ProxyScheme& scheme_of(ProxyKind kind) noexcept {
    return proxy_schemes[static_cast<std::size_t>(kind)];
}

/// Reads a proxy's URL; see Proxy. Null: `refusal` says why it cannot be used, without user and
/// password.
[[nodiscard]] HAWSER_COLD ProxyPtr parse_proxy(std::string_view text, std::string& refusal);

/// A proxy, or why there should be one that cannot be used; neither: none.
struct ProxySetting {
    ProxyPtr proxy{};
    std::string refusal{};

    bool is_set() const noexcept { return proxy || !refusal.empty(); }
};

struct ProxyTable final : RefCounted {
    ProxyTable() noexcept = default;
    /// A copy that may be changed.
    HAWSER_COLD explicit ProxyTable(const ProxyTable* other);

    /// Which setting applies to a URL; null: it is sent directly.
    [[nodiscard]] HAWSER_COLD const ProxySetting* find(const Url& url) const noexcept;

    ProxySetting http;
    ProxySetting https;
    ProxySetting all;
    BypassList bypass;
    bool spares_localhost = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/impl/proxy_table.ipp>
#endif
