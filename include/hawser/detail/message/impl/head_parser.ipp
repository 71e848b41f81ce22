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
#include <new>
#include <span>

namespace hawser::detail {

struct HeadParser::Callbacks {
    static int field(llhttp_t* llhttp, const char* at, std::size_t size) noexcept {
        return static_cast<HeadParser*>(llhttp->data)->name_piece(at, size);
    }

    static int complete(llhttp_t* llhttp) noexcept {
        static_cast<HeadParser*>(llhttp->data)->headers_complete_ = true;
        return HPE_PAUSED;  // we, not llhttp, decide what follows
    }

    static constexpr llhttp_settings_t make_settings() noexcept {
        llhttp_settings_t made{};
        made.on_header_field = &field;
        made.on_headers_complete = &complete;
        return made;
    }

    static const llhttp_settings_t settings;
};

inline constexpr llhttp_settings_t HeadParser::Callbacks::settings = make_settings();

HAWSER_DECL HeadParser::HeadParser(HeadLimits limits, bool tolerant) : tolerant_(tolerant) {
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
    if (fields_.empty() || fields_.size() > 128) {  // do not keep the memory of one huge head
                                                    // forever
        fields_ = std::vector<FieldSpan>(32);
    }
    set_room();
    count_ = checked_ = status_checked_ = first_line_ = line_ = fed_ = name_end_ = size_ = 0;
    headers_complete_ = false;
    exact_ = true;
    stopped_ = error_ = no_error;
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
    if (!check_status_line(text)) {
        return fail(hawser::error::bad_response);
    }
    const Outcome outcome = first_line_ == 0                   ? Outcome::more
                            : lines_                           ? feed_deviating(text)
                            : fed_ == 0 && take_ordinary(text) ? Outcome::complete
                                                               : feed_lines(text);
    return outcome != Outcome::more || text.size() < limits_.max_bytes
               ? outcome
               : fail(hawser::error::headers_too_large);
}

HAWSER_DECL HeadParser::Outcome HeadParser::feed_lines(std::string_view text) {
    run_llhttp(text);
    hawser::error reason = hawser::error::bad_response;
    if (check_fields(text)) {
        reason = check_excess(text);
        if (reason == no_error) {
            reason = stopped_;
        }
        if (reason == no_error) {
            if (!headers_complete_) {
                return Outcome::more;
            }
            reason = finish(text);
            if (reason == no_error) {
                return Outcome::complete;
            }
        }
    }
    return tolerant_ && reason != hawser::error::resource_exhausted ? feed_deviating(text)
                                                                    : fail(reason);
}

/// Rereads the lines of a head that is not well-formed, and continues with HeadLines.
HAWSER_DECL HeadParser::Outcome HeadParser::feed_deviating(std::string_view text) {
    if (!lines_) {
        lines_ = std::make_unique<HeadLines>(first_line_, limits_.max_fields, true);
        framing_ = FramingScan(true);
    }
    const Outcome outcome = lines_->feed(text, framing_);
    if (outcome == Outcome::failed) {
        return fail(lines_->error());
    }
    if (outcome == Outcome::complete) {
        if (const std::error_code reason = framing_.finish(head_)) {
            return fail(static_cast<hawser::error>(reason.value()));
        }
        lines_->take_fields(text, head_.headers);
        head_.exact = head_.exact && exact_ && lines_->exact();
        size_ = lines_->size();
    }
    return outcome;
}

HAWSER_DECL HeadParser::Outcome HeadParser::fail(hawser::error reason) noexcept {
    error_ = reason;
    return Outcome::failed;
}

/// Checks the new bytes of the status line and fails at the first wrong one (RFC 9112 section 4).
HAWSER_DECL bool HeadParser::check_status_line(std::string_view text) noexcept {
    if (first_line_ != 0) {
        return true;
    }
    constexpr char usual[] = "HTTP/1.1 200 OK\r\n";
    if (begins_with(text, usual)) {
        take_status_line(usual);
        return true;
    }
    std::size_t at = status_checked_;
    for (; at < text.size(); ++at) {
        if (!check_status_byte(text, at)) {
            return false;
        }
        if (text[at] == '\n') {
            take_status_line({text.data(), at + 1});
            return true;
        }
    }
    status_checked_ = at;
    return true;
}

HAWSER_DECL bool HeadParser::check_status_byte(std::string_view text,
                                               std::size_t at) const noexcept {
    const char c = text[at];
    if (at > 12) {
        return text[at - 1] == '\r' ? c == '\n'
                                    : c == '\r' || is(value_char, c) || (c == '\n' && tolerant_);
    }
    switch (at) {
        case 7:
            return is(digit_char, c);  // treats an unknown minor version as 1.1
        case 8:
            return c == ' ';
        case 9:
            return c >= '1' && c <= '9';
        case 10:
        case 11:
            return is(digit_char, c);
        case 12:
            return c == ' ' || c == '\r' || (c == '\n' && tolerant_);
        default:
            return c == "HTTP/1."[at];
    }
}

/// `line` was checked and ends in CRLF, or LF.
HAWSER_DECL void HeadParser::take_status_line(std::string_view line) {
    first_line_ = line_ = line.size();
    head_.version = line[7] == '0' ? Version::http_1_0 : Version::http_1_1;
    head_.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    exact_ = line[line.size() - 2] == '\r';
    const std::size_t end = line.size() - (exact_ ? 2 : 1);
    if (end > 13) {
        head_.reason.append(line.substr(13, end - 13));  // reset() has cleared it
    }
}

/// Nearly every head arrives in one piece, and all its lines are `token ":" OWS value OWS CRLF`.
/// This parses such a head in one pass, at a third of llhttp's cost. It only ever accepts: llhttp
/// sees any other head from its first byte, and the functions below find its fault.
HAWSER_DECL bool HeadParser::take_ordinary(std::string_view text) {
    if (scan_lines(text) && check_values({text.data() + first_line_, line_ - first_line_}) &&
        !framing_.finish(head_)) {
        take_fields(text);
        return true;
    }
    line_ = first_line_;
    count_ = 0;
    framing_ = FramingScan(tolerant_);
    return false;
}

/// Notes the fields of all lines up to the empty one; false if any line is not ordinary.
HAWSER_DECL bool HeadParser::scan_lines(std::string_view text) noexcept {
    const std::size_t room = std::min(room_, limits_.max_fields);
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
        if (text[colon] != ':' || colon == line_ || count_ == room) {
            return false;
        }
        FieldSpan& field = fields_[count_++];
        field.name_offset = static_cast<std::uint32_t>(line_);
        field.name_size = static_cast<std::uint32_t>(colon - line_);
        line_ = cr + 2;
        take_value(text, field);
    }
}

