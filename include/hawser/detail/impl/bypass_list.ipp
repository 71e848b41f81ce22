// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/bypass_list.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/punycode.hpp>

#include <algorithm>
#include <cstddef>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_COLD_DECL BypassHost bypass_host(std::string_view host, std::uint16_t port) noexcept {
    const auto address = parse_ip(host.substr(0, host.find('%')));
    return {address, address ? std::string_view() : host, port};
}

HAWSER_COLD_DECL bool is_local(const BypassHost& host) noexcept {
    return host.address ? is_loopback(*host.address) : host.name == "localhost";
}

/// Splits "host:port" and "[host]:port". False: there is no port, or more than one.
HAWSER_COLD_DECL bool split_port(std::string_view entry,
                                 std::string_view& host,
                                 std::string_view& port) {
    const std::size_t colon = entry.rfind(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    host = entry.substr(0, colon);
    port = entry.substr(colon + 1);
    if (entry.front() == '[') {
        if (host.size() < 2 || host.back() != ']') {
            return false;
        }
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return false;
    }
    return host.find_first_of("[]") == std::string_view::npos &&
           port.find_first_of("[]") == std::string_view::npos;
}

/// 0 for no port; none if the text is not how a port is written.
HAWSER_COLD_DECL std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    std::uint64_t value = 0;
    if (text.empty()) {
        return std::uint16_t{0};
    }
    if (text.front() == '0' || !parse_decimal(text, value) || value > 65535) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(value);
}

HAWSER_COLD_DECL void BypassList::add(std::string_view list) {
    for_each_token(list, [&](std::string_view entry) {
        std::string lower(entry);
        std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
        add_entry(lower);
    });
}

HAWSER_COLD_DECL void BypassList::add_entry(std::string_view entry) {
    if (entry == "*") {
        all_ = true;
        return;
    }
    if (const auto block = parse_ip_block(entry)) {
        blocks_.push_back({*block, 0});
        return;
    }
    std::string_view host;
    std::string_view port_text;
    if (!split_port(entry, host, port_text)) {
        const bool bracketed = entry.front() == '[' && entry.back() == ']';  // Go ignores these
        host = bracketed ? entry.substr(1, entry.size() - 2) : entry;
        port_text = {};
    }
    const auto port = parse_port(port_text);
    if (host.empty() || !port) {
        return;
    }
    if (const auto address = parse_ip(host)) {
        blocks_.push_back({{*address, 128}, *port});
        return;
    }
    if (host.substr(0, 2) == "*.") {
        host.remove_prefix(1);
    }
    const bool itself = host.front() != '.';
    std::string suffix(itself ? 1 : 0, '.');
    suffix.append(host);
    domains_.push_back({to_ascii_domain(suffix), itself, *port});
}

HAWSER_COLD_DECL bool BypassList::contains(const BypassHost& host) const noexcept {
    const auto of_port = [&](std::uint16_t port) { return port == 0 || port == host.port; };
    if (all_) {
        return true;
    }
    if (host.address) {
        return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& entry) {
            return of_port(entry.port) && entry.block.contains(*host.address);
        });
    }
    return std::any_of(domains_.begin(), domains_.end(), [&](const Domain& entry) {
        const std::string_view suffix = entry.suffix;
        return of_port(entry.port) &&
               (host.name.ends_with(suffix) || (entry.itself && host.name == suffix.substr(1)));
    });
}

}  // namespace hawser::inline HAWSER_ABI::detail
