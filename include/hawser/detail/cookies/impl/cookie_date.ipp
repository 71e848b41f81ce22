// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/cookies/cookie_date.hpp>
#include <hawser/detail/grammar.hpp>

#include <array>
#include <cstddef>

namespace hawser::inline HAWSER_ABI::detail {

/// The parts found so far; negative: not found yet.
struct CookieDate {
    int hour = -1;
    int minute = -1;
    int second = -1;
    int day = -1;
    int month = -1;
    int year = -1;

    void token(std::string_view text) noexcept;
    std::optional<std::chrono::sys_seconds> point() const noexcept;

private:
    bool time(std::string_view text) noexcept;
};

HAWSER_DECL bool is_date_delimiter(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte <= 0x2f) || (byte >= 0x3b && byte <= 0x40) ||
           (byte >= 0x5b && byte <= 0x60) || (byte >= 0x7b && byte <= 0x7e);
}

/// Takes a number of `least` to `most` digits, not followed by another digit, from the start of
/// `text`. Returns -1 if there is none; `text` is then unchanged.
HAWSER_DECL int take_date_number(std::string_view& text,
                                 std::size_t least,
                                 std::size_t most) noexcept {
    std::size_t size = 0;
    int value = 0;
    while (size < text.size() && size <= most && is(digit_char, text[size])) {
        value = value * 10 + (text[size++] - '0');
    }
    if (size < least || size > most) {
        return -1;
    }
    text.remove_prefix(size);
    return value;
}

/// 1 to 12, by the first three letters; -1 for any other word.
HAWSER_DECL int month_of(std::string_view text) noexcept {
    constexpr std::array<std::string_view, 12> months{
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    for (std::size_t i = 0; i < months.size(); ++i) {
        if (iequals(text.substr(0, 3), months[i])) {
            return static_cast<int>(i) + 1;
        }
    }
    return -1;
}

HAWSER_DECL bool CookieDate::time(std::string_view text) noexcept {
    int parts[3] = {};
    for (int i = 0; i < 3; ++i) {
        if (i > 0) {
            if (!text.starts_with(':')) {
                return false;
            }
            text.remove_prefix(1);
        }
        parts[i] = take_date_number(text, 1, 2);
        if (parts[i] < 0) {
            return false;
        }
    }
    hour = parts[0];
    minute = parts[1];
    second = parts[2];
    return true;
}

/// A word becomes the first missing part that it fits.
HAWSER_DECL void CookieDate::token(std::string_view text) noexcept {
    if (hour < 0 && time(text)) {
        return;
    }
    std::string_view number = text;
    if (day < 0 && (day = take_date_number(number, 1, 2)) >= 0) {
        return;
    }
    if (month < 0 && (month = month_of(text)) >= 0) {
        return;
    }
    if (year < 0 && (year = take_date_number(number, 2, 4)) >= 0 && year < 100) {
        year += year < 70 ? 2000 : 1900;
    }
}

HAWSER_DECL std::optional<std::chrono::sys_seconds> CookieDate::point() const noexcept {
    if (hour < 0 || hour > 23 || minute > 59 || second > 59 || day < 1 || month < 1 ||
        year < 1601) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

HAWSER_DECL std::optional<std::chrono::sys_seconds> parse_cookie_date(
    std::string_view text) noexcept {
    CookieDate date;
    while (!text.empty()) {
        std::size_t size = 0;
        while (size < text.size() && !is_date_delimiter(text[size])) {
            ++size;
        }
        if (size > 0) {
            date.token(text.substr(0, size));
        }
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    return date.point();
}

}  // namespace hawser::inline HAWSER_ABI::detail
