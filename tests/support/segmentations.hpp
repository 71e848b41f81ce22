// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Feeds the same bytes to a parser in many segmentations and insists on one result (row F35):
// whole, byte by byte, at every 2-way split, and in 20 random segmentations with a fixed seed.
//
//     const std::string result = same_for_every_segmentation(text, [](const Pieces& pieces) {
//         … feed the pieces one after another, return everything observable as text …
//     });
//     CHECK(result == "…");

#include "fixed_random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hawser_test {

using Pieces = std::vector<std::string_view>;

/// Cuts `text` after each of the given offsets, in ascending order.
inline Pieces cut(std::string_view text, const std::vector<std::size_t>& offsets) {
    Pieces pieces;
    std::size_t from = 0;
    for (const std::size_t offset : offsets) {
        pieces.push_back(text.substr(from, offset - from));
        from = offset;
    }
    pieces.push_back(text.substr(from));
    return pieces;
}

/// All segmentations except the whole text. Long texts get fewer: byte by byte only up to 4 KiB,
/// and about 500 of the 2-way splits.
inline std::vector<std::vector<std::size_t>> segmentations(std::size_t size) {
    std::vector<std::vector<std::size_t>> result;
    const std::size_t step = std::max<std::size_t>(1, size / 500);
    for (std::size_t at = 1; at < size; at += step) {
        result.push_back({at});
    }
    if (size <= 4096) {
        std::vector<std::size_t> every;
        for (std::size_t at = 1; at < size; ++at) {
            every.push_back(at);
        }
        result.push_back(every);
    }
    FixedRandom random;
    for (int round = 0; round < 20 && size > 1; ++round) {
        std::vector<std::size_t> offsets;
        for (std::size_t n = 1 + random.below(8); n > 0; --n) {
            offsets.push_back(random.below(size));  // equal offsets produce empty pieces
        }
        std::sort(offsets.begin(), offsets.end());
        result.push_back(offsets);
    }
    return result;
}

/// Runs `run` on every segmentation and fails the test at the first one that differs from the
/// whole. Returns the common result.
template <class Run>
std::string same_for_every_segmentation(std::string_view text, Run run) {
    const std::string whole = run(Pieces{text});
    for (const auto& offsets : segmentations(text.size())) {
        const std::string other = run(cut(text, offsets));
        if (other != whole) {
            std::string where;
            for (std::size_t i = 0; i < offsets.size() && i < 20; ++i) {
                where += ' ' + std::to_string(offsets[i]);
            }
            INFO("cut at" << where << " of " << text.size() << " bytes: " << text.substr(0, 200));
            CHECK(other == whole);
            return whole;
        }
    }
    return whole;
}

}  // namespace hawser_test
