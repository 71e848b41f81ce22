// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Cookies as the lines of Netscape's cookie file, which curl, wget and browsers' tools read and
// write. A line has seven columns with tabs in between: domain (with a leading dot if hosts below
// it are meant), whether they are (TRUE or FALSE), path, whether Secure, expiry in seconds since
// 1970 (0: session), name, value. "#HttpOnly_" in front of a line says what it says; any other '#'
// begins a comment. Must not know of files.

#include <hawser/config.hpp>
#include <hawser/cookie.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::detail {

[[nodiscard]] std::string write_netscape(const std::vector<Cookie>& cookies);

/// The first line that is none, from 1, and what is wrong with it; 0: all of them are.
struct NetscapeFault {
    std::size_t line = 0;
    const char* reason = "";
};

/// Appends the cookies of a file. They are as the file says: nothing is checked but the columns. A
/// line may end with CR LF, and lack its last column.
[[nodiscard]] NetscapeFault read_netscape(std::string_view text, std::vector<Cookie>& cookies);

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/cookies/impl/netscape_format.ipp>
#endif
