// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The hosts whose addresses the options name: TransportOptions::resolve.

#include <hawser/config.hpp>
#include <hawser/transport_options.hpp>

#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class KnownHosts {
public:
    /// @throws std::system_error error::invalid_url
    explicit KnownHosts(const std::vector<ResolveEntry>& entries);

    using Endpoints = std::vector<asio::ip::tcp::endpoint>;
    /// Null if it is not known. `host` is as Url::host() has it.
    const Endpoints* find(std::string_view host, std::uint16_t port) const noexcept;

private:
    struct Host {
        std::string name;
        std::uint16_t port = 0;
        Endpoints addresses{};
    };

    std::vector<Host> hosts_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/io/impl/known_hosts.ipp>
#endif
