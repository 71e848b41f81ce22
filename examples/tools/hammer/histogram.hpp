// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>

/// Counts times in buckets that are at most 1/64 of their value wide, whatever that is.
class Histogram {
public:
    void add(std::chrono::nanoseconds time) {
        const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
        ++buckets_[bucket_of(value)];
        ++count_;
        sum_ += static_cast<double>(value);
        max_ = std::max(max_, value);
        min_ = count_ == 1 ? value : std::min(min_, value);
    }

    std::uint64_t count() const { return count_; }
    std::chrono::nanoseconds min() const { return time(min_); }
    std::chrono::nanoseconds max() const { return time(max_); }
    std::chrono::nanoseconds mean() const {
        return time(count_ ? static_cast<std::uint64_t>(sum_ / static_cast<double>(count_)) : 0);
    }
    /// The time within which this share of the values lies, 0 to 1.
    std::chrono::nanoseconds quantile(double share) const {
        const auto wanted =
            static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i];
            if (seen >= wanted && seen > 0) {
                return time(std::clamp(end_of(i), min_, max_));
            }
        }
        return max();
    }
    /// How many values lie in [from, to), by whole buckets.
    std::uint64_t between(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const {
        const std::size_t first = bucket_of(static_cast<std::uint64_t>(from.count()));
        const std::size_t end = bucket_of(static_cast<std::uint64_t>(to.count()));
        std::uint64_t sum = 0;
        for (std::size_t i = first; i < end; ++i) {
            sum += buckets_[i];
        }
        return sum;
    }

private:
    static constexpr unsigned bits = 6;

    static std::chrono::nanoseconds time(std::uint64_t value) {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(value));
    }
    /// The first 128 buckets are 1 wide; then 64 for each power of two.
    static std::size_t bucket_of(std::uint64_t value) {
        const auto width = static_cast<unsigned>(std::bit_width(value));
        const unsigned shift = width > bits + 1 ? width - bits - 1 : 0;
        return (std::size_t{shift} << bits) + (value >> shift);
    }
    /// The largest value of a bucket.
    static std::uint64_t end_of(std::size_t bucket) {
        const std::size_t shift = bucket < (2U << bits) ? 0 : (bucket >> bits) - 1;
        return ((std::uint64_t{bucket} - (shift << bits) + 1) << shift) - 1;
    }

    std::array<std::uint64_t, 64 * (64 - bits + 1)> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t min_ = 0;
    std::uint64_t max_ = 0;
    double sum_ = 0;
};
