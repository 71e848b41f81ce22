// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/grammar.hpp>
#include <hawser/detail/har/json.hpp>
#include <hawser/detail/never_destroyed.hpp>

#include <cstdint>
#include <cstdlib>

namespace hawser::inline HAWSER_ABI::detail {

// ── Strings ──────────────────────────────────────────────────────────────────────────────────────

/// The size of the UTF-8 character at the start of `text`; 0 if there is none.
HAWSER_DECL std::size_t utf8_size(std::string_view text) noexcept {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t size = first < 0xc2   ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
    if (size == 0 || text.size() < size) {
        return 0;
    }
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) {
            return 0;
        }
    }
    // Too long a form, a surrogate, or beyond U+10FFFF.
    const unsigned second = byte(1);
    const bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                       (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return wrong ? 0 : size;
}

HAWSER_DECL bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t size = utf8_size(text);
        if (size == 0) {
            return false;
        }
        text.remove_prefix(size);
    }
    return true;
}

HAWSER_DECL void append_utf8(std::string& out, std::uint32_t point) {
    const auto add = [&](std::uint32_t bits) { out.push_back(static_cast<char>(bits)); };
    if (point < 0x80) {
        add(point);
    } else if (point < 0x800) {
        add(0xc0 | point >> 6);
        add(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        add(0xe0 | point >> 12);
        add(0x80 | (point >> 6 & 0x3f));
        add(0x80 | (point & 0x3f));
    } else {
        add(0xf0 | point >> 18);
        add(0x80 | (point >> 12 & 0x3f));
        add(0x80 | (point >> 6 & 0x3f));
        add(0x80 | (point & 0x3f));
    }
}

HAWSER_DECL void append_json_escape(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
        case '"':
        case '\\':
            out.push_back('\\');
            out.push_back(c);
            break;
        case '\n':
            out.append("\\n");
            break;
        case '\r':
            out.append("\\r");
            break;
        case '\t':
            out.append("\\t");
            break;
        default:
            out.append("\\u00");
            out.push_back(digits[byte / 16]);
            out.push_back(digits[byte % 16]);
    }
}

HAWSER_DECL void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    while (!text.empty()) {
        const std::size_t size = utf8_size(text);
        const char c = text[0];
        if (size == 0) {
            append_utf8(out, static_cast<unsigned char>(c));
        } else if (size == 1 &&
                   (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\')) {
            append_json_escape(out, c);
        } else {
            out.append(text.substr(0, size));
        }
        text.remove_prefix(size == 0 ? 1 : size);
    }
    out.push_back('"');
}

// ── Reading ──────────────────────────────────────────────────────────────────────────────────────

/// Reads one text. Each function leaves `at_` after what it has read; once there is a problem, all
/// return at once.
class JsonReader {
public:
    explicit JsonReader(std::string_view text) noexcept : text_(text) {}

    Json whole() {
        Json value = this->value(0);
        skip_space();
        if (at_ != text_.size()) {
            fail("more text");
        }
        return problem_.empty() ? std::move(value) : Json();
    }
    std::string& problem() noexcept { return problem_; }

private:
    static constexpr unsigned deepest = 64;

    Json value(unsigned depth);
    Json array(unsigned depth);
    Json object(unsigned depth);
    Json number();
    std::string string();
    void escape(std::string& out);
    std::uint32_t hex4();

    char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) noexcept {
        if (at_ < text_.size() && text_[at_] == c) {
            ++at_;
            return true;
        }
        return false;
    }
    bool take(std::string_view word) noexcept {
        if (text_.substr(at_).starts_with(word)) {
            at_ += word.size();
            return true;
        }
        return false;
    }
    void skip_space() noexcept {
        while (at_ < text_.size() &&
               (is_ows(text_[at_]) || text_[at_] == '\n' || text_[at_] == '\r')) {
            ++at_;
        }
    }
    bool failed() const noexcept { return !problem_.empty(); }
    void fail(std::string_view what) {
        if (!failed()) {
            problem_.append("byte ").append(std::to_string(at_)).append(": ").append(what);
        }
    }

    const std::string_view text_;
    std::size_t at_ = 0;
    std::string problem_;
};

HAWSER_DECL Json JsonReader::value(unsigned depth) {
    skip_space();
    if (depth > deepest) {
        fail("nested too deeply");
        return {};
    }
    switch (peek()) {
        case '{':
            return object(depth);
        case '[':
            return array(depth);
        case '"':
            return Json(string());
        default:
            break;
    }
    if (take("true")) {
        return Json(true);
    }
    if (take("false")) {
        return Json(false);
    }
    return take("null") ? Json() : number();
}

