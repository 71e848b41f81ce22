// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the middleware log() says about a request, and what measure() calls its URL. It must not
// show a secret: neither userinfo, nor what is in a query or fragment, nor any field or body.

#include <hawser/config.hpp>
#include <hawser/url.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

struct LoggedRequest {
    std::string_view method;
    Url url;
    std::error_code ec{};
    int status = 0;  // without an error
    std::chrono::milliseconds duration{0};
    std::optional<std::uint64_t> length{};  // of the response's body, if it was announced
};

/// Without userinfo and fragment, and with "?***" in place of a query. A long path is cut.
void append_logged_url(std::string& line, const Url& url);

/// One line of printable ASCII without a line end. Long URLs are cut.
[[nodiscard]] std::string log_line(const LoggedRequest& request);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/log_line.ipp>
#endif
