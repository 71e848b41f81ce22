// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The contents of a netrc file: "machine host login user password secret", in words separated by
// blanks and lines. As curl reads it: a word may be quoted, with \n, \r, \t and backslashes before
// any other character; a word that begins with '#' makes the rest of its line a comment. Macros end
// at an empty line and are skipped, and so are words that are not known. Must not know about files.

#include <hawser/config.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

struct NetrcEntry {
    std::string machine;  // empty: "default", for all other hosts
    std::string login;
    std::string password;
    bool is_default = false;

    friend bool operator==(const NetrcEntry&, const NetrcEntry&) = default;
};

/// The first malformed line, counted from 1, and what is wrong with it. 0: there is none.
struct NetrcFault {
    std::size_t line = 0;
    const char* reason = "";
};

/// Appends the entries of a file. The reason of a fault quotes nothing from it.
[[nodiscard]] NetrcFault read_netrc(std::string_view text, std::vector<NetrcEntry>& entries);

/// The entry for a host, and for a login if that is not empty: the first one of that very host, or
/// else the first default. Null if there is none, and if the host's own entry has neither a login
/// nor a password: an entry never lends its secret to another.
[[nodiscard]] const NetrcEntry* find_netrc(const std::vector<NetrcEntry>& entries,
                                           std::string_view host,
                                           std::string_view login) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/netrc.ipp>
#endif
