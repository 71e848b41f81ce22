// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The field lines of a head that deviates from RFC 9112 section 5, read one after another: what
// everybody reads is read (Framing::tolerant), and noted; or, strict, the first deviation is found
// and named. Slower than HeadParser, which asks only when a head is not well-formed; until it is
// complete, it takes no memory but a few bytes for each line. Must not know the status line, or
// what the fields mean: FramingScan is told of them.

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

namespace hawser::detail {

/// Where the reading of a head stands.
enum class HeadProgress { more, complete, failed };

class HeadLines {
public:
    /// The first field line begins at `begin`.
    HeadLines(std::size_t begin, std::size_t max_fields, bool tolerant) noexcept
        : max_fields_(max_fields), tolerant_(tolerant), block_(begin), line_(begin) {}

    /// Goes on with `text`, everything received since the head began. An outcome other than `more`
    /// is final.
    HeadProgress feed(std::string_view text, FramingScan& framing);

    /// Bytes of the head, blank line included; valid once complete.
    std::size_t size() const noexcept { return size_; }
    /// It is as RFC 9112 has it.
    bool exact() const noexcept { return exact_; }
    /// Once complete, with the same text.
    void take_fields(std::string_view text, Headers& headers);
    /// Where the lines of the fields taken begin: at their names.
    const std::vector<FieldSpan>& fields() const noexcept { return fields_; }
    /// The lines that are no fields, once the fields were taken.
    std::vector<std::string>& ignored() noexcept { return ignored_; }

    /// Once failed: bad_response or headers_too_large, where, and the rule that was broken.
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
    bool folded_ = false;       // one of the fields is
    std::size_t block_;         // where the field that waits for its end begins
    std::size_t line_;          // where the next line begins: at block_ when none waits
    std::size_t searched_ = 0;  // no LF between line_ and here
    std::size_t size_ = 0;
    std::vector<std::uint32_t> blocks_;  // where each begins, one behind another
    std::vector<FieldSpan> fields_;
    std::vector<std::string> ignored_;
    hawser::error error_ = hawser::error::bad_response;
    const char* rule_ = nullptr;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/head_lines.ipp>
#endif
