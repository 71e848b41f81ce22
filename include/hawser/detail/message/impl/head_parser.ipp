// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/grammar.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/detail/message/fault_at.hpp>
#include <hawser/detail/message/head_parser.hpp>

#include <algorithm>
#include <cstring>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL HeadParser::HeadParser(HeadLimits limits, bool tolerant)
    : tolerant_(tolerant), status_line_(tolerant) {
    reset(limits);
}

HAWSER_DECL void HeadParser::reset(HeadLimits limits) {
    limits_ = limits;
    limits_.max_bytes = std::min<std::size_t>(limits.max_bytes, INT32_MAX);  // FieldSpan has 32-bit
                                                                             // offsets
    limits_.max_fields = std::min<std::size_t>(limits.max_fields, INT32_MAX);
    reset();
}

HAWSER_DECL void HeadParser::reset() {
    status_line_.reset();
    names_.reset(limits_.max_fields);
    checked_ = line_ = size_ = 0;
    error_ = no_error;
    framing_ = FramingScan(tolerant_);
    lines_.reset();
    head_.reason.clear();
    head_.headers.clear();
}

HAWSER_DECL HeadParser::Outcome HeadParser::feed(std::string_view text) {
    if (error_ != no_error || size_ != 0) {
        return size_ == 0 ? Outcome::failed : Outcome::complete;
    }
    // Looks at nothing beyond the limit, so that no segmentation reports a later fault first.
    text = {text.data(), std::min(text.size(), limits_.max_bytes)};
    if (line_ == 0) {
        if (!status_line_.feed(text, head_)) {
            return fail(hawser::error::bad_response);
        }
        line_ = status_line_.size();
    }
    const Outcome outcome = line_ == 0                             ? Outcome::more
                            : lines_                               ? feed_deviating(text)
                            : !names_.fed() && take_ordinary(text) ? Outcome::complete
                                                                   : feed_lines(text);
    return outcome != Outcome::more || text.size() < limits_.max_bytes
               ? outcome
               : fail(hawser::error::headers_too_large);
}

HAWSER_DECL HeadParser::Outcome HeadParser::feed_lines(std::string_view text) {
    names_.feed(text, first_line());
    hawser::error reason = hawser::error::bad_response;
    if (check_fields(text)) {
        reason = names_.error(text);
        if (reason == no_error) {
            if (!names_.ended()) {
                return Outcome::more;
            }
            reason = finish(text);
            if (reason == no_error) {
                return Outcome::complete;
            }
        }
    }
    const bool rereads = tolerant_ || answers_connect_;  // llhttp judges the framing, too
    return rereads && reason != hawser::error::resource_exhausted ? feed_deviating(text)
                                                                  : fail(reason);
}

/// Rereads the lines of a head that is not well-formed, and continues with HeadLines.
HAWSER_DECL HeadParser::Outcome HeadParser::feed_deviating(std::string_view text) {
    if (!lines_) {
        lines_ = std::make_unique<HeadLines>(first_line(), limits_.max_fields, tolerant_);
        framing_ = FramingScan(tolerant_);
    }
    const Outcome outcome = lines_->feed(text, framing_);
    if (outcome == Outcome::failed) {
        return fail(lines_->error());
    }
    if (outcome == Outcome::complete) {
        if (const hawser::error reason = finish_framing(); reason != no_error) {
            return fail(reason);
        }
        lines_->take_fields(text, head_.headers);
        head_.exact = head_.exact && status_line_.exact() && lines_->exact();
        size_ = lines_->size();
    }
    return outcome;
}

HAWSER_COLD_DECL HeadParser::Outcome HeadParser::fail(hawser::error reason) noexcept {
    error_ = reason;
    return Outcome::failed;
}

/// Nearly every head arrives in one piece, and all its lines are `token ":" OWS value OWS CRLF`.
/// This parses such a head in one pass, at a third of llhttp's cost. It only ever accepts: llhttp
/// sees any other head from its first byte, and the functions below find its fault.
HAWSER_DECL bool HeadParser::take_ordinary(std::string_view text) {
    if (scan_lines(text) && check_values({text.data() + first_line(), line_ - first_line()}) &&
        !framing_.finish(head_)) {
        take_fields(text);
        return true;
    }
    line_ = first_line();
    names_.clear();
    framing_ = FramingScan(tolerant_);
    return false;
}

/// Notes the fields of all lines up to the empty one; false if any line is not ordinary.
HAWSER_DECL bool HeadParser::scan_lines(std::string_view text) noexcept {
    const std::size_t room = names_.room();
    for (;;) {
        const std::size_t cr = text.find('\r', line_);
        if (cr == std::string_view::npos || text.size() - cr < 2 || text[cr + 1] != '\n') {
            return false;
        }
        if (cr == line_) {
            return true;
        }
        std::size_t colon = line_;
        while (is(token_char, text[colon])) {  // stops at the CR at the latest
            ++colon;
        }
        if (text[colon] != ':' || colon == line_ || names_.count() == room) {
            return false;
        }
        FieldSpan& field = names_.add(line_, colon - line_);
        line_ = cr + 2;
        take_value(text, field);
    }
}

