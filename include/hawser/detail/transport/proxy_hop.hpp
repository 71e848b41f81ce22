// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The proxy that one request uses: which one, whether it forwards the request or only the bytes of
// a connection, and what the request says to it. Requests without a proxy have none.
//
// An HTTP proxy forwards plain http requests, which go to it in absolute form. It is asked for a
// tunnel (CONNECT) for https, and for a CONNECT of the user, whose URL is that of another proxy.
// A SOCKS proxy always makes a tunnel. What a tunnel needs, the dial does.

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/detail/message/request_writer.hpp>
#include <hawser/detail/policy/authorization.hpp>
#include <hawser/detail/policy/digest_sessions.hpp>
#include <hawser/detail/pool/connect_key.hpp>
#include <hawser/failure.hpp>
#include <hawser/headers.hpp>
#include <hawser/proxy.hpp>
#include <hawser/request.hpp>

#include <memory>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

class TransportCore;

/// The proxy for a request to `url`; null: none. If the environment names one that cannot be used,
/// `refusal` says which variable.
[[nodiscard]] HAWSER_COLD ProxyPtr select_proxy(const ProxyRules& rules,
                                                const Url& url,
                                                std::string& refusal);

/// The key of connections through a proxy, in place of direct ones with the key `direct`. `proxy`
/// must live longer than the result.
[[nodiscard]] HAWSER_COLD ConnectKeyView key_via(ProxyData& proxy,
                                                 const ConnectKeyView& direct,
                                                 bool forwarded) noexcept;

/// Whether an HTTP proxy forwards the request, instead of making a tunnel for it.
[[nodiscard]] bool is_forwarded(const ProxyData& proxy,
                                bool https,
                                std::string_view method) noexcept;

class ProxyHop {
public:
    HAWSER_COLD ProxyHop(ProxyPtr proxy,
                         const Request& request,
                         const HeadExtras& extras,
                         DigestSessions& nonces);
    ProxyHop(const ProxyHop&) = delete;
    ProxyHop& operator=(const ProxyHop&) = delete;
    HAWSER_COLD ~ProxyHop();

    const ProxyPtr& proxy() const noexcept { return proxy_; }
    /// What the transport adds to the head of the request.
    const HeadExtras& extras() const noexcept { return extras_; }
    /// The key of a connection that `direct` describes.
    ConnectKeyView key(const ConnectKeyView& direct) const noexcept {
        return key_via(*proxy_, direct, forwards_);
    }

    /// A 407 arrived. True: extras() contain the answer to it.
    HAWSER_COLD bool answers(const Headers& response, std::string_view method);
    /// Another response arrived on this connection.
    HAWSER_COLD void accepted(const Headers& response, ConnectionInfo& connection);

private:
    HAWSER_COLD void authorize(std::string field);

    const ProxyPtr proxy_;
    const bool forwards_;
    Authorization authorization_;  // of a request that the proxy forwards
    std::string field_;            // Proxy-Authorization
    HeadExtras extras_;
};

/// For a request of a transport; null: no proxy. `fault` says why none can be used that should be.
[[nodiscard]] HAWSER_COLD std::unique_ptr<ProxyHop> choose_hop(const Request& request,
                                                               TransportCore& core,
                                                               Fault& fault);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/transport/impl/proxy_hop.ipp>
#endif
