// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Memory for the head of a request: written in one go, so that nothing has to clear it first, and
// kept for the next one. Knows nothing of what is in it.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace hawser::detail {

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

    /// Forgets what is there; returns room for `most` bytes, up to the next call.
    char* begin(std::size_t most) {
        size_ = 0;
        if (most > room_) {
            data_.reset(new char[most]);
            room_ = most;
        }
        return data_.get();
    }
    /// The bytes before `end`, which is in that room, were written.
    void end(const char* end) noexcept { size_ = static_cast<std::size_t>(end - data_.get()); }

private:
    std::unique_ptr<char[]> data_;
    std::size_t room_ = 0;
    std::size_t size_ = 0;
};

}  // namespace hawser::detail
