// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/literal.hpp>
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
        return HPE_PAUSED;  // what comes next is not llhttp's to decide
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

HAWSER_DECL HeadParser::HeadParser(HeadLimits limits) {
    reset(limits);
}

HAWSER_DECL void HeadParser::reset(HeadLimits limits) {
    limits_ = limits;
    limits_.max_bytes = std::min<std::size_t>(limits.max_bytes, UINT32_MAX);  // FieldSpan's reach
    limits_.max_fields = std::min<std::size_t>(limits.max_fields, UINT32_MAX);
    reset();
}

HAWSER_DECL void HeadParser::reset() {
    if (fields_.empty() || fields_.size() > 128) {  // one huge head must not cost memory for ever
        fields_ = std::vector<FieldSpan>(32);
    }
    set_room();
    count_ = checked_ = status_checked_ = line_ = fed_ = name_end_ = size_ = 0;
    headers_complete_ = false;
    stopped_ = error_ = no_error;
    framing_ = {};
    head_.reason.clear();
    head_.headers.clear();
}

HAWSER_DECL HeadParser::Outcome HeadParser::feed(std::string_view text) {
    if (error_ != no_error || size_ != 0) {
        return size_ == 0 ? Outcome::failed : Outcome::complete;
    }
    // Nothing beyond the limit is looked at, so that no segmentation sees a later fault first.
    text = {text.data(), std::min(text.size(), limits_.max_bytes)};
    if (!check_status_line(text)) {
        return fail(hawser::error::bad_response);
    }
    if (fed_ == 0 && take_ordinary(text)) {
        return Outcome::complete;
    }
    run_llhttp(text);
    if (!check_fields(text)) {
        return fail(hawser::error::bad_response);
    }
    if (const hawser::error reason = check_excess(text); reason != no_error) {
        return fail(reason);
    }
    if (stopped_ != no_error) {
        return fail(stopped_);
    }
    if (headers_complete_) {
        return finish(text);
    }
    return text.size() < limits_.max_bytes ? Outcome::more : fail(hawser::error::headers_too_large);
}

HAWSER_DECL HeadParser::Outcome HeadParser::fail(hawser::error reason) noexcept {
    error_ = reason;
    return Outcome::failed;
}

/// Checks the bytes of the status line that are new; the first wrong one fails (RFC 9112 section
/// 4).
HAWSER_DECL bool HeadParser::check_status_line(std::string_view text) noexcept {
    if (line_ != 0) {
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
            take_status_line(text.substr(0, at + 1));
            return true;
        }
    }
    status_checked_ = at;
    return true;
}

HAWSER_DECL bool HeadParser::check_status_byte(std::string_view text, std::size_t at) noexcept {
    const char c = text[at];
    if (at > 12) {
        return text[at - 1] == '\r' ? c == '\n' : c == '\r' || is(value_char, c);
    }
    switch (at) {
        case 7:
            return c == '0' || c == '1';
        case 8:
            return c == ' ';
        case 9:
            return c >= '1' && c <= '5';
        case 10:
        case 11:
            return is(digit_char, c);
        case 12:
            return c == ' ' || c == '\r';
        default:
            return c == "HTTP/1."[at];
    }
}

/// `line` was checked and ends in CRLF.
HAWSER_DECL void HeadParser::take_status_line(std::string_view line) {
    line_ = line.size();
    head_.version = line[7] == '1' ? Version::http_1_1 : Version::http_1_0;
    head_.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (line.size() > 15) {
        head_.reason.append(line.substr(13, line.size() - 15));  // to nothing: reset() cleared it
    }
}

/// Nearly every head comes in one piece and has no lines but `token ":" OWS value OWS CRLF`. Such a
/// one is taken in one pass, at a third of what llhttp costs. This only ever accepts: whatever else
/// there is, llhttp sees from its first byte, and what is wrong with it is said below.
HAWSER_DECL bool HeadParser::take_ordinary(std::string_view text) {
    const std::size_t first = line_;
    if (first != 0 && scan_lines(text) && check_values(text.substr(0, line_)) &&
        !framing_.finish(head_)) {
        take_fields(text);
        return true;
    }
    line_ = first;
    count_ = 0;
    framing_ = {};
    return false;
}

