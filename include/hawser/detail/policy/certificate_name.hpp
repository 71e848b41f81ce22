// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Two questions about names in certificates that OpenSSL's matcher answers differently.

#include <hawser/detail/grammar.hpp>

#include <cstddef>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// Letters, digits, hyphens and underscores, no hyphen at either end.
constexpr bool is_label(std::string_view label) noexcept {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
        return false;
    }
    for (const char c : label) {
        if (c == '.' || !is(host_char, c)) {
            return false;
        }
    }
    return true;
}

/// At least two labels, and the last is not a number: an address has no wildcards.
constexpr bool is_domain(std::string_view name) noexcept {
    std::size_t labels = 0;
    for (;;) {
        const std::size_t dot = name.find('.');
        const std::string_view label = name.substr(0, dot);
        if (!is_label(label)) {
            return false;
        }
        ++labels;
        if (dot == std::string_view::npos) {
            return labels >= 2 && !all_of(digit_char, label);
        }
        name.remove_prefix(dot + 1);
    }
}

/// Whether a wildcard covers a host name that contains an underscore (RFC 9525 section 6.3).
/// OpenSSL lets no wildcard match an underscore. It still matches all other names: this must never
/// allow what OpenSSL would refuse for another reason. `pattern` is a dNSName and may contain any
/// bytes; `host` is the requested name, without a trailing dot.
inline bool wildcard_covers_underscore(std::string_view pattern, std::string_view host) noexcept {
    if (host.find('_') == std::string_view::npos || !pattern.starts_with("*.")) {
        return false;
    }
    const std::string_view domain = pattern.substr(2);
    const std::string_view label = host.substr(0, host.find('.'));
    // A real A-label has no underscore, so refuse one that only looks like it.
    const bool looks_encoded = label.size() >= 4 && iequals(label.substr(0, 4), "xn--");
    return is_label(label) && !looks_encoded && label.size() < host.size() && is_domain(domain) &&
           iequals(host.substr(label.size() + 1), domain);
}

/// Whether a dNSName of name constraints contains `host` (RFC 5280 section 4.2.1.10): "" contains
/// every host, "a.example" itself and its subdomains, ".a.example" only these. OpenSSL compares the
/// names in a certificate with it, so that "*.example" passes where "a.example" is excluded.
inline bool is_in_subtree(std::string_view host, std::string_view subtree) noexcept {
    if (subtree.size() >= host.size()) {
        return iequals(host, subtree);
    }
    const std::string_view end = host.substr(host.size() - subtree.size());
    const char before = host[host.size() - subtree.size() - 1];
    return iequals(end, subtree) && (subtree.empty() || subtree.front() == '.' || before == '.');
}

}  // namespace hawser::inline HAWSER_ABI::detail
