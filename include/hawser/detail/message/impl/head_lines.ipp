// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/head_lines.hpp>

#include <algorithm>
#include <cstdint>

namespace hawser::detail {

/// A field is complete when the line behind it has begun, and not with a blank. What is told of a
/// text never depends on how it came.
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

/// The rule that a line breaks whatever the lines around it are; null: none.
HAWSER_DECL const char* HeadLines::hopeless(std::string_view line) const noexcept {
    if (block_ == line_ && is_ows(line.front())) {
        return "white space before the first field (RFC 9112 section 2.2)";
    }
    take_line_end(line);
    return is_field_value(line) ? nullptr : "a control character (RFC 9110 section 5.5)";
}

/// One field with its folds, line ends included.
HAWSER_DECL bool HeadLines::take_block(std::string_view block, FramingScan& framing) {
    if (has_bare_lf(block) && !deviates("a bare LF as a line end (RFC 9112 section 2.2)")) {
        return false;
    }
    std::string joined;
    std::string_view line = block;
    if (block.find('\n') + 1 != block.size()) {
        if (!deviates("a folded line (RFC 9112 section 5.2)")) {
            return false;
        }
        joined = unfolded(block);
        line = joined;
    } else {
        take_line_end(line);
    }
    const FieldLine field = read_field_line(line, tolerant_);
    if (field.kind == FieldLine::Kind::refused ||
        (field.rule != nullptr && !deviates(field.rule))) {
        return fail(hawser::error::bad_response, field.rule);
    }
    if (fields_.size() + ignored_.size() == max_fields_) {
        return fail(hawser::error::headers_too_large, "more fields than allowed");
    }
    if (field.kind == FieldLine::Kind::field) {
        take_field(line, field, framing);
    } else {
        ignored_.emplace_back(line);
    }
    return true;
}

HAWSER_DECL void HeadLines::take_field(std::string_view line,
                                       const FieldLine& field,
                                       FramingScan& framing) {
    const auto at = static_cast<std::uint32_t>(text_.size());
    const auto name_size = static_cast<std::uint32_t>(field.name.size());
    const auto value_size = static_cast<std::uint32_t>(field.value.size());
    offsets_.push_back(block_);
    fields_.push_back({at, name_size, at + name_size, value_size});
    text_.append(field.name).append(field.value);
    const char* const end = line.data() + line.size();
    framing.field(field.name, framing_value(field.name, field.value, end));
}

HAWSER_DECL void HeadLines::take_fields(Headers& headers) const {
    headers.detail_assign(text_, fields_);
}

/// True: tolerated.
HAWSER_DECL bool HeadLines::deviates(const char* rule) noexcept {
    exact_ = false;
    return tolerant_ || fail(hawser::error::bad_response, rule);
}

HAWSER_DECL bool HeadLines::fail(hawser::error reason, const char* rule) noexcept {
    error_ = reason;
    rule_ = rule;
    return false;
}

}  // namespace hawser::detail
