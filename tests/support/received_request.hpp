// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A request as the scripted server received it, and strict parsers of its parts (RFC 9112 §3, §5,
// §7.1). Deliberately independent of the library's own parsers, to verify its output.

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::test {

/// The client wrote something that is not HTTP/1.1. Fails the test.
struct BadRequest : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) {
        return lower(x) == lower(y);
    });
}

struct ReceivedRequest {
    using Fields = std::vector<std::pair<std::string, std::string>>;

    std::string head;  ///< as received, including the blank line
    std::string method;
    std::string target;
    std::string version;  ///< "HTTP/1.1"
    Fields fields;        ///< in order, names as spelled, values trimmed
    std::string body;     ///< without chunk framing
    Fields trailers;

    /// The first field with that name, ignoring case.
    std::optional<std::string> header(std::string_view name) const {
        for (const auto& [key, value] : fields) {
            if (same_name(key, name)) {
                return value;
            }
        }
        return std::nullopt;
    }

    /// How often the field occurs.
    std::size_t count(std::string_view name) const {
        return static_cast<std::size_t>(
            std::count_if(fields.begin(), fields.end(), [&](const auto& field) {
                return same_name(field.first, name);
            }));
    }

    bool is_chunked() const { return header("Transfer-Encoding").has_value(); }

    std::optional<std::size_t> content_length() const {
        const auto text = header("Content-Length");
        if (!text) {
            return std::nullopt;
        }
        std::size_t value = 0;
        const auto* end = text->data() + text->size();
        const auto [stop, error] = std::from_chars(text->data(), end, value);
        if (error != std::errc{} || stop != end) {
            throw BadRequest{"Content-Length: " + *text};
        }
        return value;
    }
};

/// "Name: value\r\n" → name, trimmed value.
inline std::pair<std::string, std::string> parse_field(std::string_view line) {
    const auto colon = line.find(':');
    using namespace std::string_view_literals;
    const auto bad_name = line.find_first_of(" \t\r\n\0\"(),/;<=>?@[\\]{}"sv);
    if (colon == 0 || colon == std::string_view::npos || bad_name < colon) {
        throw BadRequest{"field line: " + std::string{line}};
    }
    auto value = line.substr(colon + 1, line.size() - colon - 3);
    if (line.substr(line.size() - 2) != "\r\n" ||
        value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos) {
        throw BadRequest{"field line: " + std::string{line}};
    }
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    value.remove_suffix(value.size() - (value.find_last_not_of(" \t") + 1));
    return {std::string{line.substr(0, colon)}, std::string{value}};
}

/// Head with its blank line → everything but the body.
inline ReceivedRequest parse_request_head(std::string head) {
    ReceivedRequest request;
    const std::string_view all = head;
    const auto line = all.substr(0, all.find("\r\n"));
    const auto first = line.find(' ');
    const auto second = line.find(' ', first + 1);
    if (first == 0 || first == std::string_view::npos || second == std::string_view::npos ||
        second == first + 1 || line.find_first_of("\r\n\t") != std::string_view::npos) {
        throw BadRequest{"request line: " + std::string{line}};
    }
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, second - first - 1);
    request.version = line.substr(second + 1);
    if (request.version != "HTTP/1.1" && request.version != "HTTP/1.0") {
        throw BadRequest{"request line: " + std::string{line}};
    }
    for (auto at = line.size() + 2; all.substr(at) != "\r\n";) {
        const auto next = all.find("\r\n", at) + 2;
        request.fields.push_back(parse_field(all.substr(at, next - at)));
        at = next;
    }
    request.head = std::move(head);
    if (request.count("Content-Length") + request.count("Transfer-Encoding") > 1 ||
        (request.is_chunked() && !same_name(*request.header("Transfer-Encoding"), "chunked"))) {
        throw BadRequest{"framing: " + request.head};
    }
    return request;
}

/// "1a\r\n" → 26. No extensions: our client sends none.
inline std::size_t parse_chunk_size(std::string_view line) {
    std::size_t size = 0;
    const auto* end = line.data() + line.size() - 2;
    const auto [stop, error] = std::from_chars(line.data(), end, size, 16);
    if (error != std::errc{} || stop != end) {
        throw BadRequest{"chunk size: " + std::string{line}};
    }
    return size;
}

}  // namespace hawser::test
