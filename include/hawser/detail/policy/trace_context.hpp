// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The field `traceparent` (W3C Trace Context, section 3.2): which trace a request belongs to. Must
// not know where random ids come from.

#include <hawser/config.hpp>
#include <hawser/headers.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// A valid `traceparent`.
struct TraceParent {
    std::string_view trace_id;   // 32 hex digits
    std::string_view parent_id;  // 16 hex digits
    unsigned flags = 0;          // of which we know 1 (sampled) and 2 (the trace id is random)
};

/// Nothing if it is not valid: then the trace is not continued (section 3.2.2).
[[nodiscard]] std::optional<TraceParent> parse_traceparent(std::string_view text) noexcept;

/// The fields of a request that begins a span: they continue the trace that `fields` name, or else
/// `current`. If neither is valid, a new trace begins, and no `tracestate` of an old one goes along
/// (section 3.3). `new_trace` and `new_span` are 32 and 16 hex digits.
void begin_span(Headers& fields,
                std::string_view current,
                std::string_view new_trace,
                std::string_view new_span,
                bool sampled);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/policy/impl/trace_context.ipp>
#endif
