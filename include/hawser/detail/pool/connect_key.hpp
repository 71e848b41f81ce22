// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What two requests must have in common to share a connection (Go's connectMethodKey). Everything
// else that could differ, such as TLS settings and limits, is fixed for a whole Transport.
//
// The proxy is part of the key, with its credentials. The dial finds it here: `proxy` null means a
// direct connection. With a proxy and an empty `host`, it connects to the proxy and no further:
// plain http requests to all hosts share the connection (Go's F-Y01). With a proxy and a `host`, it
// continues through the proxy, by CONNECT or SOCKS, to `host` and `port`, and speaks TLS with the
// host if `https` is set.

#include <hawser/config.hpp>
#include <hawser/detail/proxy_data.hpp>

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

struct ConnectKeyView {
    bool https = false;
    std::string_view host;  // lower case, no brackets; "example.com." differs from "example.com"
    std::uint16_t port = 0;
    std::string_view tag;        // RequestOptions::pool_tag
    ProxyData* proxy = nullptr;  // lives longer than the view

    HAWSER_INLINE friend bool operator==(const ConnectKeyView& a,
                                         const ConnectKeyView& b) noexcept {
        return a.https == b.https && a.port == b.port && same(a.host, b.host) &&
               same(a.tag, b.tag) && same_proxy(a.proxy, b.proxy);
    }

private:
    HAWSER_INLINE static bool same(std::string_view a, std::string_view b) noexcept {
        return a.size() == b.size() &&
               (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
    }
};

struct ConnectKey {
    bool https = false;
    std::string host;
    std::uint16_t port = 0;
    std::string tag;
    ProxyPtr proxy;

    ConnectKey() = default;
    explicit ConnectKey(const ConnectKeyView& view)
        : https(view.https), host(view.host), port(view.port), tag(view.tag), proxy(view.proxy) {}

    ConnectKeyView view() const noexcept { return {https, host, port, tag, proxy.get()}; }
};

/// Hash and equality over both forms, so that a lookup builds no string.
struct ConnectKeyHash {
    using is_transparent = void;

    std::size_t operator()(const ConnectKeyView& key) const noexcept {
        const std::size_t host = std::hash<std::string_view>{}(key.host);
        const std::size_t tag = key.tag.empty() ? 0 : std::hash<std::string_view>{}(key.tag);
        const std::size_t proxy = key.proxy == nullptr ? 0 : key.proxy->hash;
        return host ^ (tag * 31) ^ (std::size_t{key.port} << 1) ^ std::size_t{key.https} ^ proxy;
    }
    std::size_t operator()(const ConnectKey& key) const noexcept { return (*this)(key.view()); }
};

struct ConnectKeyEqual {
    using is_transparent = void;

    static ConnectKeyView view(const ConnectKey& key) noexcept { return key.view(); }
    static ConnectKeyView view(const ConnectKeyView& key) noexcept { return key; }

    template <class A, class B>
    bool operator()(const A& a, const B& b) const noexcept {
        return view(a) == view(b);
    }
};

}  // namespace hawser::inline HAWSER_ABI::detail
