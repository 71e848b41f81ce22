// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <asio/ip/tcp.hpp>

#include <string>

namespace hawser::inline HAWSER_ABI::detail {

/// For example "127.0.0.1:80" or "[::1]:80"; empty if it has no port.
inline std::string endpoint_text(const asio::ip::tcp::endpoint& endpoint) {
    if (endpoint.port() == 0) {
        return {};
    }
    const std::string address = endpoint.address().to_string();
    const std::string host = endpoint.address().is_v6() ? '[' + address + ']' : address;
    return host + ':' + std::to_string(endpoint.port());
}

}  // namespace hawser::inline HAWSER_ABI::detail
