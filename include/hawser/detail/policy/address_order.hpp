// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// In which order the addresses of a host are tried: the families in turn, so that one that does not
// work costs one attempt (RFC 8305 §4). Knows no addresses.

#include <hawser/config.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// Begins with the family of the first address, which the resolver preferred. Within a family, the
/// order stays.
template <class Address, class IsV6>
void alternate_families(std::vector<Address>& addresses, IsV6 is_v6) {
    for (std::size_t i = 1; i < addresses.size(); ++i) {
        const bool last = is_v6(addresses[i - 1]);
        const auto other = std::find_if(addresses.begin() + static_cast<std::ptrdiff_t>(i),
                                        addresses.end(),
                                        [&](const Address& one) { return is_v6(one) != last; });
        if (other == addresses.end()) {
            return;
        }
        std::rotate(addresses.begin() + static_cast<std::ptrdiff_t>(i), other, other + 1);
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
