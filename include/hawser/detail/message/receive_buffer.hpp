// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Received bytes that have not been used yet. Knows nothing about their meaning.

#include <hawser/config.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class ReceiveBuffer {
public:
    static constexpr std::size_t normal_size = 64 * 1024;
    static constexpr std::size_t large_size = 256 * 1024;

    /// Discards everything, and memory beyond the normal size.
    void clear() {
        if (!is_normal()) {  // a large head or body made it grow
            data_.reset(new char[normal_size]);
            capacity_ = normal_size;
        }
        begin_ = end_ = 0;
    }

    /// Call while empty: makes room for one large read, if there is memory.
    HAWSER_COLD void enlarge() noexcept {
        if (capacity_ < large_size) {
            if (char* const larger = new (std::nothrow) char[large_size]) {
                data_.reset(larger);
                capacity_ = large_size;
            }
        }
    }
    bool is_normal() const noexcept { return capacity_ == normal_size; }

    /// Where to receive bytes; never empty. It grows only if all of it is unused bytes.
    std::span<char> space() {
        if (begin_ == end_) {
            begin_ = end_ = 0;
        } else if (end_ == capacity_) {
            make_room();
        }
        return {data_.get() + end_, capacity_ - end_};
    }
    void received(std::size_t n) noexcept { end_ += n; }

    std::string_view bytes() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
    std::size_t size() const noexcept { return end_ - begin_; }
    /// The first `n` bytes were used.
    void consume(std::size_t n) noexcept { begin_ += n; }

private:
    // Moves the unused bytes to the front, or to a larger buffer.
    HAWSER_COLD void make_room() {
        const std::size_t unused = size();
        if (begin_ == 0) {
            std::unique_ptr<char[]> larger(new char[capacity_ * 2]);
            std::memcpy(larger.get(), data_.get(), unused);
            data_ = std::move(larger);
            capacity_ *= 2;
        } else {
            std::memmove(data_.get(), data_.get() + begin_, unused);
        }
        begin_ = 0;
        end_ = unused;
    }

    std::unique_ptr<char[]> data_{new char[normal_size]};
    std::size_t capacity_ = normal_size;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail
