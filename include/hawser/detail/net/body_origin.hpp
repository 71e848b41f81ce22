// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a body remembers of its request for the text of its errors, once no exchange stands behind
// it any more. Costs nothing but a reference to the URL.

#include <hawser/config.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/failure.hpp>
#include <hawser/url.hpp>

#include <string>
#include <string_view>
#include <system_error>

namespace hawser::detail {

/// A constant with the same text; null for methods that nobody uses.
const char* known_method(std::string_view method) noexcept;

/// A URL as a failure names it: without userinfo and fragment.
std::string failing_url(const Url& url);

struct BodyOrigin {
    Url url{};
    const char* method = nullptr;

    /// The failure of a body with this origin.
    Failure describe(std::error_code code, Fault fault = {}) const noexcept;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/net/impl/body_origin.ipp>
#endif
