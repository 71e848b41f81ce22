// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/percent.hpp>
#include <hawser/detail/proxy_table.hpp>
#include <hawser/failure.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

namespace hawser::inline HAWSER_ABI::detail {

/// Null: unknown. Removes the scheme from `text`.
HAWSER_COLD_DECL const ProxyScheme* take_proxy_scheme(std::string_view& text) noexcept {
    const std::size_t end = text.find("://");
    if (end == std::string_view::npos) {
        return &proxy_schemes.front();
    }
    const std::string_view name = text.substr(0, end);
    text.remove_prefix(end + 3);
    const auto* const found =
        std::find_if(proxy_schemes.begin(), proxy_schemes.end(), [&](const ProxyScheme& known) {
            return iequals(known.name, name);
        });
    return found != proxy_schemes.end() ? &*found : nullptr;
}

/// Null: they are accepted.
HAWSER_COLD_DECL const char* take_proxy_credentials(std::string_view userinfo, ProxyData& proxy) {
    for (std::size_t at = 0; at < userinfo.size(); ++at) {
        if (userinfo[at] == '%' && !is_escape(userinfo, at)) {
            return "a '%' that encodes nothing in its user or password";
        }
    }
    const std::size_t colon = userinfo.find(':');
    proxy.has_credentials = true;
    proxy.user = percent_decode(userinfo.substr(0, colon));
    if (colon != std::string_view::npos) {
        proxy.password = percent_decode(userinfo.substr(colon + 1));
    }
    if (count_controls(proxy.user) != 0 || count_controls(proxy.password) != 0) {
        return "a control character in its user or password";
    }
    if (proxy.speaks_http()) {
        return proxy.user.find(':') != std::string::npos ? "a colon in its user" : nullptr;
    }
    return proxy.user.empty() || proxy.user.size() > 255 || proxy.password.size() > 255
               ? "an empty user, or a user or password longer than 255 bytes"
               : nullptr;
}

/// Null: they are accepted. The only URL parser decides what a host and a port may be.
HAWSER_COLD_DECL const char* take_proxy_host(std::string_view authority,
                                             std::uint16_t usual_port,
                                             ProxyData& proxy) {
    std::error_code ec;
    const Url url = Url::parse(std::string("http://").append(authority), ec);
    const Url other = Url::parse(std::string("https://").append(authority), ec);
    if (ec || url.empty()) {
        return "no host that a URL may have, or no port";
    }
    proxy.host = url.host();
    proxy.port = url.port() == other.port() ? url.port() : usual_port;
    return nullptr;
}

HAWSER_COLD_DECL void name_proxy(ProxyData& proxy) {
    const bool v6 = proxy.host.find(':') != std::string::npos;
    proxy.name.append(scheme_of(proxy.kind).name).append(v6 ? "://[" : "://").append(proxy.host);
    proxy.name.append(v6 ? "]:" : ":").append(std::to_string(proxy.port));
    proxy.identity = proxy.name;
    if (proxy.has_credentials) {  // no user or password contains a NUL
        proxy.identity.append(1, '\0').append(proxy.user).append(1, '\0').append(proxy.password);
    }
    proxy.hash = std::hash<std::string>{}(proxy.identity);
}

/// Null: `proxy` is complete.
HAWSER_COLD_DECL const char* read_proxy(std::string_view text, ProxyData& proxy) {
    if (count_controls(text) != 0) {
        return "a control character";
    }
    const ProxyScheme* const scheme = take_proxy_scheme(text);
    if (scheme == nullptr) {
        return "a scheme other than http, https, socks5 and socks5h";
    }
    proxy.kind = scheme->kind;
    std::string_view authority = text.substr(0, text.find_first_of("/?#"));
    if (text.find('@', authority.size()) != std::string_view::npos) {
        return "an '@' behind its host: encode '/', '?' and '#' in a password";
    }
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        if (const char* reason = take_proxy_credentials(authority.substr(0, at), proxy)) {
            return reason;
        }
        authority.remove_prefix(at + 1);
    }
    return take_proxy_host(authority, scheme->port, proxy);
}

HAWSER_COLD_DECL ProxyPtr parse_proxy(std::string_view text, std::string& refusal) {
    const ProxyPtr proxy(new ProxyData);
    text = trim_ows(text);
    const char* const reason = read_proxy(text, *proxy);
    if (reason == nullptr) {
        name_proxy(*proxy);
        return proxy;
    }
    const std::size_t secret_end = text.rfind('@');
    const bool secret = secret_end != std::string_view::npos;
    refusal.append("not a proxy: ").append(reason).append(": \"").append(secret ? "***@" : "");
    refusal.append(printable(text.substr(secret ? secret_end + 1 : 0))).append("\"");
    return nullptr;
}

HAWSER_COLD_DECL ProxyTable::ProxyTable(const ProxyTable* other) {
    if (other != nullptr) {
        http = other->http;
        https = other->https;
        all = other->all;
        bypass = other->bypass;
        spares_localhost = other->spares_localhost;
    }
}

HAWSER_COLD_DECL const ProxySetting* ProxyTable::find(const Url& url) const noexcept {
    const ProxySetting& own = url.is_https() ? https : http;
    const ProxySetting& setting = own.is_set() ? own : all;
    if (url.empty() || !setting.is_set()) {
        return nullptr;
    }
    const BypassHost host = bypass_host(url.host(), url.port());
    return (spares_localhost && is_local(host)) || bypass.contains(host) ? nullptr : &setting;
}

}  // namespace hawser::inline HAWSER_ABI::detail
