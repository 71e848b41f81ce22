// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/cookie_field.hpp>
#include <hawser/detail/grammar.hpp>

#include <algorithm>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::string_view next_cookie_pair(std::string_view& field) noexcept {
    const std::string_view pair = field.substr(0, field.find(';'));
    field.remove_prefix(std::min(pair.size() + 1, field.size()));
    return trim_ows(pair);
}

HAWSER_DECL std::string_view cookie_pair_name(std::string_view pair) noexcept {
    return trim_ows(pair.substr(0, pair.find('=')));
}

HAWSER_DECL void append_cookie_pair(std::string& field, std::string_view pair) {
    if (!pair.empty()) {
        field.append(field.empty() ? "" : "; ").append(pair);
    }
}

HAWSER_DECL bool has_cookie(std::string_view field, std::string_view name) noexcept {
    while (!field.empty()) {
        if (cookie_pair_name(next_cookie_pair(field)) == name) {
            return true;
        }
    }
    return false;
}

HAWSER_DECL void add_jar_cookies(Headers& request, std::string_view from_jar) {
    std::string own;
    for (const auto& [name, value] : request) {
        for (std::string_view rest = is_named(name, "cookie") ? value : ""; !rest.empty();) {
            append_cookie_pair(own, next_cookie_pair(rest));
        }
    }
    std::string all = own;
    while (!from_jar.empty()) {
        const std::string_view pair = next_cookie_pair(from_jar);
        if (!has_cookie(own, cookie_pair_name(pair))) {
            append_cookie_pair(all, pair);
        }
    }
    request.set("Cookie", all);
}

}  // namespace hawser::inline HAWSER_ABI::detail
