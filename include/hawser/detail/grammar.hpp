// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The alphabet of HTTP (RFC 9110 section 5.6, RFC 3986 appendix A): which byte may appear where,
// comparison without case, and comma-separated lists. Decides nothing about messages; must not know
// of any class above it. It ignores the locale, and no function here allocates.

#include <hawser/config.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

/// Character classes, one bit each.
inline constexpr std::uint8_t token_char = 1;      // RFC 9110 tchar
inline constexpr std::uint8_t digit_char = 2;      // 0-9
inline constexpr std::uint8_t hex_char = 4;        // 0-9 a-f A-F
inline constexpr std::uint8_t query_char = 8;      // RFC 3986 pchar, '/' and '?', without '%'
inline constexpr std::uint8_t userinfo_char = 16;  // RFC 3986 unreserved, sub-delims and ':'
inline constexpr std::uint8_t host_char = 32;      // letters, digits, '-', '_', '.'
inline constexpr std::uint8_t value_char = 64;     // HTAB, SP, VCHAR, obs-text
inline constexpr std::uint8_t zone_char = 128;     // RFC 3986 unreserved

constexpr std::uint8_t classify(unsigned c) {
    const std::string_view token_marks = "!#$%&'*+-.^_`|~";
    const std::string_view sub_delims = "!$&'()*+,;=";
    const bool digit = c >= '0' && c <= '9';
    const bool alnum = digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const auto in = [c](std::string_view set) {
        return c != 0 && c < 128 && set.find(static_cast<char>(c)) != std::string_view::npos;
    };
    const bool unreserved = alnum || in("-._~");
    const bool userinfo = unreserved || in(sub_delims) || c == ':';
    const bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    unsigned bits = 0;
    const auto add = [&bits](bool is, unsigned kind) { bits |= is ? kind : 0u; };
    add(alnum || in(token_marks), token_char);
    add(digit, digit_char);
    add(hex, hex_char);
    add(userinfo || in("@/?"), query_char);
    add(userinfo, userinfo_char);
    add(alnum || in("-_."), host_char);
    add(c == '\t' || (c >= ' ' && c != 0x7f), value_char);
    add(unreserved, zone_char);
    return static_cast<std::uint8_t>(bits);
}

inline constexpr std::array<std::uint8_t, 256> char_table = [] {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        table[c] = classify(c);
    }
    return table;
}();

inline constexpr std::array<char, 256> lower_table = [] {
    std::array<char, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        table[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return table;
}();

constexpr bool is(std::uint8_t char_class, char c) noexcept {
    return (char_table[static_cast<unsigned char>(c)] & char_class) != 0;
}

constexpr char to_lower(char c) noexcept {
    return lower_table[static_cast<unsigned char>(c)];
}

constexpr bool is_ows(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// Whether every byte of `text` is of one of the classes; true for an empty text.
constexpr bool all_of(std::uint8_t char_class, std::string_view text) noexcept {
    for (char c : text) {
        if (!is(char_class, c)) {
            return false;
        }
    }
    return true;
}

/// RFC 9110 section 5.6.2; a token has at least one byte.
constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && all_of(token_char, text);
}

/// A few bytes as a number, in native byte order.
template <class Word>
inline Word load_word(const char* at) noexcept {
    Word word{};
    std::memcpy(&word, at, sizeof(word));
    return word;
}

/// Counts controls: bytes below 0x20, including CR, LF and HTAB, and DEL.
inline std::size_t count_controls(std::string_view text) noexcept {
    std::size_t count = 0;
// Sixteen bytes at a time. Compilers support this on every processor, but not quietly without SSE.
#if defined(__GNUC__) && (!defined(__i386__) || defined(__SSE2__))
    using Block [[gnu::vector_size(16)]] = unsigned char;
    using Words [[gnu::vector_size(16)]] = std::uint64_t;
    while (text.size() >= sizeof(Block)) {
        const char* at = text.data();
        const std::size_t size =
            std::min<std::size_t>(text.size() & ~std::size_t{15}, 255 * sizeof(Block));
        Block columns{};
        for (const char* const end = at + size; at != end; at += sizeof(Block)) {
            const Block block = load_word<Block>(at);
            const auto matches = (block < 0x20) | (block == 0x7f);
            columns -= std::bit_cast<Block>(matches);  // a match is 255, that is -1
        }
        constexpr std::uint64_t even = 0x00ff00ff00ff00ffu;
        const auto words = std::bit_cast<Words>(columns);
        const Words pairs = (words & even) + (words >> 8 & even);
        count += static_cast<std::size_t>((pairs[0] * 0x0001000100010001u >> 48) +
                                          (pairs[1] * 0x0001000100010001u >> 48));
        text.remove_prefix(size);
    }
#endif
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        count += byte < 0x20 || byte == 0x7f ? 1 : 0;
    }
    return count;
}

/// Applies `function` to a text of four bytes or more, eight bytes at a time, the last word
/// overlapping. Returns all its results, or-ed together.
template <class Function>
inline std::uint64_t or_words(const char* at, const char* end, Function function) noexcept {
    if (end - at < 8) {
        const std::uint64_t low = load_word<std::uint32_t>(at);
        const std::uint64_t high = load_word<std::uint32_t>(end - 4);
        return function(low | high << 32);
    }
    std::uint64_t bits = function(load_word<std::uint64_t>(end - 8));
    for (; end - at > 8; at += 8) {
        bits |= function(load_word<std::uint64_t>(at));
    }
    return bits;
}

