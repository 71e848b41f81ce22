// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Random numbers that are the same on every platform and in every run, and the environment
// variables that select another sequence. No Catch2, so that fuzz targets can use it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace hawser_test {

/// A fixed sequence (xorshift64).
class FixedRandom {
public:
    explicit FixedRandom(std::uint64_t seed = 0x9e3779b97f4a7c15u) : state_(seed) {}

    /// A number below `bound`.
    std::size_t below(std::size_t bound) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::size_t>(state_ % bound);
    }

private:
    std::uint64_t state_;
};

/// Such as HAWSER_RANDOM_SEED.
inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace hawser_test
