// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Parses WWW-Authenticate and Proxy-Authenticate (RFC 9110 §11.6), which hold one challenge or
// several, and Authentication-Info (§11.6.3), which holds parameters only. Must not know what any
// scheme means.
//
// Nothing that a server sends is an error. Beyond the grammar it reads what curl and browsers read:
// parameters that are separated by blanks only, unquoted values that are no tokens, a last quoted
// value that is not closed. It skips what it cannot read, up to the next comma.

#include <hawser/config.hpp>
#include <hawser/headers.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// Further challenges, and further parameters of one challenge, are ignored.
inline constexpr std::size_t max_challenges = 64;
inline constexpr std::size_t max_auth_params = 64;

/// For example `realm="a"`.
struct AuthParam {
    std::string name;
    std::string value;  // without quotes and backslashes

    friend bool operator==(const AuthParam&, const AuthParam&) = default;
};

/// The first parameter with this name, in any case; null if there is none.
[[nodiscard]] const std::string* find_param(const std::vector<AuthParam>& params,
                                            std::string_view name) noexcept;

/// For example `Basic realm="a"`.
struct Challenge {
    std::string scheme;             // as the server spelled it
    std::string token68;            // what some schemes have instead of parameters
    std::vector<AuthParam> params;  // in order

    [[nodiscard]] const std::string* param(std::string_view name) const noexcept {
        return find_param(params, name);
    }

    friend bool operator==(const Challenge&, const Challenge&) = default;
};

/// Appends the challenges of one field.
void parse_challenges(std::string_view field, std::vector<Challenge>& challenges);

/// The challenges of all fields with this name.
[[nodiscard]] std::vector<Challenge> challenges_in(const Headers& headers, std::string_view name);

/// The parameters of a field without a scheme: Authentication-Info.
[[nodiscard]] std::vector<AuthParam> parse_auth_params(std::string_view field);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/challenge.ipp>
#endif
