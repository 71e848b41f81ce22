// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// IP addresses as 16 bytes, for comparisons; IPv4 is mapped into IPv6 (RFC 4291 section 2.5.5.2).

#include <hawser/config.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

using IpBytes = std::array<std::uint8_t, 16>;

/// Four decimal octets without leading zeros, or an IPv6 address without brackets and zone.
[[nodiscard]] HAWSER_COLD std::optional<IpBytes> parse_ip(std::string_view text) noexcept;

[[nodiscard]] bool is_mapped_ipv4(const IpBytes& address) noexcept;

/// 127/8 or ::1.
[[nodiscard]] bool is_loopback(const IpBytes& address) noexcept;

/// An address and how many of its bits count, from 0 to 128.
struct IpBlock {
    IpBytes network{};
    unsigned bits = 128;

    /// An IPv4 address is never in a block that is not purely IPv4.
    [[nodiscard]] bool contains(const IpBytes& address) const noexcept;
};

/// An address, '/' and the number of bits.
[[nodiscard]] HAWSER_COLD std::optional<IpBlock> parse_ip_block(std::string_view text) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/impl/ip_bytes.ipp>
#endif
