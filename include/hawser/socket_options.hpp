// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <chrono>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI {

/// Probes of TCP on a quiet connection, which find out that the server is gone and keep a NAT from
/// forgetting the connection. What a system does not have is ignored.
struct TcpKeepAlive {
    /// Quiet for this long before the first probe.
    std::chrono::seconds idle{15};
    /// Between probes.
    std::chrono::seconds interval{15};
    /// So many unanswered probes end the connection.
    int count = 9;
};

/// An IP address of this machine, as text or as an asio::ip::address.
class LocalAddress {
public:
    /// For example "192.0.2.7". Checked by the Transport's constructor.
    template <std::convertible_to<std::string_view> Text>
    LocalAddress(const Text& text)  // NOLINT(google-explicit-constructor)
        : text_(std::string_view(text)) {}
    /// An address of Asio.
    template <class Address>
    requires requires(const Address& address) {
        { address.to_string() } -> std::convertible_to<std::string>;
    }
    LocalAddress(const Address& address)  // NOLINT(google-explicit-constructor)
        : text_(address.to_string()) {}

    /// As given.
    [[nodiscard]] const std::string& to_string() const noexcept HAWSER_LIFETIMEBOUND {
        return text_;
    }

private:
    std::string text_;
};

}  // namespace hawser::inline HAWSER_ABI
