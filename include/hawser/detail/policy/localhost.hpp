// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which names always mean this machine, no matter what a resolver says (RFC 6761 section 6.3).

#include <hawser/detail/grammar.hpp>

#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// `localhost` and every name below it, in any case, with or without the final dot.
inline bool is_localhost(std::string_view host) noexcept {
    constexpr std::string_view name = "localhost";
    if (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    if (host.size() < name.size() || !iequals(host.substr(host.size() - name.size()), name)) {
        return false;
    }
    host.remove_suffix(name.size());
    return host.empty() || (host.size() > 1 && host.ends_with('.'));
}

}  // namespace hawser::inline HAWSER_ABI::detail
