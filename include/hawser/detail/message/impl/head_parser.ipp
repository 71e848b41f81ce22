// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/message/head_parser.hpp>

#include <algorithm>
#include <cstring>
#include <new>

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
    llhttp_init(&llhttp_, HTTP_RESPONSE, &Callbacks::settings);
    llhttp_.data = this;
    if (fields_.capacity() > 128) {  // one huge head must not cost memory for ever
        fields_ = {};
    }
    fields_.clear();
    room_ = std::min(fields_.capacity(), limits_.max_fields + 1);
    checked_ = status_checked_ = line_ = fed_ = name_end_ = size_ = 0;
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
    text = text.substr(0, limits_.max_bytes);
    if (!check_status_line(text)) {
        return fail(hawser::error::bad_response);
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
    constexpr std::string_view usual = "HTTP/1.1 200 OK\r\n";
    if (text.substr(0, usual.size()) == usual) {
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
        head_.reason.assign(line.substr(13, line.size() - 15));
    }
}

HAWSER_DECL void HeadParser::run_llhttp(std::string_view text) noexcept {
    base_ = text.data();
    const llhttp_errno_t result = llhttp_execute(&llhttp_, text.data() + fed_, text.size() - fed_);
    fed_ = text.size();
    if (result != HPE_OK && !headers_complete_ && stopped_ == no_error) {
        stopped_ = hawser::error::bad_response;
    }
}

/// Checks the fields that are complete: those before a name or before the end of the head.
HAWSER_DECL bool HeadParser::check_fields(std::string_view text) noexcept {
    if (fields_.empty()) {
        return true;
    }
    for (; checked_ + 1 < fields_.size(); ++checked_) {
        if (!check_field(text.data(), fields_[checked_], fields_[checked_ + 1].name_offset)) {
            return false;
        }
    }
    if (!headers_complete_ || fields_.size() > limits_.max_fields) {
        return true;
    }
    const auto end = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - text.data());
    return check_field(text.data(), fields_[checked_], end - 2);  // less the blank line
}

/// The one field too many is judged when its name is followed by a colon: how llhttp cuts a name
/// that turns out bad depends on the segmentation and on its version.
HAWSER_DECL hawser::error HeadParser::check_excess(std::string_view text) const noexcept {
    if (fields_.size() <= limits_.max_fields) {
        return no_error;
    }
    const FieldSpan& field = fields_.back();
    const std::size_t colon = std::size_t{field.name_offset} + field.name_size;
    if (colon == text.size()) {
        return no_error;  // the name may still grow
    }
    const std::string_view name = text.substr(field.name_offset, field.name_size);
    const bool well_formed = text[colon] == ':' && is_visible(name);
    return well_formed ? hawser::error::headers_too_large : hawser::error::bad_response;
}

/// The bytes from the end of the previous line to `end`, which is not before the end of the name,
/// must be exactly `name ":" OWS value OWS CRLF` (RFC 9112 section 5): no room for folding, or
/// blanks around the name. Which visible characters make a name, llhttp knows; 8.1 takes blanks for
/// such. Controls in the value are left to check_values().
HAWSER_DECL bool HeadParser::check_field(const char* text,
                                         FieldSpan& field,
                                         std::size_t end) noexcept {
    const std::string_view name(text + field.name_offset, field.name_size);
    const char* begin = name.data() + name.size();
    const char* stop = text + end - 2;
    if (field.name_offset != line_ || stop <= begin || *begin != ':' ||
        std::memcmp(stop, "\r\n", 2) != 0 || !is_visible(name)) {
        return false;
    }
    line_ = end;
    ++begin;
    while (begin != stop && is_ows(*begin)) {
        ++begin;
    }
    // A coding with a tab behind it is read differently by others: not trimmed, so refused later.
    const bool tabbed = name.size() == 17 && begin != stop && stop[-1] == '\t';
    while (begin != stop && is_ows(stop[-1])) {
        --stop;
    }
    const auto size = static_cast<std::size_t>(stop - begin);
    field.value_offset = static_cast<std::uint32_t>(begin - text);
    field.value_size = static_cast<std::uint32_t>(size);
    framing_.field(name, {begin, size + (tabbed ? 1 : 0)});
    return true;
}

/// Every line is known to end in CRLF; if there are no more controls than these, no value has one.
HAWSER_DECL bool HeadParser::check_values(std::string_view text) const noexcept {
    if (count_controls(text.substr(0, line_)) == 2 + 2 * fields_.size()) {
        return true;
    }
    return std::all_of(fields_.begin(), fields_.end(), [text](const FieldSpan& field) {
        return is_field_value(text.substr(field.value_offset, field.value_size));
    });
}

HAWSER_DECL HeadParser::Outcome HeadParser::finish(std::string_view text) {
    if (text.substr(line_, 2) != "\r\n" || !check_values(text)) {
        return fail(hawser::error::bad_response);
    }
    if (const std::error_code reason = framing_.finish(head_)) {
        return fail(static_cast<hawser::error>(reason.value()));
    }
    head_.headers.detail_assign(text.substr(0, line_), fields_);
    size_ = line_ + 2;
    return Outcome::complete;
}

/// llhttp may deliver a name in any number of pieces, empty ones too. Only pieces that touch are
/// one name.
HAWSER_DECL int HeadParser::name_piece(const char* at, std::size_t size) noexcept {
    const auto offset = static_cast<std::size_t>(at - base_);
    if (size == 0) {
        return 0;
    }
    if (offset == name_end_) {
        fields_.back().name_size += static_cast<std::uint32_t>(size);
    } else {
        if (fields_.size() == room_ && make_room() != 0) {
            return HPE_USER;
        }
        fields_.push_back(
            {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(size), 0, 0});
    }
    name_end_ = offset + size;
    return 0;
}

/// The rare piece that is of the second field too many, or allocates; no exception may cross
/// llhttp.
HAWSER_DECL int HeadParser::make_room() noexcept {
    if (fields_.size() > limits_.max_fields) {
        stopped_ = hawser::error::headers_too_large;
        return HPE_USER;
    }
    try {
        fields_.reserve(std::max<std::size_t>(32, fields_.capacity() * 2));
    } catch (const std::bad_alloc&) {
        stopped_ = hawser::error::resource_exhausted;
        return HPE_USER;
    }
    room_ = std::min(fields_.capacity(), limits_.max_fields + 1);
    return 0;
}

}  // namespace hawser::detail