HAWSER_DECL Json JsonReader::array(unsigned depth) {
    Json::Array items;
    ++at_;
    skip_space();
    if (take(']')) {
        return Json(std::move(items));
    }
    while (!failed()) {
        items.push_back(value(depth + 1));
        skip_space();
        if (take(']')) {
            return Json(std::move(items));
        }
        if (!take(',')) {
            fail("no comma or end of the array");
        }
    }
    return {};
}

HAWSER_DECL Json JsonReader::object(unsigned depth) {
    Json::Object members;
    ++at_;
    skip_space();
    if (take('}')) {
        return Json(std::move(members));
    }
    while (!failed()) {
        skip_space();
        std::string name = string();
        skip_space();
        if (!take(':')) {
            fail("no colon");
        }
        members.emplace_back(std::move(name), value(depth + 1));
        skip_space();
        if (take('}')) {
            return Json(std::move(members));
        }
        if (!take(',')) {
            fail("no comma or end of the object");
        }
    }
    return {};
}

HAWSER_DECL Json JsonReader::number() {
    const std::size_t from = at_;
    const auto digits = [this] {
        const std::size_t first = at_;
        while (is(digit_char, peek())) {
            ++at_;
        }
        return at_ - first;
    };
    take('-');
    const bool zero = peek() == '0';
    const std::size_t whole = digits();
    bool good = whole == 1 || (whole > 1 && !zero);
    if (take('.')) {
        good = digits() != 0 && good;
    }
    if (take('e') || take('E')) {
        if (!take('+')) {
            take('-');
        }
        good = digits() != 0 && good;
    }
    if (!good || at_ - from > 400) {
        fail("not a value");
        return {};
    }
    // The decimal point of the locale does not matter: only whole numbers mean anything in a HAR.
    return Json(std::strtod(std::string(text_.substr(from, at_ - from)).c_str(), nullptr));
}

HAWSER_DECL std::string JsonReader::string() {
    std::string out;
    if (!take('"')) {
        fail("no string");
        return out;
    }
    while (!failed()) {
        if (at_ == text_.size()) {
            fail("a string without an end");
        } else if (take('"')) {
            return out;
        } else if (take('\\')) {
            escape(out);
        } else if (const std::size_t size = utf8_size(text_.substr(at_));
                   size == 0 || static_cast<unsigned char>(text_[at_]) < 0x20) {
            fail("a byte that must not be in a string");
        } else {
            out.append(text_.substr(at_, size));
            at_ += size;
        }
    }
    return {};
}

HAWSER_DECL void JsonReader::escape(std::string& out) {
    constexpr std::string_view marks = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char mark = peek();
    const std::size_t known = mark == '\0' ? marks.npos : marks.find(mark);
    if (known != marks.npos) {
        ++at_;
        out.push_back(meanings[known]);
        return;
    }
    if (!take('u')) {
        return fail("an unknown escape");
    }
    std::uint32_t point = hex4();
    if (point >= 0xd800 && point < 0xdc00 && take("\\u")) {
        const std::uint32_t low = hex4();
        point = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00)
                                              : 0xd800;
    }
    if (point >= 0xd800 && point < 0xe000) {
        return fail("half of a pair of surrogates");
    }
    append_utf8(out, point);
}

HAWSER_DECL std::uint32_t JsonReader::hex4() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        if (!is(hex_char, peek())) {
            fail("an escape without four hex digits");
            return 0;
        }
        value = value * 16 + static_cast<std::uint32_t>(hex_value(text_[at_++]));
    }
    return value;
}

HAWSER_DECL Json Json::parse(std::string_view text, std::string& problem) {
    JsonReader reader(text);
    Json value = reader.whole();
    problem = std::move(reader.problem());
    return value;
}

// ── Access ───────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL const Json& Json::operator[](std::string_view name) const noexcept {
    const Object& members = object();
    for (auto it = members.rbegin(); it != members.rend(); ++it) {
        if (it->first == name) {
            return it->second;
        }
    }
    return never_destroyed<Json>();
}

HAWSER_DECL const Json::Array& Json::array() const noexcept {
    const Array* const items = std::get_if<Array>(&value_);
    return items != nullptr ? *items : never_destroyed<Array>();
}

HAWSER_DECL const Json::Object& Json::object() const noexcept {
    const Object* const members = std::get_if<Object>(&value_);
    return members != nullptr ? *members : never_destroyed<Object>();
}

HAWSER_DECL const std::string& Json::text() const noexcept {
    const std::string* const text = std::get_if<std::string>(&value_);
    return text != nullptr ? *text : never_destroyed<std::string>();
}

HAWSER_DECL double Json::number() const noexcept {
    const double* const number = std::get_if<double>(&value_);
    return number != nullptr ? *number : 0;
}

HAWSER_DECL bool Json::is_true() const noexcept {
    const bool* const flag = std::get_if<bool>(&value_);
    return flag != nullptr && *flag;
}

}  // namespace hawser::inline HAWSER_ABI::detail