/// Whether all bytes are visible ASCII: no blank, no control, no 8-bit byte.
inline bool is_visible(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    const char* at = text.data();
    const char* const end = at + text.size();
    if (text.size() >= 4) {
        // The top bit is set for bytes from 0x80 up, for those up to 0x20 (and neighbors that
        // borrow), and for 0x7f.
        const auto wrong = [](std::uint64_t word) {
            return word | (word - ones * 0x21) | (word + ones);
        };
        return (or_words(at, end, wrong) & (ones * 0x80)) == 0;
    }
    while (at != end && *at > 0x20 && *at < 0x7f) {
        ++at;
    }
    return at == end;
}

/// Whether `text` may be a field value: no CTL except HTAB (RFC 9110 section 5.5).
inline bool is_field_value(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    if (text.size() < 4) {
        return all_of(value_char, text);
    }
    // The top bit is set for bytes up to 0x1f, for 0x7f, and sometimes for a neighbor of one of
    // these or of 0xff.
    const auto control = [](std::uint64_t word) {
        return ((word - ones * 0x20) | (word + ones)) & ~word;
    };
    const auto found = or_words(text.data(), text.data() + text.size(), control) & (ones * 0x80);
    return found == 0 || all_of(value_char, text);  // look closer: it may be a tab
}

/// Whether they are equal, ignoring ASCII case.
inline bool iequals(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) {
        return false;
    }
    const std::size_t words = a.size() & ~std::size_t{7};  // in bytes
    std::size_t i = 0;
    for (; i < words; i += 8) {
        const auto difference =
            load_word<std::uint64_t>(a.data() + i) ^ load_word<std::uint64_t>(b.data() + i);
        if ((difference & ~0x2020202020202020u) != 0) {  // differs in more than the case bit
            return false;
        }
        for (std::size_t k = i; difference != 0 && k < i + 8; ++k) {
            if (to_lower(a[k]) != to_lower(b[k])) {
                return false;
            }
        }
    }
    for (; i < a.size(); ++i) {
        if (to_lower(a[i]) != to_lower(b[i])) {
            return false;
        }
    }
    return true;
}

/// Whether a field name, or another text without controls, equals `lower`, ignoring ASCII case.
/// `lower` is a lower-case literal of letters, digits and '-'. Sets the case bit of every byte.
/// That can turn only controls and `[ \ ] ^ @` into other bytes, and none of those results occurs
/// in `lower`.
template <std::size_t N>
inline bool is_named(std::string_view text, const char (&lower)[N]) noexcept {
    constexpr std::size_t size = N - 1;
    if (text.size() != size) {
        return false;
    }
    if constexpr (size >= 8) {
        constexpr std::uint64_t case_bits = 0x2020202020202020u;
        std::uint64_t difference = 0;
        for (std::size_t i = 0; i + 8 < size; i += 8) {
            difference |= (load_word<std::uint64_t>(text.data() + i) | case_bits) ^
                          load_word<std::uint64_t>(lower + i);
        }
        difference |= (load_word<std::uint64_t>(text.data() + size - 8) | case_bits) ^
                      load_word<std::uint64_t>(lower + size - 8);
        return difference == 0;
    } else {
        for (std::size_t i = 0; i < size; ++i) {
            if ((text[i] | 0x20) != lower[i]) {
                return false;
            }
        }
        return true;
    }
}

/// `text` without leading and trailing SP and HTAB.
constexpr std::string_view trim_ows(std::string_view text) noexcept {
    while (!text.empty() && is_ows(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_ows(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// Calls `visit(element)` for each non-empty, trimmed element of a comma-separated list (RFC 9110
/// section 5.6.1). Quotes are not special: in a list of tokens they make the element invalid.
template <class Visitor>
void for_each_token(std::string_view list, Visitor&& visit) {
    for (;;) {
        const std::size_t comma = list.find(',');
        const std::string_view element = trim_ows(list.substr(0, comma));
        if (!element.empty()) {
            visit(element);
        }
        if (comma == std::string_view::npos) {
            return;
        }
        list.remove_prefix(comma + 1);
    }
}

/// Accepts digits only: no sign, no blank, no empty text. False beyond 2^63-1 (RFC 9110 section
/// 8.6).
HAWSER_INLINE constexpr bool parse_decimal(std::string_view text, std::uint64_t& value) noexcept {
    constexpr std::uint64_t limit = INT64_MAX;
    std::uint64_t result = 0;
    for (char c : text) {
        const auto digit = static_cast<std::uint64_t>(static_cast<unsigned char>(c)) - '0';
        if (digit > 9 || result > (limit - digit) / 10) {
            return false;
        }
        result = result * 10 + digit;
    }
    value = result;
    return !text.empty();
}

/// The value of a hex digit; 16 for any other byte.
constexpr unsigned hex_value(char c) noexcept {
    if (!is(hex_char, c)) {
        return 16;
    }
    return is(digit_char, c) ? static_cast<unsigned>(c - '0')
                             : static_cast<unsigned>(to_lower(c) - 'a') + 10;
}

}  // namespace hawser::inline HAWSER_ABI::detail
