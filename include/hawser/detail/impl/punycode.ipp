// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/punycode.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

inline bool is_ascii(std::string_view text) noexcept {
    return std::all_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Removes the first code point from `text`; none: `text` does not begin with valid UTF-8.
HAWSER_COLD_DECL std::optional<char32_t> take_code_point(std::string_view& text) noexcept {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < size) {
        return std::nullopt;
    }
    char32_t value = size == 1 ? first : first & (0xffu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0) != 0x80) {
            return std::nullopt;
        }
        value = value << 6 | (byte & 0x3fu);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        return std::nullopt;
    }
    text.remove_prefix(size);
    return value;
}

/// The parameters and the names of RFC 3492 section 5 and 6.1.
HAWSER_COLD_DECL std::uint64_t adapted_bias(std::uint64_t delta,
                                            std::uint64_t points,
                                            bool first) noexcept {
    delta = first ? delta / 700 : delta / 2;
    delta += delta / points;
    std::uint64_t k = 0;
    for (; delta > (36 - 1) * 26 / 2; k += 36) {
        delta /= 36 - 1;
    }
    return k + 36 * delta / (delta + 38);
}

/// Appends one number in variable-length digits.
HAWSER_COLD_DECL void append_variable(std::string& out, std::uint64_t value, std::uint64_t bias) {
    const auto append_digit = [&out](std::uint64_t digit) {
        out.push_back("abcdefghijklmnopqrstuvwxyz0123456789"[digit]);
    };
    for (std::uint64_t k = 36;; k += 36) {
        const std::uint64_t threshold = k <= bias ? 1 : std::min<std::uint64_t>(k - bias, 26);
        if (value < threshold) {
            break;
        }
        append_digit(threshold + (value - threshold) % (36 - threshold));
        value = (value - threshold) / (36 - threshold);
    }
    append_digit(value);
}

/// RFC 3492 section 6.3.
HAWSER_COLD_DECL void append_punycode(std::string& out, const std::u32string& points) {
    std::size_t handled = 0;
    for (const char32_t point : points) {
        if (point < 0x80) {
            out.push_back(static_cast<char>(point));
            ++handled;
        }
    }
    const std::size_t basic = handled;
    if (basic != 0) {
        out.push_back('-');
    }
    std::uint64_t bias = 72;
    std::uint64_t delta = 0;
    for (char32_t next = 0x80; handled < points.size(); ++next) {
        char32_t least = 0x110000;
        for (const char32_t point : points) {
            least = point >= next ? std::min(point, least) : least;
        }
        delta += (least - next) * std::uint64_t{handled + 1};
        next = least;
        for (const char32_t point : points) {
            delta += point < next ? 1 : 0;
            if (point == next) {
                append_variable(out, delta, bias);
                bias = adapted_bias(delta, handled + 1, handled == basic);
                delta = 0;
                ++handled;
            }
        }
        ++delta;
    }
}

HAWSER_COLD_DECL std::string to_ascii_domain(std::string_view domain) {
    if (is_ascii(domain)) {
        return std::string(domain);
    }
    std::string out;
    for (std::string_view rest = domain;;) {
        const std::size_t dot = rest.find('.');
        std::string_view label = rest.substr(0, std::min(dot, std::size_t{63}));
        if (is_ascii(label)) {
            out.append(rest.substr(0, dot));
        } else {
            std::u32string points;
            while (!label.empty()) {
                const auto point = take_code_point(label);
                if (!point) {
                    return std::string(domain);
                }
                points.push_back(*point);
            }
            append_punycode(out.append("xn--"), points);
        }
        if (dot == std::string_view::npos) {
            return out;
        }
        out.push_back('.');
        rest.remove_prefix(dot + 1);
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail
