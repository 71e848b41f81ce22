// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/io/digest_hash.hpp>
#include <hawser/detail/proxy_table.hpp>
#include <hawser/detail/transport/proxy_hop.hpp>
#include <hawser/detail/transport/transport_core.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL ProxyPtr select_proxy(const ProxyRules& rules,
                                       const Url& url,
                                       std::string& refusal) {
    const ProxyTable* const table = Access::table(rules);
    const ProxySetting* const setting = table != nullptr ? table->find(url) : nullptr;
    if (setting == nullptr) {
        return nullptr;
    }
    refusal = setting->refusal;
    return setting->proxy;
}

HAWSER_COLD_DECL bool is_forwarded(const ProxyData& proxy,
                                   bool https,
                                   std::string_view method) noexcept {
    return proxy.speaks_http() && !https && method != "CONNECT";
}

HAWSER_COLD_DECL ConnectKeyView key_via(ProxyData& proxy,
                                        const ConnectKeyView& direct,
                                        bool forwarded) noexcept {
    ConnectKeyView key = direct;
    key.proxy = &proxy;
    if (forwarded) {  // whatever its host
        key.host = {};
        key.port = 0;
    }
    return key;
}

/// The target of a request that a proxy forwards (RFC 9112 section 3.2.2). As in Go, Request::host
/// replaces the host in it, because it must be the same as in the Host field.
inline std::string absolute_target(const Request& request) {
    std::string target = "http://";
    target.append(request.host ? std::string_view(*request.host) : request.url.host_header());
    return target.append(request.url.target());
}

HAWSER_COLD_DECL ProxyHop::ProxyHop(ProxyPtr proxy,
                                    const Request& request,
                                    const HeadExtras& extras,
                                    DigestSessions& nonces)
    : proxy_(std::move(proxy)),
      forwards_(is_forwarded(*proxy_, request.url.is_https(), request.method)),
      extras_(extras) {
    if (!forwards_) {
        return;
    }
    extras_.to_proxy = true;
    // TRACE must not carry credentials (RFC 9110 section 9.3.8). A field of the user wins.
    if (request.method != "TRACE" && !request.headers.contains("Proxy-Authorization")) {
        authorization_ =
            Authorization::at_proxy(*proxy_, absolute_target(request), nonces, &digest_hash);
        authorize(authorization_.first(request.method));
    }
}

HAWSER_COLD_DECL ProxyHop::~ProxyHop() = default;

HAWSER_COLD_DECL void ProxyHop::accepted(const Headers& response, ConnectionInfo& connection) {
    authorization_.accepted(response);
    connection.proxy = Access::make<Proxy>(proxy_);
}

HAWSER_COLD_DECL void ProxyHop::authorize(std::string field) {
    field_ = std::move(field);
    extras_.proxy_authorization = field_;
}

HAWSER_COLD_DECL bool ProxyHop::answers(const Headers& response, std::string_view method) {
    authorize(authorization_.answer(response, method));
    return !field_.empty();
}

HAWSER_COLD_DECL std::unique_ptr<ProxyHop> choose_hop(const Request& request,
                                                      TransportCore& core,
                                                      Fault& fault) {
    const std::optional<ProxyRules>& own = request.options.proxy;
    ProxyPtr proxy = select_proxy(own ? *own : core.proxies.rules(), request.url, fault.reason);
    return proxy ? std::make_unique<ProxyHop>(
                       std::move(proxy), request, core.head_extras(), core.proxies.nonces())
                 : nullptr;
}

}  // namespace hawser::inline HAWSER_ABI::detail
