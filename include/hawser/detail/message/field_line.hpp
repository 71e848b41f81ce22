// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What one line of a head or of a trailer section is (RFC 9112 section 5): a field, something to
// drop, or a fault. Knows nothing of the lines around it, nor of what a field means.

#include <hawser/config.hpp>

#include <string>
#include <string_view>

namespace hawser::detail {

struct FieldLine {
    enum class Kind {
        field,
        no_field,  // nobody takes it for one: to be dropped
        refused,
    };
    Kind kind = Kind::field;
    std::string_view name{};
    std::string_view value{};    // without the blanks around it
    const char* rule = nullptr;  // that the line breaks; null: it is as RFC 9112 has it
};

/// `line` has no line end any more and is not folded. Strict: whatever breaks a rule is refused.
/// Tolerant: white space before the colon is removed, and what is no field may be dropped.
[[nodiscard]] FieldLine read_field_line(std::string_view line, bool tolerant) noexcept;

/// Takes the line end off, CRLF or a bare LF; false for the second.
bool take_line_end(std::string_view& line) noexcept;

/// A folded field, each of its lines with its end, as one line: one space for each fold (RFC 9112
/// section 5.2).
[[nodiscard]] std::string unfolded(std::string_view lines);

/// Whether a line in `lines`, each of which ends in LF, has no CR before it.
[[nodiscard]] bool has_bare_lf(std::string_view lines) noexcept;

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/field_line.ipp>
#endif
