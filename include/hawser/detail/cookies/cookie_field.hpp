// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The Cookie field of a request, "a=1; b=2": what a caller wrote there, and what a jar adds. Knows
// neither jars nor origins.

#include <hawser/config.hpp>
#include <hawser/headers.hpp>

#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// Takes the first pair from the value of a Cookie field, which must not be empty. The pair has no
/// blanks around it, and may be empty.
[[nodiscard]] std::string_view next_cookie_pair(std::string_view& field) noexcept;

/// The name in a pair; the whole pair if it has no '='.
[[nodiscard]] std::string_view cookie_pair_name(std::string_view pair) noexcept;

/// Appends a pair to the value of a Cookie field, unless it is empty.
void append_cookie_pair(std::string& field, std::string_view pair);

/// Adds the cookies of a jar, given as the value of a Cookie field, to those that the caller set,
/// and makes them one field (RFC 6265bis section 5.8.3). The caller's come first. If they have the
/// same name, the jar's cookie is left out: a server might read that one, perhaps of another user.
void add_jar_cookies(Headers& request, std::string_view from_jar);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/cookie_field.ipp>
#endif
