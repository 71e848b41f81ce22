// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/ip_bytes.hpp>

#include <algorithm>
#include <cstddef>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool parse_octets(std::string_view text, std::uint8_t* out) noexcept {
    const char* at = text.data();
    const char* const end = at + text.size();
    for (int octet = 0; octet < 4; ++octet) {
        if (octet != 0 && (at == end || *at++ != '.')) {
            return false;
        }
        const char* const begin = at;
        unsigned value = 0;
        for (; at != end && is(digit_char, *at); ++at) {
            value = value * 10 + static_cast<unsigned>(*at - '0');  // may overflow, if it is too long
        }
        const auto digits = at - begin;
        if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && *begin == '0')) {
            return false;
        }
        *out++ = static_cast<std::uint8_t>(value);
    }
    return at == end;
}

/// Groups of an IPv6 address, separated by single colons; the last one may be an IPv4 address. Sets
/// `size` to the number of bytes written to `out`.
HAWSER_COLD_DECL bool parse_groups(std::string_view text,
                                   IpBytes& out,
                                   std::size_t& size) noexcept {
    for (size = 0; !text.empty() || size != 0;) {
        const std::size_t colon = text.find(':');
        const std::string_view group = text.substr(0, colon);
        const bool last = colon == std::string_view::npos;
        if (last && group.find('.') != std::string_view::npos) {
            const bool fits = size <= 12 && parse_octets(group, out.data() + size);
            size += 4;
            return fits;
        }
        if (group.empty() || group.size() > 4 || !all_of(hex_char, group) || size == out.size()) {
            return false;
        }
        unsigned value = 0;
        for (const char c : group) {
            value = value * 16 + hex_value(c);
        }
        out[size++] = static_cast<std::uint8_t>(value >> 8);
        out[size++] = static_cast<std::uint8_t>(value & 0xff);
        if (last) {
            break;
        }
        text.remove_prefix(colon + 1);
    }
    return true;
}

HAWSER_COLD_DECL std::optional<IpBytes> parse_ip(std::string_view text) noexcept {
    IpBytes address{};
    if (text.find(':') == std::string_view::npos) {
        address[10] = address[11] = 0xff;
        return parse_octets(text, address.data() + 12) ? std::optional(address) : std::nullopt;
    }
    std::size_t size = 0;
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        return parse_groups(text, address, size) && size == 16 ? std::optional(address)
                                                               : std::nullopt;
    }
    const std::string_view left = text.substr(0, gap);
    IpBytes end{};
    std::size_t end_size = 0;
    if (left.find('.') != std::string_view::npos || !parse_groups(left, address, size) ||
        !parse_groups(text.substr(gap + 2), end, end_size) || size + end_size > 14) {
        return std::nullopt;
    }
    std::copy_backward(end.data(), end.data() + end_size, address.data() + address.size());
    return address;
}

HAWSER_COLD_DECL bool is_mapped_ipv4(const IpBytes& address) noexcept {
    return std::all_of(
               address.begin(), address.begin() + 10, [](auto byte) { return byte == 0; }) &&
           address[10] == 0xff && address[11] == 0xff;
}

HAWSER_COLD_DECL bool is_loopback(const IpBytes& address) noexcept {
    if (is_mapped_ipv4(address)) {
        return address[12] == 127;
    }
    IpBytes one{};
    one.back() = 1;
    return address == one;
}

HAWSER_COLD_DECL bool IpBlock::contains(const IpBytes& address) const noexcept {
    if (bits < 96 && is_mapped_ipv4(address)) {
        return false;
    }
    const std::size_t whole = bits / 8;
    const unsigned rest = bits % 8;
    const auto mask = static_cast<std::uint8_t>(0xff00u >> rest);
    return std::equal(network.data(), network.data() + whole, address.data()) &&
           (rest == 0 || ((network[whole] ^ address[whole]) & mask) == 0);
}

HAWSER_COLD_DECL std::optional<IpBlock> parse_ip_block(std::string_view text) noexcept {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto network = parse_ip(text.substr(0, slash));
    const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
    std::uint64_t bits = 0;
    if (!network || !parse_decimal(text.substr(slash + 1), bits) || bits > (v4 ? 32u : 128u)) {
        return std::nullopt;
    }
    return IpBlock{*network, static_cast<unsigned>(bits) + (v4 ? 96u : 0u)};
}

}  // namespace hawser::inline HAWSER_ABI::detail
