// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/literal.hpp>
#include <hawser/detail/message/status_line.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool StatusLine::feed(std::string_view text, ResponseHead& head) {
    if (size_ != 0) {
        return true;
    }
    constexpr char usual[] = "HTTP/1.1 200 OK\r\n";
    if (begins_with(text, usual)) {
        take(usual, head);
        return true;
    }
    std::size_t at = checked_;
    for (; at < text.size(); ++at) {
        if (!is_valid(text, at)) {
            return false;
        }
        if (text[at] == '\n') {
            take({text.data(), at + 1}, head);
            return true;
        }
    }
    checked_ = at;
    return true;
}

HAWSER_DECL bool StatusLine::is_valid(std::string_view text, std::size_t at) const noexcept {
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
HAWSER_DECL void StatusLine::take(std::string_view line, ResponseHead& head) {
    size_ = line.size();
    head.version = line[7] == '0' ? Version::http_1_0 : Version::http_1_1;
    head.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    exact_ = line[line.size() - 2] == '\r';
    const std::size_t end = line.size() - (exact_ ? 2 : 1);
    if (end > 13) {
        head.reason.append(line.substr(13, end - 13));
    }
}

HAWSER_DECL std::size_t StatusLine::fault(std::string_view text) const noexcept {
    std::size_t at = 0;
    while (at < text.size() && is_valid(text, at)) {
        ++at;
    }
    return at;
}

}  // namespace hawser::inline HAWSER_ABI::detail
