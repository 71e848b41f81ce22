// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// The bytes of a body that arrived with its head, read from the front. Moving takes the bytes.
class HeldBytes {
public:
    HeldBytes() noexcept = default;
    explicit HeldBytes(std::string&& bytes) noexcept : bytes_(std::move(bytes)) {}

    // The position may be beyond the end: moving takes the bytes but leaves the position.
    std::size_t size() const noexcept {
        return position_ < bytes_.size() ? bytes_.size() - position_ : 0;
    }
    bool empty() const noexcept { return position_ >= bytes_.size(); }

    void hold(std::string&& bytes) noexcept {
        bytes_ = std::move(bytes);
        position_ = 0;
    }

    /// Copies as many as are available and fit into `out`.
    std::size_t read(std::span<char> out) noexcept {
        const std::size_t n = std::min(out.size(), size());
        if (n != 0) {
            std::memcpy(out.data(), bytes_.data() + position_, n);
            position_ += n;
        }
        return n;
    }
    std::string_view unread() const noexcept {
        return empty() ? std::string_view() : std::string_view(bytes_).substr(position_);
    }
    /// Takes all unread bytes.
    std::string take() noexcept {
        if (position_ != 0) {
            bytes_.erase(0, std::exchange(position_, 0));
        }
        std::string bytes = std::move(bytes_);
        bytes_.clear();
        return bytes;
    }

private:
    std::string bytes_;
    std::size_t position_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail
