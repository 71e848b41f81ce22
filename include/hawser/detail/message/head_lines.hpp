// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads the field lines of a head that deviates from RFC 9112 section 5, one after another.
// Tolerant mode (Framing::tolerant) accepts, and notes, what other clients accept. Strict mode
// finds and names the first deviation. Slower than HeadParser, which uses this only for a head that
// is not well-formed. Until the head is complete, it allocates only a few bytes per line. Must not
// know the status line or what the fields mean: it passes them to FramingScan.

#include <hawser/config.hpp>
#include <hawser/detail/message/field_line.hpp>
#include <hawser/detail/message/framing.hpp>
#include <hawser/error.hpp>
#include <hawser/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// How far a head has been read.
enum class HeadProgress { more, complete, failed };

class HeadLines {
public:
    /// The first field line begins at `begin`.
    HeadLines(std::size_t begin, std::size_t max_fields, bool tolerant) noexcept
        : max_fields_(max_fields), tolerant_(tolerant), block_(begin), line_(begin) {}

    /// Continues with `text`, everything received since the head began. A result other than `more`
    /// is final.
    HeadProgress feed(std::string_view text, FramingScan& framing);

    /// Bytes of the head, including the blank line; valid once complete.
    std::size_t size() const noexcept { return size_; }
    /// True if it conforms to RFC 9112.
    bool exact() const noexcept { return exact_; }
    /// Call once complete, with the same text.
    void take_fields(std::string_view text, Headers& headers);
    /// Where the lines of the taken fields begin: at their names.
    const std::vector<FieldSpan>& fields() const noexcept { return fields_; }
    /// Lines that are not fields; valid after take_fields().
    std::vector<std::string>& ignored() noexcept { return ignored_; }

    /// After a failure: bad_response or headers_too_large, the position, and the broken rule.
    hawser::error error() const noexcept { return error_; }
    std::size_t fault() const noexcept { return block_; }
    const char* rule() const noexcept { return rule_; }

private:
    const char* hopeless(std::string_view line) const noexcept;
    bool take_block(std::string_view block, FramingScan& framing);
    bool deviates(const char* rule) noexcept;
    bool fail(hawser::error reason, const char* rule) noexcept;

    const std::size_t max_fields_;
    const bool tolerant_;
    bool exact_ = true;
    bool folded_ = false;       // at least one field is folded
    std::size_t block_;         // where the field that still lacks its end begins
    std::size_t line_;          // where the next line begins; equals block_ if no field is open
    std::size_t searched_ = 0;  // no LF between line_ and here
    std::size_t size_ = 0;
    std::vector<std::uint32_t> blocks_;  // where each field begins, in order
    std::vector<FieldSpan> fields_;
    std::vector<std::string> ignored_;
    hawser::error error_ = hawser::error::bad_response;
    const char* rule_ = nullptr;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/head_lines.ipp>
#endif
