// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/io/known_hosts.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>
#include <hawser/url.hpp>

#include <asio/ip/address.hpp>

#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

[[noreturn]] inline void refuse_entry(std::string_view text, const char* why) {
    throw std::system_error(error::invalid_url,
                            "hawser: option resolve \"" + printable(text) + "\": " + why);
}

/// Reads "host:port" as the authority of a URL.
inline Url parse_host_and_port(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || text.find(']', colon) != std::string::npos ||
        text.find_first_of("/?#@\\") != std::string::npos) {
        refuse_entry(text, "not a host and a port");
    }
    std::error_code ec;
    Url url = Url::parse("http://" + text, ec);
    if (ec || colon + 1 == text.size()) {
        refuse_entry(text, "not a host and a port");
    }
    return url;
}

HAWSER_COLD_DECL KnownHosts::KnownHosts(const std::vector<ResolveEntry>& entries) {
    for (const ResolveEntry& entry : entries) {
        const Url url = parse_host_and_port(entry.host_and_port);
        Host host{std::string(url.host()), url.port()};
        for (const std::string& text : entry.addresses) {
            std::error_code ec;
            const auto address = asio::ip::make_address(text, ec);
            if (ec) {
                refuse_entry(text, "not an address");
            }
            host.addresses.emplace_back(address, host.port);
        }
        if (host.addresses.empty()) {
            refuse_entry(entry.host_and_port, "no addresses");
        }
        hosts_.push_back(std::move(host));
    }
}

HAWSER_DECL const KnownHosts::Endpoints* KnownHosts::find(std::string_view host,
                                                          std::uint16_t port) const noexcept {
    for (const Host& known : hosts_) {
        if (known.port == port && known.name == host) {
            return &known.addresses;
        }
    }
    return nullptr;
}

}  // namespace hawser::inline HAWSER_ABI::detail
