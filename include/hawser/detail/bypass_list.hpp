// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which hosts are reached without the proxy: the value of no_proxy, read as Go's httpproxy does.
//
// The list is separated by commas; blanks around an entry, its case, and empty entries do not
// matter. `*` stands for every host. An entry is an address block (10.0.0.0/8, fd00::/8), an
// address, or a domain; after an address or a domain, `:port` limits it to one port. An IPv6
// address with a port needs brackets. `example.com` also stands for its subdomains; `.example.com`
// and `*.example.com` only for these. Addresses match only URLs whose host is an address: no name
// is looked up. Domains match names only, and never the zone of an address. A final dot counts: it
// must be in both or in neither. Malformed entries match nothing.

#include <hawser/config.hpp>
#include <hawser/detail/ip_bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// The host of a URL: an address without its zone, or a name in lower case.
struct BypassHost {
    std::optional<IpBytes> address{};
    std::string_view name{};  // empty if it is an address
    std::uint16_t port = 0;
};

/// `host` is Url::host().
[[nodiscard]] BypassHost bypass_host(std::string_view host, std::uint16_t port) noexcept;

/// Exactly "localhost", or a loopback address.
[[nodiscard]] bool is_local(const BypassHost& host) noexcept;

class BypassList {
public:
    /// Adds the entries of a list.
    HAWSER_COLD void add(std::string_view list);
    [[nodiscard]] HAWSER_COLD bool contains(const BypassHost& host) const noexcept;

private:
    struct Block {
        IpBlock block;
        std::uint16_t port = 0;  // 0: every one
    };
    struct Domain {
        std::string suffix;   // begins with a dot
        bool itself = false;  // also matches the name without the dot
        std::uint16_t port = 0;
    };

    HAWSER_COLD void add_entry(std::string_view entry);

    bool all_ = false;
    std::vector<Block> blocks_;
    std::vector<Domain> domains_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/impl/bypass_list.ipp>
#endif
