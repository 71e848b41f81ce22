// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Cookies as lines of Netscape's cookie file, which curl, wget and browser tools read and write. A
// line has seven columns, separated by tabs: domain (with a leading dot if subdomains are
// included), whether they are (TRUE or FALSE), path, whether Secure, expiry in seconds since 1970
// (0: session), name, value. "#HttpOnly_" in front of a line marks an HttpOnly cookie; any other
// '#' begins a comment. Must not know about files.

#include <hawser/config.hpp>
#include <hawser/cookie.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

[[nodiscard]] std::string write_netscape(const std::vector<Cookie>& cookies);

/// The first malformed line, counted from 1, and what is wrong with it. 0: there is none.
struct NetscapeFault {
    std::size_t line = 0;
    const char* reason = "";
};

/// Appends the cookies of a file, as they are written there: only the columns are checked. A line
/// may end with CR LF, and may lack its last column.
[[nodiscard]] NetscapeFault read_netscape(std::string_view text, std::vector<Cookie>& cookies);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/netscape_format.ipp>
#endif
