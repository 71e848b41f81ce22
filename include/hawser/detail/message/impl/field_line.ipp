// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/field_line.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL FieldLine read_field_line(std::string_view line, bool tolerant) noexcept {
    using Kind = FieldLine::Kind;
    if (!is_field_value(line)) {
        return {Kind::refused, {}, {}, "a control character (RFC 9110 section 5.5)"};
    }
    const std::size_t colon = line.find(':');
    std::string_view name = line.substr(0, colon);
    while (tolerant && !name.empty() && is_ows(name.back())) {
        name.remove_suffix(1);
    }
    if (colon == std::string_view::npos || !is_token(name)) {
        const bool blank = !name.empty() && is_ows(name.back());
        return {tolerant ? Kind::no_field : Kind::refused,
                {},
                {},
                colon == std::string_view::npos ? "a line without a colon (RFC 9112 section 5)"
                : blank ? "white space before the colon (RFC 9112 section 5.1)"
                        : "a field name that is no token (RFC 9110 section 5.1)"};
    }
    return {Kind::field,
            name,
            trim_ows(line.substr(colon + 1)),
            name.size() == colon ? nullptr : "white space before the colon (RFC 9112 section 5.1)"};
}

HAWSER_DECL bool take_line_end(std::string_view& line) noexcept {
    line.remove_suffix(1);
    if (!line.ends_with('\r')) {
        return false;
    }
    line.remove_suffix(1);
    return true;
}

HAWSER_DECL std::string unfolded(std::string_view lines) {
    std::string joined;
    joined.reserve(lines.size());
    while (!lines.empty()) {
        const std::size_t size = lines.find('\n') + 1;
        std::string_view line = lines.substr(0, size);
        take_line_end(line);
        line = trim_ows(line);
        if (!joined.empty() && !line.empty()) {
            joined += ' ';
        }
        joined += line;
        lines.remove_prefix(size);
    }
    return joined;
}

HAWSER_DECL bool has_bare_lf(std::string_view lines) noexcept {
    for (std::size_t lf = lines.find('\n'); lf != std::string_view::npos;
         lf = lines.find('\n', lf + 1)) {
        if (lf == 0 || lines[lf - 1] != '\r') {
            return true;
        }
    }
    return false;
}

}  // namespace hawser::inline HAWSER_ABI::detail