/// Instead of the real status line, llhttp gets one that every version accepts.
HAWSER_DECL void HeadParser::run_llhttp(std::string_view text) noexcept {
    if (fed_ == 0) {
        constexpr std::string_view status = "HTTP/1.1 200 OK\r\n";
        llhttp_init(&llhttp_, HTTP_RESPONSE, &Callbacks::settings);
        llhttp_.data = this;
        llhttp_execute(&llhttp_, status.data(), status.size());
        fed_ = first_line_;
    }
    base_ = text.data();
    const llhttp_errno_t result = llhttp_execute(&llhttp_, text.data() + fed_, text.size() - fed_);
    fed_ = text.size();
    if (result != HPE_OK && !headers_complete_ && stopped_ == no_error) {
        stopped_ = hawser::error::bad_response;
    }
}

/// Reports one field too many only once its name is followed by a colon: where llhttp cuts a bad
/// name depends on the segmentation and on its version.
HAWSER_DECL hawser::error HeadParser::check_excess(std::string_view text) const noexcept {
    if (count_ <= limits_.max_fields) {
        return no_error;
    }
    const FieldSpan& field = fields_[count_ - 1];
    const std::size_t colon = std::size_t{field.name_offset} + field.name_size;
    if (colon == text.size()) {
        return no_error;  // the name may still grow
    }
    const std::string_view name = text.substr(field.name_offset, field.name_size);
    const bool well_formed = text[colon] == ':' && is_visible(name);
    return well_formed ? hawser::error::headers_too_large : hawser::error::bad_response;
}

