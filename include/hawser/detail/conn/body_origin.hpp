// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a body remembers of its request for error messages, when its exchange no longer exists.
// Costs only a reference to the URL.

#include <hawser/config.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/failure.hpp>
#include <hawser/url.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// Small, because every body stores it.
enum class KnownMethod : std::uint8_t { other, get, post, put, del, patch, options, head };

KnownMethod find_method(std::string_view method) noexcept;
/// `other` for a rarely used method: a failure then lacks its name.
HAWSER_INLINE inline KnownMethod known_method(std::string_view method) noexcept {
    return is_exactly(method, "GET") ? KnownMethod::get : find_method(method);
}

/// A URL as shown in a failure: without userinfo and fragment.
std::string failing_url(const Url& url);

struct BodyOrigin {
    Url url{};
    KnownMethod method{};

    /// Empty if it is not a known one.
    std::string method_name() const;
    /// The failure of a body with this origin, with a reason if `fault` has none.
    Failure describe(std::error_code code, Fault fault, const char* reason) const noexcept;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/body_origin.ipp>
#endif
