// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Content in which each byte says where it belongs: a byte that is lost, doubled, moved or changed
// is found at once, without a copy of the whole.

#include <hawser/request_body.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hawser::test {

/// The eight bytes at 8 * `index` (splitmix64).
inline std::array<char, 8> content_word(std::uint64_t index) {
    std::uint64_t z = (index + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return std::bit_cast<std::array<char, 8>>(z ^ (z >> 31));
}

/// Fills `out` with the content from `offset` on.
inline void fill_content(std::uint64_t offset, std::span<char> out) {
    while (!out.empty()) {
        const auto word = content_word(offset / 8);
        const std::size_t skip = offset % 8;
        const std::size_t n = std::min(word.size() - skip, out.size());
        std::memcpy(out.data(), word.data() + skip, n);
        out = out.subspan(n);
        offset += n;
    }
}

inline std::string content(std::uint64_t offset, std::size_t size) {
    std::string text(size, '\0');
    fill_content(offset, text);
    return text;
}

/// Checks the content while it arrives.
class ContentChecker {
public:
    explicit ContentChecker(std::uint64_t offset = 0) : offset_(offset) {}

    void add(std::string_view bytes) {
        std::array<char, 4096> expected;
        while (!bytes.empty()) {
            const std::size_t n = std::min(bytes.size(), expected.size());
            fill_content(offset_, std::span(expected.data(), n));
            if (std::memcmp(bytes.data(), expected.data(), n) != 0) {
                throw std::runtime_error("wrong bytes behind " + std::to_string(offset_));
            }
            bytes.remove_prefix(n);
            offset_ += n;
        }
    }
    std::uint64_t offset() const { return offset_; }

private:
    std::uint64_t offset_;
};

/// The first `size` bytes of the content, in pieces of at most `piece` bytes; `pause` is called
/// before each. Replayable.
template <class Pause>
RequestBody content_stream(std::uint64_t size, std::size_t piece, bool announced, Pause pause) {
    auto at = std::make_shared<std::uint64_t>(0);
    return RequestBody::stream(
        [=](std::span<char> out) {
            pause();
            const auto n =
                static_cast<std::size_t>(std::min<std::uint64_t>({out.size(), piece, size - *at}));
            fill_content(*at, out.first(n));
            *at += n;
            return n;
        },
        announced ? std::optional(size) : std::nullopt,
        [=] { *at = 0; });
}

}  // namespace hawser::test
