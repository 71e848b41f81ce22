// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Memory for the head of a request. It is written in one go, so nothing has to clear it first, and
// it is kept for the next request. Knows nothing of its contents.

#include <hawser/config.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class HeadBuffer {
public:
    HeadBuffer() noexcept = default;
    HeadBuffer(const HeadBuffer& other) {
        std::copy_n(other.data_.get(), other.size_, begin(other.size_));
        size_ = other.size_;
    }
    HeadBuffer(HeadBuffer&& other) noexcept
        : data_(std::move(other.data_)),
          room_(std::exchange(other.room_, 0)),
          size_(std::exchange(other.size_, 0)) {}
    HeadBuffer& operator=(const HeadBuffer&) = delete;

    std::size_t size() const noexcept { return size_; }
    operator std::string_view() const noexcept { return {data_.get(), size_}; }

    /// Discards the contents. Returns room for `most` bytes, valid until the next call.
    char* begin(std::size_t most) {
        size_ = 0;
        if (most > room_) {
            data_.reset(new char[most]);
            room_ = most;
        }
        return data_.get();
    }
    /// The caller has written the bytes up to `end`, a position in that room.
    void end(const char* end) noexcept { size_ = static_cast<std::size_t>(end - data_.get()); }

private:
    std::unique_ptr<char[]> data_;
    std::size_t room_ = 0;
    std::size_t size_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail
