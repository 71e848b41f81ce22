// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The head of one response, parsed and interpreted (RFC 9112 sections 4 to 6): what the parser
// hands to the transport. Plain data; must not know the source of its bytes.

#include <hawser/headers.hpp>
#include <hawser/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace hawser::inline HAWSER_ABI::detail {

/// Limits of a head or a trailer section; beyond them it fails with error::headers_too_large.
struct HeadLimits {
    std::size_t max_bytes = 256 * 1024;  // as received, including the blank line
    std::size_t max_fields = 1000;
};

struct ResponseHead {
    int status = 0;  // 100 to 999
    Version version = Version::http_1_1;
    std::string reason;  // may be empty; HTAB, SP, VCHAR, obs-text
    Headers headers;     // everything received, including fields interpreted below

    /// Also set in a response to HEAD; never in 1xx, 204 and 304.
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool coded = false;  // there is a Content-Encoding
    /// It conforms to RFC 9112. If not, it was read as other clients read it, but nothing that
    /// follows on the connection can be trusted.
    bool exact = true;
    /// By the peer's own words. A body that ends with the connection forbids reuse as well.
    bool keep_alive = true;
    /// Connection names `upgrade`, and there is an Upgrade field.
    bool upgrade = false;
    std::optional<std::chrono::seconds> keep_alive_timeout;
    std::optional<std::uint32_t> keep_alive_max;
};

}  // namespace hawser::inline HAWSER_ABI::detail
