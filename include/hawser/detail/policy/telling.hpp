// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which failure is reported when no address of a host could be connected to. Knows no socket.

#include <hawser/config.hpp>

#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// How much a failure to connect to one address says about the host. The highest is reported; among
/// equals, the last. Most telling is a lack of resources on this side, since no other address would
/// change it; then an answer from the host. A machine without IPv6 says nothing about the host.
inline int how_telling(std::error_code ec) noexcept {
    const auto is_one_of = [&](auto... values) { return ((ec == values) || ...); };
    if (is_one_of(std::errc::too_many_files_open,
                  std::errc::too_many_files_open_in_system,
                  std::errc::not_enough_memory,
                  std::errc::no_buffer_space,
                  std::errc::no_space_on_device,
                  std::errc::resource_unavailable_try_again)) {
        return 5;
    }
    if (is_one_of(std::errc::address_family_not_supported,
                  std::errc::address_not_available,
                  std::errc::invalid_argument)) {
        return 0;
    }
    if (ec == std::errc::network_unreachable) {
        return 1;
    }
    if (ec == std::errc::host_unreachable) {
        return 2;
    }
    return ec == std::errc::timed_out ? 3 : 4;
}

}  // namespace hawser::inline HAWSER_ABI::detail
