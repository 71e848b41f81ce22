// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/head_lines.hpp>

#include <algorithm>
#include <cstdint>

namespace hawser::inline HAWSER_ABI::detail {

/// A field is complete once the next line has begun with a character other than a blank. The result
/// never depends on how the text was segmented.
HAWSER_DECL HeadProgress HeadLines::feed(std::string_view text, FramingScan& framing) {
    for (;;) {
        if (block_ != line_) {
            if (line_ == text.size()) {
                return HeadProgress::more;
            }
            if (!is_ows(text[line_])) {
                if (!take_block(text.substr(block_, line_ - block_), framing)) {
                    return HeadProgress::failed;
                }
                block_ = line_;
            }
        }
        const std::size_t lf = text.find('\n', std::max(line_, searched_));
        if (lf == std::string_view::npos) {
            searched_ = text.size();
            return HeadProgress::more;
        }
        const std::string_view line = text.substr(line_, lf + 1 - line_);
        if (line == "\r\n" || line == "\n") {
            size_ = lf + 1;
            return line.size() == 2 || deviates("a bare LF as a line end (RFC 9112 section 2.2)")
                       ? HeadProgress::complete
                       : HeadProgress::failed;
        }
        if (const char* rule = hopeless(line)) {
            block_ = line_;
            fail(hawser::error::bad_response, rule);
            return HeadProgress::failed;
        }
        line_ = lf + 1;
    }
}

/// The rule that a line breaks regardless of the lines around it; null if none.
HAWSER_DECL const char* HeadLines::hopeless(std::string_view line) const noexcept {
    if (block_ == line_ && is_ows(line.front())) {
        return "white space before the first field (RFC 9112 section 2.2)";
    }
    take_line_end(line);
    return is_field_value(line) ? nullptr : "a control character (RFC 9110 section 5.5)";
}

/// One line of several, without its line end.
inline std::string_view without_end(std::string_view line) noexcept {
    take_line_end(line);
    return line;
}

inline bool is_folded(std::string_view block) noexcept {
    return block.find('\n') + 1 != block.size();
}

/// One field with its continuation lines, including line ends.
HAWSER_DECL bool HeadLines::take_block(std::string_view block, FramingScan& framing) {
    if (has_bare_lf(block) && !deviates("a bare LF as a line end (RFC 9112 section 2.2)")) {
        return false;
    }
    const bool folded = is_folded(block);
    if (folded && !deviates("a folded line (RFC 9112 section 5.2)")) {
        return false;
    }
    folded_ |= folded;
    const std::string joined = folded ? unfolded(block) : std::string();
    const std::string_view line = folded ? joined : without_end(block);
    const FieldLine field = read_field_line(line, tolerant_);
    if (field.kind == FieldLine::Kind::refused ||
        (field.rule != nullptr && !deviates(field.rule))) {
        return fail(hawser::error::bad_response, field.rule);
    }
    if (blocks_.size() == max_fields_) {
        return fail(hawser::error::headers_too_large, "more fields than allowed");
    }
    blocks_.push_back(static_cast<std::uint32_t>(block_));
    if (field.kind == FieldLine::Kind::field) {
        framing.field(field.name,
                      framing_value(field.name, field.value, line.data() + line.size()));
    }
    return true;
}

/// Joins folded fields in place, in a copy; joining only makes them shorter.
HAWSER_DECL void HeadLines::take_fields(std::string_view text, Headers& headers) {
    std::string copy(folded_ ? text.substr(0, line_) : std::string_view());
    const std::string_view source = folded_ ? copy : text.substr(0, line_);
    const auto offset = [&](std::string_view part) {
        return static_cast<std::uint32_t>(part.data() - source.data());
    };
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const std::size_t begin = blocks_[i];
        const std::size_t end = i + 1 < blocks_.size() ? blocks_[i + 1] : line_;
        std::string_view line = source.substr(begin, end - begin);
        if (is_folded(line)) {
            const std::string joined = unfolded(line);
            joined.copy(copy.data() + begin, joined.size());
            line = line.substr(0, joined.size());
        } else {
            take_line_end(line);
        }
        const FieldLine field = read_field_line(line, tolerant_);
        if (field.kind == FieldLine::Kind::field) {
            fields_.push_back({offset(field.name),
                               static_cast<std::uint32_t>(field.name.size()),
                               offset(field.value),
                               static_cast<std::uint32_t>(field.value.size())});
        } else {
            ignored_.emplace_back(line);
        }
    }
    Access::assign(headers, source, fields_);
}

/// True if tolerated.
HAWSER_DECL bool HeadLines::deviates(const char* rule) noexcept {
    exact_ = false;
    return tolerant_ || fail(hawser::error::bad_response, rule);
}

HAWSER_DECL bool HeadLines::fail(hawser::error reason, const char* rule) noexcept {
    error_ = reason;
    rule_ = rule;
    return false;
}

}  // namespace hawser::inline HAWSER_ABI::detail
