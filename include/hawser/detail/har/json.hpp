// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// JSON (RFC 8259), as much as HAR files need: text in and out, a tree of values when it is read. A
// JSON library would be one more package that every user of this library has to install.

#include <hawser/config.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

/// A value that was read. Numbers are doubles. Of members with the same name, the last one counts.
class Json {
public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    /// Reads a whole text. Returns null, and sets `problem` to what is wrong and where, if it is
    /// not JSON, or is nested more than 64 deep.
    [[nodiscard]] static Json parse(std::string_view text, std::string& problem);

    Json() noexcept = default;
    template <class Value>
    explicit Json(Value value) : value_(std::move(value)) {}

    // Each is empty, 0 or false for a value of another kind, so that a path can be followed
    // without looking at each step.
    [[nodiscard]] const Json& operator[](std::string_view name) const noexcept;
    [[nodiscard]] const Array& array() const noexcept;
    [[nodiscard]] const Object& object() const noexcept;
    [[nodiscard]] const std::string& text() const noexcept;
    [[nodiscard]] double number() const noexcept;
    [[nodiscard]] bool is_null() const noexcept { return value_.index() == 0; }
    [[nodiscard]] bool is_true() const noexcept;

private:
    std::variant<std::monostate, bool, double, std::string, Array, Object> value_;
};

/// Whether text can be a JSON string as it is (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Appends a JSON string. Bytes that are not UTF-8 are taken for ISO-8859-1.
void append_json_string(std::string& out, std::string_view text);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/har/impl/json.ipp>
#endif
