// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>

namespace hawser::inline HAWSER_ABI {

/// Decides which addresses a transport may connect to, for example none of the own network:
///
///     options.address_filter = [](const asio::ip::address& address) {
///         return !address.is_loopback() && !address.is_unspecified();  // 0.0.0.0 leads here, too
///     };
///
/// It is asked about every address before that is dialed: of each request and each redirect, and
/// also if the URL contains the address itself. An IPv4 address that is mapped into IPv6
/// ("::ffff:127.0.0.1") is shown as IPv4. If a proxy is used, that is the proxy's address;
/// and with `socks5`, the server's as well. If it returns false for all addresses of a host, the
/// dial fails with error::connect_failed, and the Failure names them. Connections that exist
/// already are used without asking.
///
/// It runs on the transport's executor, or in a blocking call, with no lock held, and in several
/// threads if the transport is used by several. If it throws, the dial fails: with the code of a
/// std::system_error, otherwise with error::connect_failed. Go: net.Dialer.Control.
class AddressFilter {
public:
    /// Every address may be dialed.
    AddressFilter() noexcept = default;
    AddressFilter(std::nullptr_t) noexcept {}  // NOLINT(google-explicit-constructor)
    /// @param function `function(const asio::ip::address&) -> bool`; copies of the filter share it
    template <class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, AddressFilter>)
        AddressFilter(Function&& function);  // NOLINT(google-explicit-constructor)

    /// Whether there is a filter.
    explicit operator bool() const noexcept { return function_ != nullptr; }

private:
    friend class AddressFilterCall;

    // Called with an asio::ip::address, which this header does not know.
    std::shared_ptr<const std::function<bool(const void*)>> function_;
};

}  // namespace hawser::inline HAWSER_ABI
