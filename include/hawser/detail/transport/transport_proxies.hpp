// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The proxies of a transport: which one a request uses that has no rules of its own, and the Digest
// nonces of all of them.

#include <hawser/detail/policy/digest_sessions.hpp>
#include <hawser/proxy.hpp>
#include <hawser/transport_options.hpp>

namespace hawser::inline HAWSER_ABI::detail {

class TransportProxies {
public:
    explicit TransportProxies(const TransportOptions& options)
        : rules_(options.proxy         ? *options.proxy
                 : options.unix_socket ? ProxyRules()  // it leads to one server
                                       : ProxyRules::from_environment()),
          any_(!rules_.empty()) {}

    /// Whether requests may use a proxy even without rules of their own.
    bool any() const noexcept { return any_; }
    const ProxyRules& rules() const noexcept { return rules_; }
    /// Thread-safe.
    DigestSessions& nonces() noexcept { return nonces_; }

private:
    const ProxyRules rules_;
    const bool any_;
    DigestSessions nonces_;
};

}  // namespace hawser::inline HAWSER_ABI::detail
