// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Classifies one line of a head or a trailer section (RFC 9112 section 5): a field, something to
// drop, or a fault. Knows nothing of the lines around it or of what a field means.

#include <hawser/config.hpp>

#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

struct FieldLine {
    enum class Kind {
        field,
        no_field,  // no client takes it for a field: drop it
        refused,
    };
    Kind kind = Kind::field;
    std::string_view name{};
    std::string_view value{};    // without surrounding blanks
    const char* rule = nullptr;  // the rule that the line breaks; null if it conforms to RFC 9112
};

/// `line` is unfolded and without its line end. Strict: refuses a line that breaks any rule.
/// Tolerant: removes white space before the colon, and may drop a line that is not a field.
[[nodiscard]] FieldLine read_field_line(std::string_view line, bool tolerant) noexcept;

/// Removes the line end, CRLF or a bare LF; false for the latter.
bool take_line_end(std::string_view& line) noexcept;

/// Joins a folded field, given with all its line ends, into one line, with one space for each fold
/// (RFC 9112 section 5.2).
[[nodiscard]] std::string unfolded(std::string_view lines);

/// `lines` all end in LF. Whether any of them has no CR before it.
[[nodiscard]] bool has_bare_lf(std::string_view lines) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/field_line.ipp>
#endif