/// Checks the complete fields, those before a name or before the end of the head. The bytes from
/// the end of the previous line to the next must be exactly `name ":" OWS value OWS CRLF` (RFC 9112
/// section 5), which leaves no room for folding or for blanks around the name. llhttp decides which
/// visible characters make a name; version 8.1 lets blanks pass. check_values() looks for controls
/// in the values.
HAWSER_DECL bool HeadParser::check_fields(std::string_view text) noexcept {
    const std::size_t complete = names_.complete(text);
    for (; checked_ < complete; ++checked_) {
        FieldSpan& field = names_[checked_];
        const std::string_view name(text.data() + field.name_offset, field.name_size);
        const std::size_t colon = field.name_offset + name.size();
        const std::size_t end = names_[checked_ + 1].name_offset;
        if (field.name_offset != line_ || end < colon + 3 || text[colon] != ':' ||
            text[end - 2] != '\r' || text[end - 1] != '\n' || !is_visible(name)) {
            return false;
        }
        line_ = end;
        take_value(text, field);
    }
    return true;
}

/// Notes the value of a field whose name is noted: it lies between the colon and the CRLF before
/// line_, both already checked.
HAWSER_DECL void HeadParser::take_value(std::string_view text, FieldSpan& field) noexcept {
    const std::string_view name(text.data() + field.name_offset, field.name_size);
    const char* value = name.data() + name.size() + 1;
    const char* const cr = text.data() + line_ - 2;
    const char* stop = cr;
    while (is_ows(*value)) {  // stops at the CR at the latest
        ++value;
    }
    while (is_ows(stop[-1]) && stop != value) {
        --stop;
    }
    field.value_offset = static_cast<std::uint32_t>(value - text.data());
    field.value_size = static_cast<std::uint32_t>(stop - value);
    framing_.field(name, framing_value(name, {value, stop}, cr));
}

/// `text` holds the field lines. Each ends in CRLF; if it has no other controls, no value has one.
HAWSER_DECL bool HeadParser::check_values(std::string_view text) const noexcept {
    if (count_controls(text) == 2 * names_.count()) {
        return true;
    }
    const auto fields = names_.all();
    const char* const head = text.data() - first_line();
    return std::all_of(fields.begin(), fields.end(), [head](const FieldSpan& field) {
        return is_field_value({head + field.value_offset, field.value_size});
    });
}

HAWSER_DECL hawser::error HeadParser::finish(std::string_view text) {
    if (text.size() < line_ + 2 || text[line_] != '\r' || text[line_ + 1] != '\n' ||
        !check_values(text.substr(first_line(), line_ - first_line()))) {
        return hawser::error::bad_response;
    }
    const hawser::error reason = finish_framing();
    if (reason == no_error) {
        take_fields(text);
    }
    return reason;
}

HAWSER_DECL hawser::error HeadParser::finish_framing() noexcept {
    const std::error_code reason = framing_.finish(head_);
    if (!reason || (answers_connect_ && head_.status / 100 == 2)) {
        return no_error;
    }
    return static_cast<hawser::error>(reason.value());
}

/// line_ is where the blank line begins.
HAWSER_DECL void HeadParser::take_fields(std::string_view text) {
    Access::assign(head_.headers, std::string_view(text.data(), line_), names_.all());
    head_.exact = head_.exact && status_line_.exact();
    size_ = line_ + 2;
}

/// The first line of `text`, with the value removed if the field may hold credentials.
inline std::string_view shown_line(std::string_view text) noexcept {
    text = text.substr(0, text.find('\n'));
    const std::string_view name = text.substr(0, text.find_first_of(": \t"));
    for (const std::string_view secret : {"set-cookie",
                                          "set-cookie2",
                                          "cookie",
                                          "authorization",
                                          "proxy-authorization",
                                          "authentication-info",
                                          "proxy-authentication-info"}) {
        if (iequals(name, secret)) {
            return name;
        }
    }
    return text;
}

HAWSER_COLD_DECL Fault HeadParser::fault(std::string_view text, std::uint64_t before) const {
    text = text.substr(0, limits_.max_bytes);
    if (line_ == 0) {
        const std::size_t at = status_line_.fault(text);
        return at < text.size() ? fault_at(before + at,
                                           text.substr(0, at + 1),
                                           "no HTTP/1 status line (RFC 9112 section 4)")
                                : fault_at(before + at, {}, "the limit, within the status line");
    }
    HeadLines lines(first_line(), limits_.max_fields, tolerant_);
    FramingScan framing(tolerant_);
    switch (lines.feed(text, framing)) {
        case Outcome::failed: {
            // A continuation is shown without its text: here we cannot tell which field it
            // continues.
            const std::string_view line = text.substr(lines.fault());
            const bool shown = !is_ows(line.front()) || lines.fault() == first_line();
            return fault_at(before + lines.fault(), shown ? shown_line(line) : "", lines.rule());
        }
        case Outcome::more:
            return fault_at(before + text.size(), {}, "the limit, within the response head");
        case Outcome::complete:
            break;
    }
    Headers headers;
    lines.take_fields(text, headers);
    return headers.empty() ? Fault() : framing_fault(text, before, lines, headers);
}

/// All lines are valid by themselves; the fault lies in their combination. Shows the first field
/// that completes it.
HAWSER_COLD_DECL Fault HeadParser::framing_fault(std::string_view text,
                                                 std::uint64_t before,
                                                 const HeadLines& lines,
                                                 const Headers& headers) const {
    FramingScan scan(tolerant_);
    ResponseHead head = head_;
    std::size_t field = 0;
    for (const auto& [name, value] : headers) {
        scan.field(name, value);
        if (scan.finish(head) || field + 1 == headers.size()) {
            break;
        }
        ++field;
    }
    const std::size_t at = lines.fields()[field].name_offset;
    return fault_at(before + at, shown_line(text.substr(at)), scan.rule(head_.version));
}

}  // namespace hawser::inline HAWSER_ABI::detail