/// Checks the complete fields, those before a name or before the end of the head. The bytes from
/// the end of the previous line to the next must be exactly `name ":" OWS value OWS CRLF` (RFC 9112
/// section 5), which leaves no room for folding or for blanks around the name. llhttp decides which
/// visible characters make a name; version 8.1 lets blanks pass. check_values() looks for controls
/// in the values.
HAWSER_DECL bool HeadParser::check_fields(std::string_view text) noexcept {
    const std::size_t complete = complete_fields(text);
    for (; checked_ < complete; ++checked_) {
        FieldSpan& field = fields_[checked_];
        const std::string_view name(text.data() + field.name_offset, field.name_size);
        const std::size_t colon = field.name_offset + name.size();
        const std::size_t end = fields_[checked_ + 1].name_offset;
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

/// How many fields are complete. The field after them marks where the last line ends.
HAWSER_DECL std::size_t HeadParser::complete_fields(std::string_view text) noexcept {
    if (count_ == 0 || !headers_complete_ || count_ > limits_.max_fields) {
        return count_ - (count_ == 0 ? 0 : 1);
    }
    const auto size = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - text.data());
    fields_[count_].name_offset = static_cast<std::uint32_t>(size - 2);  // without the blank line
    return count_;
}

/// `text` holds the field lines. Each ends in CRLF; if it has no other controls, no value has one.
HAWSER_DECL bool HeadParser::check_values(std::string_view text) const noexcept {
    if (count_controls(text) == 2 * count_) {
        return true;
    }
    const auto fields = std::span(fields_).first(count_);
    const char* const head = text.data() - first_line_;
    return std::all_of(fields.begin(), fields.end(), [head](const FieldSpan& field) {
        return is_field_value({head + field.value_offset, field.value_size});
    });
}

HAWSER_DECL hawser::error HeadParser::finish(std::string_view text) {
    if (text.size() < line_ + 2 || text[line_] != '\r' || text[line_ + 1] != '\n' ||
        !check_values(text.substr(first_line_, line_ - first_line_))) {
        return hawser::error::bad_response;
    }
    if (const std::error_code reason = framing_.finish(head_)) {
        return static_cast<hawser::error>(reason.value());
    }
    take_fields(text);
    return no_error;
}

/// line_ is where the blank line begins.
HAWSER_DECL void HeadParser::take_fields(std::string_view text) {
    Access::assign(head_.headers,
                   std::string_view(text.data(), line_),
                   std::span<const FieldSpan>(fields_).first(count_));
    head_.exact = head_.exact && exact_;
    size_ = line_ + 2;
}

/// Notes where a name is. The usual piece is a whole name, and there is room for it.
HAWSER_DECL int HeadParser::name_piece(const char* at, std::size_t size) noexcept {
    const auto offset = static_cast<std::size_t>(at - base_);
    if (size == 0 || offset == name_end_ || count_ >= room_) {
        return odd_name_piece(offset, size);
    }
    fields_[count_++] = {
        static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(size), 0, 0};
    name_end_ = offset + size;
    return 0;
}

/// llhttp may deliver a name in any number of pieces, even empty ones. Only adjacent pieces belong
/// to one name.
HAWSER_DECL int HeadParser::odd_name_piece(std::size_t offset, std::size_t size) noexcept {
    if (offset == name_end_) {
        fields_[count_ - 1].name_size += static_cast<std::uint32_t>(size);
        name_end_ += size;
        return 0;
    }
    return size == 0 ? 0 : make_room() ? name_piece(base_ + offset, size) : HPE_USER;
}

/// For the rare piece that begins the second field too many, or needs an allocation; no exception
/// may cross llhttp.
HAWSER_DECL bool HeadParser::make_room() noexcept {
    if (count_ > limits_.max_fields) {
        stopped_ = hawser::error::headers_too_large;
        return false;
    }
    try {
        fields_.resize(fields_.size() * 2);
    } catch (const std::bad_alloc&) {
        stopped_ = hawser::error::resource_exhausted;
        return false;
    }
    set_room();
    return true;
}

/// Keeps one slot free for complete_fields().
HAWSER_DECL void HeadParser::set_room() noexcept {
    room_ = std::min(fields_.size() - 1, limits_.max_fields + 1);
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

HAWSER_DECL Fault HeadParser::fault(std::string_view text, std::uint64_t before) const {
    text = text.substr(0, limits_.max_bytes);
    if (first_line_ == 0) {
        std::size_t at = 0;
        while (at < text.size() && check_status_byte(text, at)) {
            ++at;
        }
        return at < text.size() ? fault_at(before + at,
                                           text.substr(0, at + 1),
                                           "no HTTP/1 status line (RFC 9112 section 4)")
                                : fault_at(before + at, {}, "the limit, within the status line");
    }
    HeadLines lines(first_line_, limits_.max_fields, tolerant_);
    FramingScan framing(tolerant_);
    switch (lines.feed(text, framing)) {
        case Outcome::failed: {
            // A continuation is shown without its text: here we cannot tell which field it
            // continues.
            const std::string_view line = text.substr(lines.fault());
            const bool shown = !is_ows(line.front()) || lines.fault() == first_line_;
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
HAWSER_DECL Fault HeadParser::framing_fault(std::string_view text,
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

}  // namespace hawser::detail
