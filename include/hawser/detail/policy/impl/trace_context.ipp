// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/policy/trace_context.hpp>

#include <algorithm>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool is_lower_hex(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

/// An id of zeros is invalid.
HAWSER_DECL bool is_trace_id(std::string_view text) noexcept {
    return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

HAWSER_DECL std::optional<TraceParent> parse_traceparent(std::string_view text) noexcept {
    constexpr std::size_t size = 55;  // of version 00; later ones may add "-…"
    if (text.size() < size || text[2] != '-' || text[35] != '-' || text[52] != '-') {
        return std::nullopt;
    }
    const std::string_view version = text.substr(0, 2);
    const std::string_view flags = text.substr(53, 2);
    const TraceParent parsed{
        text.substr(3, 32), text.substr(36, 16), hex_value(flags[0]) * 16 + hex_value(flags[1])};
    const bool ends = text.size() == size || (version != "00" && text[size] == '-');
    const bool valid = ends && is_lower_hex(version) && version != "ff" && is_lower_hex(flags) &&
                       is_trace_id(parsed.trace_id) && is_trace_id(parsed.parent_id);
    return valid ? std::optional(parsed) : std::nullopt;
}

HAWSER_DECL void begin_span(Headers& fields,
                            std::string_view current,
                            std::string_view new_trace,
                            std::string_view new_span,
                            bool sampled) {
    const std::vector<std::string_view> given = fields.values("traceparent");
    const std::string text(given.empty() ? current : given.size() == 1 ? given.front() : "");
    const std::optional<TraceParent> parent = parse_traceparent(text);
    const unsigned flags = parent ? parent->flags & 3u : sampled ? 3u : 2u;
    std::string field("00-");
    field.append(parent ? parent->trace_id : new_trace).append(1, '-').append(new_span);
    field.append("-0").append(1, static_cast<char>('0' + flags));
    if (!parent) {
        fields.erase("tracestate");
    }
    fields.set("traceparent", field);
}

}  // namespace hawser::inline HAWSER_ABI::detail