/// Notes the fields of all lines up to the empty one; false if there is a line of another kind.
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
        while (is(token_char, text[colon])) {  // ends at the CR at the latest
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

HAWSER_DECL void HeadParser::run_llhttp(std::string_view text) noexcept {
    if (fed_ == 0) {
        llhttp_init(&llhttp_, HTTP_RESPONSE, &Callbacks::settings);
        llhttp_.data = this;
    }
    base_ = text.data();
    const llhttp_errno_t result = llhttp_execute(&llhttp_, text.data() + fed_, text.size() - fed_);
    fed_ = text.size();
    if (result != HPE_OK && !headers_complete_ && stopped_ == no_error) {
        stopped_ = hawser::error::bad_response;
    }
}

/// The one field too many is judged when its name is followed by a colon: how llhttp cuts a name
/// that turns out bad depends on the segmentation and on its version.
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

/// Checks the fields that are complete, those before a name or before the end of the head: the
/// bytes from the end of the previous line to the next must be exactly `name ":" OWS value OWS
/// CRLF` (RFC 9112 section 5): no room for folding, or blanks around the name. Which visible
/// characters make a name, llhttp knows; 8.1 takes blanks for such. Controls in the value are left
/// to check_values().
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

/// Notes the value of a field whose name is noted: between the colon and the CRLF before line_,
/// which are known to be there.
HAWSER_DECL void HeadParser::take_value(std::string_view text, FieldSpan& field) noexcept {
    const std::string_view name(text.data() + field.name_offset, field.name_size);
    const char* value = name.data() + name.size() + 1;
    const char* const cr = text.data() + line_ - 2;
    const char* stop = cr;
    while (is_ows(*value)) {  // ends at the CR at the latest
        ++value;
    }
    while (is_ows(stop[-1]) && stop != value) {
        --stop;
    }
    field.value_offset = static_cast<std::uint32_t>(value - text.data());
    field.value_size = static_cast<std::uint32_t>(stop - value);
    // A length or a coding with a tab behind it is read differently by others: kept, so refused.
    if (stop != cr && (name.size() == 14 || name.size() == 17) && std::find(stop, cr, '\t') != cr) {
        stop = cr;
    }
    framing_.field(name, {value, stop});
}

/// How many fields have all their bytes. The one after them says where the last line ends.
HAWSER_DECL std::size_t HeadParser::complete_fields(std::string_view text) noexcept {
    if (count_ == 0 || !headers_complete_ || count_ > limits_.max_fields) {
        return count_ - (count_ == 0 ? 0 : 1);
    }
    const auto size = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - text.data());
    fields_[count_].name_offset = static_cast<std::uint32_t>(size - 2);  // less the blank line
    return count_;
}

/// Every line is known to end in CRLF; if there are no more controls than these, no value has one.
HAWSER_DECL bool HeadParser::check_values(std::string_view text) const noexcept {
    if (count_controls(text) == 2 + 2 * count_) {
        return true;
    }
    const auto fields = std::span(fields_).first(count_);
    return std::all_of(fields.begin(), fields.end(), [text](const FieldSpan& field) {
        return is_field_value(text.substr(field.value_offset, field.value_size));
    });
}

HAWSER_DECL HeadParser::Outcome HeadParser::finish(std::string_view text) {
    const std::string_view lines(text.data(), line_);
    if (text.size() < line_ + 2 || text[line_] != '\r' || text[line_ + 1] != '\n' ||
        !check_values(lines)) {
        return fail(hawser::error::bad_response);
    }
    if (const std::error_code reason = framing_.finish(head_)) {
        return fail(static_cast<hawser::error>(reason.value()));
    }
    take_fields(text);
    return Outcome::complete;
}

/// line_ is where the blank line begins.
HAWSER_DECL void HeadParser::take_fields(std::string_view text) {
    head_.headers.detail_assign(text.substr(0, line_), std::span(fields_).first(count_));
    size_ = line_ + 2;
}

/// Notes where a name is. The usual piece is a whole one, and there is room for it.
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

/// llhttp may deliver a name in any number of pieces, empty ones too. Only pieces that touch are
/// one name.
HAWSER_DECL int HeadParser::odd_name_piece(std::size_t offset, std::size_t size) noexcept {
    if (offset == name_end_) {
        fields_[count_ - 1].name_size += static_cast<std::uint32_t>(size);
        name_end_ += size;
        return 0;
    }
    return size == 0 ? 0 : make_room() ? name_piece(base_ + offset, size) : HPE_USER;
}

/// The rare piece that is of the second field too many, or allocates; no exception may cross
/// llhttp.
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

/// One place stays free for complete_fields().
HAWSER_DECL void HeadParser::set_room() noexcept {
    room_ = std::min(fields_.size() - 1, limits_.max_fields + 1);
}

}  // namespace hawser::detail
